"""Ways to break routes and peerings; None where a network has nothing of the kind to break."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

from linux_kernel.changes import (
    pick,
    told,
    with_named,
    with_subnet,
    with_table,
    without_references,
)
from linux_kernel.healthy import EVERYWHERE, destinations
from linux_kernel.scenario import INTERNET, GroupRule, Route, RouteTable, Scenario, put

if TYPE_CHECKING:
    from random import Random


def route_removed(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_route(rng, scenario)
    if chosen is None:
        return None
    table, route = chosen
    rest = tuple(each for each in table.routes if each != route)
    return with_table(scenario, replace(table, routes=rest), f"no route to {route.destination}")


def route_narrowed(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_route(rng, scenario)
    if chosen is None or not _leads_to_peer(scenario, chosen[1]):
        return None
    table, route = chosen
    peer = scenario.peering(route.target).other(table.vpc)
    _, parts, hosts = destinations(scenario, peer, route.destination.version)
    taken = {each.destination for each in table.routes}
    narrower = [
        part
        for part in parts + hosts
        if part not in taken and part.prefixlen > route.destination.prefixlen
    ]
    if not narrower:
        return None
    narrow = Route(rng.choice(narrower), route.target)
    routes = tuple(narrow if each == route else each for each in table.routes)
    return with_table(scenario, replace(table, routes=routes), f"only {narrow.destination} routed")


def route_misdirected(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_route(rng, scenario)
    if chosen is None:
        return None
    table, route = chosen
    others = [each.name for each in scenario.peerings_of(table.vpc) if each.name != route.target]
    if not others:
        return None
    wrong = Route(route.destination, rng.choice(others))
    routes = tuple(wrong if each == route else each for each in table.routes)
    return with_table(
        scenario, replace(table, routes=routes), f"{wrong.destination} sent to {wrong.target}"
    )


def routes_in_wrong_table(rng: Random, scenario: Scenario) -> Scenario | None:
    subnets = [subnet for subnet in scenario.subnets if subnet.table is not None]
    if not subnets:
        return None
    table = scenario.table_of(rng.choice(subnets))
    main = next(each for each in scenario.tables if each.vpc == table.vpc and each.main)
    moved = replace(main, routes=table.routes)
    scenario = with_table(scenario, replace(table, routes=()), "its routes are in the main table")
    return replace(scenario, tables=put(scenario.tables, moved))


def association_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    subnets = [subnet for subnet in scenario.subnets if subnet.table is not None]
    if not subnets:
        return None
    subnet = rng.choice(subnets)
    return with_subnet(scenario, replace(subnet, table=None), "association with its table missing")


def peering_not_active(rng: Random, scenario: Scenario) -> Scenario | None:
    live = [peering for peering in scenario.peerings if peering.state == "active"]
    if not live:
        return None
    dead = replace(
        rng.choice(live), state=rng.choice(["pending", "deleted", "deleted", "deleted", "rejected"])
    )
    scenario = with_named(scenario, "peerings", dead, dead.state)
    # Rules that name a peer's group outlive the peering, but cannot be made without it.
    return scenario if dead.state == "deleted" else without_references(scenario)


def stale_reference(rng: Random, scenario: Scenario) -> Scenario | None:
    """A deleted peering, and a group that only lets out what goes to groups beyond it."""
    live = [peering for peering in scenario.peerings if peering.state == "active"]
    if not live:
        return None
    dead = replace(rng.choice(live), state="deleted")
    vpc = rng.choice([dead.requester, dead.accepter])
    beyond = [each.name for each in scenario.groups if each.vpc == dead.other(vpc)]
    egress = tuple(GroupRule("-1", name) for name in beyond)
    groups = tuple(
        replace(each, egress=egress) if each.vpc == vpc and not each.is_default else each
        for each in scenario.groups
    )
    words = f"deleted, but groups of {vpc} name groups beyond it"
    return with_named(replace(scenario, groups=groups), "peerings", dead, words)


def transit(rng: Random, scenario: Scenario) -> Scenario | None:
    """Routes at both ends of a chain of peerings, as if the VPC between them would forward."""
    ways = [
        (first, last, middle)
        for middle in scenario.vpcs
        for first in scenario.peerings_of(middle.name)
        for last in scenario.peerings_of(middle.name)
        if first != last and not scenario.joined(first.other(middle.name), last.other(middle.name))
    ]
    if not ways:
        return None
    first, last, middle = rng.choice(ways)
    start, end = first.other(middle.name), last.other(middle.name)
    before = scenario.tables
    scenario = _routed(scenario, start, end, first.name)
    scenario = _routed(scenario, end, start, last.name)
    if scenario.tables == before:
        return None
    return told(scenario, f"transit from {start} to {end} through {middle.name} attempted")


def wide_route(rng: Random, scenario: Scenario) -> Scenario | None:
    """One wide route, into a peering or out to the internet, beside what is there."""
    table = rng.choice(scenario.tables)
    wide = ip_network(rng.choice(["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0", "0.0.0.0/0"]))
    targets = [peering.name for peering in scenario.peerings_of(table.vpc)]
    if scenario.vpc(table.vpc).gateway != "none":
        targets.append(INTERNET)
    if wide in {route.destination for route in table.routes} or not targets:
        return None
    route = Route(wide, rng.choice(targets))
    return with_table(
        scenario, replace(table, routes=(*table.routes, route)), f"{wide} sent to {route.target}"
    )


def internet_route(rng: Random, scenario: Scenario) -> Scenario | None:
    """A default route to an internet gateway, often instead of one to a peer."""
    chosen = _some_route(rng, scenario)
    if chosen is None:
        return None
    table, route = chosen
    default = EVERYWHERE[route.destination.version]
    if default in {each.destination for each in table.routes}:
        return None
    kept = table.routes if rng.random() < 0.3 else tuple(r for r in table.routes if r != route)
    gateway = scenario.vpc(table.vpc).gateway
    if gateway == "none":
        gateway = rng.choice(["attached", "attached", "attached", "detached"])
    vpcs = tuple(
        replace(vpc, gateway=gateway) if vpc.name == table.vpc else vpc for vpc in scenario.vpcs
    )
    changed = replace(table, routes=(*kept, Route(default, INTERNET)))
    return with_table(
        replace(scenario, vpcs=vpcs), changed, f"default route to the gateway ({gateway})"
    )


def blackhole_in_front(rng: Random, scenario: Scenario) -> Scenario | None:
    """A wide route that works, and before it, for what matters, one to a gateway that is gone."""
    chosen = _some_route(rng, scenario)
    if chosen is None or not _leads_to_peer(scenario, chosen[1]):
        return None
    table, route = chosen
    length = route.destination.prefixlen
    wide = rng.choice(
        [EVERYWHERE[route.destination.version], route.destination.supernet(min(8, length))]
    )
    taken = {each.destination for each in table.routes}
    if scenario.vpc(table.vpc).gateway == "attached" or wide in taken:
        return None
    vpcs = tuple(
        replace(vpc, gateway="detached") if vpc.name == table.vpc else vpc for vpc in scenario.vpcs
    )
    new = (Route(wide, route.target), Route(route.destination, INTERNET))
    kept = tuple(each for each in table.routes if each != route)
    return with_table(
        replace(scenario, vpcs=vpcs),
        replace(table, routes=(*kept, *new)),
        f"{wide} to {route.target}, but {route.destination} to a detached gateway",
    )


def _leads_to_peer(scenario: Scenario, route: Route) -> bool:
    return any(route.target == peering.name for peering in scenario.peerings)


def _some_route(rng: Random, scenario: Scenario) -> tuple[RouteTable, Route] | None:
    used = {scenario.table_of(subnet).name for subnet in scenario.subnets}
    return pick(
        rng,
        (
            (table, route)
            for table in scenario.tables
            for route in table.routes
            if table.name in used
        ),
    )


def _routed(scenario: Scenario, vpc: str, to: str, target: str) -> Scenario:
    """Every table of a VPC with routes to another, unless they are there or not allowed."""
    own = scenario.vpc(vpc).cidrs
    new = [
        cidr
        for cidr in scenario.vpc(to).cidrs
        if not any(mine.version == cidr.version and cidr.overlaps(mine) for mine in own)
    ]
    tables = []
    for table in scenario.tables:
        taken = {route.destination for route in table.routes}
        added = [Route(cidr, target) for cidr in new if cidr not in taken]
        tables.append(replace(table, routes=(*table.routes, *added)) if table.vpc == vpc else table)
    return replace(scenario, tables=tuple(tables))
