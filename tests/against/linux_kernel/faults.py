"""
Ways to break a network: each changes one thing in a scenario and says what.

A fault returns None where a network has nothing of the kind to break.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from linux_kernel.healthy import (
    ANY_PORT,
    ELSEWHERE,
    EVERYWHERE,
    ICMP,
    acl_entries,
    destinations,
    near,
    versions,
)
from linux_kernel.scenario import (
    DEFAULT_GROUP,
    INTERNET,
    Acl,
    AclEntry,
    AclProtocol,
    Group,
    GroupRule,
    Route,
    RouteTable,
    Scenario,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from linux_kernel.scenario import Network, Subnet

    Fault: TypeAlias = Callable[[Random, Scenario], Scenario | None]

T = TypeVar("T")

NOWHERE_NEAR: Final = tuple(ELSEWHERE.values())


def plant(rng: Random, scenario: Scenario, count: int) -> Scenario:
    """The network with *count* faults in it."""
    while len(scenario.faults) < count:
        fault = rng.choices(list(FAULTS), list(FAULTS.values()))[0]
        scenario = fault(rng, scenario) or scenario
    return scenario


def route_removed(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_route(rng, scenario)
    if chosen is None:
        return None
    table, route = chosen
    rest = tuple(each for each in table.routes if each != route)
    return _with_table(scenario, replace(table, routes=rest), f"no route to {route.destination}")


def route_narrowed(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_route(rng, scenario)
    if chosen is None or chosen[1].target == INTERNET:
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
    return _with_table(scenario, replace(table, routes=routes), f"only {narrow.destination} routed")


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
    return _with_table(
        scenario, replace(table, routes=routes), f"{wrong.destination} sent to {wrong.target}"
    )


def routes_in_wrong_table(rng: Random, scenario: Scenario) -> Scenario | None:
    subnets = [subnet for subnet in scenario.subnets if subnet.table is not None]
    if not subnets:
        return None
    table = scenario.table_of(rng.choice(subnets))
    main = next(each for each in scenario.tables if each.vpc == table.vpc and each.main)
    moved = replace(main, routes=table.routes)
    scenario = _with_table(scenario, replace(table, routes=()), "its routes are in the main table")
    return replace(
        scenario,
        tables=tuple(moved if each.name == moved.name else each for each in scenario.tables),
    )


def association_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    subnets = [subnet for subnet in scenario.subnets if subnet.table is not None]
    if not subnets:
        return None
    subnet = rng.choice(subnets)
    return _with_subnet(scenario, replace(subnet, table=None), "association with its table missing")


def peering_not_active(rng: Random, scenario: Scenario) -> Scenario | None:
    live = [peering for peering in scenario.peerings if peering.state == "active"]
    if not live:
        return None
    dead = replace(
        rng.choice(live), state=rng.choice(["pending", "deleted", "deleted", "deleted", "rejected"])
    )
    peerings = tuple(dead if each.name == dead.name else each for each in scenario.peerings)
    scenario = _told(replace(scenario, peerings=peerings), f"{dead.name} is {dead.state}")
    # Rules that name a peer's group outlive the peering, but cannot be made without it.
    return scenario if dead.state == "deleted" else _without_references(scenario)


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
    peerings = tuple(dead if each.name == dead.name else each for each in scenario.peerings)
    words = f"{dead.name} is deleted, but groups of {vpc} name groups beyond it"
    return _told(replace(scenario, groups=groups, peerings=peerings), words)


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
    return _told(scenario, f"transit from {start} to {end} through {middle.name} attempted")


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
    return _with_table(
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
    return _with_table(
        replace(scenario, vpcs=vpcs), changed, f"default route to the gateway ({gateway})"
    )


def blackhole_in_front(rng: Random, scenario: Scenario) -> Scenario | None:
    """A wide route that works, and before it, for what matters, one to a gateway that is gone."""
    chosen = _some_route(rng, scenario)
    if chosen is None or chosen[1].target == INTERNET:
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
    return _with_table(
        replace(scenario, vpcs=vpcs),
        replace(table, routes=(*kept, *new)),
        f"{wide} to {route.target}, but {route.destination} to a detached gateway",
    )


def acl_refuses_all(rng: Random, scenario: Scenario) -> Scenario | None:
    subnet = rng.choice(scenario.subnets)
    acl = Acl(f"{subnet.name}-new", subnet.vpc)
    if acl in scenario.acls:
        return None
    scenario = replace(scenario, acls=(*scenario.acls, acl))
    return _with_subnet(scenario, replace(subnet, acl=acl.name), "a new ACL, still empty")


def acl_denies_first(rng: Random, scenario: Scenario) -> Scenario | None:
    """One denial in front of everything else."""
    subnet = rng.choice(scenario.subnets)
    scenario, acl = _own_acl(rng, scenario, subnet)
    version = rng.choice(versions(scenario, subnet.vpc))
    egress = rng.random() < 0.5
    first = min([entry.number for entry in acl.entries if entry.egress == egress], default=100)
    if first == 1:
        return None
    _, protocol, request, reply, _ = ICMP[version]
    kinds: list[tuple[AclProtocol, int]] = [
        ("-1", -1),
        (protocol, -1),
        (protocol, request),
        (protocol, reply),
        (protocol, reply),
    ]
    name, icmp_type = rng.choice(kinds)
    cidr = _some_range(rng, scenario, subnet.vpc, version)
    entry = AclEntry(rng.randrange(1, first), egress, False, cidr, name, icmp_type, -1)
    changed = replace(acl, entries=(*acl.entries, entry))
    way = "out" if egress else "in"
    return _with_acl(scenario, changed, f"denies {name} type {icmp_type} {way} for {cidr} first")


def acl_forgets_answers(rng: Random, scenario: Scenario) -> Scenario | None:
    """An ACL written as if it kept state: one direction lets only requests through."""
    subnet = rng.choice(scenario.subnets)
    scenario, acl = _own_acl(rng, scenario, subnet)
    version = rng.choice([4, *versions(scenario, subnet.vpc)])
    egress = rng.random() < 0.45
    _, protocol, request, _, _ = ICMP[version]
    everywhere = EVERYWHERE[version]
    rest = tuple(
        entry
        for entry in acl.entries
        if entry.egress != egress or entry.cidr.version != version or not entry.allow
    )
    taken = {entry.number for entry in rest}
    number = rng.choice([number for number in range(5, 500) if number not in taken])
    only = AclEntry(number, egress, True, everywhere, protocol, request, -1)
    way = "out" if egress else "in"
    return _with_acl(
        scenario, replace(acl, entries=(*rest, only)), f"lets no IPv{version} answers {way}"
    )


def acl_entry_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_entry(rng, scenario, _lets_pings_through)
    if chosen is None:
        return None
    acl, entry = chosen
    rest = tuple(each for each in acl.entries if each != entry)
    return _with_acl(scenario, replace(acl, entries=rest), f"lacks entry {entry.number}")


def acl_wrong_type(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_entry(rng, scenario, _lets_pings_through)
    if chosen is None:
        return None
    acl, entry = chosen
    _, protocol, request, reply, unreachable = ICMP[entry.cidr.version]
    codes = [(request, 0), (request, 1), (request, 1), (reply, -1), (reply, 1), (unreachable, -1)]
    icmp_type, code = rng.choice(codes)
    wrong = replace(entry, protocol=protocol, icmp_type=icmp_type, icmp_code=code)
    entries = tuple(wrong if each == entry else each for each in acl.entries)
    return _with_acl(
        scenario, replace(acl, entries=entries), f"allows only {icmp_type}/{code} at {entry.number}"
    )


def acl_wrong_ports(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_entry(rng, scenario, lambda entry: entry.allow and entry.protocol == "6")
    if chosen is None:
        return None
    acl, entry = chosen
    wrong = replace(entry, ports=rng.choice([(443, 443), (49_152, 65_535), (23, 32_767)]))
    entries = tuple(wrong if each == entry else each for each in acl.entries)
    words = f"only ports {wrong.ports} at {entry.number}"
    return _with_acl(scenario, replace(acl, entries=entries), words)


def acl_order_swapped(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_entry(rng, scenario, lambda entry: not entry.allow)
    if chosen is None:
        return None
    acl, denial = chosen
    allowed = [each for each in acl.entries if each.allow and each.egress == denial.egress]
    if not allowed:
        return None
    other = rng.choice(allowed)
    numbers = {denial: other.number, other: denial.number}
    entries = tuple(replace(each, number=numbers.get(each, each.number)) for each in acl.entries)
    return _with_acl(
        scenario, replace(acl, entries=entries), f"{denial.number} and {other.number} swapped"
    )


def group_lets_nothing_in(rng: Random, scenario: Scenario) -> Scenario | None:
    group = _some_group(rng, scenario)
    if group is None:
        return None
    return _with_group(scenario, replace(group, ingress=()), "has no inbound rules")


def group_lets_nothing_out(rng: Random, scenario: Scenario) -> Scenario | None:
    group = _some_group(rng, scenario)
    if group is None:
        return None
    return _with_group(scenario, replace(group, egress=()), "has no outbound rules")


def group_rule_replaced(rng: Random, scenario: Scenario) -> Scenario | None:
    """All rules of one direction replaced by a single one, right or nearly right."""
    group = _some_group(rng, scenario)
    if group is None:
        return None
    rule = _some_rule(rng, scenario, group.vpc)
    if rng.random() < 0.65:
        way, changed = "in", replace(group, ingress=(rule,))
    else:
        way, changed = "out", replace(group, egress=(rule,))
    words = f"{way} is only {rule.protocol} {rule.first}/{rule.last} {rule.peer}"
    return _with_group(scenario, changed, words)


def _some_rule(rng: Random, scenario: Scenario, vpc: str) -> GroupRule:
    version = rng.choice(versions(scenario, vpc))
    icmp = ICMP[version]
    named = [each.name for each in scenario.groups if _nameable(scenario, vpc, each.name)]
    peer: Network | str = rng.choice([rng.choice(named), _some_range(rng, scenario, vpc, version)])
    right = [(-1, -1), (icmp.request, -1), (icmp.request, 0)]
    wrong = [(icmp.request, 1), (icmp.request, 1), (icmp.reply, -1), (icmp.unreachable, -1)]
    one_type = GroupRule(icmp.name, peer, *rng.choice(right + wrong))
    return rng.choice(
        [one_type, one_type, GroupRule("-1", peer), GroupRule("tcp", peer, *ANY_PORT)]
    )


def instance_in_default_group(rng: Random, scenario: Scenario) -> Scenario | None:
    instance = rng.choice(scenario.instances)
    moved = replace(instance, groups=(f"{scenario.vpc_of(instance)}-{DEFAULT_GROUP}",))
    if moved == instance:
        return None
    instances = tuple(moved if each.name == moved.name else each for each in scenario.instances)
    return _told(replace(scenario, instances=instances), f"{moved.name} is in the default group")


# Every fault with its weight: what is quick to break in practice is broken often here.
FAULTS: Final[dict[Fault, int]] = {
    route_removed: 14,
    route_narrowed: 12,
    route_misdirected: 10,
    routes_in_wrong_table: 6,
    association_missing: 4,
    peering_not_active: 6,
    stale_reference: 6,
    transit: 22,
    wide_route: 8,
    internet_route: 26,
    blackhole_in_front: 6,
    acl_refuses_all: 3,
    acl_forgets_answers: 45,
    acl_denies_first: 24,
    acl_entry_missing: 6,
    acl_wrong_type: 14,
    acl_wrong_ports: 8,
    acl_order_swapped: 8,
    group_lets_nothing_in: 2,
    group_lets_nothing_out: 2,
    group_rule_replaced: 18,
    instance_in_default_group: 3,
}


def _told(scenario: Scenario, words: str) -> Scenario:
    return replace(scenario, faults=(*scenario.faults, words))


def _with_table(scenario: Scenario, table: RouteTable, words: str) -> Scenario:
    tables = tuple(table if each.name == table.name else each for each in scenario.tables)
    return _told(replace(scenario, tables=tables), f"{table.name}: {words}")


def _with_subnet(scenario: Scenario, subnet: Subnet, words: str) -> Scenario:
    subnets = tuple(subnet if each.name == subnet.name else each for each in scenario.subnets)
    return _told(replace(scenario, subnets=subnets), f"{subnet.name}: {words}")


def _with_acl(scenario: Scenario, acl: Acl, words: str) -> Scenario:
    acls = tuple(acl if each.name == acl.name else each for each in scenario.acls)
    return _told(replace(scenario, acls=acls), f"{acl.name}: {words}")


def _with_group(scenario: Scenario, group: Group, words: str) -> Scenario:
    groups = tuple(group if each.name == group.name else each for each in scenario.groups)
    return _told(replace(scenario, groups=groups), f"{group.name}: {words}")


def _pick(rng: Random, items: Iterable[T]) -> T | None:
    choices = list(items)
    return rng.choice(choices) if choices else None


def _some_route(rng: Random, scenario: Scenario) -> tuple[RouteTable, Route] | None:
    used = {scenario.table_of(subnet).name for subnet in scenario.subnets}
    return _pick(
        rng,
        (
            (table, route)
            for table in scenario.tables
            for route in table.routes
            if table.name in used
        ),
    )


def _some_entry(
    rng: Random, scenario: Scenario, suits: Callable[[AclEntry], bool]
) -> tuple[Acl, AclEntry] | None:
    return _pick(
        rng, ((acl, entry) for acl in scenario.acls for entry in acl.entries if suits(entry))
    )


def _lets_pings_through(entry: AclEntry) -> bool:
    return entry.allow and entry.protocol in ("-1", "1", "58") and entry.cidr not in NOWHERE_NEAR


def _some_group(rng: Random, scenario: Scenario) -> Group | None:
    used = {name for instance in scenario.instances for name in instance.groups}
    return _pick(
        rng, (group for group in scenario.groups if group.name in used and not group.is_default)
    )


def _own_acl(rng: Random, scenario: Scenario, subnet: Subnet) -> tuple[Scenario, Acl]:
    """The subnet's own ACL, made first if it still has the default one."""
    if subnet.acl is not None:
        return scenario, scenario.acl(subnet.acl)
    acl = Acl(f"{subnet.name}-acl", subnet.vpc, acl_entries(rng, scenario, subnet.vpc))
    subnets = tuple(
        replace(each, acl=acl.name) if each.name == subnet.name else each
        for each in scenario.subnets
    )
    return replace(scenario, acls=(*scenario.acls, acl), subnets=subnets), acl


