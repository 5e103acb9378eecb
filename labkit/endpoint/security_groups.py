"""
What AWS asks of security group rules, and does with them, before it keeps them.

moto keeps most rules as they come: with host bits in their blocks, with
protocols nobody knows, and half a request if the other half is wrong.

Source: Amazon EC2 API Reference, IpPermission and AuthorizeSecurityGroupIngress;
Amazon VPC Peering Guide, "Update your security groups to reference peer groups".
"""

from __future__ import annotations

from contextlib import contextmanager
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.group_lists import shown_rule
from labkit.endpoint.group_references import active_peering, all_groups, refers
from labkit.endpoint.moto_seam.corrections.vpcs import describe_rule
from labkit.endpoint.operations import AwsError, MotoObject, before, operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labkit.endpoint.operations import Call, Params

Permission = dict[str, Any]
"""An IpPermission as the API has it."""

_NAMES: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"}
_HIGHEST_PROTOCOL: Final = 255
_HIGHEST_PORT: Final = 65535
_HIGHEST_ICMP: Final = 255
_FLAT: Final = ("CidrIp", "FromPort", "IpProtocol", "SourceSecurityGroupName", "ToPort")
_SOURCES: Final = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}


@operation("ec2", "AuthorizeSecurityGroupIngress")
def authorize_ingress(call: Call) -> dict[str, Any]:
    """The rules added; all of a request, or an error and none."""
    return _authorize(call)


@operation("ec2", "AuthorizeSecurityGroupEgress")
def authorize_egress(call: Call) -> dict[str, Any]:
    """The rules added; all of a request, or an error and none."""
    return _authorize(call)


@operation("ec2", "RevokeSecurityGroupIngress")
def revoke_ingress(call: Call) -> dict[str, Any]:
    """Whether the rules are gone; all of a request, or an error and none."""
    return _revoke(call)


@operation("ec2", "RevokeSecurityGroupEgress")
def revoke_egress(call: Call) -> dict[str, Any]:
    """Whether the rules are gone; all of a request, or an error and none."""
    return _revoke(call)


@operation("ec2", "ModifySecurityGroupRules")
def modify_rules(call: Call) -> dict[str, Any]:
    """Whether the rules are as asked for."""
    group = group_of(call)
    with _all_or_nothing(group):
        for update in call.params.get("SecurityGroupRules", []):
            rule_id = update["SecurityGroupRuleId"]
            rule = group.get_rule(rule_id)
            if rule is None:
                raise AwsError(
                    "InvalidSecurityGroupRuleId.NotFound",
                    f"The security group rule ID '{rule_id}' does not exist",
                )
            permission = normal(call, group, _permission_of(update["SecurityGroupRule"]))
            _keep_within_reach(call, group, permission)
            _rewrite(rule, permission)
    return {"Return": True}


@before("ec2", "DeleteSecurityGroup")
def keep_groups_in_use(call: Call) -> None:
    """
    Refuse to delete default groups, and groups that interfaces or other groups of the VPC need.

    A rule of another VPC that names the group is no hindrance: it goes stale.
    """
    group = group_of(call)
    if group.is_default:
        raise AwsError(
            "CannotDelete",
            f'the specified group: "{group.id}" name: "default" cannot be deleted by a user',
        )
    worn = any(group in interface.group_set for interface in call.backend.enis.values())
    neighbours = (other for other in all_groups(call) if other.vpc_id == group.vpc_id)
    if worn or any(refers(other, group) for other in neighbours if other is not group):
        raise AwsError("DependencyViolation", f"resource {group.id} has a dependent object")


def _authorize(call: Call) -> dict[str, Any]:
    group, wanted = group_of(call), _wanted(call)
    for permission in wanted:
        _keep_within_reach(call, group, permission)
    added: list[Any] = []
    with _all_or_nothing(group):
        for permission in wanted:
            answer = call.forward(**_only(permission))
            added += [shown_rule(call, each) for each in answer.get("SecurityGroupRules", [])]
    return {"Return": True, "SecurityGroupRules": added}


