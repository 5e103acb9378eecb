"""
Taking the lab away again: everything that carries its tag, in the order AWS allows.

Safe to run twice, and after a build that was cut off half-way. Nothing
without the lab's tag is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.lab.tags import KINDS, LAB_TAG
from labkit.steps import iam

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.lab import CloudLab


def teardown(lab: CloudLab) -> dict[str, int]:
    """
    How many resources of each kind were removed.

    Raises:
        ClientError: AWS refused a removal, for example because something
            outside the lab still uses the resource. What was removed before
            stays removed; run it again once the cause is gone.
    """
    removed = {kind: _remove_all(lab, kind) for kind in _REMOVERS}
    removed["log-group"] = _remove_log_group(lab)
    removed["role"] = _remove_role(lab)
    return removed


def remaining(lab: CloudLab) -> dict[str, int]:
    """How many resources of each kind still carry the lab's tag."""
    left = {kind: len(lab.tags.resources(lab.ec2, kind)) for kind in KINDS}
    left["log-group"] = len(_log_groups(lab))
    left["role"] = int(_role_exists(lab))
    return left


def _remove_all(lab: CloudLab, kind: str) -> int:
    items = lab.tags.resources(lab.ec2, kind)
    if items:
        _REMOVERS[kind](lab, items)
    return len(items)


def _remove_flow_logs(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    lab.ec2.delete_flow_logs(FlowLogIds=[item["FlowLogId"] for item in items])


def _remove_instances(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    ids = [item["InstanceId"] for item in items]
    lab.ec2.terminate_instances(InstanceIds=ids)
    lab.ec2.get_waiter("instance_terminated").wait(InstanceIds=ids)


def _remove_peerings(lab: CloudLab, items: list[dict[str, Any]]) -> None:
    for item in items:
        lab.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=item["VpcPeeringConnectionId"])


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
    "vpc-peering-connection": _remove_peerings,
    "route-table": _remove_route_tables,
    "security-group": _remove_security_groups,
    "subnet": _remove_subnets,
    "network-acl": _remove_network_acls,
    "vpc": _remove_vpcs,
}


def _log_groups(lab: CloudLab) -> list[dict[str, Any]]:
    """The lab's log group, if it is there and ours by its tag."""
    found = lab.logs.describe_log_groups(logGroupNamePrefix=lab.log_group)["logGroups"]
    named = [group for group in found if group["logGroupName"] == lab.log_group]
    return [group for group in named if _tag_of(lab, group) == lab.name]


def _tag_of(lab: CloudLab, group: dict[str, Any]) -> str | None:
    arn = group["arn"].removesuffix(":*")
    tags: dict[str, str] = lab.logs.list_tags_for_resource(resourceArn=arn)["tags"]
    return tags.get(LAB_TAG)


def _remove_log_group(lab: CloudLab) -> int:
    groups = _log_groups(lab)
    for group in groups:
        lab.logs.delete_log_group(logGroupName=group["logGroupName"])
    return len(groups)


def _role_exists(lab: CloudLab) -> bool:
    """Whether the delivery role is there and carries the lab's tag."""
    try:
        tags = lab.iam.list_role_tags(RoleName=iam.role_name(lab))["Tags"]
    except lab.iam.exceptions.NoSuchEntityException:
        return False
    return {"Key": LAB_TAG, "Value": lab.name} in tags


def _remove_role(lab: CloudLab) -> int:
    if not _role_exists(lab):
        return 0
    name = iam.role_name(lab)
    for policy in lab.iam.list_role_policies(RoleName=name)["PolicyNames"]:
        lab.iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in lab.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        lab.iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    lab.iam.delete_role(RoleName=name)
    return 1
