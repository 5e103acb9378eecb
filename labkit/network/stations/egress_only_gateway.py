"""
An egress-only internet gateway: IPv6 out of its VPC, and nothing but the answers in.

Source: Amazon VPC User Guide, "Egress-only internet gateways". Which gateway
brings IPv6 in where a VPC has one of either kind, AWS does not say; here it is
the one that the receiver's subnet has its way back to the sender through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network import gateways
from labkit.network.hops import Fate, Station
from labkit.network.packet import Action, Direction
from labkit.network.routing import best_route
from labkit.network.stations.steps import Outside, Way
from labkit.network.stations.trail import Flow
from labkit.network.topology import TargetKind

if TYPE_CHECKING:
    from labkit.network.packet import Packet
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route, Topology
    from labkit.network.ways_out import EgressOnlyGateway


def take(trail: Trail, sender: Interface, route: Route) -> Outside | Fate:
    """Out into the internet, if both addresses are public and the sender's is of this VPC."""
    packet = trail.packet
    gateway = trail.topology.egress_only_gateways.get(route.target_id)
    if gateway is None:
        why = "The cloud told nothing of it (ec2:DescribeEgressOnlyInternetGateways)."
        raise trail.not_simulated(route, why)
    # AWS has no traffic-path code for this way.
    trail.see(sender, Direction.EGRESS, Action.ACCEPT)
    own = trail.topology.vpc(sender.vpc_id).holds(packet.source)
    taken = own and gateways.is_public(packet.source) and gateways.is_public(packet.destination)
    _hop(trail, gateway, Direction.EGRESS, taken=taken)
    if not taken:
        return Fate.REFUSED_BY_EGRESS_ONLY_GATEWAY
    trail.flows.append(Flow(gateway.gateway_id, packet, packet))
    return Outside(packet)


def bring_in(trail: Trail, outside: Outside) -> Way | Fate | None:
    """Into the VPC, if the packet answers one that went out; None if it is not for here."""
    gateway = _in_charge(trail.topology, outside.packet)
    if gateway is None:
        return None
    known = trail.flow_of(outside.packet, (gateway.gateway_id,)) is not None
    _hop(trail, gateway, Direction.INGRESS, taken=known)
    if not known:
        return Fate.REFUSED_BY_EGRESS_ONLY_GATEWAY
    return Way(outside.packet, gateway.vpc_id)


def _in_charge(topology: Topology, packet: Packet) -> EgressOnlyGateway | None:
    """The egress-only gateway that stands between the internet and a packet's receiver."""
    if packet.destination.version == 4 or not gateways.is_public(packet.destination):
        return None
    owner = gateways.owner_of(topology, packet.destination)
    if owner is None:
        return None
    receiver, _ = owner
    table = topology.route_table_of(receiver.subnet_id)
    route = best_route(topology, table, packet.source)
    if route is not None and route.target is TargetKind.EGRESS_ONLY_GATEWAY:
        return topology.egress_only_gateways.get(route.target_id)
    if receiver.vpc_id in topology.internet_gateways.values():
        return None
    own = (g for g in topology.egress_only_gateways.values() if g.vpc_id == receiver.vpc_id)
    return min(own, key=lambda gateway: gateway.gateway_id, default=None)


def _hop(trail: Trail, gateway: EgressOnlyGateway, direction: Direction, *, taken: bool) -> None:
    place = (gateway.gateway_id, gateway.vpc_id, direction)
    trail.at_gateway(Station.EGRESS_ONLY_GATEWAY, *place, taken=taken)
