"""
VPC endpoints: gateways to S3 and DynamoDB, and the routes that come and go with them.

A gateway endpoint is a target that no one routes to by hand: it is associated
with route tables, and AWS keeps a route to the service's prefix list in each.
moto forgets the routes when the association changes, and takes any service.

Source: AWS PrivateLink User Guide, "Gateway endpoints"; EC2 API Reference,
CreateVpcEndpoint, ModifyVpcEndpoint, DeleteVpcEndpoints, DescribePrefixLists.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.ids import found, not_found
from labkit.endpoint.json_documents import loaded
from labkit.endpoint.launching import check_groups, check_room
from labkit.endpoint.moto_seam import ec2_state
from labkit.endpoint.moto_seam.corrections.interfaces import looked_after
from labkit.endpoint.operations import AwsError, after, before, operation
from labkit.endpoint.policy_grammar import is_policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.endpoint.operations import Call, MotoObject, Params

_GATEWAY_SERVICES: Final = ("s3", "dynamodb")
_AWS: Final = "com.amazonaws."
_FOR_INTERFACES: Final = "are only supported for Interface and GatewayLoadBalancer type"
_OF_OTHERS: Final[dict[str, dict[str, str]]] = {
    "Gateway": {
        "SubnetIds": f"Subnet IDs {_FOR_INTERFACES} VPC Endpoints.",
        "SecurityGroupIds": f"Security group IDs {_FOR_INTERFACES} VPC Endpoints.",
    },
    "Interface": {
        "RouteTableIds": "Route table IDs are only supported for Gateway type VPC Endpoint.",
    },
}
"""What only endpoints of the other kind have, and what AWS says of it."""


@operation("ec2", "CreateVpcEndpoint")
def create_vpc_endpoint(call: Call) -> dict[str, Any]:
    """The new endpoint, with a route in each of its route tables if it is a gateway."""
    kind = call.params.get("VpcEndpointType", "Gateway")
    _refuse_what_others_have(kind, call.params)
    if kind == "Gateway":
        _check_gateway(call)
        return call.forward(VpcEndpointType=kind, PrivateDnsEnabled=False)
    if kind != "Interface":
        raise AwsError("NotImplemented", f"Not simulated: VPC endpoints of type {kind}.", 501)
    service = call.params.get("ServiceName", "")
    call.aws.invoke(  # refuses what there is not
        "ec2", "DescribeVpcEndpointServices", region=call.region, ServiceNames=[service]
    )
    groups = _groups(call)
    _check_places(call, call.params.get("SubnetIds", []), groups)
    made = call.forward(SecurityGroupIds=groups)
    endpoint = call.backend.vpc_end_points[made["VpcEndpoint"]["VpcEndpointId"]]
    _look_after(call, endpoint)
    return made


@before("ec2", "CreateVpcEndpoint")
@before("ec2", "ModifyVpcEndpoint")
def check_policy(call: Call) -> None:
    """Refuse a policy that is none."""
    document = call.params.get("PolicyDocument")
    if not document:
        return
    try:
        policy = loaded(document)
    except json.JSONDecodeError as wrong:
        place = f" Syntax error at position ({wrong.lineno},{wrong.colno})"
        raise _invalid_policy(place) from wrong
    if not is_policy(policy):
        raise _invalid_policy("")


@operation("ec2", "ModifyVpcEndpoint")
def modify_vpc_endpoint(call: Call) -> dict[str, Any]:
    """That it was done; routes follow its route tables, interfaces its subnets and groups."""
    endpoint = _endpoint(call, call.params.get("VpcEndpointId", ""))
    _refuse_what_others_have(endpoint.vpc_endpoint_type, call.params)
    if endpoint.vpc_endpoint_type == "Interface":
        _check_places(
            call, call.params.get("AddSubnetIds", []), call.params.get("AddSecurityGroupIds", [])
        )
        call.forward()
        _look_after(call, endpoint)
        return {"Return": True}
    added = call.params.get("AddRouteTableIds", [])
    _check_tables(call, endpoint.vpc_id, endpoint.destination_prefix_list_id, added)
    removed = [
        each
        for each in call.params.get("RemoveRouteTableIds", [])
        if each in endpoint.route_table_ids
    ]
    call.forward()
    for table_id in added:
        call.backend.create_route(
            table_id,
            None,
            gateway_id=endpoint.id,
            destination_prefix_list_id=endpoint.destination_prefix_list_id,
        )
    _drop_routes(call, endpoint, removed)
    return {"Return": True}


@operation("ec2", "DeleteVpcEndpoints")
def delete_vpc_endpoints(call: Call) -> dict[str, Any]:
    """What could not be deleted; the rest is gone, with its routes and interfaces."""
    unsuccessful = []
    for endpoint_id in call.params.get("VpcEndpointIds", []):
        endpoint = call.backend.vpc_end_points.pop(endpoint_id, None)
        if endpoint is None:
            unsuccessful.append(_not_deleted(endpoint_id))
            continue
        for interface_id in endpoint.network_interface_ids:
            call.backend.enis.pop(interface_id, None)
        _drop_routes(call, endpoint, endpoint.route_table_ids or ())
    return {"Unsuccessful": unsuccessful}


@before("ec2", "DescribeVpcEndpoints")
def check_endpoints(call: Call) -> None:
    """Refuse to describe endpoints that are not there."""
    for endpoint_id in call.params.get("VpcEndpointIds", []):
        _endpoint(call, endpoint_id)


@after("ec2", "DeleteRouteTable")
def forget_table(call: Call) -> None:
    """A table that is gone is associated with no endpoint."""
    for endpoint in call.backend.vpc_end_points.values():
        if call.params["RouteTableId"] in (endpoint.route_table_ids or ()):
            endpoint.route_table_ids.remove(call.params["RouteTableId"])


@operation("ec2", "DescribePrefixLists")
def describe_prefix_lists(call: Call) -> dict[str, Any]:
    """The address ranges of the services that gateway endpoints lead to."""
    names = {f"{_AWS}{call.region}.{service}" for service in _GATEWAY_SERVICES}
    lists = [
        each for each in ec2_state.prefix_lists(call.backend) if each["PrefixListName"] in names
    ]
    for wanted in call.params.get("PrefixListIds", []):
        if wanted not in {each["PrefixListId"] for each in lists}:
            raise not_found("pl", wanted)
    chosen = call.params.get("PrefixListIds") or [each["PrefixListId"] for each in lists]
    return {"PrefixLists": [each for each in lists if each["PrefixListId"] in chosen]}


def _refuse_what_others_have(kind: str, params: Params) -> None:
    for name, message in _OF_OTHERS.get(kind, {}).items():
        if any(params.get(f"{verb}{name}") for verb in ("", "Add", "Remove")):
            raise AwsError("InvalidParameter", message)


def _check_places(call: Call, subnet_ids: Iterable[str], group_ids: Iterable[str]) -> None:
    """Refuse subnets without room or in one zone, and groups that are not of their VPC."""
    zones = set()
    for subnet_id in subnet_ids:
        subnet = call.backend.get_subnet(subnet_id)
        if subnet.availability_zone in zones:
            message = f"Found another VPC endpoint subnet in the availability zone of {subnet_id}"
            raise AwsError("DuplicateSubnetsInSameZone", message)
        zones.add(subnet.availability_zone)
        check_groups(call, subnet, group_ids)
        check_room(subnet, 1)


def _look_after(call: Call, endpoint: MotoObject) -> None:
    """Have an interface with the endpoint's groups in each of its subnets, and nowhere else."""
    ec2 = call.backend
    own = [ec2.enis[each] for each in endpoint.network_interface_ids]
    there = {each.subnet.id: each for each in own}
    for subnet_id in endpoint.subnet_ids or ():
        if subnet_id not in there:
            there[subnet_id] = ec2.create_network_interface(ec2.get_subnet(subnet_id), None)
    for subnet_id in there.keys() - set(endpoint.subnet_ids or ()):
        del ec2.enis[there.pop(subnet_id).id]
    groups = [ec2.get_security_group_from_id(each) for each in endpoint.security_group_ids]
    for each in there.values():
        looked_after(each, "vpc_endpoint", f"VPC Endpoint Interface {endpoint.id}", groups)
    endpoint.network_interface_ids = [each.id for each in there.values()]


