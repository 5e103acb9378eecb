"""Changes on paper: one thing differs, route states follow, and what was given stays as it was."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from labkit.network import edits
from labkit.network.packet import Direction
from labkit.network.topology import (
    NetworkAcl,
    NetworkAclEntry,
    Route,
    RouteState,
    SecurityGroupRule,
    TargetKind,
)

ANYWHERE = ip_network("0.0.0.0/0")
TO_B = ip_network("10.2.0.0/16")
IN = Direction.INGRESS


@pytest.fixture
def net(two_vpcs):
    return two_vpcs()


def routes(topology, table_id="rtb-a"):
    return {route.destination: route for route in topology.route_tables[table_id].routes}


def test_a_route_takes_the_place_of_one_to_the_same_destination(net):
    route = Route(TO_B, TargetKind.INTERNET_GATEWAY, "igw-a")
    changed = edits.with_route(net, "rtb-a", route)

    assert route == routes(changed)[TO_B]
    assert len(routes(net)) == len(routes(changed))


def test_a_route_taken_away_is_gone_and_put_back_is_there(net):
    without = edits.without_route(net, "rtb-a", TO_B)

    assert TO_B not in routes(without)
    assert routes(net) == routes(edits.with_route(without, "rtb-a", routes(net)[TO_B]))


def test_the_network_given_stays_as_it_was(net, two_vpcs):
    edits.without_route(net, "rtb-a", TO_B)
    edits.with_peering(net, replace(net.peerings["pcx-ab"], status="deleted"))

    assert two_vpcs() == net


def test_routes_through_a_peering_connection_follow_its_state(net):
    deleted = edits.with_peering(net, replace(net.peerings["pcx-ab"], status="deleted"))
    back = edits.with_peering(deleted, net.peerings["pcx-ab"])

    assert RouteState.BLACKHOLE is routes(deleted)[TO_B].state
    assert net == back


def test_routes_to_a_detached_gateway_are_blackholes(net):
    attached = edits.with_gateway(net, "igw-new", "vpc-a")
    routed = edits.with_route(
        attached, "rtb-a", Route(ANYWHERE, TargetKind.INTERNET_GATEWAY, "igw-new")
    )
    detached = edits.with_gateway(routed, "igw-new", None)

    assert RouteState.ACTIVE is routes(routed)[ANYWHERE].state
    assert RouteState.BLACKHOLE is routes(detached)[ANYWHERE].state
    assert "igw-new" not in detached.internet_gateways


def test_a_successor_takes_over_the_routes_of_a_deleted_peering_connection(net):
    former = net.peerings["pcx-ab"]
    gone = edits.with_peering(net, replace(former, status="deleted"))
    successor = replace(former, peering_id="pcx-new")
    led = edits.with_peering(edits.with_routes_to(gone, successor), successor)

    assert ("pcx-new", RouteState.ACTIVE) == (
        routes(led)[TO_B].target_id,
        routes(led)[TO_B].state,
    )


def test_a_rule_added_twice_is_there_once_and_taken_away_is_gone(net):
    rule = SecurityGroupRule(6, 80, 80, cidr=ANYWHERE)
    once = edits.with_rule(net, "sg-b", IN, rule)

    assert once == edits.with_rule(once, "sg-b", IN, rule)
    assert net == edits.without_rule(once, "sg-b", IN, rule)


def test_an_entry_takes_the_place_of_the_one_with_its_number_and_direction(net):
    [acl_id] = [each.network_acl_id for each in net.network_acls.values() if each.vpc_id == "vpc-b"]
    deny = NetworkAclEntry(100, egress=False, allow=False, cidr=ANYWHERE)
    entries = edits.with_entry(net, acl_id, deny).network_acls[acl_id].entries

    assert deny in entries
    assert 1 == sum(each.number == 100 and not each.egress for each in entries)
    assert (
        deny not in edits.without_entry(net, acl_id, 100, egress=False).network_acls[acl_id].entries
    )


def test_a_subnet_has_one_network_acl_and_one_table_at_most(net):
    fresh = NetworkAcl("acl-new", "vpc-b", ())
    changed = edits.with_table_of(edits.with_acl_of(net, "subnet-b1", fresh), "subnet-b1", "rtb-b")

    assert "acl-new" == changed.network_acl_of("subnet-b1").network_acl_id
    assert 1 == sum("subnet-b1" in each.subnet_ids for each in changed.network_acls.values())
    assert 1 == sum("subnet-b1" in each.subnet_ids for each in changed.route_tables.values())


def test_the_active_peering_connection_of_two_vpcs_comes_first_and_a_dead_one_never(net):
    dead = replace(net.peerings["pcx-ab"], peering_id="pcx-0", status="deleted")
    both = replace(net, peerings={"pcx-0": dead, **net.peerings})

    assert "pcx-ab" == edits.peering_between(both, "vpc-b", "vpc-a").peering_id
    assert edits.peering_between(replace(net, peerings={"pcx-0": dead}), "vpc-a", "vpc-b") is None
