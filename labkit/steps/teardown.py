"""
Taking the lab away again: everything that carries its tag, in the order AWS allows.

Safe to run twice, and after a build that was cut off half-way. Nothing
without the lab's tag is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from labkit.errors import LabError
from labkit.lab.tags import KINDS, LAB_TAG, listed
from labkit.steps import alarms, automation, iam, management
from labkit.steps.strays import strays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.lab import CloudLab

_POLL_S: Final = 5.0
_GIVE_UP_S: Final = 600.0


def teardown(lab: CloudLab) -> dict[str, int]:
    """
    How many resources of each kind were removed.

    Raises:
        LabError: Something without the lab's tag lives in its VPCs; names it.
        ClientError: AWS refused a removal for another reason. What was
            removed before stays removed; run it again once the cause is gone.
    """
    removed = alarms.remove(lab) | automation.remove(lab)
    removed |= {kind: _remove_all(lab, kind) for kind in _REMOVERS}
    removed["log-group"] = _remove_log_groups(lab)
    removed["parameter"] = _remove_parameters(lab)
    removed["instance-profile"] = _remove_profile(lab)
    removed["role"] = sum(_remove_role(lab, name) for name in _role_names(lab))
    return removed


def remaining(lab: CloudLab) -> dict[str, int]:
    """How many resources of each kind still carry the lab's tag."""
    left = {kind: len(lab.tags.resources(lab.ec2, kind)) for kind in KINDS}
    left |= alarms.remaining(lab) | automation.remaining(lab)
    left["log-group"] = len(_log_groups(lab))
    left["parameter"] = len(_parameters(lab))
    left["instance-profile"] = int(_profile(lab) is not None)
    left["role"] = sum(_is_role_of(lab, name) for name in _role_names(lab))
    return left


def _remove_all(lab: CloudLab, kind: str) -> int:
    items = lab.tags.resources(lab.ec2, kind)
    try:
        if items:
            _REMOVERS[kind](lab, items)
    except ClientError as refusal:
        in_the_way = strays(lab)
        if refusal.response["Error"]["Code"] != "DependencyViolation" or not in_the_way:
            raise
        raise LabError(
            f"Not everything could be removed: {', '.join(in_the_way)} is in a VPC of the lab and "
            f"does not carry its tag ({LAB_TAG}={lab.name}), so it is left alone. Remove it "
            "yourself, or tag it, and call lab.teardown() again."
        ) from refusal
    return len(items)


