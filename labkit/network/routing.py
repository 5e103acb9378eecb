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
    route. A propagated route never takes what a local route covers, however
    long its prefix. IPv4 and IPv6 are looked up apart.

    Raises:
        TopologyError: The table has a route for a prefix list that was not given.

    Source: Amazon VPC User Guide, "How route priority works", and AWS
    Site-to-Site VPN User Guide, "Route tables and route priority". That a
    blackhole does not fall through to a wider route is the best-supported
    reading; AWS does not say. Of two prefix lists that tie, AWS takes one at
    random and stays with it; here it is the one whose target id sorts last.
    """
    matches = list(_matches(topology, table, destination))
    if any(route.target is TargetKind.LOCAL for _, route in matches):
        matches = [(block, route) for block, route in matches if not route.propagated]
    if not matches:
        return None
    _, route = max(matches, key=lambda match: (match[0].prefixlen, *_preference(match[1])))
    return route


def _matches(
    topology: Topology, table: RouteTable, destination: Address
) -> Iterator[tuple[Network, Route]]:
    for route in table.routes:
        for block in blocks(topology, route):
            if destination in block:
                yield block, route


def blocks(topology: Topology, route: Route) -> tuple[Network, ...]:
    """
    The CIDR blocks a route stands for: one, or those of its prefix list.

    The lists that gateway endpoints route by hold public addresses of AWS
    services; one that was not given counts as empty.

    Raises:
        TopologyError: Any other prefix list was not given.
    """
    if route.destination is not None:
        return (route.destination,)
    list_id = route.prefix_list_id or ""
    if route.target is TargetKind.VPC_ENDPOINT and list_id not in topology.prefix_lists:
        return ()
    return topology.prefix_list(list_id)


def _preference(route: Route) -> tuple[bool, bool, bool, str]:
    return (
        route.target is TargetKind.LOCAL,
        not route.propagated,
        route.destination is not None,
        route.target_id,
    )
