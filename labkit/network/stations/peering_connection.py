"""A peering connection takes a packet over to its other VPC, or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network import peering
from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.stations.steps import Way

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route


def take(trail: Trail, sender: Interface, route: Route) -> Way | Fate:
    """
    Into the VPC at the far end, for an address of that VPC.

    What a transit gateway brought into this VPC it does not take: that would be
    transit through the VPC.
    """
    topology, packet = trail.topology, trail.packet
    connection = topology.peering(route.target_id)
    vpc = None
    if connection.is_active:
        vpc = peering.entered_vpc(topology, connection, sender.vpc_id)
    in_transit = topology.attachment_at(sender.interface_id) is not None
    carried = vpc is not None and peering.carries(vpc, packet.destination) and not in_transit
    trail.hop(
        Station.PEERING,
        connection.peering_id,
        Verdict.FORWARD if carried else Verdict.DROP,
        vpc_id=sender.vpc_id,
    )
    if vpc is None:
        return trail.unroutable(sender, Fate.PEERING_NOT_ACTIVE)
    if not carried:
        return trail.unroutable(sender, Fate.NOT_FOR_PEER)
    path = TrafficPath.INTRA_REGION_PEERING
    if connection.inter_region:
        path = TrafficPath.INTER_REGION_PEERING
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, path)
    return Way(packet, vpc.vpc_id)
