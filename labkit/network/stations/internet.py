"""
The internet: hosts outside, and the gateways through which packets come in from it.

Of the hosts out there a ``Topology`` knows some, or none; a packet for another
address left the lab for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.hops import Fate, Station, Verdict
from labkit.network.stations import egress_only_gateway, gateway_endpoint, internet_gateway
from labkit.network.stations.steps import Arrival, Outside, Step

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail


def cross(trail: Trail, outside: Outside) -> Step:
    """Where a packet goes that is out on the internet."""
    trail.packet = outside.packet
    destination = outside.packet.destination
    inside = (
        gateway_endpoint.bring_in(trail, outside)
        or egress_only_gateway.bring_in(trail, outside)
        or internet_gateway.bring_in(trail, outside)
    )
    if inside is not None:
        return inside
    host = trail.outside_host(destination)
    if host is not None:
        trail.hop(Station.OUTSIDE_HOST, str(destination), Verdict.DELIVER)
        return Arrival(host, outside.packet)
    if not outside.sent_there:
        return Fate.LEFT_FOR_INTERNET
    trail.hop(Station.INTERFACE, str(destination), Verdict.DROP)
    return Fate.NO_SUCH_ADDRESS
