"""
Everything that stands in a packet's way and its answer's, not only the first.

A walk ends at the first thing that stops it, and what lies behind stays
hidden. Here each obstacle is lifted on paper, as narrowly as can be, and the
packet is sent on, until its answer is home or nothing more can be lifted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from labkit.errors import NotSimulated
from labkit.network import edits
from labkit.network.filtering import ANY
from labkit.network.hops import Fate, Station
from labkit.network.packet import Direction, Packet, Protocol
from labkit.network.routing import best_route
from labkit.network.topology import (
    HostState,
    NetworkAclEntry,
    Peering,
    Route,
    RouteState,
    SecurityGroupRule,
    TargetKind,
)
from labkit.network.walk import walk
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.hops import Hop, Leg, Walk
    from labkit.network.packet import Address
    from labkit.network.stations.steps import End
    from labkit.network.topology import Interface, Network, Topology, Vpc

# No network has so many obstacles one behind the other; a loop would be a bug.
_MOST: Final = 50
# A client takes one of these for its own end of a connection, so an answer may go to any.
EPHEMERAL_PORTS: Final = (1024, 65535)
_ROUTING: Final = (
    Fate.NO_ROUTE,
    Fate.NOT_FOR_PEER,
    Fate.REFUSED_BY_INTERNET_GATEWAY,
    Fate.LEFT_FOR_INTERNET,
)


@dataclass(frozen=True, slots=True)
class Blocker:
    """
    One obstacle: how a walk ended there, and the network in which it did.

    Args:
        walk: The walk that it ended.
        topology: The network with every obstacle before this one lifted.
    """

    walk: Walk
    topology: Topology

    @property
    def fate(self) -> Fate:
        return self.walk.fate

    @property
    def leg(self) -> Leg:
        """On which way the obstacle stands."""
        return self.walk.leg

    @property
    def hop(self) -> Hop:
        """The station that decided."""
        return self.walk.hops[-1]

    @property
    def packet(self) -> Packet:
        """The packet as it met the obstacle."""
        return self.hop.packet or self.walk.packet

    @property
    def interface(self) -> Interface:
        """
        The interface on whose side the obstacle stands.

        Where the packet is on its way between two interfaces, that of its sender.
        """
        if self.hop.interface_id is not None:
            return self.topology.interfaces[self.hop.interface_id]
        on_reply = self.walk.reply is not None and self.walk.leg == "reply"
        owner_id = self.walk.receiver_id if on_reply else self.walk.sender_id
        return self.topology.interfaces[owner_id or self.walk.sender_id]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """
    All obstacles on a way, in the order in which a packet meets them.

    Args:
        blockers: Each one, with those before it lifted.
        last: The walk once all of them were lifted.
        lifted: The network in which it went.
        unknown: Why the way could not be followed further; empty if it could.
    """

    blockers: tuple[Blocker, ...]
    last: Walk | None
    lifted: Topology
    unknown: str = ""


def obstacles(
    topology: Topology,
    packet: Packet,
    sender: End,
    lift: Callable[[Blocker], Topology | None] | None = None,
) -> Obstacles:
    """
    What stops *packet*, and its answer, on the way from *sender* and back.

    Args:
        topology: The network as it stands.
        packet: What the sender's host puts on the wire.
        sender: The interface it leaves by, or the outside host that sends it.
        lift: Gives the network without an obstacle, None if nothing lifts it;
            ``without`` if not given.

    Raises:
        TopologyError: Something the packet meets is missing from *topology*.
    """
    found: list[Blocker] = []
    for _ in range(_MOST):
        try:
            walked = walk(topology, packet, _present(topology, sender))
        except NotSimulated as unknown:
            return Obstacles(tuple(found), None, topology, str(unknown))
        if walked.answered:
            return Obstacles(tuple(found), walked, topology)
        blocker = Blocker(walked, topology)
        found.append(blocker)
        lifted = (lift or without)(blocker)
        if lifted is None or lifted == topology:
            return Obstacles(tuple(found), walked, topology)
        topology = lifted
    return Obstacles(tuple(found), None, topology, f"more than {_MOST} obstacles")


def _present(topology: Topology, sender: End) -> End:
    """The sender as it is in a network that was changed meanwhile."""
    return sender if isinstance(sender, OutsideHost) else topology.interfaces[sender.interface_id]


def without(blocker: Blocker) -> Topology | None:
    """
    The network in which an obstacle lets this one kind of packet pass, and nothing else.

    None where there is nothing to lift: an address that nobody has, say.
    """
    topology, fate = blocker.topology, blocker.fate
    if fate is Fate.DENIED_BY_SECURITY_GROUP:
        return _allowed_by_group(blocker)
    if fate is Fate.DENIED_BY_NETWORK_ACL:
        return _allowed_by_acl(blocker)
    if fate in (Fate.BLACKHOLE, Fate.PEERING_NOT_ACTIVE):
        return _with_live_peering(blocker) or _routed(blocker)
    if fate in _ROUTING:
        return _routed(blocker)
    if fate in (Fate.HOST_DOWN, Fate.HOST_SILENT):
        host = replace(
            blocker.interface.host,
            state=HostState.RUNNING,
            answers_echo=True,
            drops=frozenset(),
        )
        return edits.with_interface(topology, replace(blocker.interface, host=host))
    return None


# Filters.


def needed_rule(packet: Packet, direction: Direction) -> SecurityGroupRule:
    """The narrowest security group rule that lets a packet of this kind pass."""
    peer = packet.source if direction is Direction.INGRESS else packet.destination
    low, high = _scope(packet)
    return SecurityGroupRule(packet.protocol, low, high, cidr=ip_network(peer))


def needed_entry(packet: Packet, direction: Direction, number: int) -> NetworkAclEntry:
    """The narrowest network ACL entry that lets a packet of this kind pass."""
    peer = packet.source if direction is Direction.INGRESS else packet.destination
    low, high = _scope(packet)
    entry = NetworkAclEntry(
        number, direction is Direction.EGRESS, allow=True, cidr=ip_network(peer)
    )
    if packet.is_icmp:
        return replace(entry, protocol=packet.protocol, icmp_type=low, icmp_code=high)
    ports = (low, high) if packet.protocol in (Protocol.TCP, Protocol.UDP) else None
    return replace(entry, protocol=packet.protocol, ports=ports)


def _scope(packet: Packet) -> tuple[int, int]:
    """Type and code of an ICMP packet, or the ports that packets of this kind go to."""
    if packet.is_icmp:
        return packet.icmp_type if packet.icmp_type is not None else ANY, ANY
    if packet.destination_port >= EPHEMERAL_PORTS[0]:
        return EPHEMERAL_PORTS
    return packet.destination_port, packet.destination_port


def _allowed_by_group(blocker: Blocker) -> Topology | None:
    interface, direction = blocker.interface, blocker.hop.direction
    if not interface.group_ids or direction is None:
        return None
    rule = needed_rule(blocker.packet, direction)
    return edits.with_rule(blocker.topology, interface.group_ids[0], direction, rule)


def _allowed_by_acl(blocker: Blocker) -> Topology | None:
    [acl_id], direction = blocker.hop.component_ids, blocker.hop.direction
    if direction is None:
        return None
    entries = blocker.topology.network_acls[acl_id].entries
    # AWS numbers entries from 1, so what is numbered below that is tried before all others.
    first = min([1, *(each.number for each in entries)]) - 1
    entry = needed_entry(blocker.packet, direction, first)
    return edits.with_entry(blocker.topology, acl_id, entry)


# Ways.


def home_of(topology: Topology, address: Address, near_vpc_id: str) -> Vpc | None:
    """
    The VPC in which an address belongs to an interface.

    Of several, the one that is nearest: the VPC itself, then one it has a
    peering connection with, then any other.
    """

    def distance(vpc: Vpc) -> tuple[int, str]:
        if vpc.vpc_id == near_vpc_id:
            return 0, vpc.vpc_id
        joined = edits.peering_between(topology, near_vpc_id, vpc.vpc_id)
        return (1 if joined else 2), vpc.vpc_id

    homes = [vpc for vpc in topology.vpcs.values() if topology.interface_at(vpc.vpc_id, address)]
    return min(homes, key=distance, default=None)


def block_of(vpc: Vpc, address: Address) -> Network:
    """The range of a VPC that an address is in; the address alone if in none."""
    return next((cidr for cidr in vpc.cidrs if address in cidr), ip_network(address))


def _with_live_peering(blocker: Blocker) -> Topology | None:
    """The network in which the peering connection that a route leads to carries traffic."""
    topology, route = blocker.topology, _route(blocker)
    peering = topology.peerings.get(route.target_id) if route else None
    if peering is None:
        return None
    ends = (peering.requester_vpc_id, peering.accepter_vpc_id)
    if edits.peering_between(topology, *ends) != peering:
        live = edits.peering_between(topology, *ends) or replace(
            peering, peering_id=f"successor of {peering.peering_id}"
        )
        topology, peering = edits.with_routes_to(topology, live), live
    return edits.with_peering(topology, replace(peering, status="active"))


def _route(blocker: Blocker) -> Route | None:
    rules = [hop.rule for hop in blocker.walk.hops if hop.station is Station.ROUTE_TABLE]
    return rules[-1] if rules and isinstance(rules[-1], Route) else None


def _routed(blocker: Blocker) -> Topology | None:
    """The network with a route to where the packet is to go, through a peering connection."""
    topology, sender = blocker.topology, blocker.interface
    destination = blocker.packet.destination
    home = home_of(topology, destination, sender.vpc_id)
    if home is None or home.vpc_id == sender.vpc_id:
        return None
    peering = edits.peering_between(topology, sender.vpc_id, home.vpc_id)
    if peering is None:
        peering = Peering(
            f"between {sender.vpc_id} and {home.vpc_id}", sender.vpc_id, home.vpc_id, "active"
        )
        topology = edits.with_peering(topology, peering)
    return _led(topology, sender, block_of(home, destination), peering, destination)


def _led(
    topology: Topology, sender: Interface, block: Network, peering: Peering, address: Address
) -> Topology:
    """A route to the whole range if that one then decides, else one to the address alone."""
    table_id = topology.route_table_of(sender.subnet_id).route_table_id
    state = RouteState.ACTIVE if peering.is_active else RouteState.BLACKHOLE
    route = Route(block, TargetKind.PEERING, peering.peering_id, state)
    changed = edits.with_route(topology, table_id, route)
    if best_route(changed, changed.route_tables[table_id], address) == route:
        return changed
    return edits.with_route(topology, table_id, replace(route, destination=ip_network(address)))
