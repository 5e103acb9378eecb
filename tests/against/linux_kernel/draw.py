"""A whole case from a seed: a network, what is broken in it, and the pings to try."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from linux_kernel.faults import plant
from linux_kernel.healthy import healthy
from linux_kernel.scenario import Ping

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linux_kernel.scenario import Address, Instance, Network, Scenario

PINGS_PER_NETWORK = 14


def draw(seed: str) -> Scenario:
    """The network that the seed names; the same one every time."""
    rng = Random(seed)  # noqa: S311 - chance for tests, to be repeated, not for secrets
    scenario = healthy(rng, seed)
    scenario = plant(rng, scenario, rng.choices(range(7), [6, 14, 22, 22, 16, 12, 8])[0])
    return replace(scenario, pings=_pings(rng, scenario))


def _pings(rng: Random, scenario: Scenario) -> tuple[Ping, ...]:
    pairs = {
        (source.name, address): _weight(scenario, source, address)
        for source in scenario.instances
        for address in _addresses(scenario)
        if _can_be_asked(scenario, source, address)
    }
    chosen: list[tuple[str, Address]] = []
    while pairs and len(chosen) < PINGS_PER_NETWORK:
        pair = rng.choices(list(pairs), list(pairs.values()))[0]
        del pairs[pair]
        chosen.append(pair)
    return tuple(Ping(number, *pair) for number, pair in enumerate(chosen, start=1))


def _addresses(scenario: Scenario) -> list[Address]:
    return sorted(
        {address for instance in scenario.instances for address in instance.addresses},
        key=lambda address: (address.version, address),
    )


def _can_be_asked(scenario: Scenario, source: Instance, address: Address) -> bool:
    """
    False for oneself, and for an address of one's own VPC where nobody is at home.

    Nobody has published what AWS records of the latter.
    """
    vpc = scenario.vpc_of(source)
    inside = _inside(address, scenario.vpc(vpc).cidrs)
    neighbours = {other for instance in scenario.instances_of(vpc) for other in instance.addresses}
    return address not in source.addresses and (not inside or address in neighbours)


def _weight(scenario: Scenario, source: Instance, address: Address) -> float:
    """How much there is to learn from a ping, judged by how many rules are on its way."""
    subnet = scenario.subnet(source.subnet)
    if _inside(address, subnet.cidrs):
        return 1
    if _inside(address, scenario.vpc(subnet.vpc).cidrs):
        return 2
    routes = scenario.table_of(subnet).routes
    return 8 if _inside(address, [route.destination for route in routes]) else 1.5


def _inside(address: Address, cidrs: Iterable[Network]) -> bool:
    return any(address.version == cidr.version and address in cidr for cidr in cidrs)
