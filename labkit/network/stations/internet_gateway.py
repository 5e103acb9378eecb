"""
An internet gateway: out for public sources and destinations, in for public addresses of its VPC.

The rules are in ``labkit.network.gateways``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network import gateways
from labkit.network.hops import Fate, Station
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.stations.steps import Outside, Way

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route


def take(trail: Trail, sender: Interface, route: Route) -> Outside | Fate:
    """
    Out into the internet.

    A packet that goes no further had a usable route and left the interface, so
    it is seen there as ACCEPT, whatever became of it.
    """
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.INTERNET_GATEWAY)
    outside = gateways.sent_out(trail.packet, sender)
    place = (route.target_id, sender.vpc_id, Direction.EGRESS)
    trail.at_gateway(Station.INTERNET_GATEWAY, *place, taken=outside is not None)
    return Fate.REFUSED_BY_INTERNET_GATEWAY if outside is None else Outside(outside)


def bring_in(trail: Trail, outside: Outside) -> Way | None:
    """Into a VPC, where an interface in it has the public address; else None."""
    found = gateways.brought_in(trail.topology, outside.packet)
    if found is None:
        return None
    trail.packet, gateway_id, receiver = found
    place = (gateway_id, receiver.vpc_id, Direction.INGRESS)
    trail.at_gateway(Station.INTERNET_GATEWAY, *place, taken=True)
    return Way(trail.packet, receiver.vpc_id)
