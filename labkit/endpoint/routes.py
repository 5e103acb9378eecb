"""
What AWS asks of a route before it takes it.

moto stores almost any route.  Whether a stored route leads anywhere is not
decided here: ``moto_seam.corrections`` computes its state each time it is
looked at.

Source: Amazon VPC User Guide, "Configure route tables"; EC2 API Reference,
CreateRoute, ReplaceRoute, DeleteRoute.
"""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.ids import not_found
from labkit.endpoint.moto_seam.corrections.vpcs import associated_blocks
from labkit.endpoint.operations import AwsError, MotoObject, before, operation
from labkit.endpoint.route_targets import NOT_SIMULATED, TARGETS, Target, meant
from labkit.endpoint.vpc_endpoints import is_kept_by_an_endpoint

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

Cidr = IPv4Network | IPv6Network

FORBIDDEN: Final = (ip_network("169.254.168.0/22"), ip_network("fd00:ec2::/32"))
"""Destinations AWS keeps for its own services; no route may lead into them."""

_DESTINATIONS: Final[dict[str, type[IPv4Network | IPv6Network]]] = {
    "DestinationCidrBlock": IPv4Network,
    "DestinationIpv6CidrBlock": IPv6Network,
}
_INSIDE_THE_VPC: Final = ("NetworkInterfaceId", "InstanceId", "NatGatewayId", "VpcEndpointId")


@operation("ec2", "CreateRoute")
def create_route(call: Call) -> dict[str, Any]:
    """Whether the route was added; a target that is not ready makes it a black hole."""
    table = call.backend.get_route_table(call.params.get("RouteTableId"))
    name, destination = _destination(call)
    target = _target(call)
    _check_reserved(destination)
    _check_family(destination, target)
    _check_against_vpc(call, table, destination, target)
    if _route_to(table, destination) is not None:
        raise AwsError(
            "RouteAlreadyExists", f"The route identified by {destination} already exists"
        )
    _check_same_network(call, table, target)
    call.forward(**_for_moto(name, destination, target))
    return {"Return": True}


@operation("ec2", "ReplaceRoute")
def replace_route(call: Call) -> dict[str, Any]:
    """Nothing; the route has another target."""
    table = call.backend.get_route_table(call.params.get("RouteTableId"))
    name, destination = _destination(call)
    route = _route_to(table, destination)
    if route is None:
        raise AwsError(
            "InvalidParameterValue",
            f"There is no route defined for '{destination}' in the route table. "
            "Use CreateRoute instead.",
        )
    if call.params.get("LocalTarget"):
        return _restore_local(route, destination)
    target = _target(call)
    _check_family(destination, target)
    _check_against_vpc(call, table, destination, target)
    _check_same_network(call, table, target)
    route.was_local = route.local or getattr(route, "was_local", False)
    call.forward(**_for_moto(name, destination, target))
    route.local = False
    return {}


@operation("ec2", "DeleteRoute")
def delete_route(call: Call) -> dict[str, Any]:
    """Nothing; the route is gone."""
    table = call.backend.get_route_table(call.params.get("RouteTableId"))
    name, destination = _destination(call)
    route = _route_to(table, destination)
    if route is None:
        raise AwsError(
            "InvalidRoute.NotFound",
            f"no route with destination-cidr-block {destination} in route table {table.id}",
        )
    if route.origin == "CreateRouteTable":
        raise AwsError(
            "InvalidParameterValue",
            f"cannot remove local route {destination} in route table {table.id}",
        )
    if is_kept_by_an_endpoint(route):
        raise AwsError(
            "InvalidParameterValue",
            f"cannot remove VPC endpoint route {destination} in route table {table.id}",
        )
    call.forward(**{name: str(destination)})
    return {}


@before("ec2", "AssociateRouteTable")
def check_association(call: Call) -> None:
    """Refuse a subnet of another VPC, or one that has a table of its own already."""
    table = call.backend.get_route_table(call.params.get("RouteTableId"))
    subnet_id = call.params.get("SubnetId")
    if subnet_id is None:
        return
    if call.backend.get_subnet(subnet_id).vpc_id != table.vpc_id:
        raise AwsError(
            "InvalidParameterValue",
            f"route table {table.id} and network {subnet_id} belong to different networks",
        )
    for other in call.backend.route_tables.values():
        if other is not table and subnet_id in other._associations.values():  # noqa: SLF001  moto's only record
            raise AwsError(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table.id} "
                "conflicts with an existing association",
            )


@before("ec2", "DisassociateRouteTable")
def keep_main_association(call: Call) -> None:
    """Refuse to take the main table from a VPC."""
    association_id = call.params.get("AssociationId")
    if any(
        table.main_association_id == association_id for table in call.backend.route_tables.values()
    ):
        raise AwsError(
            "InvalidParameterValue",
            f"cannot disassociate the main route table association {association_id}",
        )


@before("ec2", "DeleteRouteTable")
def keep_main_table(call: Call) -> None:
    """Refuse to delete the main table of a VPC."""
    table = call.backend.get_route_table(call.params.get("RouteTableId"))
    if table.main_association_id is not None:
        raise AwsError(
            "DependencyViolation",
            f"The routeTable '{table.id}' has dependencies and cannot be deleted.",
        )


def _destination(call: Call) -> tuple[str, Cidr | str]:
    """Parameter and value of the destination: a block without host bits, or a prefix list's id."""
    for name, family in _DESTINATIONS.items():
        text = call.params.get(name)
        if text is not None:
            return name, _block(name, text, family)
    prefix_list: str | None = call.params.get("DestinationPrefixListId")
    if prefix_list is None:
        raise AwsError(
            "MissingParameter", "The request must contain the parameter destinationCidrBlock"
        )
    return "DestinationPrefixListId", prefix_list


