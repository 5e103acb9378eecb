"""Ways to break the way out; None where a network has nothing of the kind to break."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

from linux_kernel.changes import pick, with_acl, with_named, with_table
from linux_kernel.filter_faults import own_acl
from linux_kernel.healthy import EVERYWHERE, ICMP
from linux_kernel.scenario import EGRESS_ONLY, INTERNET, TRANSIT, AclEntry, Route, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from linux_kernel.scenario import Nat, RouteTable


def gateway_detached(rng: Random, scenario: Scenario) -> Scenario | None:
    vpc = pick(rng, (vpc for vpc in scenario.vpcs if vpc.gateway == "attached"))
    if vpc is None:
        return None
    # AWS detaches no gateway while public addresses are mapped in its VPC.
    bare = replace(
        scenario,
        instances=tuple(
            replace(each, public=None) if scenario.vpc_of(each) == vpc.name else each
            for each in scenario.instances
        ),
        nats=tuple(
            replace(each, deleted=True) if scenario.vpc_of(each) == vpc.name else each
            for each in scenario.nats
        ),
    )
    return with_named(bare, "vpcs", replace(vpc, gateway="detached"), "internet gateway detached")


def egress_only_gateway_deleted(rng: Random, scenario: Scenario) -> Scenario | None:
    vpc = pick(rng, (vpc for vpc in scenario.vpcs if vpc.egress_only == "attached"))
    if vpc is None:
        return None
    return with_named(
        scenario, "vpcs", replace(vpc, egress_only="deleted"), "egress-only gateway deleted"
    )


def nat_deleted(rng: Random, scenario: Scenario) -> Scenario | None:
    nat = _some_nat(rng, scenario)
    return nat and with_named(
        scenario, "nats", replace(nat, deleted=True), "deleted, and its routes stay"
    )


def nat_private(rng: Random, scenario: Scenario) -> Scenario | None:
    """A private NAT gateway where a public one was wanted."""
    nat = _some_nat(rng, scenario)
    if nat is None or nat.public is None:
        return None
    return with_named(scenario, "nats", replace(nat, public=None), "private")


def nat_in_private_subnet(rng: Random, scenario: Scenario) -> Scenario | None:
    """A NAT gateway in a subnet that has no way out but that same gateway, or none at all."""
    nat = _some_nat(rng, scenario)
    if nat is None:
        return None
    others = [
        each
        for each in scenario.subnets_of(scenario.vpc_of(nat))
        if each.name != nat.subnet and not _leads(scenario.table_of(each), INTERNET)
    ]
    if not others:
        return None
    subnet = rng.choice(others)
    home = scenario.subnet(nat.subnet)
    offset = int(nat.address) - int(home.cidrs[0].network_address)
    moved = replace(nat, subnet=subnet.name, address=subnet.cidrs[0].network_address + offset)
    return with_named(scenario, "nats", moved, f"in {subnet.name}, which is private")


def nat_towards_peer(rng: Random, scenario: Scenario) -> Scenario | None:
    """A route to a peer by way of the NAT gateway, whose own subnet knows the way."""
    return _rerouted(
        rng,
        scenario,
        lambda table, route: _nat_for(scenario, table) if _is_peering(scenario, route) else None,
    )


def default_route_misdirected(rng: Random, scenario: Scenario) -> Scenario | None:
    """Public and private taken for one another."""

    def other(table: RouteTable, route: Route) -> str | None:
        vpc = scenario.vpc(table.vpc)
        if route.target == INTERNET and route.destination.version == 6:
            return EGRESS_ONLY if vpc.egress_only != "none" else None
        if route.target == INTERNET:
            return _nat_for(scenario, table)
        is_out = route.target == EGRESS_ONLY or _is_nat(scenario, route)
        return INTERNET if is_out and vpc.gateway != "none" else None

    return _rerouted(rng, scenario, other)


def default_route_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    return _without_route(
        rng,
        scenario,
        lambda route: route.target in (INTERNET, EGRESS_ONLY) or _is_nat(scenario, route),
    )


def peer_route_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    """No route to a peer where there is one to everywhere, which then takes its packets."""
    return _without_route(rng, scenario, lambda route: _is_peering(scenario, route))


def public_address_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    instance = pick(rng, (each for each in scenario.instances if each.public is not None))
    if instance is None:
        return None
    bare = replace(instance, public=None)
    return with_named(scenario, "instances", bare, "no public address")


def transit_route_broken(rng: Random, scenario: Scenario) -> Scenario | None:
    """A route of the transit gateway that is not there, or leads nowhere."""
    chosen = pick(
        rng, ((table, route) for table in scenario.transit_tables for route in table.routes)
    )
    if chosen is None:
        return None
    table, route = chosen
    gone = rng.random() < 0.5
    others = [each for each in table.routes if each != route]
    routes = others if gone else [*others, (route[0], None)]
    words = f"no route {route[0]}" if gone else f"{route[0]} leads nowhere"
    return with_named(scenario, "transit_tables", replace(table, routes=tuple(routes)), words)


def transit_association_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    table = pick(rng, (each for each in scenario.transit_tables if each.attachments))
    if table is None:
        return None
    lost, *others = rng.sample(table.attachments, len(table.attachments))
    changed = replace(table, attachments=tuple(others))
    return with_named(scenario, "transit_tables", changed, f"{lost} is not associated")


def transit_route_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    """No route to the transit gateway in a VPC."""
    return _without_route(rng, scenario, lambda route: route.target == TRANSIT)


def nat_acl_denies(rng: Random, scenario: Scenario) -> Scenario | None:
    """One of the four crossings of the edge of the NAT gateway's subnet refused."""
    nat = _some_nat(rng, scenario)
    if nat is None:
        return None
    subnet = scenario.subnet(nat.subnet)
    scenario, acl = own_acl(rng, scenario, subnet)
    egress = rng.random() < 0.7
    inside = [cidr for cidr in scenario.vpc(subnet.vpc).cidrs if cidr.version == 4]
    outsider = ip_network(rng.choice(scenario.outsiders).addresses[0])
    cidr = rng.choice([rng.choice(inside), rng.choice([outsider, EVERYWHERE[4]])])
    first = min([entry.number for entry in acl.entries if entry.egress == egress], default=100)
    if first == 1:
        return None
    icmp = ICMP[4]
    kind = rng.choice([-1, -1, icmp.request, icmp.reply])
    protocol = "-1" if kind == -1 else icmp.number
    entry = AclEntry(rng.randrange(1, first), egress, False, cidr, protocol, kind, -1)
    way = "out" if egress else "in"
    words = f"denies {protocol} type {kind} {way} for {cidr} where the NAT gateway is"
    return with_acl(scenario, replace(acl, entries=(*acl.entries, entry)), words)


