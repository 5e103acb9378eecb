"""
What lives in the lab's VPCs without its tag: AWS removes no VPC around it.

Teardown leaves alone what it did not mark, so only people can clear this away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.lab.tags import KINDS, LAB_TAG, listed

if TYPE_CHECKING:
    from labkit.lab import CloudLab

_LIVES_IN_A_VPC: Final = (
    "instance",
    "natgateway",
    "vpc-endpoint",
    "internet-gateway",
    "subnet",
    "route-table",
    "security-group",
    "network-acl",
)


def strays(lab: CloudLab) -> list[str]:
    """Kind and id of everything in the lab's VPCs that is not marked as the lab's."""
    vpc_ids = [vpc["VpcId"] for vpc in lab.tags.resources(lab.ec2, "vpc")]
    return [
        f"{kind} {item[KINDS[kind].id_key]}"
        for kind in _LIVES_IN_A_VPC
        for item in _within(lab, kind, vpc_ids)
        if not _is_marked(lab, item) and not _came_with_the_vpc(item)
    ]


def _within(lab: CloudLab, kind: str, vpc_ids: list[str]) -> list[dict[str, Any]]:
    facts = KINDS[kind]
    filters = [{"Name": facts.vpc_filter, "Values": vpc_ids}]
    if facts.state_filter is not None:
        key, values = facts.state_filter
        filters.append({"Name": key, "Values": list(values)})
    items = listed(lab.ec2, facts, filters)
    if kind == "instance":
        return [instance for item in items for instance in item["Instances"]]
    return items


def _is_marked(lab: CloudLab, item: dict[str, Any]) -> bool:
    return {"Key": LAB_TAG, "Value": lab.name} in (item.get("Tags") or [])


def _came_with_the_vpc(item: dict[str, Any]) -> bool:
    """Main route tables, default groups and default ACLs go with their VPC."""
    main = any(each.get("Main") for each in item.get("Associations", []))
    return main or bool(item.get("IsDefault")) or item.get("GroupName") == "default"
