"""
A walk in words: one sentence for every station, naming the rule or route that decided.

The last sentence of a walk that failed names the cause; ``verdict`` says it alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.network.explain_gateways import verb as gateway_verb
from labkit.network.filtering import ANY
from labkit.network.hops import Fate, Leg, Station, Verdict
from labkit.network.names import label
from labkit.network.packet import Direction, Packet, Protocol
from labkit.network.topology import (
    NetworkAclEntry,
    Route,
    RouteState,
    SecurityGroupRule,
    TargetKind,
)

if TYPE_CHECKING:
    from labkit.network.hops import Hop, Walk
    from labkit.network.topology import Topology

__all__ = [
    "entry_text",
    "explain",
    "label",
    "route_text",
    "rule_text",
    "sentence",
    "traffic",
    "verdict",
]

_ICMP_NAMES: Final[dict[tuple[int, int | None], str]] = {
    (Protocol.ICMP, 8): "ICMP echo request",
    (Protocol.ICMP, 0): "ICMP echo reply",
    (Protocol.ICMP, 3): "ICMP destination unreachable",
    (Protocol.ICMPV6, 128): "ICMPv6 echo request",
    (Protocol.ICMPV6, 129): "ICMPv6 echo reply",
    (Protocol.ICMPV6, 1): "ICMPv6 destination unreachable",
}
_GATEWAYS: Final = (
    Station.PEERING,
    Station.INTERNET_GATEWAY,
    Station.EGRESS_ONLY_GATEWAY,
    Station.NAT_GATEWAY,
    Station.GATEWAY_ENDPOINT,
    Station.TRANSIT_GATEWAY,
)
_PROTOCOL_NAMES: Final = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}


def explain(walk: Walk, topology: Topology) -> list[str]:
    """One sentence per hop, in order, and last the verdict on the whole walk."""
    sentences = [f"{hop.leg.capitalize()}: {sentence(hop, walk, topology)}" for hop in walk.hops]
    return [*sentences, verdict(walk, topology)]


def sentence(hop: Hop, walk: Walk, topology: Topology) -> str:
    """What one station did with the packet, and why."""
    packet = hop.packet or walk.packet
    component = _component(hop, topology)
    where = f" of {label(topology, hop.interface_id)}" if hop.interface_id else ""
    if hop.station is Station.SECURITY_GROUP:
        if not hop.component_ids:
            return f"network interface{where.removeprefix(' of')} has no security group."
        return f"{component}{where} {_security_group_verb(hop, packet)}."
    if hop.station is Station.NETWORK_ACL:
        subnet = label(topology, hop.subnet_id)
        return f"{component} at subnet {subnet} {_network_acl_verb(hop, packet)}."
    if hop.station is Station.ROUTE_TABLE:
        subnet = label(topology, hop.subnet_id)
        return f"{component} of subnet {subnet} {_route_verb(hop, packet, topology)}."
    if hop.station in _GATEWAYS:
        # A gateway that let a packet pass has nothing to do with how its walk ended.
        fate = walk.fate if hop.verdict is Verdict.DROP else Fate.ANSWERED
        return f"{component} {gateway_verb(hop, packet, fate, topology)}."
    return f"{component} {_other_verb(hop, walk, packet, topology)}."


def verdict(walk: Walk, topology: Topology) -> str:
    """One sentence: how the walk ended and, if it failed, the cause."""
    sender = label(topology, walk.sender_id)
    receiver = label(topology, walk.receiver_id) if walk.receiver_id else "nobody"
    if walk.fate is Fate.ANSWERED:
        return f"Answered: {receiver} replied to {sender}."
    if walk.fate is Fate.CONNECTION_REFUSED:
        return f"Refused: {receiver} told {sender} that nothing listens there."
    last = sentence(walk.hops[-1], walk, topology).removesuffix(".")
    if walk.fate is Fate.AMAZON_SERVICE:
        return f"Not a walk through the network: {last}."
    if walk.fate in (Fate.HOST_DOWN, Fate.HOST_SILENT):
        return f"No answer: {walk.fate} ({last})."
    way = "on the way there" if walk.leg is Leg.REQUEST else "on the way back"
    return f"No answer: {walk.fate} {way} ({last})."


def _component(hop: Hop, topology: Topology) -> str:
    """The station in words and by name, as it begins a sentence."""
    if hop.station is Station.HOST and hop.interface_id:
        return f"host {label(topology, hop.interface_id)}"
    if hop.station is Station.INTERFACE and not hop.interface_id:
        return f"address {hop.component_ids[0]}"
    names = ", ".join(label(topology, component) for component in hop.component_ids)
    plural = "s" if len(hop.component_ids) > 1 else ""
    return f"{hop.station}{plural} {names}"


def traffic(packet: Packet) -> str:
    """A packet's kind in words, for example ``ICMP echo request``."""
    name = _PROTOCOL_NAMES.get(packet.protocol, f"protocol {packet.protocol}")
    if packet.is_icmp:
        known = _ICMP_NAMES.get((packet.protocol, packet.icmp_type))
        return known or f"{name} type {packet.icmp_type} code {packet.icmp_code}"
    if packet.protocol not in (Protocol.TCP, Protocol.UDP):
        return name
    return f"{name} to port {packet.destination_port}"


