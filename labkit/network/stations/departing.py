"""Out of an interface: the filters on the way out, and the route table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.reserved import amazon_service
from labkit.network.stations import filters, router
from labkit.network.stations.steps import Departure, Step, Way

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Subnet


def depart(trail: Trail, departure: Departure) -> Step:
    """Where a packet goes that leaves an interface."""
    trail.packet, sender, forwarded = departure
    packet = trail.packet
    subnet = trail.topology.subnet(sender.subnet_id)
    stopped = _looping(trail, sender) if forwarded else _kept(trail, sender, subnet)
    if stopped is not None:
        return stopped
    stays = any(packet.destination in cidr for cidr in subnet.cidrs)
    refused = _filtered(trail, sender, stays=stays, forwarded=forwarded)
    if refused is not None:
        trail.see(sender, Direction.EGRESS, Action.REJECT)
        return refused
    # Neighbours in one subnet meet on layer 2: no network ACL, no route table.
    if stays:
        trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.SAME_VPC)
        return Way(packet, sender.vpc_id, stayed=True)
    return router.route(trail, sender)


def _kept(trail: Trail, sender: Interface, subnet: Subnet) -> Fate | None:
    """What never gets as far as a filter, of all that a host may send."""
    packet, vpc = trail.packet, trail.topology.vpc(sender.vpc_id)
    service = amazon_service(vpc, subnet, packet.destination)
    if service is not None:
        trail.hop(Station.AMAZON_SERVICE, service, Verdict.DELIVER, interface=sender)
        return Fate.AMAZON_SERVICE
    if sender.source_dest_check and packet.source not in sender.addresses:
        trail.hop(Station.INTERFACE, sender.interface_id, Verdict.DROP, interface=sender)
        return Fate.SOURCE_CHECK
    return None


def _looping(trail: Trail, sender: Interface) -> Fate | None:
    """A packet that comes by a second time would do so until its time to live is over."""
    once = (sender.interface_id, trail.packet)
    if once in trail.passed:
        trail.hop(Station.INTERFACE, sender.interface_id, Verdict.DROP, interface=sender)
        return Fate.ROUTING_LOOP
    trail.passed.add(once)
    return None


def _filtered(trail: Trail, sender: Interface, *, stays: bool, forwarded: bool) -> Fate | None:
    refused = None
    if not forwarded:
        refused = filters.security_groups(trail, sender, Direction.EGRESS)
    if refused is None and not stays:
        refused = filters.network_acl(trail, sender, Direction.EGRESS)
    return refused
