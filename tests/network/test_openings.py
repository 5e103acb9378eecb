"""What a change opens is found exactly: everything that passes now, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import many_gateways as gw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.network.blockers import obstacles
from labkit.network.filtering import network_acl_verdict, security_group_verdict
from labkit.network.openings import openings
from labkit.network.packet import Direction, Packet, echo_request
from labkit.network.routing import best_route
from labkit.network.topology import RouteState

law = settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
ADDRESSES = st.one_of(
    st.integers(0, 2**32 - 1).map(ip_address),
    st.builds("10.{}.{}.{}".format, st.integers(1, 3), st.integers(1, 2), st.integers(0, 31)).map(
        ip_address
    ),
)
ICMP = st.builds(
    lambda peer, icmp_type, code: Packet(peer, peer, 1, icmp_type=icmp_type, icmp_code=code),
    ADDRESSES,
    st.sampled_from((0, 3, 8, 11)),
    st.integers(0, 2),
)
PORTS = st.one_of(st.integers(0, 65535), st.sampled_from((22, 53, 80, 443, 40000)))
OTHER = st.builds(
    lambda peer, protocol, port: Packet(peer, peer, protocol, destination_port=port),
    ADDRESSES,
    st.sampled_from((6, 17, 47)),
    PORTS,
)


def passes(topology, component_id, packet, direction):
    """Whether the filters at an interface, or a subnet's ACL and routes, let a packet pass."""
    if component_id in topology.interfaces:
        interface = topology.interfaces[component_id]
        verdict = security_group_verdict(topology, interface, packet, direction)
        return (verdict is not None, None)
    entry = network_acl_verdict(topology.network_acl_of(component_id), packet, direction)
    route = None
    if direction is Direction.EGRESS:
        route = best_route(topology, topology.route_table_of(component_id), packet.destination)
    led = route is not None and route.state is RouteState.ACTIVE
    return (entry is not None and entry.allow, led)


def newly_passes(before, after, component_id, packet, direction):
    old, new = (passes(each, component_id, packet, direction) for each in (before, after))
    return any(now and not then for now, then in zip(new, old, strict=True))


@law
@given(data=st.data())
def test_of_any_packet_it_is_told_rightly_whether_it_passes_now_and_did_not_before(drawn, data):
    before, after = data.draw(drawn.topologies), data.draw(drawn.topologies)
    found = openings(before, after)
    peer = data.draw(st.one_of(ICMP, OTHER))
    for component_id in [*after.interfaces, *after.subnets]:
        own = after.interfaces.get(component_id)
        here = own.addresses[0] if own else after.subnets[component_id].cidrs[0].network_address
        for direction in Direction:
            ends = {"source": here} if direction is Direction.EGRESS else {"destination": here}
            packet = replace(peer, **ends)
            told = any(
                each.holds(packet)
                for each in found
                if (each.component_id, each.direction) == (component_id, direction)
            )

            assert told == newly_passes(before, after, component_id, packet, direction)


@law
@given(data=st.data())
def test_a_network_opens_nothing_to_itself(drawn, data):
    topology = data.draw(drawn.topologies)

    assert [] == openings(topology, topology)


@law
@given(data=st.data())
def test_a_rule_that_allows_more_than_its_neighbour_is_always_caught(drawn, broken, data):
    scenario = data.draw(drawn.scenarios)
    only = scenario.sender.group_ids[:1]
    topology = broken.interface(scenario.topology, scenario.sender.interface_id, group_ids=only)
    group = topology.security_groups[scenario.sender.group_ids[0]]
    narrow = data.draw(drawn.rules.filter(lambda rule: rule.cidr and rule.cidr.prefixlen > 0))
    wide = replace(narrow, cidr=narrow.cidr.supernet())
    with_narrow, with_wide = (
        replace(
            topology,
            security_groups={
                **topology.security_groups,
                group.group_id: replace(group, ingress=(rule,)),
            },
        )
        for rule in (narrow, wide)
    )
    places = {each.component_id for each in openings(with_narrow, with_wide)}

    assert scenario.sender.interface_id in places
    assert [] == openings(with_wide, with_narrow)


