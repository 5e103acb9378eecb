from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import TopologyError
from labkit.network.routing import best_route, blocks
from labkit.network.topology import Route, RouteTable, TargetKind, Topology

PEER = ip_address("10.2.1.10")


def table(*routes: Route) -> RouteTable:
    return RouteTable("rtb", "vpc", routes)


def chosen(destination: str, *routes: Route, topology: Topology | None = None) -> str | None:
    route = best_route(topology or Topology(), table(*routes), ip_address(destination))
    return route.target_id if route else None


@pytest.fixture
def to(broken):
    """Makes a route in short."""
    return broken.route


def test_the_longest_prefix_wins(to):
    routes = (
        to("0.0.0.0/0", "igw-1"),
        to("10.2.1.0/24", "pcx-long"),
        to("10.2.0.0/16", "pcx-wide"),
    )
    assert chosen("10.2.1.10", *routes) == "pcx-long"
    assert chosen("10.2.9.10", *routes) == "pcx-wide"
    assert chosen("192.0.2.1", *routes) == "igw-1"


def test_the_example_of_the_user_guide_keeps_the_vpc_local(to):
    routes = (
        to("10.0.0.0/16", "local"),
        to("172.31.0.0/16", "pcx-1"),
        to("0.0.0.0/0", "igw-1"),
    )
    assert [chosen(each, *routes) for each in ("10.0.3.4", "172.31.9.9", "8.8.8.8")] == [
        "local",
        "pcx-1",
        "igw-1",
    ]


def test_no_match_is_none(to):
    assert chosen("10.3.0.1", to("10.2.0.0/16", "pcx-1")) is None


def test_an_empty_table_has_no_route():
    assert chosen("10.3.0.1") is None


def test_a_route_for_one_address_takes_that_address_alone(to):
    routes = (to("10.2.1.10/32", "pcx-one"), to("10.2.0.0/16", "pcx-rest"))
    assert chosen("10.2.1.10", *routes) == "pcx-one"
    assert chosen("10.2.1.11", *routes) == "pcx-rest"


def test_a_blackhole_attracts_and_does_not_fall_through(to):
    route = best_route(
        Topology(), table(to("0.0.0.0/0", "igw-1"), to("10.2.0.0/16", "pcx-1", "blackhole")), PEER
    )
    assert route == to("10.2.0.0/16", "pcx-1", "blackhole")


def test_families_are_looked_up_apart(to):
    assert chosen("2001:db8::1", to("0.0.0.0/0", "igw-4")) is None
    assert chosen("10.2.0.1", to("::/0", "igw-6")) is None
    assert chosen("2001:db8::1", to("0.0.0.0/0", "igw-4"), to("::/0", "igw-6")) == "igw-6"


def test_local_comes_first_among_equal_prefixes(to):
    routes = (to("10.1.0.0/16", "vgw-1"), to("10.1.0.0/16", "local"))
    assert chosen("10.1.2.3", *routes) == "local"


def test_a_static_route_beats_a_propagated_one_of_equal_prefix(to):
    routes = (
        to("10.2.0.0/16", "vgw-1", propagated=True),
        to("10.2.0.0/16", "pcx-1"),
    )
    assert chosen("10.2.1.10", *routes) == "pcx-1"
    assert chosen("10.2.1.10", *reversed(routes)) == "pcx-1"


def test_a_longer_propagated_route_beats_a_static_one(to):
    routes = (to("10.2.1.0/24", "vgw-1", propagated=True), to("10.2.0.0/16", "pcx-1"))
    assert chosen("10.2.1.10", *routes) == "vgw-1"


def test_a_propagated_route_never_takes_what_is_local(to):
    routes = (to("10.1.0.0/16", "local"), to("10.1.1.0/24", "vgw-1", propagated=True))
    assert chosen("10.1.1.1", *routes) == "local"


def test_a_static_route_may_be_narrower_than_local(to):
    routes = (to("10.1.0.0/16", "local"), to("10.1.1.0/24", "eni-firewall"))
    assert chosen("10.1.1.1", *routes) == "eni-firewall"


