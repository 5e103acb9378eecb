from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from labkit.errors import NotSimulated, TopologyError
from labkit.network.packet import Direction, Packet, TrafficPath, echo_request
from labkit.network.topology import (
    HostState,
    Interface,
    NetworkAcl,
    Peering,
    RouteTable,
    Subnet,
    Vpc,
)
from labkit.network.walk import Fate, Leg, Station, Verdict, walk

A, B = ip_address("10.1.1.10"), ip_address("10.2.1.10")
A6, B6 = "2001:db8:a:1::10", "2001:db8:b:1::10"
SYN = Packet(A, B, 6, 40000, 22, tcp_flags=2, size_bytes=60)


def stations(walked, leg=Leg.REQUEST):
    return [hop.station for hop in walked.hops if hop.leg is leg]


# The order of stations


def test_a_packet_to_a_peer_passes_every_station_in_order(two_vpcs, ping):
    expected = [
        Station.SECURITY_GROUP,
        Station.NETWORK_ACL,
        Station.ROUTE_TABLE,
        Station.PEERING,
        Station.NETWORK_ACL,
        Station.SECURITY_GROUP,
        Station.HOST,
    ]
    walked = ping(two_vpcs(), "app-a", "app-b")
    assert expected == stations(walked)
    assert expected == stations(walked, Leg.REPLY)


def test_another_subnet_of_the_vpc_is_reached_by_the_local_route(two_vpcs, ping):
    walked = ping(two_vpcs(), "app-a", "far-a")
    assert Station.PEERING not in stations(walked)
    assert stations(walked).count(Station.NETWORK_ACL) == 2
    assert {TrafficPath.SAME_VPC, None} == {each.traffic_path for each in walked.sightings}


def test_neighbours_meet_only_each_others_security_groups(two_vpcs, ping):
    walked = ping(two_vpcs(), "app-a", "near-a")
    assert stations(walked) == [Station.SECURITY_GROUP, Station.SECURITY_GROUP, Station.HOST]


def test_neighbours_do_meet_each_others_security_groups(two_vpcs, broken, ping):
    topology = broken.group(two_vpcs(), "sg-a", ingress=())
    walked = ping(topology, "app-a", "near-a")
    assert (walked.fate, walked.leg) == (Fate.DENIED_BY_SECURITY_GROUP, Leg.REQUEST)


def test_each_hop_names_what_decided(two_vpcs, ping):
    topology = two_vpcs()
    walked = ping(topology, "app-a", "app-b")
    request = [hop for hop in walked.hops if hop.leg is Leg.REQUEST]
    rules = [
        topology.security_groups["sg-a"].egress[0],
        next(e for e in topology.network_acls["acl-a"].entries if e.egress and e.number == 100),
        topology.route_tables["rtb-a"].routes[2],
        None,
        next(e for e in topology.network_acls["acl-b"].entries if not e.egress and e.number == 100),
        topology.security_groups["sg-b"].ingress[0],
        None,
    ]
    assert rules == [hop.rule for hop in request]
    assert [
        ("sg-a",),
        ("acl-a",),
        ("rtb-a",),
        ("pcx-ab",),
        ("acl-b",),
        ("sg-b",),
        ("i-app-b",),
    ] == [hop.component_ids for hop in request]


def test_hops_say_where_they_are(two_vpcs, ping):
    walked = ping(two_vpcs(), "app-a", "app-b")
    places = [(hop.vpc_id, hop.subnet_id, hop.interface_id, hop.direction) for hop in walked.hops]
    at_a, at_b = ("vpc-a", "subnet-a1", "eni-app-a"), ("vpc-b", "subnet-b1", "eni-app-b")
    assert places[:7] == [
        (*at_a, Direction.EGRESS),
        (*at_a, Direction.EGRESS),
        (*at_a, None),
        ("vpc-a", None, None, None),
        (*at_b, Direction.INGRESS),
        (*at_b, Direction.INGRESS),
        (*at_b, None),
    ]


# The answer's way back


def test_the_groups_let_a_tracked_answer_pass_unasked(two_vpcs, ping):
    walked = ping(two_vpcs(), "app-a", "app-b")
    back = [hop for hop in walked.hops if hop.leg is Leg.REPLY]
    assert [Verdict.TRACKED, Verdict.TRACKED] == [
        hop.verdict for hop in back if hop.station is Station.SECURITY_GROUP
    ]


def test_tracking_is_of_the_flow_and_not_of_the_hosts(two_vpcs, broken, ping):
    topology = broken.group(two_vpcs(), "sg-a", ingress=())
    assert ping(topology, "app-a", "app-b").answered
    assert not ping(topology, "app-b", "app-a").answered


