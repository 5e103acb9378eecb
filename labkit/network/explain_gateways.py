"""What gateways did with a packet, in words: the verbs of ``explain``'s sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.gateways import is_public
from labkit.network.hops import Fate, Station, Verdict
from labkit.network.names import label
from labkit.network.packet import Direction
from labkit.network.stations.transit_gateway import attachment_of, table_of
from labkit.network.ways_out import TransitRoute

if TYPE_CHECKING:
    from labkit.network.hops import Hop
    from labkit.network.packet import Packet
    from labkit.network.topology import Topology


def verb(hop: Hop, packet: Packet, fate: Fate, topology: Topology) -> str:
    """
    What a gateway did, as it goes on after the gateway's name.

    Args:
        hop: The gateway's.
        packet: As the gateway sent it on, or as it met it if it dropped it.
        fate: How the walk ended; a gateway that drops a packet ends it.
        topology: The network.
    """
    match hop.station:
        case Station.PEERING:
            return _peering(hop, packet, topology)
        case Station.INTERNET_GATEWAY:
            return _internet_gateway(hop, packet)
        case Station.EGRESS_ONLY_GATEWAY:
            return _egress_only_gateway(hop, packet)
        case Station.NAT_GATEWAY:
            return _nat_gateway(hop, packet, fate, topology)
        case Station.GATEWAY_ENDPOINT:
            return _gateway_endpoint(hop, packet, topology)
        case _:
            return _transit_gateway(hop, packet, fate, topology)


def _peering(hop: Hop, packet: Packet, topology: Topology) -> str:
    if hop.verdict is Verdict.FORWARD:
        return f"carries the packet out of {label(topology, hop.vpc_id)}"
    peering = topology.peering(hop.component_ids[0])
    if not peering.is_active:
        return f"carries nothing: it is {peering.status}"
    entered = topology.vpcs.get(peering.other_side(hop.vpc_id or "") or "")
    if entered is not None and entered.holds(packet.destination):
        return (
            f"does not carry the packet: {packet.source} is no address of the VPC it leaves, "
            "and a peering connection is no way through a VPC"
        )
    return f"does not carry {packet.destination}, which is no address of the VPC it enters"


def _internet_gateway(hop: Hop, packet: Packet) -> str:
    if hop.direction is Direction.INGRESS:
        return f"brings the packet for {packet.destination} in from the internet"
    if hop.verdict is Verdict.FORWARD:
        return f"takes the packet for {packet.destination} out to the internet"
    if not is_public(packet.destination):
        return f"drops the packet: {packet.destination} is a private address"
    return f"drops the packet: {packet.source} has no public address"


def _egress_only_gateway(hop: Hop, packet: Packet) -> str:
    taken = hop.verdict is Verdict.FORWARD
    if hop.direction is Direction.INGRESS:
        if taken:
            return f"lets the answer of {packet.source} in"
        return f"lets answers in and nothing else, and nobody inside asked {packet.source}"
    if taken:
        return f"takes the packet for {packet.destination} out to the internet"
    if not is_public(packet.destination):
        return f"drops the packet: {packet.destination} is a private address"
    return f"drops the packet: {packet.source} is no public address of its VPC"


def _nat_gateway(hop: Hop, packet: Packet, fate: Fate, topology: Topology) -> str:
    gateway = topology.nat_gateway(hop.component_ids[0])
    interface = topology.interfaces.get(gateway.interface_id)
    if hop.verdict is Verdict.FORWARD:
        if interface is not None and packet.source in interface.addresses:
            return f"sends the packet on as its own, from {packet.source}"
        return f"hands the answer of {packet.source} on to {packet.destination}"
    if fate is Fate.NAT_GATEWAY_NOT_AVAILABLE:
        return f"takes nothing: it is {gateway.state}"
    if fate is Fate.NO_NAT_FLOW:
        return "drops the packet: it belongs to no flow that the gateway sent on"
    if not topology.vpc(gateway.vpc_id).holds(packet.source):
        return f"drops the packet: {packet.source} is no address of its VPC"
    return f"drops the packet: protocol {packet.protocol} is none of TCP, UDP and ICMP"


def _gateway_endpoint(hop: Hop, packet: Packet, topology: Topology) -> str:
    endpoint = topology.gateway_endpoint(hop.component_ids[0])
    if hop.verdict is Verdict.FORWARD:
        if hop.direction is Direction.INGRESS:
            return f"brings the answer of {endpoint.service_name} back"
        return f"carries the packet to {endpoint.service_name}"
    if not endpoint.is_available:
        return f"takes nothing: it is {endpoint.state}"
    if not topology.vpc(endpoint.vpc_id).holds(packet.source):
        return f"drops the packet: {packet.source} is no address of its VPC"
    return "drops the packet: it carries TCP and echo requests only"


def _transit_gateway(hop: Hop, packet: Packet, fate: Fate, topology: Topology) -> str:
    if isinstance(hop.rule, TransitRoute):
        return _along(hop.rule, packet, fate, topology)
    if fate is Fate.NO_TRANSIT_ATTACHMENT:
        attachment = attachment_of(topology, hop.component_ids[0], hop.vpc_id or "")
        if attachment is None:
            return f"is not attached to {label(topology, hop.vpc_id)}"
        if packet.destination.version == 6 and not attachment.ipv6:
            return f"carries no IPv6 for {label(topology, hop.vpc_id)}"
        return "has no interface in the Availability Zone of the packet's sender"
    attachment = topology.attachment_at(hop.interface_id or "")
    attachment_id = attachment.attachment_id if attachment else ""
    table = table_of(topology, attachment_id)
    if table is None:
        return f"has no route table for what comes from {label(topology, attachment_id)}"
    return f"has no route to {packet.destination} in {label(topology, table.table_id)}"


def _along(route: TransitRoute, packet: Packet, fate: Fate, topology: Topology) -> str:
    text = transit_route_text(route, topology)
    if fate is Fate.TRANSIT_BLACKHOLE:
        return f"swallows the packet: its route {text} is a blackhole"
    if fate is Fate.NO_TRANSIT_ATTACHMENT:
        return f"cannot send {packet.destination} along its route {text}"
    return f"sends {packet.destination} along its route {text}"


def transit_route_text(route: TransitRoute, topology: Topology) -> str:
    """A route of a transit gateway as ``10.2.0.0/16 -> name (id)``."""
    target = label(topology, route.attachment_id) if route.attachment_id else "nowhere"
    return f"{route.destination} -> {target}"