@pytest.fixture
def by_list():
    """Makes a route by a prefix list, and a topology in which the list is known."""

    def made(list_id: str, target_id: str, *cidrs: str, propagated: bool = False):
        route = Route(None, TargetKind.PEERING, target_id, prefix_list_id=list_id)
        return replace(route, propagated=propagated), tuple(map(ip_network, cidrs))

    return made


def test_a_prefix_list_stands_for_its_blocks(by_list):
    route, cidrs = by_list("pl-1", "pcx-1", "10.2.0.0/16", "10.3.0.0/16")
    topology = Topology(prefix_lists={"pl-1": cidrs})
    assert blocks(topology, route) == cidrs
    assert chosen("10.3.0.1", route, topology=topology) == "pcx-1"
    assert chosen("10.4.0.1", route, topology=topology) is None


def test_a_static_block_beats_a_prefix_list_of_equal_length(by_list, to):
    route, cidrs = by_list("pl-1", "pcx-list", "10.2.0.0/16")
    topology = Topology(prefix_lists={"pl-1": cidrs})
    assert chosen("10.2.0.1", route, to("10.2.0.0/16", "pcx-1"), topology=topology) == "pcx-1"


def test_a_prefix_list_beats_a_propagated_route_of_equal_length(by_list, to):
    route, cidrs = by_list("pl-1", "pcx-list", "10.2.0.0/16")
    topology = Topology(prefix_lists={"pl-1": cidrs})
    propagated = to("10.2.0.0/16", "vgw-1", propagated=True)
    assert chosen("10.2.0.1", propagated, route, topology=topology) == "pcx-list"


def test_a_longer_block_in_a_prefix_list_wins(by_list, to):
    route, cidrs = by_list("pl-1", "pcx-list", "10.0.0.0/8", "10.2.1.0/24")
    topology = Topology(prefix_lists={"pl-1": cidrs})
    assert chosen("10.2.1.1", route, to("10.2.0.0/16", "pcx-1"), topology=topology) == "pcx-list"
    assert chosen("10.2.2.1", route, to("10.2.0.0/16", "pcx-1"), topology=topology) == "pcx-1"


def test_two_prefix_lists_that_tie_are_chosen_between_always_alike(by_list):
    one, cidrs = by_list("pl-1", "pcx-1", "10.2.0.0/16")
    two, _ = by_list("pl-2", "pcx-2", "10.2.0.0/16")
    topology = Topology(prefix_lists={"pl-1": cidrs, "pl-2": cidrs})
    assert chosen("10.2.0.1", one, two, topology=topology) == chosen(
        "10.2.0.1", two, one, topology=topology
    )


def test_a_prefix_list_that_was_not_given_is_an_error(by_list):
    route, _ = by_list("pl-unknown", "pcx-1")
    with pytest.raises(TopologyError, match="pl-unknown"):
        chosen("10.2.0.1", route)


def test_the_list_of_a_gateway_endpoint_may_be_unknown(to):
    endpoint = Route(None, TargetKind.VPC_ENDPOINT, "vpce-1", prefix_list_id="pl-s3")
    assert chosen("10.2.0.1", endpoint, to("10.2.0.0/16", "pcx-1")) == "pcx-1"


def _by_hand(routes: tuple[Route, ...], destination) -> set[Route]:
    """Every route of the longest prefix, found by trying all lengths in turn."""
    if any(r.target is TargetKind.LOCAL and destination in r.destination for r in routes):
        routes = tuple(route for route in routes if not route.propagated)
    for length in range(32, -1, -1):
        block = ip_network((destination, length), strict=False)
        found = {route for route in routes if route.destination == block}
        if found:
            return found
    return set()


@settings(derandomize=True, deadline=None, max_examples=500)
@given(data=st.data())
def test_the_choice_agrees_with_trying_every_prefix_length(drawn, data):
    routes = data.draw(drawn.route_tables)
    destination = data.draw(drawn.addresses)
    expected = _by_hand(routes.routes, destination)
    actual = best_route(Topology(), routes, destination)
    assert expected == ({actual} if actual else set())
