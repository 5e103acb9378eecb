"""
The filters of a scenario as nftables rules, and counters where a flow log would look.

A security group filters in its instance's namespace, with connection
tracking. A network ACL filters in the VPC's router, on the way from or to a
subnet's bridge, without. Every verdict is counted in the kernel, by addresses
and by ICMP type and identifier or by ports, in a set per direction and action.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linux_kernel.scenario import INTERNET, Acl, AclEntry, GroupRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linux_kernel.scenario import Address, Instance, Network, Scenario, Subnet

SETS = ("egress_accept", "egress_reject", "ingress_accept", "ingress_reject")

# What tells the probes apart, by protocol and IP version.
_KEYS = {
    "icmp_4": "ip saddr . ip daddr . icmp type . icmp id",
    "icmp_6": "ip6 saddr . ip6 daddr . icmpv6 type . icmpv6 id",
    "tcp_4": "ip saddr . ip daddr . tcp sport . tcp dport",
    "tcp_6": "ip6 saddr . ip6 daddr . tcp sport . tcp dport",
    "udp_4": "ip saddr . ip daddr . udp sport . udp dport",
    "udp_6": "ip6 saddr . ip6 daddr . udp sport . udp dport",
    "error_4": "ip saddr . ip daddr . icmp type . icmp code",
    "error_6": "ip6 saddr . ip6 daddr . icmpv6 type . icmpv6 code",
}

_L4 = {
    "icmp": "icmp",
    "icmpv6": "ipv6-icmp",
    "1": "icmp",
    "58": "ipv6-icmp",
    "6": "tcp",
    "17": "udp",
}


def instance_rules(scenario: Scenario, instance: Instance) -> str:
    """The nftables file of an instance: its security groups, stateful."""
    groups = [scenario.group(name) for name in instance.groups]
    ingress = [rule for group in groups for rule in group.ingress]
    egress = [rule for group in groups for rule in group.egress]
    vpc = scenario.vpc_of(instance)
    return _table(
        "inet",
        _chain(
            "input",
            "type filter hook input priority filter; policy drop;",
            "ct state established,related goto accepted",
            *(f"{match} goto accepted" for match in _matches(scenario, vpc, ingress, "saddr")),
            *_count("ingress_reject"),
        ),
        _chain("accepted", *_count("ingress_accept"), "accept"),
        _chain(
            "output",
            "type filter hook output priority filter; policy drop;",
            "ct state established,related accept",
            *(f"{match} accept" for match in _matches(scenario, vpc, egress, "daddr")),
            *_count("egress_reject"),
        ),
    )


def router_rules(scenario: Scenario, vpc: str) -> str:
    """
    The nftables file of a VPC's router: its network ACLs, stateless, and its peerings' limits.

    A packet reaches the forward hook only with a usable route, so that is
    where an accepted departure counts. Frames within a subnet never leave the
    bridge, and depart as soon as it forwards them.
    """
    subnets = scenario.subnets_of(vpc)
    acls = [acl for acl in scenario.acls if acl.vpc == vpc]
    routed = _table(
        "inet",
        *(_acl_chain(acl, egress=True) for acl in acls),
        *(_acl_chain(acl, egress=False) for acl in acls),
        _chain(
            "prerouting",
            "type filter hook prerouting priority raw;",
            *(f'iifname "br-{name}" jump {acl}-out' for name, acl in _edges(scenario, subnets)),
        ),
        _chain(
            "forward",
            "type filter hook forward priority filter;",
            *_carried(scenario, vpc),
            *(
                line
                for subnet in subnets
                for line in _count("egress_accept", f'iifname "br-{subnet.name}" ')
            ),
        ),
        _chain(
            "postrouting",
            "type filter hook postrouting priority filter;",
            f'oifname "{INTERNET}" drop',
            *(f'oifname "br-{name}" jump {acl}-in' for name, acl in _edges(scenario, subnets)),
        ),
        _chain("output", "type filter hook output priority filter; policy drop;"),
    )
    bridged = _chain(
        "forward", "type filter hook forward priority filter;", *_count("egress_accept")
    )
    return routed + _table("bridge", bridged)


def _edges(scenario: Scenario, subnets: Iterable[Subnet]) -> Iterator[tuple[str, str]]:
    """Every subnet whose ACL does not simply let everything pass, with that ACL."""
    for subnet in subnets:
        acl = scenario.acl_of(subnet)
        if acl is not None:
            yield subnet.name, acl.name


def _carried(scenario: Scenario, vpc: str) -> Iterator[str]:
    """A peering takes only packets to the VPC it enters; anything else ends here, unseen."""
    for peering in scenario.peerings_of(vpc):
        for version, family in ((4, "ip"), (6, "ip6")):
            cidrs = scenario.vpc(peering.other(vpc)).cidrs
            inside = ", ".join(str(cidr) for cidr in cidrs if cidr.version == version)
            wrong = f"{family} daddr != {{ {inside} }}" if inside else f"meta nfproto ipv{version}"
            yield f'oifname "{peering.name}" {wrong} drop'


def _acl_chain(acl: Acl, *, egress: bool) -> str:
    way, end = ("out", "daddr") if egress else ("in", "saddr")
    entries = sorted((entry for entry in acl.entries if entry.egress == egress), key=_number)
    lines = [
        f"{_entry_match(entry, end)} {'return' if entry.allow else f'goto refused-{way}'}"
        for entry in entries
    ]
    return _chain(f"{acl.name}-{way}", *lines, f"goto refused-{way}")


def _number(entry: AclEntry) -> int:
    return entry.number


def _entry_match(entry: AclEntry, end: str) -> str:
    address = _at(entry.cidr, end)
    if entry.protocol in ("6", "17"):
        first, last = entry.ports
        return f"{address} {_L4[entry.protocol]} dport {first}-{last}"
    return f"{address} {_icmp(entry.protocol, entry.icmp_type, entry.icmp_code)}"


def _matches(scenario: Scenario, vpc: str, rules: Iterable[GroupRule], end: str) -> Iterator[str]:
    for rule in rules:
        for peer in _peers(scenario, vpc, rule):
            if rule.protocol in ("tcp", "udp"):
                yield f"{_at(peer, end)} {rule.protocol} dport {rule.first}-{rule.last}"
            else:
                yield f"{_at(peer, end)} {_icmp(rule.protocol, rule.first, rule.last)}"


def _peers(scenario: Scenario, vpc: str, rule: GroupRule) -> Iterator[Network | Address]:
    """The rule's CIDR, or every address that wears its group within reach of the VPC."""
    if not isinstance(rule.peer, str):
        yield rule.peer
        return
    for instance in scenario.instances:
        if rule.peer in instance.groups and scenario.joined(vpc, scenario.vpc_of(instance)):
            yield from instance.addresses


