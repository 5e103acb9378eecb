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

A NAT gateway or transit gateway on the way has interfaces in subnets of its
own. The packet passes their network ACLs and follows their route tables as if
it were sent from there, before it gets to its receiver.

Security groups and NAT gateways track flows, so the reply of an allowed request
skips the former and is led back by the latter. Network ACLs and route tables
forget, so the reply meets them again, on its own terms: it follows the
replier's table, not the request's path.

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
from labkit.network.stations.arriving import arrive, hand_over, host_id
from labkit.network.stations.departing import depart
from labkit.network.stations.internet import cross
from labkit.network.stations.steps import Arrival, Departure, Handover, Outside, Step, Way
from labkit.network.stations.trail import Trail, UnroutableEgress
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from labkit.network.packet import Packet
    from labkit.network.stations.steps import End
    from labkit.network.topology import Interface, Topology

__all__ = ["Fate", "Hop", "Leg", "Station", "UnroutableEgress", "Verdict", "Walk", "walk"]


def walk(
    topology: Topology,
    packet: Packet,
    sender: End,
    *,
    unroutable_egress: UnroutableEgress = "omit",
) -> Walk:
    """
    The walk of *packet* out of *sender*, and of the answer back.

    Args:
        topology: The network as it stands.
        packet: What the sender's host puts on the wire.
        sender: The interface it leaves by, or an outside host that sends it;
            the latter need not be among those of *topology*.
        unroutable_egress: Whether a packet that no route takes leaves an
            ACCEPT row at the sending interface. AWS does not document it;
            "omit" is the best-supported reading.

    Raises:
        NotSimulated: A route leads to a kind of target the walk does not know.
        TopologyError: Something the packet meets is missing from *topology*.
    """
    caller = sender if isinstance(sender, OutsideHost) else None
    trail = Trail(topology, packet, unroutable_egress, caller)
    if not isinstance(sender, OutsideHost) and packet.destination in sender.addresses:
        return _to_itself(trail, packet, sender)
    arrival = _carried(trail, packet, sender)
    if isinstance(arrival, Fate):
        return trail.finish(packet, None, _id(sender), None, arrival)
    return _with_reply(trail, packet, sender, arrival)


def _to_itself(trail: Trail, packet: Packet, sender: Interface) -> Walk:
    """A host that talks to its own address never puts the packet on the wire."""
    trail.hop(Station.HOST, host_id(sender), Verdict.DELIVER, interface=sender)
    reply = answering.answer(sender.host, packet)
    fate = Fate.HOST_SILENT if reply is None else _heard(reply, packet)
    return trail.finish(packet, reply, sender.interface_id, sender.interface_id, fate)


def _with_reply(trail: Trail, packet: Packet, sender: End, arrival: Arrival) -> Walk:
    ends = (_id(sender), _id(arrival.end))
    reply = answering.answer(arrival.end.host, arrival.packet)
    if reply is None:
        return trail.finish(packet, None, *ends, Fate.HOST_SILENT)
    trail.begin(Leg.REPLY, reply)
    back = _carried(trail, reply, arrival.end)
    if isinstance(back, Fate):
        fate = back
    elif _id(back.end) != _id(sender):
        fate = Fate.REPLY_ASTRAY
    else:
        fate = _heard(back.packet, packet)
    return trail.finish(packet, reply, *ends, fate)


def _heard(reply: Packet, request: Packet) -> Fate:
    """What an answer that came home means: a reset, or an ICMP error about it, is a refusal."""
    if reply.protocol != request.protocol:
        return Fate.CONNECTION_REFUSED
    if reply.source != request.destination:
        return Fate.REPLY_FROM_ELSEWHERE
    return Fate.CONNECTION_REFUSED if reply.tcp_flags & RST else Fate.ANSWERED


def _carried(trail: Trail, packet: Packet, sender: End) -> Arrival | Fate:
    """One leg, step by step: where *packet* arrives, or the fate that stopped it."""
    step: Step = (
        Outside(packet, sent_there=True)
        if isinstance(sender, OutsideHost)
        else Departure(packet, sender)
    )
    while not isinstance(step, Arrival | Fate):
        step = _next(trail, step)
    return step


def _next(trail: Trail, step: Departure | Way | Handover | Outside) -> Step:
    match step:
        case Departure():
            return depart(trail, step)
        case Way():
            return arrive(trail, step)
        case Handover():
            return hand_over(trail, step)
        case Outside():
            return cross(trail, step)


def _id(end: End) -> str:
    return str(end.address) if isinstance(end, OutsideHost) else end.interface_id
