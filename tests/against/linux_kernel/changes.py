"""Small changes to a scenario, each with the words that tell of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from linux_kernel.scenario import Acl, Group, RouteTable, Scenario, Subnet

T = TypeVar("T")


def told(scenario: Scenario, words: str) -> Scenario:
    return replace(scenario, faults=(*scenario.faults, words))


def with_table(scenario: Scenario, table: RouteTable, words: str) -> Scenario:
    tables = tuple(table if each.name == table.name else each for each in scenario.tables)
    return told(replace(scenario, tables=tables), f"{table.name}: {words}")


def with_subnet(scenario: Scenario, subnet: Subnet, words: str) -> Scenario:
    subnets = tuple(subnet if each.name == subnet.name else each for each in scenario.subnets)
    return told(replace(scenario, subnets=subnets), f"{subnet.name}: {words}")


def with_acl(scenario: Scenario, acl: Acl, words: str) -> Scenario:
    acls = tuple(acl if each.name == acl.name else each for each in scenario.acls)
    return told(replace(scenario, acls=acls), f"{acl.name}: {words}")


def with_group(scenario: Scenario, group: Group, words: str) -> Scenario:
    groups = tuple(group if each.name == group.name else each for each in scenario.groups)
    return told(replace(scenario, groups=groups), f"{group.name}: {words}")


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
