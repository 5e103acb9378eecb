"""Ways to break a network: each changes one thing in a scenario and says what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final, TypeAlias

from linux_kernel import filter_faults, gateway_faults, routing_faults
from linux_kernel.scenario import Scenario

Fault: TypeAlias = Callable[[Random, Scenario], Scenario | None]

# Every fault with its weight: what is quick to break in practice is broken often here.
FAULTS: Final[dict[Fault, int]] = {
    routing_faults.route_removed: 18,
    routing_faults.route_narrowed: 12,
    routing_faults.route_misdirected: 10,
    routing_faults.routes_in_wrong_table: 6,
    routing_faults.association_missing: 4,
    routing_faults.peering_not_active: 6,
    routing_faults.stale_reference: 6,
    routing_faults.transit: 26,
    routing_faults.wide_route: 8,
    routing_faults.internet_route: 44,
    routing_faults.blackhole_in_front: 6,
    filter_faults.acl_refuses_all: 3,
    filter_faults.acl_forgets_answers: 44,
    filter_faults.acl_denies_first: 24,
    filter_faults.acl_entry_missing: 6,
    filter_faults.acl_wrong_type: 34,
    filter_faults.acl_wrong_ports: 8,
    filter_faults.acl_order_swapped: 8,
    filter_faults.group_lets_nothing_in: 2,
    filter_faults.group_lets_nothing_out: 2,
    filter_faults.group_rule_replaced: 26,
    filter_faults.instance_in_default_group: 3,
}

GATEWAY_FAULTS: Final[dict[Fault, int]] = {
    gateway_faults.gateway_detached: 4,
    gateway_faults.egress_only_gateway_deleted: 4,
    gateway_faults.nat_deleted: 5,
    gateway_faults.nat_private: 10,
    gateway_faults.nat_in_private_subnet: 12,
    gateway_faults.nat_towards_peer: 24,
    gateway_faults.default_route_misdirected: 20,
    gateway_faults.default_route_missing: 6,
    gateway_faults.peer_route_missing: 16,
    gateway_faults.public_address_missing: 8,
    gateway_faults.nat_acl_denies: 90,
    gateway_faults.transit_route_broken: 16,
    gateway_faults.transit_association_missing: 6,
    gateway_faults.transit_route_missing: 10,
}


def plant(
    rng: Random, scenario: Scenario, count: int, faults: Mapping[Fault, int] = FAULTS
) -> Scenario:
    """The network with *count* more faults in it."""
    count += len(scenario.faults)
    while len(scenario.faults) < count:
        fault = rng.choices(list(faults), list(faults.values()))[0]
        scenario = fault(rng, scenario) or scenario
    return scenario
