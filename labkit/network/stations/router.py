"""The router of a VPC: the route that a subnet's table picks, and the gateway it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction, TrafficPath
from labkit.network.routing import best_route
from labkit.network.stations import (
    egress_only_gateway,
    gateway_endpoint,
    internet_gateway,
    nat_gateway,
    peering_connection,
    transit_gateway,
)
from labkit.network.stations.steps import Step, Way
from labkit.network.topology import RouteState, TargetKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route


def route(trail: Trail, sender: Interface) -> Step:
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
    if found.target in _TARGETS:
        return _TARGETS[found.target](trail, sender, found)
    why = f"The lab does not simulate a {found.target} as a target yet."
    raise trail.not_simulated(found, why)


def _local(trail: Trail, sender: Interface, _route: Route) -> Way:
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.SAME_VPC)
    return Way(trail.packet, sender.vpc_id)


def _interface(trail: Trail, sender: Interface, route: Route) -> Fate:
    """To an interface that is not the packet's goal, which takes it only if told to forward."""
    target = trail.topology.interfaces.get(route.target_id)
    if target is None or not target.source_dest_check:
        why = "The lab does not simulate instances that forward packets of others."
        raise trail.not_simulated(route, why)
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.SAME_VPC)
    trail.hop(
        Station.INTERFACE,
        target.interface_id,
        Verdict.DROP,
        direction=Direction.INGRESS,
        interface=target,
    )
    return Fate.SOURCE_CHECK


# What each kind of target makes of a packet that a route sends to it. Whether the sender's
# interface logs the packet depends on how far it gets, so that is theirs to say, too.
_TARGETS: Final[dict[TargetKind, Callable[[Trail, Interface, Route], Step]]] = {
    TargetKind.LOCAL: _local,
    TargetKind.PEERING: peering_connection.take,
    TargetKind.INTERNET_GATEWAY: internet_gateway.take,
    TargetKind.EGRESS_ONLY_GATEWAY: egress_only_gateway.take,
    TargetKind.NAT_GATEWAY: nat_gateway.take,
    TargetKind.VPC_ENDPOINT: gateway_endpoint.take,
    TargetKind.TRANSIT_GATEWAY: transit_gateway.take,
    TargetKind.NETWORK_INTERFACE: _interface,
}
