"""
A transit gateway: from VPC to VPC by route tables of its own.

It has an interface in one subnet of each Availability Zone that an attachment
was made for. A packet goes in by the one in its sender's zone, or not at all,
and comes out by the one in that same zone, or if there is none by the first of
the others. Out of there it follows the route table of that interface's subnet.

Those interfaces see a packet once: as incoming where it leaves its VPC, as
outgoing where it enters the other. The subnet's network ACL is asked at the
side of the VPC alone.

Source: AWS Transit Gateway guide, "How transit gateways work" and "How network
ACLs work with transit gateways"; Amazon VPC User Guide, "Flow log record
examples". Which zone is taken when the sender's own is not attached on the far
side, AWS does not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.errors import NotSimulated
from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.stations.steps import Departure, Handover
from labkit.network.topology import RouteState

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route, Topology
    from labkit.network.ways_out import TransitAttachment, TransitRoute, TransitRouteTable


def take(trail: Trail, sender: Interface, route: Route) -> Handover | Fate:
    """From a sender in an attached VPC to the attachment's interface in the sender's zone."""
    topology = trail.topology
    if route.target_id not in topology.transit_gateways:
        why = "The cloud told nothing of this transit gateway (ec2:DescribeTransitGateways)."
        raise trail.not_simulated(route, why)
    attachment = attachment_of(topology, route.target_id, sender.vpc_id)
    door = None
    if attachment is not None:
        door = door_of(topology, attachment, sender, trail.packet.destination)
    if attachment is None or door is None:
        trail.hop(Station.TRANSIT_GATEWAY, route.target_id, Verdict.DROP, vpc_id=sender.vpc_id)
        return trail.unroutable(sender, Fate.NO_TRANSIT_ATTACHMENT)
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.SAME_VPC)
    return Handover(trail.packet, sender, door, attachment)


def receive(trail: Trail, attachment: TransitAttachment, interface: Interface) -> Departure | Fate:
    """Where the gateway's routes send a packet that came in by an attachment's interface."""
    topology, destination = trail.topology, trail.packet.destination
    table = table_of(topology, attachment.attachment_id)
    route = best_transit_route(table, destination) if table else None
    usable = route is not None and route.state is RouteState.ACTIVE
    door = _way_out(topology, route, interface, destination) if route and usable else None
    trail.hop(
        Station.TRANSIT_GATEWAY,
        attachment.transit_gateway_id,
        Verdict.FORWARD if door else Verdict.DROP,
        rule=route,
        interface=interface,
    )
    if table is None:
        return Fate.NO_TRANSIT_TABLE
    if route is None:
        return Fate.NO_TRANSIT_ROUTE
    if not usable:
        return Fate.TRANSIT_BLACKHOLE
    return Departure(trail.packet, door, forwarded=True) if door else Fate.NO_TRANSIT_ATTACHMENT


def attachment_of(
    topology: Topology, transit_gateway_id: str, vpc_id: str
) -> TransitAttachment | None:
    """The attachment by which a VPC uses a transit gateway; None if it has none that works."""
    ends = (transit_gateway_id, vpc_id)
    found = (
        each
        for _, each in sorted(topology.transit_attachments.items())
        if (each.transit_gateway_id, each.vpc_id) == ends and each.is_available
    )
    return next(found, None)


def door_of(
    topology: Topology, attachment: TransitAttachment, sender: Interface, destination: Address
) -> Interface | None:
    """The interface by which a sender in the attached VPC gets into the transit gateway."""
    zone = topology.subnet(sender.subnet_id).zone
    doors = _doors(topology, attachment, destination)
    return next((each for each in doors if topology.subnet(each.subnet_id).zone == zone), None)


def table_of(topology: Topology, attachment_id: str) -> TransitRouteTable | None:
    """The route table that an attachment is associated with."""
    tables = sorted(topology.transit_route_tables.items())
    return next((table for _, table in tables if attachment_id in table.attachment_ids), None)


def best_transit_route(table: TransitRouteTable, destination: Address) -> TransitRoute | None:
    """
    The route of a transit gateway for an address: the longest prefix, a static one before others.

    Source: AWS Transit Gateway guide, "Route evaluation order".
    """
    matches = [route for route in table.routes if destination in route.destination]
    return max(
        matches,
        key=lambda route: (route.destination.prefixlen, not route.propagated, route.attachment_id),
        default=None,
    )


def _way_out(
    topology: Topology, route: TransitRoute, came_by: Interface, destination: Address
) -> Interface | None:
    """The interface by which a packet enters the VPC that a route leads to."""
    attachment = topology.transit_attachments.get(route.attachment_id)
    if attachment is None:
        raise NotSimulated(
            f"Transit gateway route {route.destination} leads to {route.attachment_id}, which is "
            "no VPC attachment of this lab."
        )
    if not attachment.is_available:
        return None
    zone = topology.subnet(came_by.subnet_id).zone

    def order(door: Interface) -> tuple[bool, str, str]:
        own = topology.subnet(door.subnet_id).zone
        return own != zone, own, door.interface_id

    return min(_doors(topology, attachment, destination), key=order, default=None)


def _doors(
    topology: Topology, attachment: TransitAttachment, destination: Address
) -> list[Interface]:
    """The interfaces of an attachment, one in each zone; none for IPv6 where it carries none."""
    if destination.version == 6 and not attachment.ipv6:
        return []
    ids = (interface_id for _, interface_id in attachment.interface_ids)
    return [topology.interfaces[each] for each in ids if each in topology.interfaces]
