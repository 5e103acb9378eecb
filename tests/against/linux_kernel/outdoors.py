"""
Networks that reach out: internet gateways, NAT gateways, egress-only gateways, hosts outside.

Every choice comes from the generator given, so a seed names a network.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, ip_address
from itertools import count
from typing import TYPE_CHECKING, Final

from linux_kernel import transit
from linux_kernel.healthy import CLOSED, EVERYWHERE, healthy, versions
from linux_kernel.scenario import (
    EGRESS_ONLY,
    INTERNET,
    LISTENING,
    AclEntry,
    Group,
    GroupRule,
    Nat,
    Outsider,
    Route,
    RouteTable,
    Scenario,
    Subnet,
    Vpc,
    put,
)

if TYPE_CHECKING:
    from random import Random

    from linux_kernel.scenario import Address

# Hosts that the embedded cloud's internet has, too.
OUTSIDERS: Final = (
    Outsider("www", (ip_address("198.51.100.80"), ip_address("2001:db8:80::80")), CLOSED),
    Outsider("office", (ip_address("203.0.113.12"),), LISTENING),
    Outsider("silent", (ip_address("198.51.100.99"),), host="silent"),
)
# Public addresses where nobody is.
NOBODY: Final = (ip_address("198.51.100.200"), ip_address("2001:db8:80::99"))
_PUBLIC: Final = IPv4Address("198.18.7.0")  # where the public addresses of VPCs are counted from
_NAT_HOST: Final = 5  # where a NAT gateway is, counted from the start of its subnet


def reaching_out(rng: Random, seed: str) -> Scenario:
    """A network whose VPCs have public and private subnets, most of them with a way out."""
    scenario = _own_tables(rng, healthy(rng, seed, OUTSIDERS))
    for vpc in scenario.vpcs:
        scenario = _with_way_out(rng, scenario, vpc)
    if rng.random() < 0.5:
        scenario = transit.joined(rng, scenario)
    scenario = replace(
        scenario,
        groups=tuple(_opened(rng, scenario, group) for group in scenario.groups),
        acls=tuple(
            replace(acl, entries=acl.entries + _openings(rng, scenario, acl.vpc, acl.entries))
            for acl in scenario.acls
        ),
    )
    return _with_public_addresses(rng, scenario)


def _own_tables(rng: Random, scenario: Scenario) -> Scenario:
    """Most subnets with a table of their own, which have the routes that they had before."""
    tables = list(scenario.tables)
    subnets = []
    for subnet in scenario.subnets:
        users = [each for each in scenario.subnets if each.table == subnet.table]
        if (subnet.table is None or len(users) > 1) and rng.random() < 0.85:
            table = RouteTable(f"{subnet.name}-rt", subnet.vpc, scenario.table_of(subnet).routes)
            tables.append(table)
            subnets.append(replace(subnet, table=table.name))
        else:
            subnets.append(subnet)
    return replace(scenario, tables=tuple(tables), subnets=tuple(subnets))


def _with_way_out(rng: Random, scenario: Scenario, vpc: Vpc) -> Scenario:
    """A VPC with gateways, and routes to them: its first subnet public, the others private."""
    if rng.random() < 0.1:
        return scenario
    six = 6 in versions(scenario, vpc.name)
    changed = replace(
        vpc, gateway="attached", egress_only="attached" if six and rng.random() < 0.8 else "none"
    )
    scenario = replace(scenario, vpcs=put(scenario.vpcs, changed))
    public, *private = scenario.subnets_of(vpc.name)
    scenario = _with_default_routes(scenario, public, {4: INTERNET, 6: INTERNET})
    nat = f"{public.name}n" if rng.random() < 0.85 else None
    if nat is not None:
        four = next(cidr for cidr in public.cidrs if cidr.version == 4)
        made = Nat(nat, public.name, four.network_address + _NAT_HOST, _PUBLIC)
        scenario = replace(scenario, nats=(*scenario.nats, made))
    for subnet in private:
        out = {4: nat, 6: EGRESS_ONLY if changed.egress_only == "attached" else None}
        scenario = _with_default_routes(scenario, subnet, out)
    return scenario


def _with_default_routes(
    scenario: Scenario, subnet: Subnet, targets: dict[int, str | None]
) -> Scenario:
    """The subnet's table with default routes, unless it has some already."""
    table = scenario.table_of(subnet)
    taken = {route.destination for route in table.routes}
    new = tuple(
        Route(EVERYWHERE[version], target)
        for version, target in targets.items()
        if target is not None
        and version in versions(scenario, subnet.vpc)
        and EVERYWHERE[version] not in taken
    )
    changed = replace(table, routes=table.routes + new)
    return replace(scenario, tables=put(scenario.tables, changed))


def _opened(rng: Random, scenario: Scenario, group: Group) -> Group:
    """Groups of people who want out, and some that let everybody in."""
    if group.is_default:
        return group
    anything = tuple(
        GroupRule("-1", EVERYWHERE[version]) for version in versions(scenario, group.vpc)
    )
    egress = (*group.egress, *anything) if rng.random() < 0.6 else group.egress
    ingress = (*group.ingress, *anything) if rng.random() < 0.4 else group.ingress
    return replace(
        group, egress=tuple(dict.fromkeys(egress)), ingress=tuple(dict.fromkeys(ingress))
    )


def _openings(
    rng: Random, scenario: Scenario, vpc: str, entries: tuple[AclEntry, ...]
) -> tuple[AclEntry, ...]:
    """Last entries that let pass what the others say nothing of, as people often have them."""
    taken = {(entry.egress, entry.number) for entry in entries}
    return tuple(
        AclEntry(number, egress, True, EVERYWHERE[version])
        for egress in (False, True)
        for number, version in enumerate(versions(scenario, vpc), start=32_700)
        if rng.random() < 0.6 and (egress, number) not in taken
    )


def _with_public_addresses(rng: Random, scenario: Scenario) -> Scenario:
    """Public addresses for most instances of public subnets, few of others, and NAT gateways."""
    counted = (_PUBLIC + number for number in count(1))
    instances = []
    for instance in scenario.instances:
        routes = scenario.table_of(scenario.subnet(instance.subnet)).routes
        is_public = any(route.target == INTERNET for route in routes)
        attached = scenario.vpc(scenario.vpc_of(instance)).gateway == "attached"
        wanted = rng.random() < (0.75 if is_public else 0.12) and attached
        instances.append(replace(instance, public=next(counted)) if wanted else instance)
    nats = tuple(replace(nat, public=next(counted)) for nat in scenario.nats)
    return replace(scenario, instances=tuple(instances), nats=nats)


def public_addresses(scenario: Scenario) -> list[Address]:
    """Every public IPv4 address that instances and NAT gateways have."""
    owners = (*scenario.instances, *scenario.nats)
    return [owner.public for owner in owners if owner.public is not None]
