from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from labkit.errors import TopologyError
from labkit.network.packet import TrafficPath
from labkit.network.peering import carries, entered_vpc
from labkit.network.topology import (
    Interface,
    NetworkAcl,
    Peering,
    RouteTable,
    Subnet,
    TargetKind,
    Vpc,
)
from labkit.network.walk import Fate, Leg, Station


@pytest.fixture
def chain(two_vpcs, broken):
    """A third VPC, peered with b and not with a: a - b - c, with routes as if that were enough."""
    topology = two_vpcs()
    opened = topology.network_acls["acl-b"].entries
    group = topology.security_groups["sg-b"]
    to_everyone = broken.route("10.0.0.0/8", "pcx-bc")
    topology = replace(
        topology,
        vpcs={**topology.vpcs, "vpc-c": Vpc("vpc-c", (ip_network("10.3.0.0/16"),), "vpc c")},
        subnets={
            **topology.subnets,
            "subnet-c1": Subnet("subnet-c1", "vpc-c", (ip_network("10.3.1.0/24"),)),
        },
        interfaces={
            **topology.interfaces,
            "eni-app-c": Interface(
                "eni-app-c", "subnet-c1", "vpc-c", (ip_address("10.3.1.10"),), ("sg-c",), "app-c"
            ),
        },
        route_tables={
            **topology.route_tables,
            "rtb-c": RouteTable(
                "rtb-c", "vpc-c", (broken.route("10.3.0.0/16", "local"), to_everyone), main=True
            ),
        },
        security_groups={
            **topology.security_groups,
            "sg-c": replace(group, group_id="sg-c", vpc_id="vpc-c"),
        },
        network_acls={
            **topology.network_acls,
            "acl-c": NetworkAcl("acl-c", "vpc-c", opened, frozenset({"subnet-c1"})),
        },
        peerings={**topology.peerings, "pcx-bc": Peering("pcx-bc", "vpc-b", "vpc-c", "active")},
    )
    topology = broken.routes(topology, "rtb-a", broken.route("10.0.0.0/8", "pcx-ab"))
    return broken.routes(
        topology,
        "rtb-b",
        broken.route("10.1.0.0/16", "pcx-ab"),
        broken.route("10.3.0.0/16", "pcx-bc"),
    )


def test_neighbours_in_a_chain_reach_each_other(chain, ping):
    assert ping(chain, "app-a", "app-b").answered
    assert ping(chain, "app-b", "app-c").answered


@pytest.mark.parametrize(("sender", "target"), [("app-a", "app-c"), ("app-c", "app-a")])
def test_nothing_passes_through_a_vpc(chain, ping, sender, target):
    walked = ping(chain, sender, target)
    assert walked.fate is Fate.NOT_FOR_PEER
    assert walked.hops[-1].station is Station.PEERING
    assert walked.sightings == ()


def test_no_packet_for_the_internet_enters_a_peer(two_vpcs, broken, ping):
    topology = broken.routes(two_vpcs(), "rtb-a", broken.route("0.0.0.0/0", "pcx-ab"))
    assert ping(topology, "app-a", "198.51.100.7").fate is Fate.NOT_FOR_PEER
    assert ping(topology, "app-a", "app-b").answered


def test_a_secondary_block_of_the_entered_vpc_is_carried(two_vpcs):
    vpc = replace(
        two_vpcs().vpcs["vpc-b"], cidrs=tuple(map(ip_network, ("10.2.0.0/16", "10.9.0.0/16")))
    )
    assert carries(vpc, ip_address("10.9.1.1"))
    assert not carries(vpc, ip_address("10.8.1.1"))


def test_the_far_end_is_entered_from_either_side(two_vpcs):
    topology = two_vpcs()
    connection = topology.peerings["pcx-ab"]
    assert entered_vpc(topology, connection, "vpc-a").vpc_id == "vpc-b"
    assert entered_vpc(topology, connection, "vpc-b").vpc_id == "vpc-a"


def test_a_stranger_enters_nothing(two_vpcs):
    topology = two_vpcs()
    with pytest.raises(TopologyError, match="does not touch vpc-c"):
        entered_vpc(topology, topology.peerings["pcx-ab"], "vpc-c")


def test_a_far_end_in_another_account_is_not_in_the_snapshot(two_vpcs, ping):
    topology = two_vpcs()
    alone = replace(topology, vpcs={"vpc-a": topology.vpcs["vpc-a"]})
    with pytest.raises(TopologyError, match="vpc-b"):
        ping(alone, "app-a", "app-b")


def test_a_peering_across_regions_has_its_own_traffic_path(two_vpcs, broken, ping):
    topology = broken.peering(two_vpcs(), "pcx-ab", inter_region=True)
    paths = [each.traffic_path for each in ping(topology, "app-a", "app-b").sightings]
    assert paths == [TrafficPath.INTER_REGION_PEERING, None, TrafficPath.INTER_REGION_PEERING, None]


def test_a_route_may_cover_a_part_of_the_peer(two_vpcs, broken, ping):
    topology = broken.routes(two_vpcs(), "rtb-a", broken.route("10.2.1.10/32", "pcx-ab"))
    assert ping(topology, "app-a", "10.2.1.10").answered
    assert ping(topology, "app-a", "10.2.1.11").fate is Fate.NO_ROUTE


def test_a_return_route_that_misses_the_sender_loses_the_reply(two_vpcs, broken, ping):
    topology = broken.routes(two_vpcs(), "rtb-b", broken.route("10.1.2.0/24", "pcx-ab"))
    walked = ping(topology, "app-a", "app-b")
    assert (walked.fate, walked.leg) == (Fate.NO_ROUTE, Leg.REPLY)
    assert ping(topology, "far-a", "app-b").answered


def test_peerings_are_targets_by_kind(two_vpcs):
    kinds = {route.target for route in two_vpcs().route_tables["rtb-a"].routes}
    assert kinds == {TargetKind.LOCAL, TargetKind.PEERING}
