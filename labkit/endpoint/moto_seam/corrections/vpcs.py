"""VPCs, subnets, ACLs and groups: blocks without host bits, and the rules each begins with."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Final

from moto.ec2.exceptions import FilterNotImplementedError, InvalidSubnetRangeError
from moto.ec2.models.network_acls import NetworkAclBackend
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule
from moto.ec2.models.subnets import Subnet, SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from labkit.endpoint.moto_seam.corrections.substitution import instead_of


def associated_blocks(vpc: Any, *, ipv6: bool) -> list[dict[str, Any]]:
    """The address blocks *vpc* has, without those it gave up."""
    every = vpc.get_cidr_block_association_set(ipv6=ipv6)
    return [each for each in every if _state_of(each) == "associated"]


def _state_of(block: dict[str, Any]) -> str:
    return str(block["cidr_block_state"]["state"])


@instead_of(VPCBackend, "create_vpc")
def _create_vpc(original: Any, ec2: Any, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
    vpc = original(_without_host_bits(cidr_block), *args, **kwargs)
    group = ec2.get_default_security_group(vpc.id)
    if group is not None and not group.ingress_rules:
        itself = {"GroupId": group.id, "UserId": ec2.account_id, "OwnerId": ec2.account_id}
        rule = SecurityGroupRule(ec2, "-1", group.id, None, None, None, itself, is_egress=False)
        group.add_ingress_rule(rule)
    for rule in group.egress_rules if group is not None else ():
        rule.is_egress = True
    if associated_blocks(vpc, ipv6=True):
        _admit_ipv6(ec2, vpc.id)
    return vpc


@instead_of(VPCBackend, "associate_vpc_cidr_block")
def _associate_block(
    original: Any, ec2: Any, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any
) -> Any:
    text = _without_host_bits(cidr_block) if cidr_block else cidr_block
    association = original(vpc_id, text, *args, **kwargs)
    if associated_blocks(ec2.get_vpc(vpc_id), ipv6=True):
        _admit_ipv6(ec2, vpc_id)
    return association


@instead_of(SubnetBackend, "create_subnet")
def _create_subnet(
    original: Any, _: Any, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any
) -> Any:
    block = _without_host_bits(cidr_block)
    if not _may_hold_a_subnet(block):
        raise InvalidSubnetRangeError(block)
    return original(vpc_id, block, *args, **kwargs)


@instead_of(Subnet, "ipv6_cidr_block_association_set")
def _ipv6_blocks(original: Any, _: Any) -> list[dict[str, Any]]:
    # moto wraps the state of a block a second time, so that nobody can read it.
    return [{**each, "ipv6CidrBlockState": {"state": "associated"}} for each in original()]


def _may_hold_a_subnet(text: str) -> bool:
    """Whether a block, if it is one, is from /16 to /28 in size."""
    try:
        return 16 <= ip_network(text).prefixlen <= 28
    except ValueError:
        return True


def _without_host_bits(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return text


DENY_ALL: Final = {"ipv4": (32767, "0.0.0.0/0"), "ipv6": (32768, "::/0")}
"""Number and block of the last entry, which nobody can change."""


@instead_of(NetworkAclBackend, "create_network_acl")
def _create_acl(original: Any, ec2: Any, *args: Any, **kwargs: Any) -> Any:
    acl = original(*args, **kwargs)
    if not acl.default:
        _add_for_all(ec2, acl, *DENY_ALL["ipv4"], "deny")
        if associated_blocks(ec2.get_vpc(acl.vpc_id), ipv6=True):
            _add_for_all(ec2, acl, *DENY_ALL["ipv6"], "deny")
    return acl


def _admit_ipv6(ec2: Any, vpc_id: str) -> None:
    """Enter what AWS adds to the ACLs of a VPC that has become an IPv6 one."""
    for acl in ec2.network_acls.values():
        if acl.vpc_id == vpc_id:
            if acl.default:
                _add_for_all(ec2, acl, 101, "::/0", "allow")
            _add_for_all(ec2, acl, *DENY_ALL["ipv6"], "deny")


def _add_for_all(ec2: Any, acl: Any, number: int, block: str, action: str) -> None:
    family = "ipv6_cidr_block" if ":" in block else "cidr_block"
    absent = dict.fromkeys(
        (
            "cidr_block",
            "ipv6_cidr_block",
            "icmp_code",
            "icmp_type",
            "port_range_from",
            "port_range_to",
        )
    )
    for egress in (True, False):
        if not any(each.rule_number == number and each.egress == egress for each in acl.entries):
            rule = {**absent, family: block, "protocol": "-1", "rule_action": action}
            ec2.create_network_acl_entry(acl.id, rule_number=number, egress=egress, **rule)
    acl.network_acl_entries.sort(key=lambda entry: (not entry.egress, entry.rule_number))


# Filters of endpoint services have "Values", as all others; moto looks for a "Value".


@instead_of(VPCBackend, "_filter_endpoint_services")
def _endpoint_services(original: Any, names: Any, filters: Any, services: Any) -> Any:
    return original(names, [{**each, "Value": each["Values"]} for each in filters], services)


# A filter that moto does not know is a key error in groups, as if the lab had failed.


@instead_of(SecurityGroup, "matches_filter")
def _group_matches(original: Any, _: Any, name: str, values: Any) -> Any:
    return _known_filter(original, "DescribeSecurityGroups", name, values)


@instead_of(SecurityGroupRule, "matches_filter")
def _rule_matches(original: Any, _: Any, name: str, values: Any) -> Any:
    return _known_filter(original, "DescribeSecurityGroupRules", name, values)


def _known_filter(matches: Any, operation: str, name: str, values: Any) -> Any:
    try:
        return matches(name, values)
    except KeyError:
        raise FilterNotImplementedError(name, operation) from None


# A rule may have a description whatever it names; moto knows of those of address blocks.


@instead_of(SecurityGroupRule, "__init__")
def _begin_rule(original: Any, rule: Any, *args: Any, **kwargs: Any) -> None:
    original(*args, **kwargs)
    prefix_list = kwargs.get("prefix_list_id") or next(iter(args[7:]), None) or {}
    if "Description" in prefix_list:
        describe_rule(rule, prefix_list["Description"])


@instead_of(SecurityGroupRule, "description")
def _description(_: Any, rule: Any) -> Any:
    return rule.source_group.get("Description", rule.ip_range.get("Description"))


def describe_rule(rule: Any, text: str | None) -> None:
    """Give a rule another description, or none."""
    noted = rule.source_group or rule.ip_range
    noted.pop("Description", None)
    if text:
        noted["Description"] = text


# Security group rules: two rules are one if they admit the same traffic, whatever they are called.


@instead_of(SecurityGroupRule, "__eq__")
def _same_rule(_: Any, rule: Any, other: Any) -> bool:
    return isinstance(other, SecurityGroupRule) and _traffic(rule) == _traffic(other)


def _traffic(rule: Any) -> tuple[Any, ...]:
    ports = () if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
    peer = rule.cidr_ipv4, rule.cidr_ipv6, rule.source_group.get("GroupId"), rule.prefix_list_id
    return rule.ip_protocol, ports, peer
