"""What leads a packet over a transit gateway that both VPCs are attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.faults.parts import Change, RouteTo
from labkit.network.detours import with_way
from labkit.network.explain import label
from labkit.network.topology import TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.blockers import Blocker


def over_transit(blocker: Blocker) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """A route to the transit gateway, in a sentence and as a change, where that would do."""
    topology, interface = blocker.topology, blocker.interface
    table = topology.route_table_of(interface.subnet_id)
    changed = with_way(topology, interface, blocker.packet)
    routes = changed.route_tables[table.route_table_id].routes if changed is not None else ()
    for route in (each for each in routes if each not in table.routes):
        if route.target is TargetKind.TRANSIT_GATEWAY and route.destination is not None:
            name, target = label(topology, table.route_table_id), label(topology, route.target_id)
            at = RouteTo(table.route_table_id, str(route.destination))
            words = f"Add a route to {route.destination} through {target} in {name}."
            yield words, (Change(at, {"TransitGatewayId": route.target_id}),)
