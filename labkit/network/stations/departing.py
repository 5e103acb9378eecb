"""Out of an interface: the filters on the way out, and the route table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.reserved import amazon_service
from labkit.network.stations import filters, router
from labkit.network.stations.steps import Departure, Way

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface


def depart(trail: Trail, departure: Departure) -> Way | Fate:
    """Where a packet goes that leaves an interface."""
    packet, sender = departure
    topology = trail.topology
    subnet = topology.subnet(sender.subnet_id)
    service = amazon_service(topology.vpc(sender.vpc_id), subnet, packet.destination)
    if service is not None:
        trail.hop(Station.AMAZON_SERVICE, service, Verdict.DELIVER, interface=sender)
        return Fate.AMAZON_SERVICE
    if sender.source_dest_check and packet.source not in sender.addresses:
        trail.hop(Station.INTERFACE, sender.interface_id, Verdict.DROP, interface=sender)
        return Fate.SOURCE_CHECK
    stays = any(packet.destination in cidr for cidr in subnet.cidrs)
    refused = _filtered(trail, sender, stays=stays)
    if refused is not None:
        trail.see(sender, Direction.EGRESS, Action.REJECT)
        return refused
    # Neighbours in one subnet meet on layer 2: no network ACL, no route table.
    if stays:
        trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.SAME_VPC)
        return Way(packet, sender.vpc_id, TrafficPath.SAME_VPC, stayed=True)
    return router.route(trail, sender)


def _filtered(trail: Trail, sender: Interface, *, stays: bool) -> Fate | None:
    refused = filters.security_groups(trail, sender, Direction.EGRESS)
    if refused is None and not stays:
        refused = filters.network_acl(trail, sender, Direction.EGRESS)
    return refused