def _some_nat(rng: Random, scenario: Scenario) -> Nat | None:
    return pick(rng, (nat for nat in scenario.nats if not nat.deleted))


def _nat_for(scenario: Scenario, table: RouteTable) -> str | None:
    """The NAT gateway of a table's VPC."""
    return next((nat.name for nat in scenario.nats if scenario.vpc_of(nat) == table.vpc), None)


def _is_nat(scenario: Scenario, route: Route) -> bool:
    return any(route.target == nat.name for nat in scenario.nats)


def _is_peering(scenario: Scenario, route: Route) -> bool:
    return route.destination.version == 4 and any(
        route.target == peering.name for peering in scenario.peerings
    )


def _leads(table: RouteTable, target: str) -> bool:
    return any(route.target == target for route in table.routes)


def _rerouted(
    rng: Random, scenario: Scenario, other: Callable[[RouteTable, Route], str | None]
) -> Scenario | None:
    """The network with one route to another target, where there is another for it."""
    chosen = pick(
        rng,
        (
            (table, route, target)
            for table in scenario.tables
            for route in table.routes
            if (target := other(table, route)) is not None
        ),
    )
    if chosen is None:
        return None
    table, route, target = chosen
    routes = tuple(replace(each, target=target) if each == route else each for each in table.routes)
    words = f"{route.destination} sent to {target} instead of {route.target}"
    return with_table(scenario, replace(table, routes=routes), words)


def _without_route(
    rng: Random, scenario: Scenario, suits: Callable[[Route], bool]
) -> Scenario | None:
    chosen = pick(
        rng,
        ((table, route) for table in scenario.tables for route in table.routes if suits(route)),
    )
    if chosen is None:
        return None
    table, route = chosen
    rest = tuple(each for each in table.routes if each != route)
    return with_table(
        scenario, replace(table, routes=rest), f"no route {route.destination} to {route.target}"
    )
