"""Small changes to a scenario, each with the words that tell of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from linux_kernel.scenario import put

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from linux_kernel.scenario import Acl, Group, Named, RouteTable, Scenario, Subnet

T = TypeVar("T")


def told(scenario: Scenario, words: str) -> Scenario:
    return replace(scenario, faults=(*scenario.faults, words))


def with_named(scenario: Scenario, kind: str, new: Named, words: str) -> Scenario:
    """A scenario with something in the place of its namesake; *kind* is the field they are in."""
    these = put(getattr(scenario, kind), new)
    return told(replace(scenario, **{kind: these}), f"{new.name}: {words}")


def with_table(scenario: Scenario, table: RouteTable, words: str) -> Scenario:
    return with_named(scenario, "tables", table, words)


def with_subnet(scenario: Scenario, subnet: Subnet, words: str) -> Scenario:
    return with_named(scenario, "subnets", subnet, words)


def with_acl(scenario: Scenario, acl: Acl, words: str) -> Scenario:
    return with_named(scenario, "acls", acl, words)


def with_group(scenario: Scenario, group: Group, words: str) -> Scenario:
    return with_named(scenario, "groups", group, words)


def pick(rng: Random, items: Iterable[T]) -> T | None:
    choices = list(items)
    return rng.choice(choices) if choices else None


def peers(scenario: Scenario, vpc: str) -> set[str]:
    return {peering.other(vpc) for peering in scenario.peerings_of(vpc)}


def nameable(scenario: Scenario, vpc: str, group: str) -> bool:
    """Whether a rule in a VPC could ever have been made that names this group."""
    other = scenario.group(group).vpc
    return vpc == other or any(
        peering.other(vpc) == other and peering.state in ("active", "deleted")
        for peering in scenario.peerings_of(vpc)
    )


def without_references(scenario: Scenario) -> Scenario:
    """The network without rules that name a group that their VPC cannot name."""
    groups = []
    for group in scenario.groups:
        ingress, egress = (
            tuple(
                rule
                for rule in rules
                if not isinstance(rule.peer, str) or nameable(scenario, group.vpc, rule.peer)
            )
            for rules in (group.ingress, group.egress)
        )
        groups.append(replace(group, ingress=ingress, egress=egress))
    return replace(scenario, groups=tuple(groups))
