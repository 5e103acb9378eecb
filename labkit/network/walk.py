"""
A packet's way there and the answer's way back, with what decided at every turn.

Each leg, request and reply, passes the same stations in the same order:

    sender's security groups (egress)
    network ACL of the sender's subnet (egress)    only when leaving the subnet
    route table of the sender's subnet             only when leaving the subnet
    peering connection, internet gateway, ...      only when the route names one
    network ACL of the receiver's subnet (ingress) only when entering the subnet
    receiver's security groups (ingress)
    the host

Security groups track flows, so the reply of an allowed request skips them, be
it an ICMP error about that request (AWS does not say so of errors; connection
trackers in general do).
Network ACLs and route tables forget, so the reply meets them again, on its own
terms: it follows the replier's table, not the request's path.

What an interface logs is decided here too, and only here: the verdict of the
filters at that interface. A REJECT is always a filter's doing. A packet that
dies for want of a route leaves no row at its sender's interface unless
``unroutable_egress`` says so, and a router along the way never logs.

Sources: Amazon VPC User Guide, "Security group connection tracking", "Network
ACLs", "Route tables", and the flow log example "Security group and network
ACL rules"; the order of stations is that of Reachability Analyzer's samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network import answering
from labkit.network.hops import Fate, Hop, Leg, Station, Verdict, Walk
from labkit.network.packet import RST
from labkit.network.stations.arriving import arrive, host_id
from labkit.network.stations.departing import depart
from labkit.network.stations.steps import Arrival, Departure, Step
from labkit.network.stations.trail import Trail, UnroutableEgress

if TYPE_CHECKING:
    from labkit.network.packet import Packet
    from labkit.network.topology import Interface, Topology

__all__ = ["Fate", "Hop", "Leg", "Station", "UnroutableEgress", "Verdict", "Walk", "walk"]


def walk(
    topology: Topology,
    packet: Packet,
    sender: Interface,
    *,
    unroutable_egress: UnroutableEgress = "omit",
) -> Walk:
    """
    The walk of *packet* out of *sender*, and of the answer back.

    Args:
        topology: The network as it stands.
        packet: What the sender's host puts on the wire.
        sender: The interface it leaves by.
        unroutable_egress: Whether a packet that no route takes leaves an
            ACCEPT row at the sending interface. AWS does not document it;
            "omit" is the best-supported reading.

    Raises:
        NotSimulated: A route leads to a kind of target the walk does not know.
        TopologyError: Something the packet meets is missing from *topology*.
    """
    trail = Trail(topology, packet, unroutable_egress)
    if packet.destination in sender.addresses:
        return _to_itself(trail, packet, sender)
    arrival = _carried(trail, packet, sender)
    if isinstance(arrival, Fate):
        return trail.finish(packet, None, sender.interface_id, None, arrival)
    return _with_reply(trail, packet, sender, arrival)


def _to_itself(trail: Trail, packet: Packet, sender: Interface) -> Walk:
    """A host that talks to its own address never puts the packet on the wire."""
    trail.hop(Station.HOST, host_id(sender), Verdict.DELIVER, interface=sender)
    reply = answering.answer(sender.host, packet)
    fate = Fate.HOST_SILENT if reply is None else _heard(reply, packet)
    return trail.finish(packet, reply, sender.interface_id, sender.interface_id, fate)


def _with_reply(trail: Trail, packet: Packet, sender: Interface, arrival: Arrival) -> Walk:
    ends = (sender.interface_id, arrival.interface.interface_id)
    reply = answering.answer(arrival.interface.host, arrival.packet)
    if reply is None:
        return trail.finish(packet, None, *ends, Fate.HOST_SILENT)
    trail.leg = Leg.REPLY
    back = _carried(trail, reply, arrival.interface)
    if isinstance(back, Fate):
        fate = back
    elif back.interface.interface_id != sender.interface_id:
        fate = Fate.REPLY_ASTRAY
    else:
        fate = _heard(reply, packet)
    return trail.finish(packet, reply, *ends, fate)


def _heard(reply: Packet, request: Packet) -> Fate:
    """What an answer that came home means: a reset, or an ICMP error about it, is a refusal."""
    refused = bool(reply.tcp_flags & RST) or reply.protocol != request.protocol
    return Fate.CONNECTION_REFUSED if refused else Fate.ANSWERED


def _carried(trail: Trail, packet: Packet, sender: Interface) -> Arrival | Fate:
    """One leg, step by step: where *packet* arrives, or the fate that stopped it."""
    trail.packet = packet
    step: Step = Departure(packet, sender)
    while not isinstance(step, Arrival | Fate):
        step = depart(trail, step) if isinstance(step, Departure) else arrive(trail, step)
    return step
