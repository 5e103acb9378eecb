"""
A NAT gateway: it sends on packets of its VPC as its own, and hands the answers back.

It has an interface, without security groups, in a subnet of its own, whose
network ACL and route table it goes by in both directions. So that interface
sees every packet twice: as it comes in, and as it goes on. Source ports stay as
they are, as far as the lab is concerned; AWS picks new ones.

A flow begins with an echo request, a SYN or a datagram. Anything else that
belongs to none is dropped, and so is what is meant for the gateway itself: it
does not answer. Its interface shows such packets as ACCEPT nevertheless.

Source: Amazon VPC User Guide, "NAT gateways" and "Flow log record examples";
AWS re:Post, "Is my NAT gateway accepting inbound traffic from the internet?".
That what a transit gateway brings is translated, too, is AWS's own design for
central egress (Transit Gateway guide, "Centralized outbound routing").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import ACK, SYN, Action, Direction, Packet, Protocol, TrafficPath
from labkit.network.stations.steps import Departure, Handover
from labkit.network.stations.trail import Flow

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route
    from labkit.network.ways_out import NatGateway

TRANSLATED: Final = (Protocol.ICMP, Protocol.TCP, Protocol.UDP)
"""What a NAT gateway takes; it drops the packets of any other protocol."""


def take(trail: Trail, sender: Interface, route: Route) -> Handover | Fate:
    """From a sender in the VPC to the gateway's interface."""
    if trail.packet.destination.version == 6:
        raise trail.not_simulated(route, "The lab does not simulate NAT gateways for IPv6.")
    gateway = trail.topology.nat_gateways.get(route.target_id)
    if gateway is None:
        why = "The cloud told nothing of this NAT gateway (ec2:DescribeNatGateways)."
        raise trail.not_simulated(route, why)
    if not gateway.is_available or gateway.interface_id not in trail.topology.interfaces:
        trail.hop(Station.NAT_GATEWAY, gateway.nat_gateway_id, Verdict.DROP, vpc_id=gateway.vpc_id)
        return trail.unroutable(sender, Fate.NAT_GATEWAY_NOT_AVAILABLE)
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.SAME_VPC)
    interface = trail.topology.interfaces[gateway.interface_id]
    return Handover(trail.packet, sender, interface, gateway)


def receive(
    trail: Trail, gateway: NatGateway, interface: Interface, sender: Interface | None
) -> Departure | Fate:
    """
    What becomes of a packet that reached the gateway's interface.

    Args:
        trail: The walk so far.
        gateway: The gateway.
        interface: Its interface.
        sender: The interface whose subnet's route led here; None for what is
            addressed to the gateway itself.
    """
    packet = trail.packet
    flow = trail.flow_of(packet, (gateway.nat_gateway_id,))
    if flow is not None:
        back = replace(
            packet, destination=flow.inner.source, destination_port=flow.inner.source_port
        )
        return _sent_on(trail, gateway, interface, back)
    fate = None
    if sender is not None and not _is_welcome(trail, gateway, sender):
        fate = Fate.REFUSED_BY_NAT_GATEWAY
    elif sender is None or not _opens_flow(packet):
        fate = Fate.NO_NAT_FLOW
    if fate is not None:
        _hop(trail, gateway, interface, Verdict.DROP)
        return fate
    translated = replace(packet, source=interface.addresses[0])
    trail.flows.append(Flow(gateway.nat_gateway_id, packet, translated))
    return _sent_on(trail, gateway, interface, translated)


def _is_welcome(trail: Trail, gateway: NatGateway, sender: Interface) -> bool:
    """Whether protocol and source are such as the gateway translates."""
    packet, topology = trail.packet, trail.topology
    own = topology.vpc(gateway.vpc_id).holds(packet.source)
    by_transit = topology.attachment_at(sender.interface_id) is not None
    return packet.protocol in TRANSLATED and (own or by_transit)


def _opens_flow(packet: Packet) -> bool:
    if packet.protocol == Protocol.TCP:
        return bool(packet.tcp_flags & SYN) and not packet.tcp_flags & ACK
    return packet.protocol == Protocol.UDP or packet.is_echo_request


def _sent_on(trail: Trail, gateway: NatGateway, interface: Interface, packet: Packet) -> Departure:
    trail.packet = packet
    _hop(trail, gateway, interface, Verdict.FORWARD)
    return Departure(packet, interface, forwarded=True)


def _hop(trail: Trail, gateway: NatGateway, interface: Interface, verdict: Verdict) -> None:
    trail.hop(Station.NAT_GATEWAY, gateway.nat_gateway_id, verdict, interface=interface)
