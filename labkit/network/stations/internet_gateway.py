"""An internet gateway takes a packet out, and in again where the lab has its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network import gateways
from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.stations.steps import Way

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route


def take(trail: Trail, sender: Interface, route: Route) -> Way | Fate:
    """
    Out into the internet, and in again where an interface of the lab has that public address.

    A packet that goes no further had a usable route and left the interface, so
    it is seen there as ACCEPT, whatever became of it.
    """
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.INTERNET_GATEWAY)
    outside = gateways.sent_out(trail.packet, sender)
    _hop(trail, route.target_id, sender.vpc_id, Direction.EGRESS, taken=bool(outside))
    if outside is None:
        return Fate.REFUSED_BY_INTERNET_GATEWAY
    back_in = gateways.brought_in(trail.topology, outside)
    if back_in is None:
        return Fate.LEFT_FOR_INTERNET
    trail.packet, gateway_id, receiver = back_in
    _hop(trail, gateway_id, receiver.vpc_id, Direction.INGRESS, taken=True)
    return Way(trail.packet, receiver.vpc_id, TrafficPath.INTERNET_GATEWAY)


def _hop(trail: Trail, gateway_id: str, vpc_id: str, direction: Direction, *, taken: bool) -> None:
    verdict = Verdict.FORWARD if taken else Verdict.DROP
    trail.hop(Station.INTERNET_GATEWAY, gateway_id, verdict, direction=direction, vpc_id=vpc_id)
