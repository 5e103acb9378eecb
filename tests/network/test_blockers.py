"""All obstacles on a way are found at once, in the order a packet meets them, and none twice."""

from __future__ import annotations

from dataclasses import replace

import many_gateways as gw
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from labkit.network.blockers import home_of, needed_entry, needed_rule, obstacles
from labkit.network.packet import Direction, Packet, echo_request
from labkit.network.topology import HostState, TargetKind
from labkit.network.walk import Fate, Leg

law = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@pytest.fixture
def found(two_vpcs):
    """Finds what stands between app-a and app-b after some changes to the healthy network."""

    def found(*changes):
        topology = two_vpcs()
        for change in changes:
            topology = change(topology)
        sender, receiver = (topology.find_interface(name) for name in ("app-a", "app-b"))
        packet = echo_request(sender.addresses[0], receiver.addresses[0])
        return obstacles(topology, packet, sender)

    return found


def told(obstacles):
    return [(str(each.fate), str(each.leg)) for each in obstacles.blockers]


def test_a_healthy_way_has_no_obstacles(found):
    assert ((), Fate.ANSWERED) == (found().blockers, found().last.fate)


def test_obstacles_one_behind_the_other_are_all_found_in_the_order_of_the_way(found, broken):
    everything = found(
        lambda t: broken.routes(t, "rtb-a"),
        lambda t: broken.routes(t, "rtb-b"),
        lambda t: broken.group(t, "sg-a", egress=()),
        lambda t: broken.group(t, "sg-b", ingress=()),
        lambda t: broken.entries(t, "acl-a", broken.entry(90, "in", "deny")),
        lambda t: broken.entries(t, "acl-b", broken.entry(90, "out", "deny")),
        lambda t: broken.host(t, "eni-app-b", answers_echo=False),
    )

    assert [
        ("denied by security group", "request"),
        ("no route", "request"),
        ("denied by security group", "request"),
        ("host does not answer", "request"),
        ("denied by network ACL", "reply"),
        ("no route", "reply"),
        ("denied by network ACL", "reply"),
    ] == told(everything)
    assert everything.last.answered


def test_behind_a_missing_route_the_peering_that_is_pending_is_found_too(found, broken):
    pending = found(
        lambda t: broken.routes(t, "rtb-a"),
        lambda t: broken.peering(t, "pcx-ab", status="pending-acceptance"),
    )

    assert [Fate.NO_ROUTE, Fate.BLACKHOLE] == [each.fate for each in pending.blockers][:2]
    assert pending.last.answered


def test_a_network_without_any_peering_is_lifted_as_if_it_had_one(found):
    alone = found(lambda t: replace(t, peerings={}, route_tables=_without_peerings(t)))

    assert [("no route", "request"), ("no route", "reply")] == told(alone)
    assert alone.last.answered


def _without_peerings(topology):
    return {
        table_id: replace(
            table,
            routes=tuple(r for r in table.routes if r.target is not TargetKind.PEERING),
        )
        for table_id, table in topology.route_tables.items()
    }


def test_a_host_that_is_down_does_not_hide_what_is_wrong_behind_it(found, broken):
    down = found(
        lambda t: broken.host(t, "eni-app-b", state=HostState.STOPPED),
        lambda t: broken.routes(t, "rtb-b"),
    )

    assert [("host is not running", "request"), ("no route", "reply")] == told(down)


def test_an_address_that_nobody_has_is_the_end(two_vpcs):
    topology = two_vpcs()
    sender = topology.find_interface("app-a")
    nobody = next(iter(topology.vpcs["vpc-b"].cidrs))[999]
    lost = obstacles(topology, echo_request(sender.addresses[0], nobody), sender)

    assert [Fate.NO_SUCH_ADDRESS] == [each.fate for each in lost.blockers]
    assert not lost.last.answered


def test_a_route_to_what_the_lab_does_not_simulate_is_said_to_be_unknown(found, broken):
    nat = found(lambda t: broken.routes(t, "rtb-a", broken.route("10.2.0.0/16", "nat-1")))

    assert ((), None) == (nat.blockers, nat.last)
    assert "NAT gateway" in nat.unknown


def test_what_is_needed_is_as_narrow_as_the_packet(two_vpcs):
    topology = two_vpcs()
    one, other = (topology.find_interface(name).addresses[0] for name in ("app-a", "app-b"))
    ping = needed_rule(echo_request(one, other), Direction.INGRESS)
    answer = needed_entry(Packet(other, one, 6, 22, 40000), Direction.INGRESS, 7)

    assert (1, 8, -1, f"{one}/32") == (ping.protocol, ping.from_port, ping.to_port, str(ping.cidr))
    assert (7, (1024, 65535), f"{other}/32") == (answer.number, answer.ports, str(answer.cidr))


