"""Which route a subnet's table picks for an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.topology import TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.packet import Address
    from labkit.network.topology import Network, Route, RouteTable, Topology


def best_route(topology: Topology, table: RouteTable, destination: Address) -> Route | None:
    """
    The route that carries a packet to *destination*, or None when none matches.

    The longest prefix wins, whatever state its target is in: a blackhole route
    attracts the packet and swallows it. Between equal prefixes the local
    route comes first, then a static CIDR, then a prefix list, then a propagated
    route. IPv4 and IPv6 are looked up apart.

    Source: Amazon VPC User Guide, "Route tables", section on route priority.
    That a blackhole does not fall through to a wider route is the
    best-supported reading; AWS does not say.
    """
    matches = list(_matches(topology, table, destination))
    if not matches:
        return None
    _, route = max(matches, key=lambda match: (match[0].prefixlen, _preference(match[1])))
    return route


def _matches(
    topology: Topology, table: RouteTable, destination: Address
) -> Iterator[tuple[Network, Route]]:
    for route in table.routes:
        for block in blocks(topology, route):
            if destination in block:
                yield block, route


def blocks(topology: Topology, route: Route) -> tuple[Network, ...]:
    """The CIDR blocks a route stands for: one, or those of its prefix list."""
    if route.destination is not None:
        return (route.destination,)
    return topology.prefix_lists.get(route.prefix_list_id or "", ())


def _preference(route: Route) -> tuple[bool, bool, bool]:
    return (
        route.target is TargetKind.LOCAL,
        not route.propagated,
        route.destination is not None,
    )
