"""
On paper: a route to where a packet cannot go yet, by the way that a network has for it.

To another VPC that is a peering connection, or a transit gateway that both are
attached to, or a peering connection made up for the purpose. To the internet it
is the gateway that suits the sender. Each route is as narrow as will do.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from labkit.network import edits
from labkit.network.gateways import is_public
from labkit.network.outward import nat_gateway_of
from labkit.network.routing import best_route
from labkit.network.stations.transit_gateway import attachment_of, door_of
from labkit.network.topology import Peering, Route, RouteState, TargetKind

if TYPE_CHECKING:
    from labkit.network.packet import Address, Packet
    from labkit.network.topology import Interface, Network, Topology, Vpc


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


def with_way(topology: Topology, sender: Interface, packet: Packet) -> Topology | None:
    """The network in which a route of *sender*'s subnet leads the packet on; None if none can."""
    home = home_of(topology, packet.destination, sender.vpc_id)
    if home is None:
        return _to_internet(topology, sender, packet)
    if home.vpc_id == sender.vpc_id:
        return None
    block = block_of(home, packet.destination)
    gateway_id = _transit_between(topology, sender, home, packet)
    if gateway_id is not None and not edits.peering_between(topology, sender.vpc_id, home.vpc_id):
        route = Route(block, TargetKind.TRANSIT_GATEWAY, gateway_id)
        return _led(topology, sender, route, packet.destination)
    topology, peering = _peered(topology, sender.vpc_id, home.vpc_id)
    state = RouteState.ACTIVE if peering.is_active else RouteState.BLACKHOLE
    route = Route(block, TargetKind.PEERING, peering.peering_id, state)
    return _led(topology, sender, route, packet.destination)


def _peered(topology: Topology, near: str, far: str) -> tuple[Topology, Peering]:
    peering = edits.peering_between(topology, near, far)
    if peering is not None:
        return topology, peering
    peering = Peering(f"between {near} and {far}", near, far, "active")
    return edits.with_peering(topology, peering), peering


def _transit_between(
    topology: Topology, sender: Interface, home: Vpc, packet: Packet
) -> str | None:
    """A transit gateway that both VPCs are attached to, with a door in the sender's zone."""
    for gateway_id in sorted(topology.transit_gateways):
        near = attachment_of(topology, gateway_id, sender.vpc_id)
        far = attachment_of(topology, gateway_id, home.vpc_id)
        if near and far and door_of(topology, near, sender, packet.destination):
            return gateway_id
    return None


def _to_internet(topology: Topology, sender: Interface, packet: Packet) -> Topology | None:
    if not is_public(packet.destination):
        return None
    target = _gateway_for(topology, sender, packet)
    if target is None:
        return None
    everything = ip_network("0.0.0.0/0" if packet.destination.version == 4 else "::/0")
    return _led(topology, sender, Route(everything, *target), packet.destination, replacing=False)


def _gateway_for(
    topology: Topology, sender: Interface, packet: Packet
) -> tuple[TargetKind, str] | None:
    """The gateway of the sender's VPC that would let this packet out, if any."""
    vpc_id = sender.vpc_id
    attached = sorted(each for each, of in topology.internet_gateways.items() if of == vpc_id)
    if packet.destination.version == 6:
        egress_only = sorted(
            each.gateway_id
            for each in topology.egress_only_gateways.values()
            if each.vpc_id == vpc_id
        )
        ways = [(TargetKind.EGRESS_ONLY_GATEWAY, each) for each in egress_only]
        ways += [(TargetKind.INTERNET_GATEWAY, each) for each in attached]
        return ways[0] if ways else None
    if sender.public_address is not None:
        return (TargetKind.INTERNET_GATEWAY, attached[0]) if attached else None
    nat = nat_gateway_of(topology, vpc_id)
    if nat is None or not nat.is_available or nat.interface_id == sender.interface_id:
        return None
    return TargetKind.NAT_GATEWAY, nat.nat_gateway_id


def _led(
    topology: Topology,
    sender: Interface,
    route: Route,
    address: Address,
    *,
    replacing: bool = True,
) -> Topology:
    """The route if that one then decides, and takes nobody's place, else one to the address."""
    table = topology.route_table_of(sender.subnet_id)
    taken = any(each.destination == route.destination for each in table.routes)
    if replacing or not taken:
        changed = edits.with_route(topology, table.route_table_id, route)
        decides = best_route(changed, changed.route_tables[table.route_table_id], address)
        if decides == route:
            return changed
    narrow = Route(ip_network(address), route.target, route.target_id, route.state)
    return edits.with_route(topology, table.route_table_id, narrow)
