"""Step 4: a security group on each side that lets ICMP in from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.steps.plan import SIDES, other

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side


def build(lab: CloudLab) -> dict[str, str]:
    """The id of each group by its name; makes it, fills it and puts it on the instance."""
    return {side.security_group: build_side(lab, side, other(side).vpc_cidr) for side in SIDES}


def allow_icmp_from(cidr: str) -> list[dict[str, Any]]:
    """The ``IpPermissions`` that allow every ICMP type from a range."""
    return [{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": cidr}]}]


def build_side(lab: CloudLab, side: Side, *cidrs: str) -> str:
    """The id of one side's group, which lets ICMP in from the ranges, on its instance."""
    about = f"ICMP into {side.instance} from the other side"
    group = find_or_create(lab, side.security_group, side.vpc, about)
    group_id: str = group["GroupId"]
    for cidr in cidrs:
        if not any(_is_icmp_from(permission, cidr) for permission in group["IpPermissions"]):
            lab.ec2.authorize_security_group_ingress(
                GroupId=group_id, IpPermissions=allow_icmp_from(cidr)
            )
    instance_id = lab.require("instance", side.instance, step="instances")
    lab.ec2.modify_instance_attribute(InstanceId=instance_id, Groups=[group_id])
    return group_id


def find_or_create(lab: CloudLab, name: str, vpc: str, about: str) -> dict[str, Any]:
    """
    A security group as AWS describes it; without rules of ours if it had to be made.

    Args:
        lab: The lab.
        name: The group's name, and its Name tag.
        vpc: Name tag of the VPC.
        about: The description that a new group gets, which AWS lets nobody change.

    Raises:
        StepOutOfOrder: The VPC has not been built.
    """
    group_id = lab.find("security-group", name)
    if group_id is None:
        group_id = lab.ec2.create_security_group(
            GroupName=name,
            Description=about,
            VpcId=lab.require("vpc", vpc, step="vpcs"),
            TagSpecifications=lab.tags.specification("security-group", name),
        )["GroupId"]
    [group] = lab.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    found: dict[str, Any] = group
    return found


def _is_icmp_from(permission: dict[str, Any], cidr: str) -> bool:
    sources = {source["CidrIp"] for source in permission["IpRanges"]}
    return (permission["IpProtocol"], permission.get("FromPort")) == (
        "icmp",
        -1,
    ) and cidr in sources
