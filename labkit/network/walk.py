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

Security groups track flows, so the reply of an allowed request skips them.
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
from enum import StrEnum
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from labkit.errors import NotSimulated
from labkit.network import answering, peering
from labkit.network.filtering import network_acl_verdict, security_group_verdict
from labkit.network.packet import RST, Action, Direction, Packet, Sighting, TrafficPath
from labkit.network.reserved import amazon_service
from labkit.network.routing import best_route
from labkit.network.topology import HostState, RouteState, TargetKind

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import (
        Interface,
        NetworkAclEntry,
        Route,
        SecurityGroupRule,
        Subnet,
        Topology,
    )

_NOT_PUBLIC: Final = tuple(
    map(
        ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    )
)

UnroutableEgress: TypeAlias = Literal["omit", "accept"]


class Leg(StrEnum):
    """There or back."""

    REQUEST = "request"
    REPLY = "reply"


class Station(StrEnum):
    """What a packet meets on its way."""

    HOST = "host"
    INTERFACE = "network interface"
    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    ROUTE_TABLE = "route table"
    PEERING = "peering connection"
    INTERNET_GATEWAY = "internet gateway"
    AMAZON_SERVICE = "Amazon service"


class Verdict(StrEnum):
    """What a station did with the packet."""

    ALLOW = "allow"
    TRACKED = "allow, tracked flow"
    DENY = "deny"
    FORWARD = "forward"
    DROP = "drop"
    DELIVER = "deliver"


class Fate(StrEnum):
    """How a walk ended."""

    ANSWERED = "answered"
    CONNECTION_REFUSED = "connection refused"
    DENIED_BY_SECURITY_GROUP = "denied by security group"
    DENIED_BY_NETWORK_ACL = "denied by network ACL"
    NO_ROUTE = "no route"
    BLACKHOLE = "blackhole route"
    PEERING_NOT_ACTIVE = "peering connection not active"
    NOT_FOR_PEER = "peering connection does not carry this address"
    REFUSED_BY_INTERNET_GATEWAY = "refused by internet gateway"
    LEFT_FOR_INTERNET = "left for the internet"
    NO_SUCH_ADDRESS = "no interface has this address"
    SOURCE_CHECK = "source/destination check"
    HOST_DOWN = "host is not running"
    HOST_SILENT = "host does not answer"
    REPLY_ASTRAY = "reply reached another interface"
    AMAZON_SERVICE = "address of an Amazon service"


@dataclass(frozen=True, slots=True)
class Hop:
    """
    One station of one leg: where, what it did, and the rule or route that made it so.

    ``component_ids`` holds more than one id only for the security groups of an
    interface that all failed to allow a packet. ``rule`` is None where nothing
    matched, or nothing needed to.
    """

    leg: Leg
    station: Station
    component_ids: tuple[str, ...]
    verdict: Verdict
    direction: Direction | None = None
    rule: SecurityGroupRule | NetworkAclEntry | Route | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    interface_id: str | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """
    A packet's whole story: request, reply if there was one, and how it ended.

    ``leg`` says on which way it ended. ``hops`` and ``sightings`` stand in the
    order of events; the last hop is the one that decided.
    """

    packet: Packet
    reply: Packet | None
    sender_id: str
    receiver_id: str | None
    hops: tuple[Hop, ...]
    sightings: tuple[Sighting, ...]
    fate: Fate
    leg: Leg

    @property
    def answered(self) -> bool:
        """Whether the sender heard back from the host, be it a refusal."""
        return self.fate in (Fate.ANSWERED, Fate.CONNECTION_REFUSED)

    @property
    def arrived(self) -> bool:
        """Whether the request reached a running host."""
        return any(
            (hop.station, hop.leg, hop.verdict) == (Station.HOST, Leg.REQUEST, Verdict.DELIVER)
            for hop in self.hops
        )

    def __str__(self) -> str:
        way = f"{self.packet.source} -> {self.packet.destination}"
        return f"{way}: {self.fate} ({self.leg})"


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
    trail = _Trail(topology, unroutable_egress)
    if packet.destination in sender.addresses:
        trail.hop(Station.HOST, sender.interface_id, Verdict.DELIVER, interface=sender)
        return trail.finish(packet, None, sender, sender, Fate.ANSWERED)
    arrival = trail.carry(packet, sender, tracked_by=frozenset())
    if isinstance(arrival, Fate):
        return trail.finish(packet, None, sender, None, arrival)
    return _with_reply(trail, packet, sender, arrival)


