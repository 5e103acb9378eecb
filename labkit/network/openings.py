"""
What passes after a change that did not pass before: exactly, over all packets there can be.

Rules cut the space of packets into pieces whose packets they all treat alike
(see ``pieces``), so it is enough to ask each filter about one packet of each.
Nothing is sampled, and nothing missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from labkit.network.explain import label
from labkit.network.filtering import members, network_acl_verdict, security_group_verdict
from labkit.network.packet import Direction
from labkit.network.pieces import (
    ANYTHING,
    Kind,
    Scope,
    Stretch,
    blocks_of,
    kinds,
    stretches,
    traffic_text,
)
from labkit.network.routing import best_route, blocks
from labkit.network.stations.transit_gateway import best_transit_route
from labkit.network.topology import RouteState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labkit.network.packet import Address, Packet
    from labkit.network.topology import (
        Interface,
        Network,
        NetworkAclEntry,
        SecurityGroupRule,
        Topology,
    )
    from labkit.network.ways_out import TransitRouteTable

_SHOWN_BLOCKS: Final = 4


@dataclass(frozen=True, slots=True)
class Opening:
    """
    Packets that one place lets pass now, and did not before.

    Args:
        component_id: The interface of security groups, the subnet of a network
            ACL or route table, the route table of a transit gateway, or the
            internet gateway that a public address is for.
        where: The same in words.
        direction: Which way the packets go there.
        pieces: Kinds of packets, each with the peers it is open for.
    """

    component_id: str
    where: str
    direction: Direction
    pieces: tuple[tuple[Kind, tuple[Network, ...]], ...]

    def holds(self, packet: Packet) -> bool:
        """Whether a packet is among those that pass now."""
        peer = packet.peer(self.direction)
        return any(
            kind.holds(packet) and any(peer in network for network in networks)
            for kind, networks in self.pieces
        )

    def __str__(self) -> str:
        """The opening in one line."""
        by_peers: dict[tuple[Network, ...], list[Kind]] = {}
        for kind, networks in self.pieces:
            by_peers.setdefault(networks, []).append(kind)
        way = "from" if self.direction is Direction.INGRESS else "to"
        parts = [
            f"{traffic_text(some)} {way} {_listed(networks)}" for networks, some in by_peers.items()
        ]
        return f"{self.where}, {self.direction}: {'; '.join(parts)}"


def _listed(networks: Sequence[Network]) -> str:
    shown = ", ".join(map(str, networks[:_SHOWN_BLOCKS]))
    more = len(networks) - _SHOWN_BLOCKS
    return f"{shown} and {more} more ranges" if more > 0 else shown


def openings(before: Topology, after: Topology) -> list[Opening]:
    """
    Everything that filters and routes let pass in *after* and not in *before*.

    An interface or subnet that only one of the two has is passed over.

    Returns:
        One entry per place and direction at which something is newly open,
        sorted by place; ``[]`` if nothing is.

    Raises:
        TopologyError: A rule names a prefix list that was not given.
    """
    found: list[Opening] = []
    for interface_id in sorted(before.interfaces.keys() & after.interfaces.keys()):
        for direction in Direction:
            found += _of_groups(before, after, interface_id, direction)
        found += _of_public_address(before, after, interface_id)
    for subnet_id in sorted(before.subnets.keys() & after.subnets.keys()):
        for direction in Direction:
            found += _of_acl(before, after, subnet_id, direction)
        found += _of_routes(before, after, subnet_id)
    both = before.transit_route_tables.keys() & after.transit_route_tables.keys()
    for table_id in sorted(both):
        found += _of_transit_routes(before, after, table_id)
    return found


# Security groups.


def _of_groups(
    before: Topology, after: Topology, interface_id: str, direction: Direction
) -> Iterator[Opening]:
    old, new = (each.interfaces[interface_id] for each in (before, after))
    asked = [(before, old), (after, new)]
    rules = [_rules_at(topology, interface, direction) for topology, interface in asked]
    peers = [list(_peers_of(topology, of, direction)) for topology, of in asked]
    if (rules[0], peers[0]) == (rules[1], peers[1]):
        return
    scopes = [Scope.of(r.protocol, r.from_port, r.to_port) for side in rules for r in side]
    yield from _opening(
        interface_id,
        f"security groups of {label(after, interface_id)}",
        direction,
        _newly(
            new.addresses,
            direction,
            kinds(scopes),
            stretches([*peers[0], *peers[1]]),
            lambda packet: (
                bool(security_group_verdict(after, new, packet, direction))
                and not security_group_verdict(before, old, packet, direction)
            ),
        ),
    )


def _rules_at(
    topology: Topology, interface: Interface, direction: Direction
) -> list[SecurityGroupRule]:
    groups = (topology.security_group(each) for each in interface.group_ids)
    return [rule for group in groups for rule in group.rules(direction)]


def _peers_of(topology: Topology, interface: Interface, direction: Direction) -> Iterator[Network]:
    """Every range that a rule of the interface stands for, by itself or by what it refers to."""
    for rule in _rules_at(topology, interface, direction):
        if rule.cidr is not None:
            yield rule.cidr
        elif rule.prefix_list_id is not None:
            yield from topology.prefix_list(rule.prefix_list_id)
        elif rule.group_id is not None:
            owners = members(topology, rule.group_id, interface.vpc_id)
            yield from sorted(map(ip_network, owners), key=str)


# Network ACLs.


def _of_acl(
    before: Topology, after: Topology, subnet_id: str, direction: Direction
) -> Iterator[Opening]:
    old, new = (each.network_acl_of(subnet_id) for each in (before, after))
    if old.entries == new.entries:
        return
    egress = direction is Direction.EGRESS
    entries = [each for each in (*old.entries, *new.entries) if each.egress is egress]
    yield from _opening(
        subnet_id,
        f"network ACL of {label(after, subnet_id)}",
        direction,
        _newly(
            [cidr.network_address for cidr in after.subnet(subnet_id).cidrs],
            direction,
            kinds([_scope(entry) for entry in entries]),
            stretches([entry.cidr for entry in entries]),
            lambda packet: (
                _allows(network_acl_verdict(new, packet, direction))
                and not _allows(network_acl_verdict(old, packet, direction))
            ),
        ),
    )


def _allows(entry: NetworkAclEntry | None) -> bool:
    return entry is not None and entry.allow


def _scope(entry: NetworkAclEntry) -> Scope:
    if entry.ports is not None:
        return Scope.of(entry.protocol, *entry.ports)
    return Scope.of(entry.protocol, entry.icmp_type, entry.icmp_code)


# Routes.


def _of_routes(before: Topology, after: Topology, subnet_id: str) -> Iterator[Opening]:
    old, new = (each.route_table_of(subnet_id) for each in (before, after))
    if old.routes == new.routes:
        return
    ranges = [
        block
        for topology, table in ((before, old), (after, new))
        for route in table.routes
        for block in blocks(topology, route)
    ]
    led = [
        (ANYTHING, stretch)
        for stretch in stretches(ranges)
        if _leads(after, subnet_id, stretch.first) and not _leads(before, subnet_id, stretch.first)
    ]
    where = f"routes of {label(after, subnet_id)}"
    yield from _opening(subnet_id, where, Direction.EGRESS, led)


def _leads(topology: Topology, subnet_id: str, address: Address) -> bool:
    route = best_route(topology, topology.route_table_of(subnet_id), address)
    return route is not None and route.state is RouteState.ACTIVE


# Transit gateways and public addresses.


def _of_transit_routes(before: Topology, after: Topology, table_id: str) -> Iterator[Opening]:
    old, new = (each.transit_route_tables[table_id] for each in (before, after))
    if old.routes == new.routes:
        return
    led = [
        (ANYTHING, stretch)
        for stretch in stretches([route.destination for route in (*old.routes, *new.routes)])
        if _transits(new, stretch.first) and not _transits(old, stretch.first)
    ]
    where = f"routes of the transit gateway's {label(after, table_id)}"
    yield from _opening(table_id, where, Direction.EGRESS, led)


def _transits(table: TransitRouteTable, address: Address) -> bool:
    route = best_transit_route(table, address)
    return route is not None and route.state is RouteState.ACTIVE


def _of_public_address(before: Topology, after: Topology, interface_id: str) -> Iterator[Opening]:
    """With a public address, an internet gateway takes in what anybody sends to an interface."""
    old, new = (each.interfaces[interface_id] for each in (before, after))
    gateways = sorted(g for g, of in after.internet_gateways.items() if of == new.vpc_id)
    if old.public_address is not None or new.public_address is None or not gateways:
        return
    where = f"public address of {label(after, interface_id)}"
    anybody = [stretch for stretch in stretches([]) if stretch.version == 4]
    everything = [(ANYTHING, stretch) for stretch in anybody]
    yield from _opening(gateways[0], where, Direction.INGRESS, everything)


# Both.


def _newly(
    own: Sequence[Address],
    direction: Direction,
    some: Sequence[Kind],
    peers: Sequence[Stretch],
    is_new: Callable[[Packet], bool],
) -> Iterator[tuple[Kind, Stretch]]:
    """The pieces whose packets pass now, asked of one packet each."""
    here: dict[int, Address] = {address.version: address for address in reversed(own)}
    for stretch in peers:
        address = here.get(stretch.version)
        if address is None:
            continue
        for kind in some:
            ends = (stretch.first, address)
            packet = kind.packet(*(ends if direction is Direction.INGRESS else reversed(ends)))
            if is_new(packet):
                yield kind, stretch


def _opening(
    component_id: str,
    where: str,
    direction: Direction,
    pieces: Iterable[tuple[Kind, Stretch]],
) -> Iterator[Opening]:
    peers: dict[Kind, list[Stretch]] = {}
    for kind, stretch in pieces:
        peers.setdefault(kind, []).append(stretch)
    if peers:
        merged = tuple((kind, blocks_of(some)) for kind, some in peers.items())
        yield Opening(component_id, where, direction, merged)