def test_the_nearest_of_two_equal_addresses_is_meant(two_vpcs):
    topology = two_vpcs()
    address = topology.find_interface("app-b").addresses[0]

    assert "vpc-b" == home_of(topology, address, "vpc-a").vpc_id


@law
@given(data=st.data())
def test_the_first_obstacle_is_where_the_walk_ends(drawn, data):
    scenario = data.draw(drawn.scenarios)
    found = obstacles(scenario.topology, scenario.packet, scenario.sender)
    walked = scenario.walk()

    assert walked.answered == (not found.blockers)
    assert walked == (found.blockers[0].walk if found.blockers else found.last)


@law
@given(data=st.data())
def test_between_two_hosts_everything_that_stands_in_the_way_can_be_lifted(drawn, data):
    scenario = data.draw(drawn.scenarios)
    receiver = [
        each
        for each in scenario.topology.interfaces.values()
        if scenario.packet.destination in each.addresses
    ]
    assume(receiver)

    assert obstacles(scenario.topology, scenario.packet, scenario.sender).last.answered


@law
@given(data=st.data())
def test_no_obstacle_is_found_twice_and_the_reply_meets_its_own_after_those_of_the_request(
    drawn, data
):
    scenario = data.draw(drawn.scenarios)
    found = obstacles(scenario.topology, scenario.packet, scenario.sender).blockers
    places = [(b.leg, b.hop.station, b.hop.component_ids, b.hop.direction, b.fate) for b in found]

    assert len(set(places)) == len(places)
    assert sorted(found, key=lambda each: each.leg is Leg.REPLY) == list(found)


# Ways through gateways.

NOTHING_LIFTS = {
    "a protocol that NAT gateways do not translate",
    "a ping to the NAT gateway itself",
    "a scan of the NAT gateway from outside",
    "a ping through a NAT gateway to its own public address",
    "nobody known outside",
    "a scan of an address that nobody has",
    "IPv6 from outside to a host behind an egress-only gateway",
    "IPv6 from outside where the VPC has no internet gateway at all",
    "a unique local address on the IPv6 default route",
    "a datagram to a gateway endpoint",
    "an address of S3 that nobody knows more of",
    "from a transit gateway on over a peering connection",
    "from a peer on to the VPC behind it",
    "a transit gateway that sends back what it gets",
    "another VPC's gateway endpoint",
    "a route to an interface that forwards nothing",
    "the answer leaves by a NAT gateway under another address",
    "an echo reply for which the NAT gateway knows no request",
}


@pytest.mark.parametrize("case", gw.CASES, ids=[case["case"] for case in gw.CASES])
def test_obstacles_on_ways_through_gateways_are_lifted_where_anything_lifts_them(case):
    topology, sender = gw.changed(case), gw.sender(case)

    found = obstacles(topology, gw.walked(case).packet, sender)

    assert found.last is not None
    assert (case["case"] not in NOTHING_LIFTS) is found.last.answered


def test_all_obstacles_along_a_nat_gateway_and_an_internet_gateway_are_found_at_once():
    change = {
        "routes": {"rtb-a2": [], "rtb-a1": []},
        "deny": {"acl-a1": [["in", "10.1.2.0/24"], ["out", "10.1.2.0/24"]]},
    }
    case = {"from": "private-a", "to": "198.51.100.1", "change": change}

    found = obstacles(gw.changed(case), gw.walked(case).packet, gw.sender(case))

    assert told(found) == [
        ("no route", "request"),
        ("denied by network ACL", "request"),
        ("no route", "request"),
        ("denied by network ACL", "reply"),
    ]
    assert found.last.answered


def test_obstacles_that_bring_each_other_back_are_told_once_each():
    """A NAT gateway in the very subnet that goes out by it: one obstacle lifted makes the other."""
    nat_id, nat = next(iter(gw.changed({"change": {}}).nat_gateways.items()))
    case = {"from": "private-a", "to": "198.51.100.1", "change": {}}
    topology, sender = gw.changed(case), gw.sender(case)
    interface = topology.interfaces[nat.interface_id]
    moved = replace(interface, subnet_id=sender.subnet_id)
    topology = replace(
        topology,
        interfaces={**topology.interfaces, moved.interface_id: moved},
        nat_gateways={**topology.nat_gateways, nat_id: replace(nat, subnet_id=sender.subnet_id)},
    )

    found = obstacles(topology, gw.walked(case).packet, sender)

    ends = [(each.fate, each.hop.component_ids) for each in found.blockers]
    assert found.blockers[0].fate is Fate.ROUTING_LOOP
    assert len(ends) == len(set(ends))
    assert found.unknown == ""