def test_network_acls_judge_the_answer_on_its_own(two_vpcs, broken, ping):
    entry = broken.entry(1, "in", "deny", "icmp", icmp_type=0)
    walked = ping(broken.entries(two_vpcs(), "acl-a", entry), "app-a", "app-b")
    assert (walked.fate, walked.leg) == (Fate.DENIED_BY_NETWORK_ACL, Leg.REPLY)


def test_a_ping_needs_four_things_of_two_network_acls(two_vpcs, broken, ping):
    topology = two_vpcs()
    kinds = {"acl-a": (8, 0), "acl-b": (0, 8)}
    for acl_id, (out, back) in kinds.items():
        entries = (
            broken.entry(10, "out", "allow", "icmp", icmp_type=out),
            broken.entry(10, "in", "allow", "icmp", icmp_type=back),
        )
        acl = replace(topology.network_acls[acl_id], entries=entries)
        topology = replace(topology, network_acls={**topology.network_acls, acl_id: acl})
    assert ping(topology, "app-a", "app-b").answered
    for acl_id in kinds:
        acl = topology.network_acls[acl_id]
        for lost in acl.entries:
            less = replace(acl, entries=tuple(each for each in acl.entries if each is not lost))
            changed = replace(topology, network_acls={**topology.network_acls, acl_id: less})
            assert ping(changed, "app-a", "app-b").fate is Fate.DENIED_BY_NETWORK_ACL


@pytest.fixture
def twins(two_vpcs, broken):
    """A third VPC with the very block and host address of A, peered with b as A is."""
    topology = two_vpcs()
    group = replace(topology.security_groups["sg-a"], group_id="sg-t", vpc_id="vpc-t")
    entries = topology.network_acls["acl-a"].entries
    table = RouteTable("rtb-t", "vpc-t", (broken.route("10.1.0.0/16", "local"),), main=True)
    topology = replace(
        topology,
        vpcs={**topology.vpcs, "vpc-t": Vpc("vpc-t", (ip_network("10.1.0.0/16"),))},
        subnets={
            **topology.subnets,
            "subnet-t": Subnet("subnet-t", "vpc-t", (ip_network("10.1.1.0/24"),)),
        },
        interfaces={
            **topology.interfaces,
            "eni-twin": Interface("eni-twin", "subnet-t", "vpc-t", (A,), ("sg-t",), "twin"),
        },
        route_tables={**topology.route_tables, "rtb-t": table},
        security_groups={**topology.security_groups, "sg-t": group},
        network_acls={
            **topology.network_acls,
            "acl-t": NetworkAcl("acl-t", "vpc-t", entries, frozenset({"subnet-t"})),
        },
        peerings={**topology.peerings, "pcx-tb": Peering("pcx-tb", "vpc-t", "vpc-b", "active")},
    )
    return broken.routes(topology, "rtb-b", broken.route("10.1.0.0/16", "pcx-tb"))


def test_an_answer_follows_the_repliers_table_to_whoever_has_the_address(twins, broken, ping):
    open_to_all = broken.group(twins, "sg-t", ingress=(broken.allow("all"),))
    walked = ping(open_to_all, "eni-app-a", "app-b")
    assert (walked.fate, walked.leg) == (Fate.REPLY_ASTRAY, Leg.REPLY)
    assert [each.interface_id for each in walked.sightings] == [
        "eni-app-a",
        "eni-app-b",
        "eni-app-b",
        "eni-twin",
    ]


def test_a_stray_answer_is_no_tracked_flow_where_it_lands(twins, ping, sightings_of):
    walked = ping(twins, "eni-app-a", "app-b")
    assert (walked.fate, walked.leg) == (Fate.DENIED_BY_SECURITY_GROUP, Leg.REPLY)
    assert sightings_of(walked)[-1] == "eni-twin in REJECT"


def test_a_narrower_route_brings_the_answer_home(twins, broken, ping):
    routes = (broken.route("10.1.0.0/16", "pcx-tb"), broken.route("10.1.1.10/32", "pcx-ab"))
    assert ping(broken.routes(twins, "rtb-b", *routes), "eni-app-a", "app-b").answered


# Protocols


def test_ipv6_pings_are_answered(two_vpcs, ping):
    walked = ping(two_vpcs(), "app-a", B6)
    assert walked.fate is Fate.ANSWERED
    assert {58} == {each.packet.protocol for each in walked.sightings}
    assert walked.sightings[0].packet.size_bytes == 104


def test_ipv6_needs_its_own_route(two_vpcs, broken, ping):
    topology = broken.routes(two_vpcs(), "rtb-a", broken.route("10.2.0.0/16", "pcx-ab"))
    assert ping(topology, "app-a", "app-b").answered
    assert ping(topology, "app-a", B6).fate is Fate.NO_ROUTE