def _remove_flow_logs(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    lab.ec2.delete_flow_logs(FlowLogIds=[item["FlowLogId"] for item in items])


def _remove_instances(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    ids = [item["InstanceId"] for item in items]
    lab.ec2.terminate_instances(InstanceIds=ids)
    lab.ec2.get_waiter("instance_terminated").wait(InstanceIds=ids)


def _remove_endpoints(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    """Their interfaces hold subnets and groups, so what follows waits until they are gone."""
    lab.ec2.delete_vpc_endpoints(VpcEndpointIds=[item["VpcEndpointId"] for item in items])
    deadline_s = lab.clock.now() + _GIVE_UP_S
    while lab.tags.resources(lab.ec2, "vpc-endpoint") and lab.clock.now() < deadline_s:
        lab.clock.sleep(_POLL_S)


def _remove_nat_gateways(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    """Their interfaces and addresses are free once they are gone, on AWS after minutes."""
    ids = [item["NatGatewayId"] for item in items]
    for gateway_id in ids:
        lab.ec2.delete_nat_gateway(NatGatewayId=gateway_id)
    lab.ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=ids)


def _remove_addresses(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        if "AssociationId" in item:
            lab.ec2.disassociate_address(AssociationId=item["AssociationId"])
        _release(lab, item["AllocationId"])


def _release(lab: CloudLab, allocation_id: str) -> None:
    """
    Give an address back.

    For some seconds after its NAT gateway is gone, AWS goes on saying that it is
    somebody else's.
    """
    deadline_s = lab.clock.now() + _GIVE_UP_S
    while True:
        try:
            lab.ec2.release_address(AllocationId=allocation_id)
        except ClientError as refusal:
            not_ours_yet = refusal.response["Error"]["Code"] == "AuthFailure"
            if not not_ours_yet or lab.clock.now() >= deadline_s:
                raise
            lab.clock.sleep(_POLL_S)
        else:
            return


def _remove_egress_only_gateways(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        lab.ec2.delete_egress_only_internet_gateway(
            EgressOnlyInternetGatewayId=item["EgressOnlyInternetGatewayId"]
        )


def _remove_transit_attachments(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    """Their interfaces hold subnets, and they hold the gateway, until they are gone."""
    ids = [item["TransitGatewayAttachmentId"] for item in items]
    for attachment_id in ids:
        lab.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment_id)
    going = [
        {"Name": "transit-gateway-attachment-id", "Values": ids},
        {"Name": "state", "Values": ["deleting"]},
    ]
    deadline_s = lab.clock.now() + _GIVE_UP_S
    kind = KINDS["transit-gateway-attachment"]
    while listed(lab.ec2, kind, going) and lab.clock.now() < deadline_s:
        lab.clock.sleep(_POLL_S)


def _remove_transit_gateways(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        lab.ec2.delete_transit_gateway(TransitGatewayId=item["TransitGatewayId"])


def _remove_peerings(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        lab.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=item["VpcPeeringConnectionId"])


def _remove_gateways(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        for attachment in item["Attachments"]:
            lab.ec2.detach_internet_gateway(
                InternetGatewayId=item["InternetGatewayId"], VpcId=attachment["VpcId"]
            )
        lab.ec2.delete_internet_gateway(InternetGatewayId=item["InternetGatewayId"])


def _remove_route_tables(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        for association in item["Associations"]:
            if not association.get("Main"):
                lab.ec2.disassociate_route_table(
                    AssociationId=association["RouteTableAssociationId"]
                )
        lab.ec2.delete_route_table(RouteTableId=item["RouteTableId"])


def _remove_security_groups(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    """Rules first, because two groups that name each other cannot go one by one."""
    for item in items:
        if item["IpPermissions"]:
            lab.ec2.revoke_security_group_ingress(
                GroupId=item["GroupId"], IpPermissions=item["IpPermissions"]
            )
        if item["IpPermissionsEgress"]:
            lab.ec2.revoke_security_group_egress(
                GroupId=item["GroupId"], IpPermissions=item["IpPermissionsEgress"]
            )
    for item in items:
        lab.ec2.delete_security_group(GroupId=item["GroupId"])


def _remove_subnets(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        lab.ec2.delete_subnet(SubnetId=item["SubnetId"])


def _remove_network_acls(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        lab.ec2.delete_network_acl(NetworkAclId=item["NetworkAclId"])


def _remove_vpcs(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        lab.ec2.delete_vpc(VpcId=item["VpcId"])


# What is used goes after what uses it.
_REMOVERS: Final[Mapping[str, Callable[[CloudLab, list[dict[str, Any]]], None]]] = {
    "vpc-flow-log": _remove_flow_logs,
    "instance": _remove_instances,
    "vpc-endpoint": _remove_endpoints,
    "natgateway": _remove_nat_gateways,
    "elastic-ip": _remove_addresses,
    "transit-gateway-attachment": _remove_transit_attachments,
    "transit-gateway": _remove_transit_gateways,
    "vpc-peering-connection": _remove_peerings,
    "route-table": _remove_route_tables,
    "internet-gateway": _remove_gateways,
    "egress-only-internet-gateway": _remove_egress_only_gateways,
    "security-group": _remove_security_groups,
    "subnet": _remove_subnets,
    "network-acl": _remove_network_acls,
    "vpc": _remove_vpcs,
}


def _log_groups(lab: CloudLab) -> list[dict[str, Any]]:
    """The log groups below the lab's name, and of functions, that are ours by their tag."""
    listing = lab.logs.get_paginator("describe_log_groups").paginate
    prefixes = f"/{lab.name}/", f"/aws/lambda/{lab.name}-"
    pages = [page for prefix in prefixes for page in listing(logGroupNamePrefix=prefix)]
    found = [group for page in pages for group in page["logGroups"]]
    return [group for group in found if _tag_of(lab, group) == lab.name]


def _tag_of(lab: CloudLab, group: dict[str, Any]) -> str | None:
    arn = group["arn"].removesuffix(":*")
    tags: dict[str, str] = lab.logs.list_tags_for_resource(resourceArn=arn)["tags"]
    return tags.get(LAB_TAG)


def _remove_log_groups(lab: CloudLab) -> int:
    groups = _log_groups(lab)
    for group in groups:
        lab.logs.delete_log_group(logGroupName=group["logGroupName"])
    return len(groups)


def _parameters(lab: CloudLab) -> list[str]:
    """The names of the lab's parameters: what the logbooks of its faults are kept in."""
    filters = [{"Key": f"tag:{LAB_TAG}", "Values": [lab.name]}]
    pages = lab.ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters)
    return [parameter["Name"] for page in pages for parameter in page["Parameters"]]


def _remove_parameters(lab: CloudLab) -> int:
    names = _parameters(lab)
    for name in names:
        lab.ssm.delete_parameter(Name=name)
    return len(names)


def _role_names(lab: CloudLab) -> tuple[str, ...]:
    return (
        iam.role_name(lab),
        management.profile_name(lab),
        automation.asking_role_name(lab),
        automation.function_name(lab),  # last: see automation.is_built
    )


def _is_role_of(lab: CloudLab, name: str) -> bool:
    """Whether the role is there and carries the lab's tag."""
    try:
        tags = lab.iam.list_role_tags(RoleName=name)["Tags"]
    except lab.iam.exceptions.NoSuchEntityException:
        return False
    return {"Key": LAB_TAG, "Value": lab.name} in tags


def _remove_role(lab: CloudLab, name: str) -> int:
    if not _is_role_of(lab, name):
        return 0
    for policy in lab.iam.list_role_policies(RoleName=name)["PolicyNames"]:
        lab.iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in lab.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        lab.iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    lab.iam.delete_role(RoleName=name)
    return 1


def _profile(lab: CloudLab) -> dict[str, Any] | None:
    """The instance profile of the management step, if this lab made one."""
    try:
        found = lab.iam.get_instance_profile(InstanceProfileName=management.profile_name(lab))
    except lab.iam.exceptions.NoSuchEntityException:
        return None
    profile: dict[str, Any] = found["InstanceProfile"]
    return profile if _is_role_of(lab, profile["InstanceProfileName"]) else None


def _remove_profile(lab: CloudLab) -> int:
    profile = _profile(lab)
    if profile is None:
        return 0
    name = profile["InstanceProfileName"]
    for role in profile["Roles"]:
        lab.iam.remove_role_from_instance_profile(
            InstanceProfileName=name, RoleName=role["RoleName"]
        )
    lab.iam.delete_instance_profile(InstanceProfileName=name)
    return 1
