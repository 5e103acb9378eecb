"""
Security groups that name groups of other VPCs: who does, and which rules have gone stale.

A rule goes stale when the group it names is deleted, or the peering
connection between the two VPCs is.  It stays, and matches nothing.

Source: Amazon VPC Peering Guide, "Update your security groups to reference
peer groups"; Amazon EC2 API Reference, DescribeStaleSecurityGroups and
DescribeSecurityGroupReferences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.endpoint.operations import MotoObject, operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.operations import Call


@operation("ec2", "DescribeStaleSecurityGroups")
def describe_stale_groups(call: Call) -> dict[str, Any]:
    """The groups of a VPC that have stale rules, with those rules."""
    vpc_id = call.backend.get_vpc(call.params["VpcId"]).id
    found = [_stale(call, group) for group in all_groups(call) if group.vpc_id == vpc_id]
    return {"StaleSecurityGroupSet": [each for each in found if each]}


@operation("ec2", "DescribeSecurityGroupReferences")
def describe_references(call: Call) -> dict[str, Any]:
    """For each group asked about, the peered VPCs with a group that names it."""
    references = []
    for group_id in call.params["GroupId"]:
        named = call.backend.get_security_group_from_id(group_id)
        for group in all_groups(call):
            peering = active_peering(call, group.vpc_id, named.vpc_id)
            reference = {"GroupId": group_id, "ReferencingVpcId": group.vpc_id}
            if peering is not None and refers(group, named):
                references.append({**reference, "VpcPeeringConnectionId": peering.id})
    return {"SecurityGroupReferenceSet": [*_without_repeats(references)]}


def all_groups(call: Call) -> Iterator[MotoObject]:
    """Every security group of the region."""
    for groups in call.backend.groups.values():
        yield from groups.values()


def refers(group: MotoObject, other: MotoObject) -> bool:
    """Whether a rule of *group* names *other*."""
    return any(_named(rule) == other.id for rule in (*group.ingress_rules, *group.egress_rules))


def active_peering(call: Call, one: str, other: str) -> MotoObject | None:
    """The active peering connection that joins two VPCs of one region, if there is one."""
    return next(
        (
            peering
            for peering in call.backend.vpc_pcxs.values()
            if {peering.vpc.id, peering.peer_vpc.id} == {one, other}
            and peering.status["Code"] == "active"
            and peering.vpc.region == peering.peer_vpc.region
        ),
        None,
    )


def _stale(call: Call, group: MotoObject) -> dict[str, Any] | None:
    inbound, outbound = (
        [_permission(call, group, rule) for rule in rules if _is_stale(call, group, rule)]
        for rules in (group.ingress_rules, group.egress_rules)
    )
    if not inbound and not outbound:
        return None
    return {
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "StaleIpPermissions": inbound,
        "StaleIpPermissionsEgress": outbound,
    }


def _is_stale(call: Call, group: MotoObject, rule: MotoObject) -> bool:
    if _named(rule) is None:
        return False
    named = call.backend.get_security_group_from_id(_named(rule))
    if named is None:
        return True
    return named.vpc_id != group.vpc_id and not active_peering(call, group.vpc_id, named.vpc_id)


def _permission(call: Call, group: MotoObject, rule: MotoObject) -> dict[str, Any]:
    pair = {"GroupId": _named(rule), "UserId": call.account_id}
    named = call.backend.get_security_group_from_id(pair["GroupId"])
    if named is not None:
        pair |= {"VpcId": named.vpc_id, **_latest_peering(call, group.vpc_id, named.vpc_id)}
    shown = {
        "IpProtocol": rule.ip_protocol,
        "FromPort": rule.from_port,
        "ToPort": rule.to_port,
        "UserIdGroupPairs": [pair],
    }
    return {name: value for name, value in shown.items() if value is not None}


def _latest_peering(call: Call, one: str, other: str) -> dict[str, str]:
    between = [
        peering
        for peering in call.backend.vpc_pcxs.values()
        if {peering.vpc.id, peering.peer_vpc.id} == {one, other}
    ]
    if not between:
        return {}
    status = between[-1].status["Code"]
    return {"VpcPeeringConnectionId": between[-1].id, "PeeringStatus": status}


def _named(rule: MotoObject) -> str | None:
    """The id of the group that *rule* names, if it names one."""
    group_id: str | None = rule.source_group.get("GroupId")
    return group_id


def _without_repeats(items: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    for place, item in enumerate(items):
        if item not in items[:place]:
            yield item