def _block(name: str, text: str, family: type[IPv4Network | IPv6Network]) -> Cidr:
    with suppress(ValueError):
        if "/" in text:
            return family(text, strict=False)
    parameter = name[0].lower() + name[1:]
    raise AwsError(
        "InvalidParameterValue",
        f"Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.",
    )


def _target(call: Call) -> tuple[Target, str]:
    for name in NOT_SIMULATED:
        if name in call.params:
            raise AwsError("NotImplemented", f"Not simulated: routes with {name}.", 501)
    given = [
        (each, call.params[each.parameter]) for each in TARGETS if each.parameter in call.params
    ]
    if len(given) != 1:
        names = ", ".join(each.parameter[0].lower() + each.parameter[1:] for each in TARGETS)
        code = "MissingParameter" if not given else "InvalidParameterCombination"
        raise AwsError(code, f"The request must contain exactly one of {names}")
    [(target, resource_id)] = given
    return meant(call.backend, target, resource_id), resource_id


def _for_moto(name: str, destination: Cidr | str, target: tuple[Target, str]) -> dict[str, Any]:
    """The parameters of a route as moto takes them: each target under its own name."""
    kind, resource_id = target
    return {name: str(destination), "GatewayId": None, kind.parameter: resource_id}


def _route_to(table: MotoObject, destination: Cidr | str) -> MotoObject:
    wanted = str(destination)
    for route in table.routes:
        listed = route.destination_cidr_block or route.destination_ipv6_cidr_block
        if listed is not None and str(ip_network(listed, strict=False)) == wanted:
            return route
        if listed is None and route.destination_prefix_list_id == wanted:
            return route
    return None


def _check_reserved(destination: Cidr | str) -> None:
    if isinstance(destination, str):
        return
    for reserved in FORBIDDEN:
        if destination.version == reserved.version and destination.subnet_of(reserved):  # type: ignore[arg-type]
            raise AwsError(
                "InvalidParameterValue",
                f"The destination CIDR block {destination} is reserved by AWS.",
            )


def _check_family(destination: Cidr | str, target: tuple[Target, str]) -> None:
    """Refuse IPv4 to an egress-only internet gateway, which knows IPv6 alone."""
    kind, resource_id = target
    is_ipv6 = not isinstance(destination, str) and destination.version == 6
    if kind.parameter == "EgressOnlyInternetGatewayId" and not is_ipv6:
        raise AwsError(
            "InvalidParameterValue",
            f"The egress only internet gateway {resource_id} takes IPv6 traffic only, "
            f"and {destination} is not an IPv6 block.",
        )


def _check_against_vpc(
    call: Call,
    table: MotoObject,
    destination: Cidr | str,
    target: tuple[Target, str],
) -> None:
    """Refuse what would lead traffic within the VPC astray."""
    if isinstance(destination, str) or not _within_vpc(call, table.vpc_id, destination):
        return
    kind, _ = target
    local = any(
        route.origin == "CreateRouteTable" and route is _route_to(table, destination)
        for route in table.routes
    )
    if kind.parameter not in _INSIDE_THE_VPC or not (
        local or _is_a_subnet(call, table.vpc_id, destination)
    ):
        raise AwsError(
            "InvalidParameterValue",
            f"The destination CIDR block {destination} is equal to or more specific than one of "
            "this VPC's CIDR blocks. This route can target only an interface or an instance.",
        )


def _within_vpc(call: Call, vpc_id: str, destination: Cidr) -> bool:
    vpc = call.backend.vpcs[vpc_id]
    blocks = associated_blocks(vpc, ipv6=destination.version == 6)
    return any(destination.subnet_of(ip_network(block["cidr_block"])) for block in blocks)  # type: ignore[arg-type]


def _is_a_subnet(call: Call, vpc_id: str, destination: Cidr) -> bool:
    return any(
        str(destination) in {subnet.cidr_block, *_ipv6_blocks(subnet)}
        for subnet in call.backend.describe_subnets()
        if subnet.vpc_id == vpc_id
    )


def _ipv6_blocks(subnet: MotoObject) -> list[str]:
    return [each["ipv6CidrBlock"] for each in subnet.ipv6_cidr_block_associations.values()]


def _check_same_network(
    call: Call,
    table: MotoObject,
    target: tuple[Target, str],
) -> None:
    kind, resource_id = target
    vpcs = kind.vpcs(call.backend, resource_id)
    if vpcs is None or (kind.parameter == "TransitGatewayId" and table.vpc_id not in vpcs):
        # To AWS, a transit gateway that the VPC is not attached to does not exist.
        raise _unknown(kind, resource_id)
    if "*" not in vpcs and table.vpc_id not in vpcs:
        raise AwsError(
            "InvalidParameterValue",
            f"route table {table.id} and {kind.word} {resource_id} belong to different networks",
        )


def _unknown(kind: Target, resource_id: str) -> AwsError:
    if kind.parameter == "GatewayId":  # which takes several kinds, so AWS names none
        message = f"The gateway ID '{resource_id}' does not exist"
        return AwsError("InvalidGatewayID.NotFound", message)
    return not_found(kind.prefix, resource_id)


def _restore_local(route: MotoObject, destination: Cidr | str) -> dict[str, Any]:
    if route.origin != "CreateRouteTable":
        raise AwsError("InvalidParameterValue", f"The route for {destination} was never local.")
    route.local = True
    route.interface = route.instance = route.nat_gateway = route.vpc_endpoint_id = None
    return {}