def _at(peer: Network | Address, end: str) -> str:
    return f"{'ip' if peer.version == 4 else 'ip6'} {end} {peer}"


def _icmp(protocol: str, icmp_type: int, icmp_code: int) -> str:
    if protocol == "-1":
        return ""
    name = "icmp" if _L4[protocol] == "icmp" else "icmpv6"
    parts = [f"meta l4proto {_L4[protocol]}"]
    if icmp_type != -1:
        parts.append(f"{name} type {icmp_type}")
    if icmp_code != -1:
        parts.append(f"{name} code {icmp_code}")
    return " ".join(parts)


def _count(name: str, only: str = "") -> Iterator[str]:
    for kind, key in _KEYS.items():
        yield f"{only}update @{name}_{kind} {{ {key} }}"


def _chain(name: str, *lines: str) -> str:
    return "\n".join([f"chain {name} {{", *lines, "}"])


def _table(family: str, *chains: str) -> str:
    sets = [
        f"set {name}_{kind} {{ typeof {key}; flags dynamic; counter; size 4096; }}"
        for name in SETS
        for kind, key in _KEYS.items()
    ]
    ends = [
        _chain("refused-out", *_count("egress_reject"), "drop"),
        _chain("refused-in", *_count("ingress_reject"), "drop"),
    ]
    return "\n".join([f"table {family} labkit {{", *sets, *ends, *chains, "}", ""])