def is_kept_by_an_endpoint(route: MotoObject) -> bool:
    """Whether AWS keeps this route for a gateway endpoint, so that nobody else may touch it."""
    by_endpoint = str(route.gateway_id or "").startswith("vpce-")
    return by_endpoint and route.destination_prefix_list_id is not None


def _check_gateway(call: Call) -> None:
    vpc = found("vpc", call.params.get("VpcId", ""), call.backend.vpcs)
    service = call.params.get("ServiceName", "")
    if service not in {f"{_AWS}{call.region}.{each}" for each in _GATEWAY_SERVICES}:
        raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    lists = ec2_state.prefix_lists(call.backend)
    [list_id] = [each["PrefixListId"] for each in lists if each["PrefixListName"] == service]
    _check_tables(call, vpc.id, list_id, call.params.get("RouteTableIds", []))


def _check_tables(call: Call, vpc_id: str, list_id: str, table_ids: Iterable[str]) -> None:
    for table_id in table_ids:
        table = call.backend.get_route_table(table_id)
        if table.vpc_id != vpc_id:
            raise AwsError(
                "InvalidParameter", f"Route table {table_id} does not belong to VPC {vpc_id}"
            )
        if any(route.destination_prefix_list_id == list_id for route in table.routes):
            raise AwsError(
                "RouteAlreadyExists",
                f"route table {table_id} already has a route "
                f"with destination-prefix-list-id {list_id}",
            )


def _invalid_policy(place: str) -> AwsError:
    return AwsError("InvalidPolicyDocument", f"The Policy Document is not valid.{place}")


def _groups(call: Call) -> list[str]:
    given: list[str] = call.params.get("SecurityGroupIds", [])
    if given:
        return given
    default = call.backend.get_default_security_group(call.params["VpcId"])
    return [default.id] if default else []


def _endpoint(call: Call, endpoint_id: str) -> MotoObject:
    return found("vpce", endpoint_id, call.backend.vpc_end_points)


def _drop_routes(call: Call, endpoint: MotoObject, table_ids: Iterable[str]) -> None:
    for table_id in table_ids:
        table = call.backend.route_tables.get(table_id)
        own = [
            key
            for key, route in (table._routes if table else {}).items()  # noqa: SLF001  moto's only record
            if route.gateway_id == endpoint.id
        ]
        for key in own:
            del table._routes[key]  # noqa: SLF001


def _not_deleted(endpoint_id: str) -> dict[str, Any]:
    error = not_found("vpce", endpoint_id)
    return {
        "ResourceId": endpoint_id,
        "Error": {"Code": error.code, "Message": error.message},
    }