def _peer(hop: Hop, packet: Packet) -> str:
    if hop.direction is Direction.INGRESS:
        return f"from {packet.source}"
    return f"to {packet.destination}"


def _security_group_verb(hop: Hop, packet: Packet) -> str:
    several = len(hop.component_ids) > 1
    if hop.verdict is Verdict.TRACKED:
        verb = "let" if several else "lets"
        return f"{verb} the {traffic(packet)} pass: it belongs to a flow allowed before"
    what = f"{hop.direction} {traffic(packet)} {_peer(hop, packet)}"
    if isinstance(hop.rule, SecurityGroupRule):
        return f"allows {what} by its rule {rule_text(hop.rule)}"
    return f"{'have' if several else 'has'} no rule that allows {what}"


def _network_acl_verb(hop: Hop, packet: Packet) -> str:
    what = f"{hop.direction} {traffic(packet)} {_peer(hop, packet)}"
    verb = "allows" if hop.verdict is Verdict.ALLOW else "denies"
    if isinstance(hop.rule, NetworkAclEntry):
        return f"{verb} {what} by {entry_text(hop.rule)}"
    return f"{verb} {what}: no numbered rule matches"


def _route_verb(hop: Hop, packet: Packet, topology: Topology) -> str:
    if not isinstance(hop.rule, Route):
        return f"has no route to {packet.destination}"
    text = route_text(hop.rule, topology)
    if hop.rule.state is RouteState.BLACKHOLE:
        return f"swallows the packet: its route {text} is a blackhole"
    return f"sends {packet.destination} along its route {text}"


def _other_verb(hop: Hop, walk: Walk, packet: Packet, topology: Topology) -> str:
    dropped = hop.verdict is Verdict.DROP
    if hop.station is Station.AMAZON_SERVICE:
        return "is reached without filters and never logged"
    if hop.station in (Station.HOST, Station.OUTSIDE_HOST):
        return "is not running" if dropped else f"receives the {traffic(packet)}"
    if not hop.interface_id:
        where = f"of {label(topology, hop.vpc_id)}" if hop.vpc_id else "on the internet"
        return f"belongs to no network interface {where}"
    if walk.fate is Fate.ROUTING_LOOP:
        return "sent the same packet on before: routes lead it round in a circle"
    if hop.direction is Direction.INGRESS:
        return f"drops a packet whose destination {packet.destination} is not its own"
    return f"drops a packet whose source {packet.source} is not its own"


def rule_text(rule: SecurityGroupRule) -> str:
    """
    A security group rule as a learner would say it.

    >>> from ipaddress import ip_network
    >>> rule_text(SecurityGroupRule(1, 8, -1, cidr=ip_network("10.1.0.0/16")))
    '[ICMP type 8, 10.1.0.0/16]'
    """
    peer = rule.cidr or rule.group_id or rule.prefix_list_id
    return f"[{_scope(rule.protocol, rule.from_port, rule.to_port)}, {peer}]"


def entry_text(entry: NetworkAclEntry) -> str:
    """
    A network ACL entry as the console numbers it.

    >>> from ipaddress import ip_network
    >>> entry_text(NetworkAclEntry(100, False, True, ip_network("0.0.0.0/0")))
    'rule 100 [allow all traffic, 0.0.0.0/0]'
    """
    is_icmp = entry.protocol in (Protocol.ICMP, Protocol.ICMPV6)
    low, high = (entry.icmp_type, entry.icmp_code) if is_icmp else entry.ports or (ANY, ANY)
    number = "*" if entry.number >= 32767 else entry.number
    action = "allow" if entry.allow else "deny"
    return f"rule {number} [{action} {_scope(entry.protocol, low, high)}, {entry.cidr}]"


def _scope(protocol: int | None, low: int, high: int) -> str:
    if protocol is None:
        return "all traffic"
    name = _PROTOCOL_NAMES.get(protocol, f"protocol {protocol}")
    if protocol in (Protocol.ICMP, Protocol.ICMPV6):
        code = "" if high == ANY else f" code {high}"
        return f"all {name}" if low == ANY else f"{name} type {low}{code}"
    if protocol not in (Protocol.TCP, Protocol.UDP):
        return name
    if low == ANY or (low, high) == (0, 65535):
        return f"all {name}"
    return f"{name} {low}" if low == high else f"{name} {low}-{high}"


def route_text(route: Route, topology: Topology) -> str:
    """A route as ``10.2.0.0/16 -> name (id)``."""
    destination = route.destination or label(topology, route.prefix_list_id)
    if route.target is TargetKind.LOCAL:
        return f"{destination} -> local"
    return f"{destination} -> {label(topology, route.target_id)}"
