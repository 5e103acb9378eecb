"""Transit gateways: VPCs joined that have no peering, and one way out for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from linux_kernel.healthy import EVERYWHERE
from linux_kernel.scenario import TRANSIT, Attachment, Route, TransitTable

if TYPE_CHECKING:
    from random import Random

    from linux_kernel.scenario import Network, RouteTable, Scenario

_DOOR = 6  # where an attachment's interface is, counted from the start of its subnet


def joined(rng: Random, scenario: Scenario) -> Scenario:
    """The network with a transit gateway that all of its VPCs are attached to."""
    doors = []
    for vpc in scenario.vpcs:
        subnet = rng.choice(scenario.subnets_of(vpc.name))
        address = subnet.cidrs[0].network_address + _DOOR
        doors.append(Attachment(f"{vpc.name}t", subnet.name, address))
    scenario = _in_zones(rng, replace(scenario, attachments=tuple(doors)))
    scenario = replace(
        scenario, tables=tuple(_with_routes(rng, scenario, table) for table in scenario.tables)
    )
    hub = rng.choice([nat.name for nat in scenario.nats] or [None])
    hub_vpc = scenario.vpc_of(scenario.nat(hub)) if hub and rng.random() < 0.6 else None
    if hub_vpc is not None:
        scenario = _with_central_way_out(scenario, hub_vpc)
    return replace(scenario, transit_tables=tuple(_transit_tables(rng, scenario, hub_vpc)))


def _in_zones(rng: Random, scenario: Scenario) -> Scenario:
    """Some subnets in another zone than their VPC's attachment, which is none of theirs then."""
    own = {door.subnet for door in scenario.attachments}
    subnets = tuple(
        replace(subnet, zone="b") if subnet.name not in own and rng.random() < 0.15 else subnet
        for subnet in scenario.subnets
    )
    return replace(scenario, subnets=subnets)


def _with_routes(rng: Random, scenario: Scenario, table: RouteTable) -> RouteTable:
    """A table with routes to VPCs that it knows no way to, and some instead of a peering."""
    routes = {route.destination: route.target for route in table.routes}
    for vpc in scenario.vpcs:
        instead = rng.random() < 0.25
        for cidr in _routable(scenario, table.vpc, vpc.name):
            if instead:
                routes = {
                    each: target for each, target in routes.items() if not _within(each, cidr)
                }
            if not any(cidr.overlaps(each) for each in routes if _narrow(each)):
                routes[cidr] = TRANSIT
    return replace(table, routes=tuple(Route(*item) for item in routes.items()))


def _routable(scenario: Scenario, here: str, there: str) -> list[Network]:
    """The IPv4 ranges of another VPC that do not overlap one's own."""
    own = [cidr for cidr in scenario.vpc(here).cidrs if cidr.version == 4]
    ranges = [cidr for cidr in scenario.vpc(there).cidrs if cidr.version == 4]
    return [cidr for cidr in ranges if not any(cidr.overlaps(each) for each in own)]


def _within(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)


def _narrow(destination: Network) -> bool:
    return destination.version == 4 and destination.prefixlen > 0


def _with_central_way_out(scenario: Scenario, hub: str) -> Scenario:
    """Everybody without a way out of their own sent to the hub, which knows the way back."""
    tables = []
    for table in scenario.tables:
        taken = {route.destination for route in table.routes}
        if table.vpc != hub and EVERYWHERE[4] not in taken:
            out = (Route(EVERYWHERE[4], TRANSIT),)
            tables.append(replace(table, routes=table.routes + out))
        else:
            tables.append(table)
    return replace(scenario, tables=tuple(tables))


def _transit_tables(rng: Random, scenario: Scenario, hub: str | None) -> list[TransitTable]:
    """One table for all attachments, or one for each, with routes to every VPC."""
    routes: dict[Network, str] = {}
    for vpc in rng.sample(scenario.vpcs, len(scenario.vpcs)):
        door = scenario.attachment_of(vpc.name)
        assert door is not None
        for cidr in (each for each in vpc.cidrs if each.version == 4):
            routes.setdefault(cidr, door.name)
    if hub is not None:
        door = scenario.attachment_of(hub)
        assert door is not None
        routes[EVERYWHERE[4]] = door.name
    names = [door.name for door in scenario.attachments]
    groups = [names] if rng.random() < 0.5 else [[name] for name in names]
    return [
        TransitTable(f"tgw-rt{number}", tuple(routes.items()), tuple(group))
        for number, group in enumerate(groups, start=1)
    ]
