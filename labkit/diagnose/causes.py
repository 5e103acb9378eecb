"""
Why an obstacle stands where it does: the one thing in the configuration that makes it so.

A walk says which rule or route decided. The cause goes one step further and
looks at what nearly let the packet pass: the rule for another ICMP type, the
route in a table that the subnet does not use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.diagnose.cause import Cause, Reason
from labkit.diagnose.outward import of_way_out
from labkit.network import edits
from labkit.network.blockers import home_of
from labkit.network.explain import entry_text, label, route_text, rule_text
from labkit.network.filtering import entry_covers, peer_matches, rule_covers
from labkit.network.hops import Fate, Station
from labkit.network.packet import Direction, Packet
from labkit.network.stations.transit_gateway import attachment_of
from labkit.network.topology import NetworkAclEntry, Route, RouteState, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.network.blockers import Blocker
    from labkit.network.topology import (
        RouteTable,
        SecurityGroupRule,
        Topology,
    )

__all__ = ["Cause", "Reason", "reason"]

# The number of the entry that closes every network ACL. Source: EC2 API Reference.
_LAST_ENTRY: Final = 32767


def reason(blocker: Blocker, given: Topology | None = None) -> Reason:
    """
    Why the obstacle is there, by what the configuration holds instead.

    Args:
        blocker: The obstacle.
        given: The network before any obstacle was lifted; what was put in
            since then explains nothing.
    """
    plain = _PLAIN.get(blocker.fate)
    if plain is not None:
        return Reason(plain)
    if blocker.hop.station is Station.SECURITY_GROUP:
        return _of_groups(blocker)
    if blocker.hop.station is Station.NETWORK_ACL:
        return _of_acl(blocker, given or blocker.topology)
    return _of_route(blocker)


_PLAIN: Final = {
    Fate.HOST_DOWN: Cause.HOST_DOWN,
    Fate.HOST_SILENT: Cause.HOST_SILENT,
    Fate.NO_SUCH_ADDRESS: Cause.NOBODY_THERE,
    Fate.SOURCE_CHECK: Cause.SOURCE_CHECK,
    Fate.REPLY_ASTRAY: Cause.REPLY_ASTRAY,
    Fate.REPLY_FROM_ELSEWHERE: Cause.REPLY_FROM_ELSEWHERE,
    Fate.AMAZON_SERVICE: Cause.UNREACHABLE,
    Fate.LEFT_FOR_SERVICE: Cause.UNREACHABLE,
    Fate.NAT_GATEWAY_NOT_AVAILABLE: Cause.NAT_GATEWAY_DOWN,
    Fate.REFUSED_BY_NAT_GATEWAY: Cause.NAT_GATEWAY_REFUSES,
    Fate.NO_NAT_FLOW: Cause.NAT_KNOWS_NO_FLOW,
    Fate.REFUSED_BY_EGRESS_ONLY_GATEWAY: Cause.ANSWERS_ONLY,
    Fate.REFUSED_BY_GATEWAY_ENDPOINT: Cause.ENDPOINT_REFUSES,
    Fate.NO_TRANSIT_ATTACHMENT: Cause.TRANSIT_NOT_ATTACHED,
    Fate.NO_TRANSIT_TABLE: Cause.TRANSIT_NO_TABLE,
    Fate.NO_TRANSIT_ROUTE: Cause.TRANSIT_NO_ROUTE,
    Fate.TRANSIT_BLACKHOLE: Cause.TRANSIT_BLACKHOLE,
    Fate.ROUTING_LOOP: Cause.ROUTING_LOOP,
}


# Routes.


def _of_route(blocker: Blocker) -> Reason:
    topology, destination = blocker.topology, blocker.packet.destination
    table = topology.route_table_of(blocker.interface.subnet_id)
    home = home_of(topology, destination, blocker.interface.vpc_id)
    route = _deciding(blocker)
    if home is None:
        return of_way_out(blocker, route)
    if route is not None and route.state is RouteState.BLACKHOLE:
        return _of_blackhole(topology, route)
    if blocker.fate is Fate.PEERING_NOT_ACTIVE and route is not None:
        return _of_blackhole(topology, route)
    right = _Right(topology, blocker.interface.vpc_id, home.vpc_id, destination)
    if route is not None:
        return _of_astray(right, table, route)
    return _of_no_route(right, table, blocker.interface.subnet_id)


def _deciding(blocker: Blocker) -> Route | None:
    asked = [hop for hop in blocker.walk.hops if hop.station is Station.ROUTE_TABLE]
    rule = asked[-1].rule if asked else None
    return rule if isinstance(rule, Route) else None


def _of_blackhole(topology: Topology, route: Route) -> Reason:
    peering = topology.peerings.get(route.target_id)
    if peering is None:
        return Reason(Cause.TARGET_GONE)
    if peering.status in edits.LIVE_STATUSES:
        return Reason(Cause.PEERING_PENDING, f"It is {peering.status}.")
    return Reason(Cause.PEERING_GONE, f"It is {peering.status}.")


class _Right:
    """What a right route would be: through a peering connection, to where the packet is to go."""

    def __init__(self, topology: Topology, near: str, far: str, destination: object) -> None:
        self.topology, self.destination = topology, destination
        self._ends = {near, far}
        self.vpc_id, self.far = near, topology.vpc(far)

    @property
    def joined(self) -> bool:
        """Whether a peering connection or a transit gateway joins the two VPCs."""
        near, far = sorted(self._ends)
        if edits.peering_between(self.topology, near, far) is not None:
            return True
        return any(
            attachment_of(self.topology, each, near) and attachment_of(self.topology, each, far)
            for each in self.topology.transit_gateways
        )

    def leads_there(self, route: Route) -> bool:
        """Whether a route is to a peering connection of the two VPCs, be it dead or alive."""
        peering = self.topology.peerings.get(route.target_id)
        return (
            route.target is TargetKind.PEERING
            and peering is not None
            and {peering.requester_vpc_id, peering.accepter_vpc_id} == self._ends
        )

    def covers(self, route: Route) -> bool:
        return (
            self.leads_there(route)
            and route.destination is not None
            and self.destination in route.destination
        )


def _of_astray(right: _Right, table: RouteTable, route: Route) -> Reason:
    better = [each for each in table.routes if right.covers(each)]
    if better:
        text = route_text(better[0], right.topology)
        return Reason(Cause.ROUTE_ASTRAY, f"The route {text} would do, and is less specific.")
    if route.destination is not None and route.destination.prefixlen == 0:
        return Reason(Cause.DEFAULT_ROUTE)
    return Reason(Cause.ROUTE_ASTRAY)


def _of_no_route(right: _Right, table: RouteTable, subnet_id: str) -> Reason:
    topology = right.topology
    narrow = [each for each in table.routes if right.leads_there(each)]
    if narrow:
        text = route_text(narrow[0], topology)
        return Reason(Cause.ROUTE_TOO_NARROW, f"The nearest is {text}.")
    others = [
        each
        for each in topology.route_tables.values()
        if each.vpc_id == right.vpc_id and any(map(right.covers, each.routes))
    ]
    if others:
        name = label(topology, others[0].route_table_id)
        lost = table.main and subnet_id not in table.subnet_ids
        cause = Cause.SUBNET_ON_MAIN_TABLE if lost else Cause.ROUTE_IN_OTHER_TABLE
        which = "main table " if others[0].main else "table "
        return Reason(cause, f"The {which}{name} of the same VPC has the route.")
    return Reason(Cause.NO_ROUTE if right.joined else Cause.NO_PEERING)


# Security groups.


def _of_groups(blocker: Blocker) -> Reason:
    topology, packet, direction = blocker.topology, blocker.packet, _direction(blocker)
    groups = [topology.security_group(each) for each in blocker.interface.group_ids]
    rules = [(group, rule) for group in groups for rule in group.rules(direction)]
    if not rules:
        return Reason(Cause.NO_RULE)
    if direction is Direction.INGRESS and all(group.name == "default" for group in groups):
        return Reason(Cause.DEFAULT_GROUP, "It lets in its own members only.")
    for cause, nearly in _NEAR_RULES:
        for group, rule in rules:
            matches = peer_matches(topology, group, rule, packet.peer(direction))
            if nearly(rule, packet, matches):
                return Reason(cause, f"The nearest is {rule_text(rule)}.")
    return Reason(Cause.NO_RULE)


def _direction(blocker: Blocker) -> Direction:
    """Which way the packet met a filter; filters always say so."""
    return blocker.hop.direction or Direction.EGRESS


def _same_protocol(rule: SecurityGroupRule, packet: Packet) -> bool:
    return rule.protocol == packet.protocol


# Tried in this order: what differs in one thing only comes before what differs in more.
_NEAR_RULES: Final = (
    (
        Cause.RULE_NAMES_OTHER_GROUP,
        lambda rule, packet, matches: (
            not matches and rule_covers(rule, packet) and rule.group_id is not None
        ),
    ),
    (
        Cause.RULE_FOR_OTHER_RANGE,
        lambda rule, packet, matches: not matches and rule_covers(rule, packet),
    ),
    (
        Cause.RULE_FOR_OTHER_TYPE,
        lambda rule, packet, _: _same_protocol(rule, packet) and packet.is_icmp,
    ),
    (Cause.RULE_FOR_OTHER_PORT, lambda rule, packet, _: _same_protocol(rule, packet)),
    (Cause.RULE_FOR_OTHER_PROTOCOL, lambda _, __, matches: matches),
)


# Network ACLs.


def _of_acl(blocker: Blocker, given: Topology) -> Reason:
    [acl_id] = blocker.hop.component_ids
    packet, direction = blocker.packet, _direction(blocker)
    acl, decided = given.network_acls[acl_id], blocker.hop.rule
    numbered = [each for each in acl.entries if 0 < each.number < _LAST_ENTRY]
    allowing = [
        each
        for each in numbered
        if each.egress is (direction is Direction.EGRESS)
        and each.allow
        and each.cidr.version == packet.source.version
    ]
    if isinstance(decided, NetworkAclEntry) and decided.number < _LAST_ENTRY:
        later = [each for each in allowing if _lets(each, packet, direction)]
        nearly = f"{_sentence(later[0])} would allow it, and comes later." if later else ""
        return Reason(Cause.ACL_DENIES, nearly)
    if not numbered:
        return Reason(Cause.ACL_EMPTY)
    return _of_no_entry(allowing, packet, direction)


def _of_no_entry(
    allowing: Iterable[NetworkAclEntry], packet: Packet, direction: Direction
) -> Reason:
    for entry in sorted(allowing, key=lambda each: each.number):
        nearly = f"The nearest is {entry_text(entry)}."
        if entry_covers(entry, packet):
            return Reason(Cause.ACL_ENTRY_FOR_OTHER_RANGE, nearly)
        if packet.peer(direction) in entry.cidr and entry.protocol == packet.protocol:
            other_type, other_ports = (
                Cause.ACL_ENTRY_FOR_OTHER_TYPE,
                Cause.ACL_ENTRY_FOR_OTHER_PORTS,
            )
            return Reason(other_type if packet.is_icmp else other_ports, nearly)
    return Reason(Cause.ACL_NO_ENTRY)


def _lets(entry: NetworkAclEntry, packet: Packet, direction: Direction) -> bool:
    return packet.peer(direction) in entry.cidr and entry_covers(entry, packet)


def _sentence(entry: NetworkAclEntry) -> str:
    text = entry_text(entry)
    return text[0].upper() + text[1:]
