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

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from labkit.errors import NotSimulated
from labkit.network import answering, gateways, peering
from labkit.network.filtering import network_acl_verdict, security_group_verdict
from labkit.network.hops import Fate, Hop, Leg, Station, Verdict, Walk
from labkit.network.packet import RST, Action, Direction, Packet, Sighting, TrafficPath
from labkit.network.reserved import amazon_service
from labkit.network.routing import best_route
from labkit.network.topology import HostState, RouteState, TargetKind

if TYPE_CHECKING:
    from labkit.network.topology import (
        Interface,
        NetworkAclEntry,
        Route,
        SecurityGroupRule,
        Subnet,
        Topology,
    )

__all__ = ["Fate", "Hop", "Leg", "Station", "UnroutableEgress", "Verdict", "Walk", "walk"]

UnroutableEgress: TypeAlias = Literal["omit", "accept"]


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
    trail = _Trail(topology, packet, unroutable_egress)
    if packet.destination in sender.addresses:
        return _to_itself(trail, packet, sender)
    arrival = trail.carry(packet, sender, tracked_by=frozenset())
    if isinstance(arrival, Fate):
        return trail.finish(packet, None, sender, None, arrival)
    return _with_reply(trail, packet, sender, arrival)


def _to_itself(trail: _Trail, packet: Packet, sender: Interface) -> Walk:
    """A host that talks to its own address never puts the packet on the wire."""
    trail.hop(Station.HOST, _host_id(sender), Verdict.DELIVER, interface=sender)
    reply = answering.answer(sender.host, packet)
    fate = Fate.HOST_SILENT if reply is None else _heard(reply, packet)
    return trail.finish(packet, reply, sender, sender, fate)


def _with_reply(trail: _Trail, packet: Packet, sender: Interface, arrival: _Arrival) -> Walk:
    receiver = arrival.interface
    reply = answering.answer(receiver.host, arrival.packet)
    if reply is None:
        return trail.finish(packet, None, sender, receiver, Fate.HOST_SILENT)
    trail.leg = Leg.REPLY
    tracked_by = frozenset({sender.interface_id, receiver.interface_id})
    back = trail.carry(reply, receiver, tracked_by=tracked_by)
    if isinstance(back, Fate):
        fate = back
    elif back.interface.interface_id != sender.interface_id:
        fate = Fate.REPLY_ASTRAY
    else:
        fate = _heard(reply, packet)
    return trail.finish(packet, reply, sender, receiver, fate)


def _heard(reply: Packet, request: Packet) -> Fate:
    """What an answer that came home means: a reset, or an ICMP error about it, is a refusal."""
    refused = bool(reply.tcp_flags & RST) or reply.protocol != request.protocol
    return Fate.CONNECTION_REFUSED if refused else Fate.ANSWERED


class _Way(NamedTuple):
    """Where routing leads: the packet as it arrives there, the VPC it enters, and how."""

    packet: Packet
    vpc_id: str
    path: TrafficPath


class _Arrival(NamedTuple):
    """The interface that received a packet, and the packet as it arrived."""

    interface: Interface
    packet: Packet