def test_ipv6_needs_its_own_rules(two_vpcs, broken, ping):
    topology = broken.group(two_vpcs(), "sg-b", ingress=(broken.allow("icmp"),))
    assert ping(topology, "app-a", "app-b").answered
    assert ping(topology, "app-a", B6).fate is Fate.DENIED_BY_SECURITY_GROUP


def test_ipv6_needs_its_own_acl_entries(two_vpcs, ping):
    topology = two_vpcs()
    four = tuple(e for e in topology.network_acls["acl-b"].entries if e.number == 100)
    acl = replace(topology.network_acls["acl-b"], entries=four)
    topology = replace(topology, network_acls={**topology.network_acls, "acl-b": acl})
    assert ping(topology, "app-a", "app-b").answered
    assert ping(topology, "app-a", B6).fate is Fate.DENIED_BY_NETWORK_ACL


def test_ipv6_neighbours_meet_on_layer_2(two_vpcs, broken, ping):
    deny = broken.entry(1, "out", "deny", cidr="::/0")
    topology = broken.entries(two_vpcs(), "acl-a", deny)
    assert ping(topology, "app-a", "2001:db8:a:1::20").answered
    assert not ping(topology, "app-a", "2001:db8:a:2::10").answered


@pytest.fixture
def reachable(two_vpcs, broken):
    """App-b's group open to TCP and UDP."""
    rules = (broken.allow("tcp", 0, 65535), broken.allow("udp", 0, 65535))
    return broken.group(two_vpcs(), "sg-b", ingress=rules)


def test_a_connection_is_answered_without_a_rule_for_the_answer(reachable, broken, ping):
    topology = broken.group(reachable, "sg-a", ingress=())
    walked = ping(topology, "app-a", "app-b", SYN)
    assert walked.fate is Fate.ANSWERED
    assert [2, 2, 18, 18] == [each.packet.tcp_flags for each in walked.sightings]
    assert (22, 40000) == (walked.reply.source_port, walked.reply.destination_port)


def test_a_closed_port_answers_with_a_refusal(reachable, ping):
    walked = ping(reachable, "app-a", "app-b", replace(SYN, destination_port=81))
    assert (walked.fate, walked.answered) == (Fate.CONNECTION_REFUSED, True)


def test_a_filtered_port_does_not_answer(two_vpcs, ping):
    walked = ping(two_vpcs(), "app-a", "app-b", SYN)
    assert (walked.fate, walked.answered) == (Fate.DENIED_BY_SECURITY_GROUP, False)


def test_udp_is_answered_from_an_open_port_and_refused_by_a_closed_one(reachable, ping):
    datagram = replace(SYN, protocol=17, tcp_flags=0, destination_port=53)
    assert ping(reachable, "app-a", "app-b", datagram).fate is Fate.ANSWERED
    closed = ping(reachable, "app-a", "app-b", replace(datagram, destination_port=9))
    assert closed.fate is Fate.CONNECTION_REFUSED
    assert [17, 17, 1, 1] == [each.packet.protocol for each in closed.sightings]


def test_a_network_acl_stops_the_icmp_error_of_a_closed_udp_port(reachable, broken, ping):
    topology = broken.entries(reachable, "acl-b", broken.entry(1, "out", "deny", "icmp"))
    datagram = replace(SYN, protocol=17, tcp_flags=0, destination_port=9)
    walked = ping(topology, "app-a", "app-b", datagram)
    assert (walked.fate, walked.leg) == (Fate.DENIED_BY_NETWORK_ACL, Leg.REPLY)


# Who sends, who receives


def test_a_source_that_is_not_the_interfaces_own_does_not_leave(two_vpcs):
    topology = two_vpcs()
    spoofed = echo_request(ip_address("10.1.1.99"), B)
    walked = walk(topology, spoofed, topology.interfaces["eni-app-a"])
    assert (walked.fate, walked.sightings) == (Fate.SOURCE_CHECK, ())


def test_without_the_check_it_leaves_and_its_answer_goes_to_the_source(two_vpcs, broken):
    topology = broken.interface(two_vpcs(), "eni-app-a", source_dest_check=False)
    app_a = topology.interfaces["eni-app-a"]
    as_near = walk(topology, echo_request(ip_address("10.1.1.20"), B), app_a)
    assert as_near.sightings[-1].interface_id == "eni-near-a"
    as_nobody = walk(topology, echo_request(ip_address("10.1.1.99"), B), app_a)
    assert (as_nobody.fate, as_nobody.leg) == (Fate.NO_SUCH_ADDRESS, Leg.REPLY)


def test_a_secondary_address_sends_and_receives(two_vpcs, broken, ping):
    second = ip_address("10.1.1.11")
    topology = broken.interface(two_vpcs(), "eni-app-a", addresses=(A, second))
    assert ping(topology, "app-b", "10.1.1.11").answered
    assert walk(topology, echo_request(second, B), topology.interfaces["eni-app-a"]).answered


