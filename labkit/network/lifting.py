"""An obstacle lifted on paper, as narrowly as can be: the network in which it does not stand."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from labkit.network import detours, edits, outward
from labkit.network.detours import block_of, home_of
from labkit.network.filtering import ANY
from labkit.network.gateways import is_public
from labkit.network.hops import Fate, Station
from labkit.network.packet import Direction, Packet, Protocol
from labkit.network.routing import best_route
from labkit.network.stations.transit_gateway import attachment_of, best_transit_route, table_of
from labkit.network.topology import (
    HostState,
    NetworkAclEntry,
    Route,
    SecurityGroupRule,
    TargetKind,
)
from labkit.network.ways_out import TransitRoute

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.blocker import Blocker
    from labkit.network.topology import Topology

# A client takes one of these for its own end of a connection, so an answer may go to any.
EPHEMERAL_PORTS: Final = (1024, 65535)


def without(blocker: Blocker) -> Topology | None:
    """
    The network in which an obstacle lets this one kind of packet pass, and nothing else.

    None where there is nothing to lift: an address that nobody has, say.
    """
    lift = _LIFTS.get(blocker.fate)
    return lift(blocker) if lift is not None else None


def _with_host_up(blocker: Blocker) -> Topology | None:
    receiver = blocker.hop.interface_id
    if receiver is None:
        return None
    host = replace(
        blocker.interface.host, state=HostState.RUNNING, answers_echo=True, drops=frozenset()
    )
    return edits.with_interface(blocker.topology, replace(blocker.interface, host=host))


# Filters.


def needed_rule(packet: Packet, direction: Direction) -> SecurityGroupRule:
    """The narrowest security group rule that lets a packet of this kind pass."""
    peer = packet.peer(direction)
    low, high = _scope(packet)
    return SecurityGroupRule(packet.protocol, low, high, cidr=ip_network(peer))


def needed_entry(packet: Packet, direction: Direction, number: int) -> NetworkAclEntry:
    """The narrowest network ACL entry that lets a packet of this kind pass."""
    peer = packet.peer(direction)
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


def _with_live_target(blocker: Blocker) -> Topology | None:
    live = _with_live_peering(blocker) or _with_live_gateway(blocker)
    return live or _with_way(blocker)


def _on_to_vpc(blocker: Blocker) -> Topology | None:
    """A way to another VPC, if one has the address; whither it went was no such way."""
    home = home_of(blocker.topology, blocker.packet.destination, blocker.interface.vpc_id)
    return None if home is None else _with_way(blocker)


def _with_live_gateway(blocker: Blocker) -> Topology | None:
    """The network in which the gateway that a route leads to is there and works."""
    topology, route = blocker.topology, _route(blocker)
    if route is None:
        return None
    if route.target is TargetKind.INTERNET_GATEWAY:
        return edits.with_gateway(topology, route.target_id, blocker.interface.vpc_id)
    if route.target is TargetKind.NAT_GATEWAY:
        gateway = topology.nat_gateways.get(route.target_id)
        return outward.nat_gateway_anew(topology, gateway) if gateway is not None else None
    return None


def _with_way(blocker: Blocker) -> Topology | None:
    return detours.with_way(blocker.topology, blocker.interface, blocker.packet)


def _past_internet_gateway(blocker: Blocker) -> Topology | None:
    """
    The network in which a packet that an internet gateway refused gets where it is to go.

    A private destination needs another way; a source without a public address
    needs a NAT gateway, or such an address.
    """
    topology, interface, packet = blocker.topology, blocker.interface, blocker.packet
    around = _with_way(blocker)
    if not is_public(packet.destination) or (around is not None and not _same_way(blocker, around)):
        return around
    if packet.source != next(iter(interface.addresses), None) or packet.source.version == 6:
        return None
    return edits.with_interface(
        topology, replace(interface, public_address=outward.unused_address(topology))
    )


def _same_way(blocker: Blocker, changed: Topology) -> bool:
    """Whether the packet would meet the same gateway again, by whichever route."""
    table = changed.route_table_of(blocker.interface.subnet_id)
    route, before = best_route(changed, table, blocker.packet.destination), _route(blocker)
    return route is not None and before is not None and route.target_id == before.target_id


# Transit gateways.


def _transit_associated(blocker: Blocker) -> Topology | None:
    """The network in which the attachment uses the first route table there is."""
    topology = blocker.topology
    attachment = topology.attachment_at(blocker.interface.interface_id)
    tables = sorted(
        (
            each
            for each in topology.transit_route_tables.values()
            if attachment and each.transit_gateway_id == attachment.transit_gateway_id
        ),
        key=lambda table: table.table_id,
    )
    if attachment is None or not tables:
        return None
    users = frozenset({*tables[0].attachment_ids, attachment.attachment_id})
    return edits.with_transit_table(topology, replace(tables[0], attachment_ids=users))


def _transit_routed(blocker: Blocker) -> Topology | None:
    """The network in which the transit gateway has a route to the VPC that has the address."""
    topology, destination = blocker.topology, blocker.packet.destination
    near = topology.attachment_at(blocker.interface.interface_id)
    home = home_of(topology, destination, blocker.interface.vpc_id)
    if near is None or home is None:
        return None
    table = table_of(topology, near.attachment_id)
    far = attachment_of(topology, near.transit_gateway_id, home.vpc_id)
    if table is None or far is None:
        return None
    for block in (block_of(home, destination), ip_network(destination)):
        route = TransitRoute(block, far.attachment_id)
        kept = tuple(each for each in table.routes if each.destination != block)
        changed = replace(table, routes=(*kept, route))
        if best_transit_route(changed, destination) == route:
            return edits.with_transit_table(topology, changed)
    return None


def _transit_attached(blocker: Blocker) -> Topology | None:
    """The network in which attachments that are there, but out of use, are in use again."""
    topology, [gateway_id] = blocker.topology, blocker.hop.component_ids
    idle = [
        each
        for each in topology.transit_attachments.values()
        if each.transit_gateway_id == gateway_id and not each.is_available and each.interface_ids
    ]
    for each in idle:
        topology = edits.with_attachment(topology, replace(each, state="available"))
    return topology if idle else _with_way(blocker)


_LIFTS: Final[dict[Fate, Callable[[Blocker], Topology | None]]] = {
    Fate.DENIED_BY_SECURITY_GROUP: _allowed_by_group,
    Fate.DENIED_BY_NETWORK_ACL: _allowed_by_acl,
    Fate.NO_ROUTE: _with_way,
    Fate.NOT_FOR_PEER: _with_way,
    Fate.LEFT_FOR_INTERNET: _on_to_vpc,
    Fate.BLACKHOLE: _with_live_target,
    Fate.PEERING_NOT_ACTIVE: _with_live_target,
    Fate.NAT_GATEWAY_NOT_AVAILABLE: _with_live_target,
    Fate.REFUSED_BY_INTERNET_GATEWAY: _past_internet_gateway,
    Fate.REFUSED_BY_NAT_GATEWAY: _on_to_vpc,
    Fate.REFUSED_BY_GATEWAY_ENDPOINT: _on_to_vpc,
    Fate.NO_TRANSIT_ATTACHMENT: _transit_attached,
    Fate.NO_TRANSIT_TABLE: _transit_associated,
    Fate.NO_TRANSIT_ROUTE: _transit_routed,
    Fate.TRANSIT_BLACKHOLE: _transit_routed,
    Fate.ROUTING_LOOP: _with_way,
    Fate.HOST_DOWN: _with_host_up,
    Fate.HOST_SILENT: _with_host_up,
}