@dataclass
class _Trail:
    """The walk while it happens: where the packet is, what it met and who saw it so far."""

    topology: Topology
    packet: Packet
    unroutable_egress: UnroutableEgress
    leg: Leg = Leg.REQUEST
    hops: list[Hop] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    def hop(
        self,
        station: Station,
        component_id: str | tuple[str, ...],
        verdict: Verdict,
        *,
        direction: Direction | None = None,
        rule: SecurityGroupRule | NetworkAclEntry | Route | None = None,
        interface: Interface | None = None,
        vpc_id: str | None = None,
    ) -> None:
        ids = (component_id,) if isinstance(component_id, str) else component_id
        at_vpc = interface.vpc_id if interface else vpc_id
        at_subnet = interface.subnet_id if interface else None
        at_interface = interface.interface_id if interface else None
        place = (at_vpc, at_subnet, at_interface)
        self.hops.append(Hop(self.leg, station, ids, verdict, direction, rule, *place, self.packet))

    def see(
        self,
        interface: Interface,
        direction: Direction,
        action: Action,
        packet: Packet,
        path: TrafficPath | None = None,
    ) -> None:
        self.sightings.append(Sighting(interface.interface_id, direction, action, packet, path))

    def finish(
        self,
        packet: Packet,
        reply: Packet | None,
        sender: Interface,
        receiver: Interface | None,
        fate: Fate,
    ) -> Walk:
        receiver_id = receiver.interface_id if receiver else None
        hops, sightings = tuple(self.hops), tuple(self.sightings)
        return Walk(
            packet, reply, sender.interface_id, receiver_id, hops, sightings, fate, self.leg
        )

    # One leg, station by station. Each method returns the fate that ends the walk, or goes on.

    def carry(
        self, packet: Packet, sender: Interface, *, tracked_by: frozenset[str]
    ) -> _Arrival | Fate:
        """Where *packet* arrives, or the fate that stopped it."""
        topology, self.packet = self.topology, packet
        subnet = topology.subnet(sender.subnet_id)
        service = amazon_service(topology.vpc(sender.vpc_id), subnet, packet.destination)
        if service is not None:
            self.hop(Station.AMAZON_SERVICE, service, Verdict.DELIVER, interface=sender)
            return Fate.AMAZON_SERVICE
        if sender.source_dest_check and packet.source not in sender.addresses:
            self.hop(Station.INTERFACE, sender.interface_id, Verdict.DROP, interface=sender)
            return Fate.SOURCE_CHECK
        stays = any(packet.destination in cidr for cidr in subnet.cidrs)
        fate = self._leave(packet, sender, stays=stays, tracked_by=tracked_by)
        if fate is not None:
            return fate
        # Neighbours in one subnet meet on layer 2: no network ACL, no route table.
        neighbours = _Way(packet, sender.vpc_id, TrafficPath.SAME_VPC)
        way = neighbours if stays else self._route(packet, sender, subnet)
        if isinstance(way, Fate):
            return way
        self.see(sender, Direction.EGRESS, Action.ACCEPT, packet, way.path)
        return self._arrive(way, stayed=stays, tracked_by=tracked_by)

    def _leave(
        self, packet: Packet, sender: Interface, *, stays: bool, tracked_by: frozenset[str]
    ) -> Fate | None:
        """The filters on the way out; a refusal is seen as REJECT at the sender."""
        fate = self._security_groups(packet, sender, Direction.EGRESS, tracked_by)
        if fate is None and not stays:
            fate = self._network_acl(packet, sender, Direction.EGRESS)
        if fate is not None:
            self.see(sender, Direction.EGRESS, Action.REJECT, packet)
        return fate

    def _security_groups(
        self,
        packet: Packet,
        interface: Interface,
        direction: Direction,
        tracked_by: frozenset[str],
    ) -> Fate | None:
        if interface.interface_id in tracked_by:
            self.hop(
                Station.SECURITY_GROUP,
                interface.group_ids,
                Verdict.TRACKED,
                direction=direction,
                interface=interface,
            )
            return None
        verdict = security_group_verdict(self.topology, interface, packet, direction)
        self.hop(
            Station.SECURITY_GROUP,
            verdict[0].group_id if verdict else interface.group_ids,
            Verdict.ALLOW if verdict else Verdict.DENY,
            direction=direction,
            rule=verdict[1] if verdict else None,
            interface=interface,
        )
        return None if verdict else Fate.DENIED_BY_SECURITY_GROUP

    def _network_acl(
        self, packet: Packet, interface: Interface, direction: Direction
    ) -> Fate | None:
        acl = self.topology.network_acl_of(interface.subnet_id)
        entry = network_acl_verdict(acl, packet, direction)
        allowed = entry is not None and entry.allow
        self.hop(
            Station.NETWORK_ACL,
            acl.network_acl_id,
            Verdict.ALLOW if allowed else Verdict.DENY,
            direction=direction,
            rule=entry,
            interface=interface,
        )
        return None if allowed else Fate.DENIED_BY_NETWORK_ACL

    def _route(self, packet: Packet, sender: Interface, subnet: Subnet) -> _Way | Fate:
        """The station after the route table, and what comes of the packet there."""
        table = self.topology.route_table_of(subnet.subnet_id)
        route = best_route(self.topology, table, packet.destination)
        usable = route is not None and route.state is RouteState.ACTIVE
        self.hop(
            Station.ROUTE_TABLE,
            table.route_table_id,
            Verdict.FORWARD if usable else Verdict.DROP,
            rule=route,
            interface=sender,
        )
        if route is None:
            return self._unroutable(packet, sender, Fate.NO_ROUTE)
        if route.state is RouteState.BLACKHOLE:
            return self._unroutable(packet, sender, Fate.BLACKHOLE)
        if route.target is TargetKind.LOCAL:
            return _Way(packet, sender.vpc_id, TrafficPath.SAME_VPC)
        if route.target is TargetKind.PEERING:
            return self._peering(packet, sender, route)
        if route.target is TargetKind.INTERNET_GATEWAY:
            return self._internet_gateway(packet, sender, route)
        raise NotSimulated(
            f"Route {packet.destination} in {table.route_table_id} leads to {route.target_id}. "
            f"The lab does not simulate a {route.target} as a target yet."
        )

    def _unroutable(self, packet: Packet, sender: Interface, fate: Fate) -> Fate:
        """A packet the router drops; whether the sender's interface logs it is a setting."""
        if self.unroutable_egress == "accept":
            self.see(sender, Direction.EGRESS, Action.ACCEPT, packet)
        return fate

    def _peering(self, packet: Packet, sender: Interface, route: Route) -> _Way | Fate:
        connection = self.topology.peering(route.target_id)
        vpc = None
        if connection.is_active:
            vpc = peering.entered_vpc(self.topology, connection, sender.vpc_id)
        carried = vpc is not None and peering.carries(vpc, packet.destination)
        self.hop(
            Station.PEERING,
            connection.peering_id,
            Verdict.FORWARD if carried else Verdict.DROP,
            vpc_id=sender.vpc_id,
        )
        if vpc is None:
            return self._unroutable(packet, sender, Fate.PEERING_NOT_ACTIVE)
        if not carried:
            return self._unroutable(packet, sender, Fate.NOT_FOR_PEER)
        if connection.inter_region:
            return _Way(packet, vpc.vpc_id, TrafficPath.INTER_REGION_PEERING)
        return _Way(packet, vpc.vpc_id, TrafficPath.INTRA_REGION_PEERING)

    def _internet_gateway(self, packet: Packet, sender: Interface, route: Route) -> _Way | Fate:
        """
        Out into the internet, and in again where an interface of the lab has that public address.

        A packet that goes no further had a usable route and left the
        interface, so it is seen there as ACCEPT, whatever became of it.
        """
        outside = gateways.sent_out(packet, sender)
        self._gateway_hop(route.target_id, sender.vpc_id, Direction.EGRESS, taken=bool(outside))
        back_in = gateways.brought_in(self.topology, outside) if outside else None
        if back_in is not None:
            self.packet, gateway_id, receiver = back_in
            self._gateway_hop(gateway_id, receiver.vpc_id, Direction.INGRESS, taken=True)
            return _Way(self.packet, receiver.vpc_id, TrafficPath.INTERNET_GATEWAY)
        self.see(sender, Direction.EGRESS, Action.ACCEPT, packet, TrafficPath.INTERNET_GATEWAY)
        return Fate.LEFT_FOR_INTERNET if outside else Fate.REFUSED_BY_INTERNET_GATEWAY

    def _gateway_hop(
        self, gateway_id: str, vpc_id: str, direction: Direction, *, taken: bool
    ) -> None:
        verdict = Verdict.FORWARD if taken else Verdict.DROP
        self.hop(Station.INTERNET_GATEWAY, gateway_id, verdict, direction=direction, vpc_id=vpc_id)

    def _arrive(self, way: _Way, *, stayed: bool, tracked_by: frozenset[str]) -> _Arrival | Fate:
        """The filters on the way in, and the host."""
        packet, vpc_id, _ = way
        receiver = self.topology.interface_at(vpc_id, packet.destination)
        if receiver is None:
            self.hop(Station.INTERFACE, str(packet.destination), Verdict.DROP, vpc_id=vpc_id)
            return Fate.NO_SUCH_ADDRESS
        if receiver.host.state is not HostState.RUNNING:
            self.hop(Station.HOST, _host_id(receiver), Verdict.DROP, interface=receiver)
            return Fate.HOST_DOWN
        fate = None
        if not stayed:
            fate = self._network_acl(packet, receiver, Direction.INGRESS)
        if fate is None:
            fate = self._security_groups(packet, receiver, Direction.INGRESS, tracked_by)
        action = Action.ACCEPT if fate is None else Action.REJECT
        self.see(receiver, Direction.INGRESS, action, packet)
        if fate is not None:
            return fate
        self.hop(Station.HOST, _host_id(receiver), Verdict.DELIVER, interface=receiver)
        return _Arrival(receiver, packet)


def _host_id(interface: Interface) -> str:
    return interface.instance_id or interface.interface_id
