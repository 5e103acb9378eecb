"""The router of a VPC: the route that a subnet's table picks, and the gateway it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.errors import NotSimulated
from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.routing import best_route
from labkit.network.stations import internet_gateway, peering_connection
from labkit.network.stations.steps import Way
from labkit.network.topology import RouteState, TargetKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route


def route(trail: Trail, sender: Interface) -> Way | Fate:
    """The way that the route table of the sender's subnet sends the packet."""
    packet, topology = trail.packet, trail.topology
    table = topology.route_table_of(sender.subnet_id)
    found = best_route(topology, table, packet.destination)
    usable = found is not None and found.state is RouteState.ACTIVE
    trail.hop(
        Station.ROUTE_TABLE,
        table.route_table_id,
        Verdict.FORWARD if usable else Verdict.DROP,
        rule=found,
        interface=sender,
    )
    if found is None:
        return trail.unroutable(sender, Fate.NO_ROUTE)
    if found.state is RouteState.BLACKHOLE:
        return trail.unroutable(sender, Fate.BLACKHOLE)
    if found.target in _GATEWAYS:
        return _GATEWAYS[found.target](trail, sender, found)
    raise NotSimulated(
        f"Route {packet.destination} in {table.route_table_id} leads to {found.target_id}. "
        f"The lab does not simulate a {found.target} as a target yet."
    )


def _local(trail: Trail, sender: Interface, _route: Route) -> Way:
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.SAME_VPC)
    return Way(trail.packet, sender.vpc_id, TrafficPath.SAME_VPC)


# What each kind of target makes of a packet that a route sends to it. Whether the sender's
# interface logs the packet depends on how far it gets, so that is theirs to say, too.
_GATEWAYS: Final[dict[TargetKind, Callable[[Trail, Interface, Route], Way | Fate]]] = {
    TargetKind.LOCAL: _local,
    TargetKind.PEERING: peering_connection.take,
    TargetKind.INTERNET_GATEWAY: internet_gateway.take,
}