def _revoke(call: Call) -> dict[str, Any]:
    group = group_of(call)
    with _all_or_nothing(group):
        if call.params.get("SecurityGroupRuleIds"):
            call.forward()
        else:
            for permission in _wanted(call):
                call.forward(**_only(permission))
    return {"Return": True}


def _only(permission: Permission) -> dict[str, Any]:
    """Parameters that ask for *permission* and nothing else."""
    return {**dict.fromkeys(_FLAT), "IpPermissions": [permission]}


def _wanted(call: Call) -> list[Permission]:
    group = group_of(call)
    given = call.params.get("IpPermissions") or [_flat_permission(call.params)]
    wanted = [normal(call, group, permission) for permission in given]
    keys = [key for permission in wanted for key, _ in rules_of(permission)]
    if len(set(keys)) < len(keys):
        raise AwsError(
            "InvalidParameterValue", "The same permission must not appear multiple times"
        )
    return wanted


def _flat_permission(params: Params) -> Permission:
    """The one permission of a request that spells it out in parameters of its own."""
    permission = {
        name: params[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in params
    }
    if "CidrIp" in params:
        permission["IpRanges"] = [{"CidrIp": params["CidrIp"]}]
    if "SourceSecurityGroupName" in params:
        permission["UserIdGroupPairs"] = [{"GroupName": params["SourceSecurityGroupName"]}]
    return permission


def _permission_of(rule: Params) -> Permission:
    """A SecurityGroupRuleRequest as a permission."""
    permission = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
    note = {"Description": rule["Description"]} if "Description" in rule else {}
    for name, source, member in (
        ("CidrIpv4", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("PrefixListId", "PrefixListIds", "PrefixListId"),
        ("ReferencedGroupId", "UserIdGroupPairs", "GroupId"),
    ):
        if name in rule:
            permission[source] = [{member: rule[name], **note}]
    return permission


def normal(call: Call, group: MotoObject, permission: Mapping[str, Any]) -> Permission:
    """
    *permission* as AWS keeps it: protocol by name, ports complete, blocks without host bits.

    Raises:
        AwsError: It cannot be.
    """
    protocol = _protocol(permission.get("IpProtocol"))
    kept: Permission = {"IpProtocol": protocol, **_ports(protocol, permission)}
    for kind, member in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
        if permission.get(kind):
            kept[kind] = [
                {**each, member: _block(each.get(member, ""))} for each in permission[kind]
            ]
    if permission.get("PrefixListIds"):
        kept["PrefixListIds"] = permission["PrefixListIds"]
    if permission.get("UserIdGroupPairs"):
        kept["UserIdGroupPairs"] = [
            _pair(call, group, pair) for pair in permission["UserIdGroupPairs"]
        ]
    if not any(kind in kept for kind in _SOURCES):
        raise AwsError(
            "MissingParameter",
            "Missing source specification: include source security group or CIDR information",
        )
    return kept


def _protocol(given: object) -> str:
    if given is None:
        raise _invalid(
            "Invalid value 'null' for protocol. "
            "VPC security group rules must specify protocols explicitly."
        )
    name = str(given).lower()
    name = _NAMES.get(name, name)
    known = name in {"-1", *_NAMES.values()}
    if not known and not (name.isdigit() and int(name) <= _HIGHEST_PROTOCOL):
        raise _invalid(f"Invalid value '{given}' for IP protocol. Unknown protocol.")
    return name


def _ports(protocol: str, permission: Mapping[str, Any]) -> dict[str, int]:
    low, high = permission.get("FromPort"), permission.get("ToPort")
    if protocol == "-1":
        return {}
    if protocol in {"tcp", "udp"}:
        return _port_range(low, high)
    if protocol in {"icmp", "icmpv6"}:
        return _icmp(low, high)
    return {"FromPort": -1, "ToPort": -1}


def _port_range(low: int | None, high: int | None) -> dict[str, int]:
    if low is None or high is None:
        raise _invalid(
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
        )
    if not 0 <= low <= high <= _HIGHEST_PORT:
        raise _invalid(f"Invalid TCP/UDP port range ({low}:{high})")
    return {"FromPort": low, "ToPort": high}


def _icmp(kind: int | None, code: int | None) -> dict[str, int]:
    kind = -1 if kind is None else kind
    code = -1 if code is None or kind == -1 else code
    if not (-1 <= kind <= _HIGHEST_ICMP and -1 <= code <= _HIGHEST_ICMP):
        raise _invalid(f"ICMP type ({kind}) or code ({code}) out of range")
    return {"FromPort": kind, "ToPort": code}


def _block(text: str) -> str:
    try:
        return str(ip_network(text if "/" in text else "", strict=False))
    except ValueError:
        raise _invalid(f"CIDR block {text} is malformed") from None


def _pair(call: Call, group: MotoObject, pair: Mapping[str, Any]) -> dict[str, Any]:
    """The referenced group by its id, if there is one."""
    name = pair.get("GroupId") or pair.get("GroupName") or ""
    known = pair.get("UserId", call.account_id) == call.account_id
    found = call.backend.get_security_group_by_name_or_id(name, group.vpc_id) if known else None
    if found is None:
        raise AwsError("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
    kept = {key: pair[key] for key in ("Description", "UserId") if key in pair}
    return {**kept, "GroupId": found.id}


def _keep_within_reach(call: Call, group: MotoObject, permission: Permission) -> None:
    """
    Refuse a new rule that names a group of a VPC which is not peered.

    Only a new one: a rule gone stale with its peering can still be revoked.
    """
    for pair in permission.get("UserIdGroupPairs", []):
        named = call.backend.get_security_group_from_id(pair["GroupId"])
        if named.vpc_id != group.vpc_id and not active_peering(call, group.vpc_id, named.vpc_id):
            raise AwsError(
                "InvalidGroup.NotFound",
                "You have specified two resources that belong to different networks.",
            )


def rules_of(permission: Permission) -> Iterator[tuple[tuple[object, ...], Params]]:
    """What makes each rule of a permission one of its own, and what is said of its source."""
    traffic = permission["IpProtocol"], permission.get("FromPort"), permission.get("ToPort")
    for kind, member in _SOURCES.items():
        for each in permission.get(kind, []):
            yield (*traffic, each[member]), each


def group_of(call: Call) -> MotoObject:
    """
    The group a call is about, by id or name.

    Raises:
        AwsError: There is none.
    """
    group_id = call.params.get("GroupId")
    name = call.params.get("GroupName")
    if group_id:
        found = call.backend.get_security_group_from_id(group_id)
    else:
        found = call.backend.get_security_group_from_name(name, call.backend.default_vpc.id)
    if found is None:
        raise AwsError(
            "InvalidGroup.NotFound", f"The security group '{group_id or name}' does not exist"
        )
    return found


@contextmanager
def _all_or_nothing(group: MotoObject) -> Iterator[None]:
    """A span whose changes to the rules of *group* are undone if it ends in an error."""
    inbound, outbound = list(group.ingress_rules), list(group.egress_rules)
    try:
        yield
    except AwsError:
        group.ingress_rules, group.egress_rules = inbound, outbound
        raise


def _rewrite(rule: MotoObject, permission: Permission) -> None:
    rule.ip_protocol = permission["IpProtocol"]
    rule.from_port, rule.to_port = permission.get("FromPort"), permission.get("ToPort")
    ranges = permission.get("IpRanges") or permission.get("Ipv6Ranges") or [{}]
    pairs = permission.get("UserIdGroupPairs") or [{}]
    lists = permission.get("PrefixListIds") or [{}]
    rule.ip_range, rule.source_group = ranges[0], pairs[0]
    rule.prefix_list_id = lists[0].get("PrefixListId")
    if rule.prefix_list_id:
        describe_rule(rule, lists[0].get("Description"))


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)
