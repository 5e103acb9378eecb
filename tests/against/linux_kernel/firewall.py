"""
The filters of a scenario as nftables rules.

A security group filters in its instance's namespace, with connection
tracking. A network ACL filters in the VPC's router, on the way from or to a
subnet's bridge, without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linux_kernel import wiring
from linux_kernel.counting import chain, count, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linux_kernel.scenario import (
        Acl,
        AclEntry,
        Address,
        GroupRule,
        Instance,
        Middlebox,
        Network,
        Scenario,
        Subnet,
    )

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
    return table(
        "inet",
        chain(
            "input",
            "type filter hook input priority filter; policy drop;",
            "ct state established,related goto accepted",
            *(f"{match} goto accepted" for match in _matches(scenario, vpc, ingress, "saddr")),
            *count("ingress_reject"),
        ),
        chain("accepted", *count("ingress_accept"), "accept"),
        chain(
            "output",
            "type filter hook output priority filter; policy drop;",
            "ct state established,related accept",
            *(f"{match} accept" for match in _matches(scenario, vpc, egress, "daddr")),
            *count("egress_reject"),
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
    boxes = scenario.middleboxes(vpc)
    routed = table(
        "inet",
        *_refusals(scenario, boxes),
        *(_acl_chain(acl, egress=True) for acl in acls),
        *(_acl_chain(acl, egress=False) for acl in acls),
        *map(_departed, boxes),
        chain(
            "prerouting",
            "type filter hook prerouting priority raw;",
            *(f'iifname "br-{name}" jump {acl}-out' for name, acl in _edges(scenario, subnets)),
        ),
        chain(
            "forward",
            "type filter hook forward priority filter;",
            *_carried(scenario, vpc),
            *_sent_by(scenario, boxes, "departed"),
            *(
                line
                for subnet in subnets
                for line in count("egress_accept", f'iifname "br-{subnet.name}" ')
            ),
        ),
        chain(
            "postrouting",
            "type filter hook postrouting priority filter;",
            *(f'oifname "br-{name}" jump {acl}-in' for name, acl in _edges(scenario, subnets)),
        ),
        chain("output", "type filter hook output priority filter; policy drop;"),
        places=[box.name for box in boxes],
    )
    return routed + _bridge_rules(scenario, boxes)


def _bridge_rules(scenario: Scenario, boxes: list[Middlebox]) -> str:
    forward = chain(
        "forward",
        "type filter hook forward priority filter;",
        *_sent_by(scenario, boxes, "departed"),
        *count("egress_accept"),
    )
    return table("bridge", *map(_departed, boxes), forward, places=[box.name for box in boxes])


def _refusals(scenario: Scenario, boxes: list[Middlebox]) -> Iterator[str]:
    """Where an ACL's denials end: counted for whom the packet came from, or was to go to."""
    for box in boxes:
        yield chain(f"refused-out-{box.name}", *count(f"{box.name}_egress_reject"), "drop")
        yield chain(f"refused-in-{box.name}", *count(f"{box.name}_ingress_reject"), "drop")
    yield chain(
        "refused-out", *_sent_by(scenario, boxes, "refused-out"), *count("egress_reject"), "drop"
    )
    # A route to a middlebox leaves the packet's destination as it is.
    to_boxes = (f"rt ip nexthop {box.address} goto refused-in-{box.name}" for box in boxes)
    yield chain("refused-in", *to_boxes, *count("ingress_reject"), "drop")


def _departed(box: Middlebox) -> str:
    return chain(f"departed-{box.name}", *count(f"{box.name}_egress_accept"), "accept")


def _sent_by(scenario: Scenario, boxes: list[Middlebox], end: str) -> Iterator[str]:
    for box in boxes:
        yield f"ether saddr {wiring.middlebox_mac(scenario, box)} goto {end}-{box.name}"


def _edges(scenario: Scenario, subnets: Iterable[Subnet]) -> Iterator[tuple[str, str]]:
    """Every subnet whose ACL does not simply let everything pass, with that ACL."""
    for subnet in subnets:
        acl = scenario.acl_of(subnet)
        if acl is not None:
            yield subnet.name, acl.name


def _carried(scenario: Scenario, vpc: str) -> Iterator[str]:
    """
    A peering takes only packets to the VPC it enters; anything else ends here, unseen.

    So does what a transit gateway brought: a peering is no way through.
    """
    doors = [door for door in scenario.attachments if scenario.vpc_of(door) == vpc]
    for peering in scenario.peerings_of(vpc):
        for door in doors:
            mac = wiring.middlebox_mac(scenario, door)
            yield f'oifname "{peering.name}" ether saddr {mac} drop'
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
    return chain(f"{acl.name}-{way}", *lines, f"goto refused-{way}")


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
