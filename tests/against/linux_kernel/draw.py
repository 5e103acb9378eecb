"""A whole case from a seed: a network, what is broken in it, and the probes to try."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from linux_kernel import outdoors
from linux_kernel.faults import GATEWAY_FAULTS, plant
from linux_kernel.healthy import CLOSED, DATAGRAM, healthy
from linux_kernel.scenario import ECHOING, LISTENING, Instance, Probe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linux_kernel.scenario import Address, Network, Outsider, Route, Scenario

    _Way: TypeAlias = tuple[str, Address]

PINGS_PER_NETWORK = 14
CONNECTIONS_PER_NETWORK = 5
DATAGRAMS_PER_NETWORK = 3
MISLED_PER_NETWORK = 1  # datagrams whose answers go by a NAT gateway, where there is such a way
_NOBODY = 77  # an address that no instance has, counted from the start of its subnet


WITH_GATEWAYS = "gateways-"  # how the seeds begin whose networks reach out


def draw(seed: str) -> Scenario:
    """The network that the seed names; the same one every time."""
    rng = Random(seed)  # noqa: S311 - chance for tests, to be repeated, not for secrets
    if seed.startswith(WITH_GATEWAYS):
        scenario = outdoors.reaching_out(rng, seed)
        scenario = plant(rng, scenario, rng.choices(range(4), [10, 35, 35, 20])[0], GATEWAY_FAULTS)
        scenario = plant(rng, scenario, rng.choices(range(3), [65, 25, 10])[0])
        return replace(scenario, probes=_probes(rng, scenario))
    scenario = healthy(rng, seed)
    scenario = plant(rng, scenario, rng.choices(range(7), [6, 22, 28, 22, 12, 6, 4])[0])
    return replace(scenario, probes=_probes(rng, scenario))


def asked_over_ssm(scenario: Scenario) -> Scenario:
    """
    The network without what cannot be tried in AWS by shell commands alone.

    Nobody there can order hosts outside about, and nc does not tell a datagram
    that was sent back from one that was lost.
    """
    outsiders = {each.name for each in scenario.outsiders}
    probes = tuple(
        probe
        for probe in scenario.probes
        if probe.source not in outsiders and not (probe.udp and probe.port == ECHOING)
    )
    return replace(scenario, probes=probes)


def _probes(rng: Random, scenario: Scenario) -> tuple[Probe, ...]:
    """The most telling pings, and a few connections along the same ways."""
    ways = {
        (source.name, address): _weight(scenario, source, address)
        for source in (*scenario.instances, *scenario.outsiders)
        for address in _addresses(scenario)
        if _can_be_asked(scenario, source, address)
    }
    clear = _without_twins(scenario, ways)
    pings = [
        Probe(0, *way, count=rng.choice([1, 1, 2, 4]), data_bytes=rng.choice([56, 56, 0, 1000]))
        for way in _some_ways(rng, ways, PINGS_PER_NETWORK)
    ]
    connections = [
        Probe(0, *way, port=rng.choice([LISTENING, LISTENING, CLOSED]))
        for way in _some_ways(rng, clear, CONNECTIONS_PER_NETWORK)
    ]
    datagrams = [
        Probe(0, *way, port=rng.choice([ECHOING, DATAGRAM]), udp=True)
        for way in _some_ways(rng, clear, DATAGRAMS_PER_NETWORK)
    ]
    datagrams += [
        Probe(0, *way, port=ECHOING, udp=True)
        for way in _some_ways(rng, _to_nats(scenario, clear), MISLED_PER_NETWORK)
    ]
    return tuple(
        replace(each, number=number)
        for number, each in enumerate(pings + connections + datagrams, start=1)
    )


def _without_twins(scenario: Scenario, ways: dict[_Way, float]) -> dict[_Way, float]:
    """
    The ways from senders whose addresses nobody else has.

    An answer that finds its way to a twin of the sender is an answer lost. But
    a twin that gets one of TCP's answers resets a connection that it never
    opened, and what becomes of that is another story than that of the probe.
    """
    owners = Counter(address for each in scenario.instances for address in each.addresses)
    return {
        way: weight
        for way, weight in ways.items()
        if all(owners[address] <= 1 for address in scenario.addresses_of(way[0]))
    }


def _to_nats(scenario: Scenario, ways: dict[_Way, float]) -> dict[_Way, float]:
    """
    The ways to who sends the answers on to a NAT gateway.

    It takes a datagram for the first of a flow, whatever it answers, and sends
    it on as its own. Of pings and connections it takes nothing but beginnings.
    """
    return {way: weight for way, weight in ways.items() if _answers_by_nat(scenario, *way)}


def _answers_by_nat(scenario: Scenario, sender: str, address: Address) -> bool:
    """Whether a route to a NAT gateway is the one for answers from an address to a sender."""
    nats = {nat.name for nat in scenario.nats}
    for owner in scenario.instances:
        if address not in (*owner.addresses, owner.public):
            continue
        table = scenario.table_of(scenario.subnet(owner.subnet))
        same = (each for each in scenario.addresses_of(sender) if each.version == address.version)
        for asking in same:
            fitting = [each for each in table.routes if _inside(asking, [each.destination])]
            local = _inside(asking, scenario.vpc(table.vpc).cidrs)
            best = max(fitting, key=lambda each: each.destination.prefixlen, default=None)
            if best is not None and best.target in nats and not local:
                return True
    return False


def _some_ways(rng: Random, ways: dict[_Way, float], count: int) -> list[_Way]:
    """Up to *count* different ways, the heavier the likelier."""
    left = dict(ways)
    chosen: list[_Way] = []
    while left and len(chosen) < count:
        way = rng.choices(list(left), list(left.values()))[0]
        del left[way]
        chosen.append(way)
    return chosen


def _addresses(scenario: Scenario) -> list[Address]:
    """Where instances, gateways and hosts outside are, and some places where nobody is."""
    homes = {address for instance in scenario.instances for address in instance.addresses}
    empty = {subnet.cidrs[0].network_address + _NOBODY for subnet in scenario.subnets}
    found = homes | empty
    if scenario.outsiders:
        found |= {address for each in scenario.outsiders for address in each.addresses}
        found |= {*outdoors.public_addresses(scenario), *outdoors.NOBODY}
        found |= {nat.address for nat in scenario.nats if not nat.deleted}
    return sorted(found, key=lambda address: (address.version, address))


def _can_be_asked(scenario: Scenario, source: Instance | Outsider, address: Address) -> bool:
    """
    False for oneself, and for an address of one's own VPC where nobody is at home.

    Nobody has published what AWS records of the latter. Hosts outside ask
    public addresses alone, in the IP versions that they speak.
    """
    if source in scenario.outsiders:
        spoken = {own.version for own in source.addresses}
        private = [cidr for vpc in scenario.vpcs for cidr in vpc.cidrs if cidr.version == 4]
        return address.version in spoken and not _is_outside(scenario, address, private)
    assert isinstance(source, Instance)
    if address.version not in {own.version for own in source.addresses}:
        return False
    vpc = scenario.vpc_of(source)
    inside = _inside(address, scenario.vpc(vpc).cidrs)
    neighbours = {other for instance in scenario.instances_of(vpc) for other in instance.addresses}
    neighbours |= {
        nat.address for nat in scenario.nats if not nat.deleted and scenario.vpc_of(nat) == vpc
    }
    oneself = (*source.addresses, source.public)
    return address not in oneself and (not inside or address in neighbours)


def _is_outside(scenario: Scenario, address: Address, private: list[Network]) -> bool:
    """Whether an address is no business of those who ask from outside."""
    known = {address for each in scenario.outsiders for address in each.addresses}
    return address in known | set(outdoors.NOBODY) or _inside(address, private)


def _weight(scenario: Scenario, source: Instance | Outsider, address: Address) -> float:
    """How much there is to learn from a ping, judged by how many rules are on its way."""
    if source in scenario.outsiders:
        return 5
    assert isinstance(source, Instance)
    subnet = scenario.subnet(source.subnet)
    if _inside(address, subnet.cidrs):
        return 1
    if _inside(address, scenario.vpc(subnet.vpc).cidrs):
        return 2
    routes = scenario.table_of(subnet).routes
    if any(address in outsider.addresses for outsider in scenario.outsiders):
        return 30 if _is_translated(scenario, routes) else 7
    if not any(address in instance.addresses for instance in scenario.instances):
        return 0.5
    return 8 if _inside(address, [route.destination for route in routes]) else 1.5


def _is_translated(scenario: Scenario, routes: Iterable[Route]) -> bool:
    nats = {nat.name for nat in scenario.nats}
    return any(route.target in nats for route in routes)


def _inside(address: Address, cidrs: Iterable[Network]) -> bool:
    return any(address.version == cidr.version and address in cidr for cidr in cidrs)
