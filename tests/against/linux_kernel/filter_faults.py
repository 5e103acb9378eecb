"""Ways to break groups and ACLs; None where a network has nothing of the kind to break."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from linux_kernel.changes import (
    nameable,
    peers,
    pick,
    with_acl,
    with_group,
    with_named,
    with_subnet,
)
from linux_kernel.healthy import (
    ANY_PORT,
    ELSEWHERE,
    EVERYWHERE,
    ICMP,
    Icmp,
    acl_entries,
    destinations,
    near,
    versions,
)
from linux_kernel.scenario import (
    DEFAULT_GROUP,
    Acl,
    AclEntry,
    AclProtocol,
    Group,
    GroupRule,
    Scenario,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from linux_kernel.scenario import Network, Subnet

NOWHERE_NEAR: Final = tuple(ELSEWHERE.values())


def acl_refuses_all(rng: Random, scenario: Scenario) -> Scenario | None:
    subnet = rng.choice(scenario.subnets)
    acl = Acl(f"{subnet.name}-new", subnet.vpc)
    if acl in scenario.acls:
        return None
    scenario = replace(scenario, acls=(*scenario.acls, acl))
    return with_subnet(scenario, replace(subnet, acl=acl.name), "a new ACL, still empty")


def acl_denies_first(rng: Random, scenario: Scenario) -> Scenario | None:
    """One denial in front of everything else."""
    subnet = rng.choice(scenario.subnets)
    scenario, acl = own_acl(rng, scenario, subnet)
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
    return with_acl(scenario, changed, f"denies {name} type {icmp_type} {way} for {cidr} first")


def acl_forgets_answers(rng: Random, scenario: Scenario) -> Scenario | None:
    """An ACL written as if it kept state: one direction lets only requests through."""
    return _one_kind_only(rng, scenario, lambda icmp: (icmp.request, -1))


def acl_wrong_type(rng: Random, scenario: Scenario) -> Scenario | None:
    """One direction of an ACL that lets only one type and code through."""
    number, code = rng.choice([(0, 0), (0, 1), (0, 1), (1, -1), (1, 1), (1, 1), (2, -1)])
    return _one_kind_only(
        rng, scenario, lambda icmp: ((icmp.request, icmp.reply, icmp.unreachable)[number], code)
    )


def _one_kind_only(
    rng: Random, scenario: Scenario, choose: Callable[[Icmp], tuple[int, int]]
) -> Scenario | None:
    subnet = rng.choice(scenario.subnets)
    scenario, acl = own_acl(rng, scenario, subnet)
    version = rng.choice([4, *versions(scenario, subnet.vpc)])
    egress = rng.random() < 0.45
    rest = tuple(
        entry
        for entry in acl.entries
        if entry.egress != egress or entry.cidr.version != version or not _lets_pings_through(entry)
    )
    taken = {entry.number for entry in rest}
    number = rng.choice([number for number in range(5, 500) if number not in taken])
    kind = choose(ICMP[version])
    only = AclEntry(number, egress, True, EVERYWHERE[version], ICMP[version].number, *kind)
    way = "out" if egress else "in"
    words = f"lets only IPv{version} pings of type {kind[0]}/{kind[1]} {way}"
    return with_acl(scenario, replace(acl, entries=(*rest, only)), words)


def acl_entry_missing(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_entry(rng, scenario, _lets_pings_through)
    if chosen is None:
        return None
    acl, entry = chosen
    rest = tuple(each for each in acl.entries if each != entry)
    return with_acl(scenario, replace(acl, entries=rest), f"lacks entry {entry.number}")


def acl_wrong_ports(rng: Random, scenario: Scenario) -> Scenario | None:
    chosen = _some_entry(rng, scenario, lambda entry: entry.allow and entry.protocol == "6")
    if chosen is None:
        return None
    acl, entry = chosen
    wrong = replace(entry, ports=rng.choice([(443, 443), (49_152, 65_535), (23, 32_767)]))
    entries = tuple(wrong if each == entry else each for each in acl.entries)
    words = f"only ports {wrong.ports} at {entry.number}"
    return with_acl(scenario, replace(acl, entries=entries), words)


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
    return with_acl(
        scenario, replace(acl, entries=entries), f"{denial.number} and {other.number} swapped"
    )


def group_lets_nothing_in(rng: Random, scenario: Scenario) -> Scenario | None:
    group = _some_group(rng, scenario)
    if group is None:
        return None
    return with_group(scenario, replace(group, ingress=()), "has no inbound rules")


def group_lets_nothing_out(rng: Random, scenario: Scenario) -> Scenario | None:
    group = _some_group(rng, scenario)
    if group is None:
        return None
    return with_group(scenario, replace(group, egress=()), "has no outbound rules")


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
    return with_group(scenario, changed, words)


def instance_in_default_group(rng: Random, scenario: Scenario) -> Scenario | None:
    instance = rng.choice(scenario.instances)
    moved = replace(instance, groups=(f"{scenario.vpc_of(instance)}-{DEFAULT_GROUP}",))
    if moved == instance:
        return None
    return with_named(scenario, "instances", moved, "in the default group")


def _some_rule(rng: Random, scenario: Scenario, vpc: str) -> GroupRule:
    version = rng.choice(versions(scenario, vpc))
    icmp = ICMP[version]
    named = [each.name for each in scenario.groups if nameable(scenario, vpc, each.name)]
    peer: Network | str = rng.choice([rng.choice(named), _some_range(rng, scenario, vpc, version)])
    right = [(-1, -1), (icmp.request, -1), (icmp.request, 0)]
    wrong = [(icmp.request, 1), (icmp.request, 1), (icmp.reply, -1), (icmp.unreachable, -1)]
    one_type = GroupRule(icmp.name, peer, *rng.choice(right + wrong))
    return rng.choice(
        [one_type, one_type, GroupRule("-1", peer), GroupRule("tcp", peer, *ANY_PORT)]
    )


def _some_entry(
    rng: Random, scenario: Scenario, suits: Callable[[AclEntry], bool]
) -> tuple[Acl, AclEntry] | None:
    return pick(
        rng, ((acl, entry) for acl in scenario.acls for entry in acl.entries if suits(entry))
    )


def _lets_pings_through(entry: AclEntry) -> bool:
    return entry.allow and entry.protocol in ("-1", "1", "58") and entry.cidr not in NOWHERE_NEAR


def _some_group(rng: Random, scenario: Scenario) -> Group | None:
    used = {name for instance in scenario.instances for name in instance.groups}
    return pick(
        rng, (group for group in scenario.groups if group.name in used and not group.is_default)
    )


def own_acl(rng: Random, scenario: Scenario, subnet: Subnet) -> tuple[Scenario, Acl]:
    """The subnet's own ACL, made first if it still has the default one."""
    if subnet.acl is not None:
        return scenario, scenario.acl(subnet.acl)
    acl = Acl(f"{subnet.name}-acl", subnet.vpc, acl_entries(rng, scenario, subnet.vpc))
    subnets = tuple(
        replace(each, acl=acl.name) if each.name == subnet.name else each
        for each in scenario.subnets
    )
    return replace(scenario, acls=(*scenario.acls, acl), subnets=subnets), acl


def _some_range(rng: Random, scenario: Scenario, vpc: str, version: int) -> Network:
    """A range that a rule of this VPC might name, from everything down to one instance."""
    hosts = [
        host
        for name in sorted({vpc, *peers(scenario, vpc)})
        for host in destinations(scenario, name, version)[2]
    ]
    kinds = [[EVERYWHERE[version]], [ELSEWHERE[version]], near(scenario, vpc, version), hosts]
    return rng.choice(rng.choices(kinds, [4, 1, 4, 4])[0])
