from __future__ import annotations

from dataclasses import replace

import pytest

from labkit.errors import NameNotFound, TopologyError
from labkit.network.topology import Peering, RouteTable, Topology
from labkit.network.walk import Fate


@pytest.fixture
def with_custom_table(two_vpcs, broken):
    """The first subnet of A with an empty table of its own, the second one on the main table."""
    topology = two_vpcs()
    custom = RouteTable(
        "rtb-own", "vpc-a", (broken.route("10.1.0.0/16", "local"),), frozenset({"subnet-a1"})
    )
    return replace(topology, route_tables={**topology.route_tables, "rtb-own": custom})


def test_a_subnet_uses_its_own_table_before_the_main_one(with_custom_table):
    assert with_custom_table.route_table_of("subnet-a1").route_table_id == "rtb-own"
    assert with_custom_table.route_table_of("subnet-a2").route_table_id == "rtb-a"


def test_routes_in_the_main_table_do_not_help_a_subnet_with_its_own(with_custom_table, ping):
    assert ping(with_custom_table, "app-a", "app-b").fate is Fate.NO_ROUTE
    assert ping(with_custom_table, "far-a", "app-b").answered


def test_subnets_without_a_table_follow_a_swap_of_the_main_one(with_custom_table):
    main, own = (with_custom_table.route_tables[each] for each in ("rtb-a", "rtb-own"))
    tables = {"rtb-a": replace(main, main=False), "rtb-own": replace(own, main=True)}
    swapped = replace(with_custom_table, route_tables=tables)
    assert swapped.route_table_of("subnet-a2").route_table_id == "rtb-own"


def test_a_subnet_may_name_the_main_table_itself(two_vpcs):
    topology = two_vpcs()
    main = replace(topology.route_tables["rtb-a"], subnet_ids=frozenset({"subnet-a1"}))
    topology = replace(topology, route_tables={**topology.route_tables, "rtb-a": main})
    assert topology.route_table_of("subnet-a1") == main


def test_main_tables_belong_to_their_vpc(two_vpcs):
    assert two_vpcs().route_table_of("subnet-b1").route_table_id == "rtb-b"


@pytest.mark.parametrize(
    ("table", "ask"),
    [
        ("route_tables", lambda topology: topology.route_table_of("subnet-a1")),
        ("network_acls", lambda topology: topology.network_acl_of("subnet-a1")),
        ("subnets", lambda topology: topology.subnet("subnet-a1")),
        ("vpcs", lambda topology: topology.vpc("vpc-a")),
        ("security_groups", lambda topology: topology.security_group("sg-a")),
        ("peerings", lambda topology: topology.peering("pcx-ab")),
        ("prefix_lists", lambda topology: topology.prefix_list("pl-1")),
    ],
)
def test_what_is_missing_from_the_snapshot_is_named(two_vpcs, table, ask):
    with pytest.raises(TopologyError, match=r"(subnet-a1|vpc-a|sg-a|pcx-ab|pl-1).*snapshot"):
        ask(replace(two_vpcs(), **{table: {}}))


def test_a_private_address_means_something_only_inside_its_vpc(two_vpcs):
    topology = two_vpcs()
    app_a = topology.interfaces["eni-app-a"]
    for address in app_a.addresses:
        assert topology.interface_at("vpc-a", address) == app_a
        assert topology.interface_at("vpc-b", address) is None


@pytest.mark.parametrize(
    "handle", ["app-a", "i-app-a", "eni-app-a", "10.1.1.10", "2001:db8:a:1::10"]
)
def test_an_interface_goes_by_many_names(two_vpcs, handle):
    assert two_vpcs().find_interface(handle).interface_id == "eni-app-a"


def test_an_instance_answers_with_its_primary_interface(two_vpcs, broken):
    second = {"name": "app-a", "instance_id": "i-app-a", "device_index": 1}
    topology = broken.interface(two_vpcs(), "eni-app-b", **second)
    topology = replace(topology, interfaces=dict(reversed(topology.interfaces.items())))
    assert topology.find_interface("i-app-a").interface_id == "eni-app-a"
    assert topology.find_interface("eni-app-b").device_index == 1


def test_a_name_borne_twice_finds_the_same_interface_in_any_order(two_vpcs, broken):
    topology = broken.interface(two_vpcs(), "eni-app-b", name="app-a")
    backwards = replace(topology, interfaces=dict(reversed(topology.interfaces.items())))
    assert topology.find_interface("app-a") == backwards.find_interface("app-a")


def test_an_unknown_name_lists_the_known_ones(two_vpcs):
    with pytest.raises(NameNotFound, match=r"Did you mean 'app-a'\? Known: app-a, app-b, far-a"):
        two_vpcs().find_interface("app-aa")


def test_no_name_finds_nothing(two_vpcs, broken):
    topology = broken.interface(two_vpcs(), "eni-app-a", name="")
    with pytest.raises(NameNotFound):
        topology.find_interface("")


def test_nothing_is_known_in_an_empty_network():
    with pytest.raises(NameNotFound, match="none yet"):
        Topology().find_interface("app-a")


@pytest.mark.parametrize(
    ("vpc", "other"), [("vpc-a", "vpc-b"), ("vpc-b", "vpc-a"), ("vpc-c", None)]
)
def test_a_peering_has_two_ends(vpc, other):
    assert other == Peering("pcx", "vpc-a", "vpc-b", "active").other_side(vpc)


@pytest.mark.parametrize(
    "status",
    [
        "initiating-request",
        "failed",
        "pending-acceptance",
        "expired",
        "rejected",
        "provisioning",
        "deleting",
        "deleted",
    ],
)
def test_only_an_active_peering_is_active(status):
    assert Peering("pcx", "vpc-a", "vpc-b", "active").is_active
    assert not Peering("pcx", "vpc-a", "vpc-b", status).is_active