def _nameable(scenario: Scenario, vpc: str, group: str) -> bool:
    """Whether a rule in a VPC could ever have been made that names this group."""
    other = scenario.group(group).vpc
    return vpc == other or any(
        peering.other(vpc) == other and peering.state in ("active", "deleted")
        for peering in scenario.peerings_of(vpc)
    )


def _without_references(scenario: Scenario) -> Scenario:
    """The network without rules that name a group that their VPC cannot name."""
    groups = []
    for group in scenario.groups:
        ingress, egress = (
            tuple(
                rule
                for rule in rules
                if not isinstance(rule.peer, str) or _nameable(scenario, group.vpc, rule.peer)
            )
            for rules in (group.ingress, group.egress)
        )
        groups.append(replace(group, ingress=ingress, egress=egress))
    return replace(scenario, groups=tuple(groups))


def _peers(scenario: Scenario, vpc: str) -> set[str]:
    return {peering.other(vpc) for peering in scenario.peerings_of(vpc)}


def _some_range(rng: Random, scenario: Scenario, vpc: str, version: int) -> Network:
    """A range that a rule of this VPC might name, from everything down to one instance."""
    hosts = [
        host
        for name in sorted({vpc, *_peers(scenario, vpc)})
        for host in destinations(scenario, name, version)[2]
    ]
    kinds = [[EVERYWHERE[version]], [ELSEWHERE[version]], near(scenario, vpc, version), hosts]
    return rng.choice(rng.choices(kinds, [4, 1, 4, 4])[0])


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