@pytest.mark.parametrize("state", [HostState.STOPPED, HostState.ABSENT])
def test_where_no_host_runs_the_interface_sees_nothing(two_vpcs, broken, ping, sightings_of, state):
    walked = ping(broken.host(two_vpcs(), "eni-app-b", state=state), "app-a", "app-b")
    assert (walked.fate, walked.arrived) == (Fate.HOST_DOWN, False)
    assert sightings_of(walked) == ["eni-app-a out ACCEPT"]


def test_an_address_nobody_has(two_vpcs, ping, sightings_of):
    walked = ping(two_vpcs(), "app-a", "10.2.1.99")
    assert (walked.fate, walked.receiver_id) == (Fate.NO_SUCH_ADDRESS, None)
    assert sightings_of(walked) == ["eni-app-a out ACCEPT"]


def test_a_silent_host_was_reached(two_vpcs, broken, ping):
    walked = ping(broken.host(two_vpcs(), "eni-app-b", answers_echo=False), "app-a", "app-b")
    assert (walked.fate, walked.arrived) == (Fate.HOST_SILENT, True)


def test_a_ping_to_itself_never_meets_the_network(two_vpcs, broken, ping):
    topology = broken.group(two_vpcs(), "sg-a", ingress=(), egress=())
    walked = ping(topology, "app-a", "app-a")
    assert (walked.fate, walked.sightings) == (Fate.ANSWERED, ())
    assert [Station.HOST] == [hop.station for hop in walked.hops]
    assert walked.sender_id == walked.receiver_id


def test_a_host_talking_to_itself_still_needs_an_open_port(two_vpcs, ping):
    closed = replace(SYN, destination_port=81)
    assert ping(two_vpcs(), "app-a", "app-a", closed).fate is Fate.CONNECTION_REFUSED
    assert ping(two_vpcs(), "app-a", "app-a", SYN).fate is Fate.ANSWERED


# Where routes lead


@pytest.mark.parametrize("target", ["nat-1", "vgw-1", "eni-firewall", "vpce-1"])
def test_a_target_that_is_not_simulated_is_refused_by_name(two_vpcs, broken, ping, target):
    topology = broken.routes(two_vpcs(), "rtb-a", broken.route("10.2.0.0/16", target))
    with pytest.raises(NotSimulated, match=f"10.2.1.10 in rtb-a leads to {target}"):
        ping(topology, "app-a", "app-b")


def test_a_blackhole_is_a_blackhole_whatever_it_led_to(two_vpcs, broken, ping):
    route = broken.route("10.2.0.0/16", "nat-1", "blackhole")
    topology = broken.routes(two_vpcs(), "rtb-a", route)
    assert ping(topology, "app-a", "app-b").fate is Fate.BLACKHOLE


def test_filters_are_asked_before_the_route(two_vpcs, broken, ping):
    topology = broken.group(broken.routes(two_vpcs(), "rtb-a"), "sg-a", egress=())
    assert ping(topology, "app-a", "app-b").fate is Fate.DENIED_BY_SECURITY_GROUP


def test_a_blackhole_to_a_peering_long_gone_is_still_a_blackhole(two_vpcs, broken, ping):
    topology = replace(two_vpcs(), peerings={})
    with pytest.raises(TopologyError, match="pcx-ab"):
        ping(topology, "app-a", "app-b")
    marked = broken.routes(topology, "rtb-a", broken.route("10.2.0.0/16", "pcx-ab", "blackhole"))
    assert ping(marked, "app-a", "app-b").fate is Fate.BLACKHOLE


def test_a_secondary_block_of_the_vpc_is_local(two_vpcs, broken, ping):
    topology = two_vpcs()
    second = (ip_network("10.9.1.0/24"),)
    topology = replace(
        topology, subnets={**topology.subnets, "subnet-a2": Subnet("subnet-a2", "vpc-a", second)}
    )
    topology = broken.interface(topology, "eni-far-a", addresses=(ip_address("10.9.1.10"),))
    assert ping(topology, "app-a", "10.9.1.10").fate is Fate.NO_ROUTE
    table = topology.route_tables["rtb-a"]
    routes = (*table.routes, broken.route("10.9.0.0/16", "local"))
    tables = {**topology.route_tables, "rtb-a": replace(table, routes=routes)}
    topology = replace(topology, route_tables=tables)
    assert ping(topology, "app-a", "10.9.1.10").answered


def test_a_walk_prints_itself(two_vpcs, ping):
    walked = ping(two_vpcs(), "app-a", "app-b")
    assert str(walked) == "10.1.1.10 -> 10.2.1.10: answered (reply)"