def _with_reply(trail: _Trail, packet: Packet, sender: Interface, receiver: Interface) -> Walk:
    reply = answering.answer(receiver.host, packet)
    if reply is None:
        return trail.finish(packet, None, sender, receiver, Fate.HOST_SILENT)
    trail.leg = Leg.REPLY
    tracked_by = frozenset({sender.interface_id, receiver.interface_id})
    back = trail.carry(reply, receiver, tracked_by=tracked_by)
    if isinstance(back, Fate):
        fate = back
    elif back.interface_id != sender.interface_id:
        fate = Fate.REPLY_ASTRAY
    else:
        fate = Fate.CONNECTION_REFUSED if _refuses(reply, packet) else Fate.ANSWERED
    return trail.finish(packet, reply, sender, receiver, fate)


def _refuses(reply: Packet, request: Packet) -> bool:
    return bool(reply.tcp_flags & RST) or reply.protocol != request.protocol


@dataclass
class _Trail:
    """The walk while it happens: what it met and who saw it so far."""

    topology: Topology
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
        self.hops.append(Hop(self.leg, station, ids, verdict, direction, rule, *place))

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
    ) -> Interface | Fate:
        """The interface that receives *packet*, or the fate that stopped it."""
        topology = self.topology
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
        neighbours = (sender.vpc_id, TrafficPath.SAME_VPC)
        way = neighbours if stays else self._route(packet, sender, subnet)
        if isinstance(way, Fate):
            return way
        vpc_id, path = way
        self.see(sender, Direction.EGRESS, Action.ACCEPT, packet, path)
        return self._arrive(packet, vpc_id, sender, tracked_by=tracked_by)

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

    def _route(
        self, packet: Packet, sender: Interface, subnet: Subnet
    ) -> tuple[str, TrafficPath] | Fate:
        """The VPC the packet enters and the kind of way there."""
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
            return sender.vpc_id, TrafficPath.SAME_VPC
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

    def _peering(
        self, packet: Packet, sender: Interface, route: Route
    ) -> tuple[str, TrafficPath] | Fate:
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
            return vpc.vpc_id, TrafficPath.INTER_REGION_PEERING
        return vpc.vpc_id, TrafficPath.INTRA_REGION_PEERING

    def _internet_gateway(self, packet: Packet, sender: Interface, route: Route) -> Fate:
        """
        Out into the internet, which has no hosts of the lab in it.

        The packet had a usable route and left the interface, so it is seen
        there as ACCEPT, whatever the gateway then makes of it.
        """
        path = TrafficPath.INTERNET_GATEWAY
        self.see(sender, Direction.EGRESS, Action.ACCEPT, packet, path)
        leaves = _is_public(packet.destination) and _has_public_source(packet, sender)
        self.hop(
            Station.INTERNET_GATEWAY,
            route.target_id,
            Verdict.FORWARD if leaves else Verdict.DROP,
            vpc_id=sender.vpc_id,
        )
        return Fate.LEFT_FOR_INTERNET if leaves else Fate.REFUSED_BY_INTERNET_GATEWAY

    def _arrive(
        self, packet: Packet, vpc_id: str, sender: Interface, *, tracked_by: frozenset[str]
    ) -> Interface | Fate:
        """The filters on the way in, and the host."""
        receiver = self.topology.interface_at(vpc_id, packet.destination)
        if receiver is None:
            self.hop(Station.INTERFACE, str(packet.destination), Verdict.DROP, vpc_id=vpc_id)
            return Fate.NO_SUCH_ADDRESS
        if receiver.host.state is not HostState.RUNNING:
            self.hop(Station.HOST, _host_id(receiver), Verdict.DROP, interface=receiver)
            return Fate.HOST_DOWN
        fate = None
        if receiver.subnet_id != sender.subnet_id:
            fate = self._network_acl(packet, receiver, Direction.INGRESS)
        if fate is None:
            fate = self._security_groups(packet, receiver, Direction.INGRESS, tracked_by)
        action = Action.ACCEPT if fate is None else Action.REJECT
        self.see(receiver, Direction.INGRESS, action, packet)
        if fate is not None:
            return fate
        self.hop(Station.HOST, _host_id(receiver), Verdict.DELIVER, interface=receiver)
        return receiver


def _host_id(interface: Interface) -> str:
    return interface.instance_id or interface.interface_id


def _is_public(address: Address) -> bool:
    """
    Whether an internet gateway takes *address* as a destination.

    Source: Reachability Analyzer's explanation codes for internet gateways,
    which name RFC 1918 and RFC 6598; the IPv6 unique local range is their
    counterpart.
    """
    return not any(address in block for block in _NOT_PUBLIC)


def _has_public_source(packet: Packet, sender: Interface) -> bool:
    """IPv6 addresses are public as they are; IPv4 needs one mapped to the interface."""
    return packet.source.version == 6 or sender.public_address is not None