@law
@given(data=st.data())
def test_lifting_an_obstacle_opens_nothing_but_what_the_packet_needs(drawn, data):
    scenario = data.draw(drawn.scenarios)
    found = obstacles(scenario.topology, scenario.packet, scenario.sender)
    ends = {scenario.packet.source, scenario.packet.destination}
    ends |= {hop.packet.destination for hop in found.last.hops if hop.packet}
    for opening in openings(scenario.topology, found.lifted):
        if opening.where.startswith("routes"):
            continue
        for kind, networks in opening.pieces:
            assert kind.protocols.low == kind.protocols.high
            assert all(network.num_addresses == 1 for network in networks)
            assert {network.network_address for network in networks} <= ends


@pytest.fixture
def net(two_vpcs):
    return two_vpcs()


def texts(before, after):
    return [str(each) for each in openings(before, after)]


def test_an_opened_group_is_told_in_one_line(net, broken):
    shut = broken.group(net, "sg-b", ingress=())
    wide = broken.group(net, "sg-b", ingress=(broken.allow("all"),))

    assert "security groups of app-b (eni-app-b), ingress: all traffic from 0.0.0.0/0" in texts(
        shut, wide
    )


def test_only_what_is_new_is_told(net, broken):
    ping = broken.group(net, "sg-b", ingress=(broken.allow("icmp", 8, peer="10.1.0.0/16"),))
    more = broken.group(
        net, "sg-b", ingress=(broken.allow("icmp", peer="10.1.0.0/16"), broken.allow("tcp", 22, 22))
    )

    assert (
        "security groups of app-b (eni-app-b), ingress: TCP 22 from 0.0.0.0/0; "
        "ICMP type 0-7, 9-255 from 10.1.0.0/16"
    ) in texts(ping, more)


def test_a_deny_that_was_deleted_opens_what_it_denied(net, broken):
    denied = broken.entries(net, "acl-b", broken.entry(90, "in", "deny", "icmp", "10.1.0.0/16"))

    assert [
        "network ACL of subnet b1 (subnet-b1), ingress: all ICMP from 10.1.0.0/16",
        "network ACL of subnet b2 (subnet-b2), ingress: all ICMP from 10.1.0.0/16",
    ] == texts(denied, net)


def test_a_default_route_opens_the_way_to_everywhere_else(net, broken):
    wide = broken.routes(
        net, "rtb-a", broken.route("10.2.0.0/16", "pcx-ab"), broken.route("0.0.0.0/0", "igw-a")
    )
    [told] = [each for each in openings(net, wide) if each.component_id == "subnet-a1"]

    assert told.holds(echo_request(ip_address("10.1.1.10"), ip_address("8.8.8.8")))
    assert not told.holds(echo_request(ip_address("10.1.1.10"), ip_address("10.2.1.10")))


def test_joining_a_group_that_others_refer_to_opens_those_others(net, broken):
    referring = broken.group(net, "sg-b", ingress=(broken.allow("all", peer="sg-friends"),))
    friends = replace(net.security_groups["sg-a"], group_id="sg-friends", ingress=(), egress=())
    groups = {**referring.security_groups, "sg-friends": friends}
    before = replace(referring, security_groups=groups)
    joined = broken.interface(before, "eni-app-a", group_ids=("sg-a", "sg-friends"))

    assert any(each.component_id == "eni-app-b" for each in openings(before, joined))


# Gateways.


def test_a_public_address_opens_an_interface_to_everybody():
    after = gw.changed(
        {"change": {"set": {"interfaces": {"eni-private-a": {"public_address": "54.0.0.12"}}}}}
    )
    assert [str(each) for each in openings(gw.NETWORK, after)] == [
        "public address of private-a (eni-private-a), ingress: all traffic from 0.0.0.0/0"
    ]


def test_a_route_of_a_transit_gateway_opens_what_it_leads_to():
    routes = [["10.1.0.0/16", "att-a"], ["10.2.0.0/16", "att-b"], ["10.3.0.0/16", "att-b"]]
    after = gw.changed({"change": {"transit_routes": routes}})
    assert [str(each) for each in openings(gw.NETWORK, after)] == [
        "routes of the transit gateway's tgw-rtb-1, egress: all traffic to 10.3.0.0/16"
    ]


def test_a_default_route_to_a_nat_gateway_opens_the_internet():
    before = gw.changed({"change": {"routes": {"rtb-a2": []}}})
    after = gw.changed({"change": {"routes": {"rtb-a2": [["0.0.0.0/0", "nat-a"]]}}})
    opened = openings(before, after)
    assert [each.component_id for each in opened] == ["subnet-a2", "subnet-a3"]
    assert openings(after, before) == []
