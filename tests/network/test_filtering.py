from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import TopologyError
from labkit.network.filtering import members, network_acl_verdict, security_group_verdict
from labkit.network.packet import Direction, Packet, echo_request
from labkit.network.topology import NetworkAcl, SecurityGroup, SecurityGroupRule

A, B = ip_address("10.1.1.10"), ip_address("10.2.1.10")
A6, B6 = ip_address("2001:db8:a:1::10"), ip_address("2001:db8:b:1::10")
PING, PING6 = echo_request(A, B), echo_request(A6, B6)
IN, OUT = Direction.INGRESS, Direction.EGRESS


def tcp(port: int, source_port: int = 40000) -> Packet:
    return Packet(A, B, 6, source_port, port, tcp_flags=2)


def udp(port: int) -> Packet:
    return Packet(A, B, 17, 40000, port)


def icmp(icmp_type: int, icmp_code: int) -> Packet:
    return Packet(A, B, 1, icmp_type=icmp_type, icmp_code=icmp_code)


# Security groups


@pytest.fixture
def allowed(two_vpcs, broken):
    """Whether app-b takes a packet when its group has just these inbound rules."""

    def asked(packet: Packet, *rules: SecurityGroupRule) -> bool:
        topology = broken.group(two_vpcs(), "sg-b", ingress=rules)
        app_b = topology.interfaces["eni-app-b"]
        return security_group_verdict(topology, app_b, packet, IN) is not None

    return asked


def test_no_rule_allows_nothing(allowed):
    assert not allowed(PING)


def test_all_protocols_allow_everything_from_their_source(allowed, broken):
    rule = broken.allow("all", peer="10.1.0.0/16")
    assert all(allowed(packet, rule) for packet in (PING, tcp(22), udp(53), icmp(3, 4)))
    assert not allowed(PING, broken.allow("all", peer="10.3.0.0/16"))


def test_ports_are_ignored_for_all_protocols(allowed, broken):
    assert allowed(tcp(22), broken.allow("all", 80, 80))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(8, -1, True), (8, 0, True), (-1, -1, True), (0, 0, False), (0, -1, False), (8, 1, False)],
)
def test_type_and_code_of_icmp_decide(allowed, broken, first, last, expected):
    assert expected == allowed(PING, broken.allow("icmp", first, last))


def test_any_code_of_one_type(allowed, broken):
    rule = broken.allow("icmp", 3, -1)
    assert allowed(icmp(3, 4), rule)
    assert allowed(icmp(3, 0), rule)
    assert not allowed(icmp(11, 0), rule)


@pytest.mark.parametrize(("port", "expected"), [(79, False), (80, True), (90, True), (91, False)])
def test_both_ends_of_a_port_range_belong_to_it(allowed, broken, port, expected):
    assert expected == allowed(tcp(port), broken.allow("tcp", 80, 90))


def test_minus_one_means_all_ports(allowed, broken):
    assert allowed(tcp(1), broken.allow("tcp", -1, -1))


def test_it_is_the_destination_port_that_counts(allowed, broken):
    assert not allowed(tcp(40000, source_port=22), broken.allow("tcp", 22, 22))


def test_protocols_are_not_mixed_up(allowed, broken):
    assert not allowed(udp(22), broken.allow("tcp", 22, 22))
    assert not allowed(tcp(53), broken.allow("udp", 53, 53))
    assert not allowed(PING, broken.allow("tcp", 0, 65535))
    assert not allowed(PING6, broken.allow("icmp", -1, -1, "::/0"))


def test_ports_are_ignored_for_protocols_without_them(allowed):
    gre = Packet(A, B, 47)
    anywhere = ip_network("0.0.0.0/0")
    assert allowed(gre, SecurityGroupRule(47, 80, 80, cidr=anywhere))
    assert not allowed(gre, SecurityGroupRule(50, cidr=anywhere))


def test_families_have_their_own_rules(allowed, broken):
    assert allowed(PING6, broken.allow("icmpv6", 128, -1, "::/0"))
    assert not allowed(PING6, broken.allow("icmpv6", 128, -1, "0.0.0.0/0"))
    assert not allowed(PING, broken.allow("icmp", 8, -1, "::/0"))


def test_the_direction_picks_the_rules_and_the_far_address(two_vpcs, broken):
    rules = (broken.allow("all", peer="10.2.0.0/16"),)
    topology = broken.group(two_vpcs(), "sg-a", ingress=(), egress=rules)
    app_a = topology.interfaces["eni-app-a"]
    assert security_group_verdict(topology, app_a, PING, OUT)
    assert not security_group_verdict(topology, app_a, echo_request(B, A), IN)
    assert not security_group_verdict(topology, app_a, echo_request(A, ip_address("10.3.0.1")), OUT)


def test_the_rules_of_all_groups_count_together(two_vpcs, broken):
    topology = broken.group(two_vpcs(), "sg-b", ingress=())
    more = SecurityGroup("sg-more", "vpc-b", "more", (broken.allow("icmp", 8),))
    topology = replace(topology, security_groups={**topology.security_groups, "sg-more": more})
    topology = broken.interface(topology, "eni-app-b", group_ids=("sg-b", "sg-more"))
    verdict = security_group_verdict(topology, topology.interfaces["eni-app-b"], PING, IN)
    assert verdict == (more, more.ingress[0])


def test_a_prefix_list_names_many_sources(two_vpcs, broken, allowed):
    rule = broken.allow("icmp", 8, peer="pl-1")
    topology = broken.group(two_vpcs(), "sg-b", ingress=(rule,))
    app_b = topology.interfaces["eni-app-b"]
    for blocks, expected in ((("10.9.0.0/16", "10.1.0.0/16"), True), (("10.9.0.0/16",), False)):
        lists = {"pl-1": tuple(map(ip_network, blocks))}
        known = replace(topology, prefix_lists=lists)
        assert expected == bool(security_group_verdict(known, app_b, PING, IN))
    with pytest.raises(TopologyError, match="pl-1"):
        allowed(PING, rule)


# References to groups


def test_a_reference_stands_for_private_addresses_in_the_same_vpc(two_vpcs):
    topology = two_vpcs()
    expected = {
        address
        for name in ("app-a", "near-a", "far-a")
        for address in topology.find_interface(name).addresses
    }
    assert expected == members(topology, "sg-a", "vpc-a")


def test_a_reference_never_stands_for_a_public_address(two_vpcs, broken):
    public = ip_address("54.0.0.1")
    topology = broken.interface(two_vpcs(), "eni-app-a", public_address=public)
    assert public not in members(topology, "sg-a", "vpc-a")


def test_secondary_addresses_are_referred_to_as_well(two_vpcs, broken):
    second = ip_address("10.1.1.11")
    topology = broken.interface(two_vpcs(), "eni-app-a", addresses=(A, second))
    assert {A, second} <= members(topology, "sg-a", "vpc-a")


def test_a_reference_reaches_across_an_active_peering(allowed, broken):
    assert allowed(PING, broken.allow("icmp", 8, peer="sg-a"))


def test_a_group_refers_to_others_and_not_to_itself_unless_told(allowed, broken):
    assert not allowed(PING, broken.allow("icmp", 8, peer="sg-b"))


@pytest.mark.parametrize(
    "status", ["pending-acceptance", "deleted", "rejected", "failed", "expired"]
)
def test_a_reference_across_a_peering_that_is_not_active_is_stale(two_vpcs, broken, status):
    topology = broken.peering(two_vpcs(), "pcx-ab", status=status)
    assert members(topology, "sg-a", "vpc-b") == set()
    assert members(topology, "sg-a", "vpc-a") != set()


def test_a_reference_does_not_reach_another_region(two_vpcs, broken):
    topology = broken.peering(two_vpcs(), "pcx-ab", inter_region=True)
    assert members(topology, "sg-a", "vpc-b") == set()


def test_a_new_peering_of_the_same_vpcs_brings_a_stale_reference_back(two_vpcs, broken):
    topology = broken.peering(two_vpcs(), "pcx-ab", status="deleted")
    again = replace(two_vpcs().peerings["pcx-ab"], peering_id="pcx-again")
    topology = replace(topology, peerings={**topology.peerings, "pcx-again": again})
    assert members(topology, "sg-a", "vpc-b") != set()


def test_the_default_groups_of_two_vpcs_do_not_know_each_other(two_vpcs, broken, ping):
    topology = two_vpcs()
    for group_id in ("sg-a", "sg-b"):
        itself = (broken.allow("all", peer=group_id),)
        topology = broken.group(topology, group_id, ingress=itself)
    assert not ping(topology, "app-a", "app-b").answered
    assert ping(topology, "app-a", "near-a").answered
    assert ping(topology, "app-a", "far-a").answered


# Network ACLs


@pytest.fixture
def decided():
    """The number of the entry that decides about a packet; None for the final deny."""

    def asked(packet: Packet, direction: Direction, *entries) -> int | None:
        decider = network_acl_verdict(NetworkAcl("acl", "vpc", entries), packet, direction)
        return decider.number if decider else None

    return asked


def test_an_acl_without_entries_lets_nothing_through(decided):
    assert decided(PING, IN) is None
    assert decided(PING, OUT) is None


def test_the_lowest_number_that_matches_decides(decided, broken):
    entries = (
        broken.entry(200, "in", "allow"),
        broken.entry(50, "in", "deny", "tcp", ports=(22, 22)),
        broken.entry(100, "in", "deny", "icmp"),
    )
    assert decided(PING, IN, *entries) == 100
    assert decided(tcp(22), IN, *entries) == 50
    assert decided(tcp(80), IN, *entries) == 200


def test_a_later_deny_does_nothing(ping, two_vpcs, broken):
    topology = broken.entries(two_vpcs(), "acl-b", broken.entry(200, "in", "deny"))
    assert ping(topology, "app-a", "app-b").answered


def test_each_direction_has_its_own_entries(decided, broken):
    entry = broken.entry(100, "in", "allow")
    assert decided(PING, IN, entry) == 100
    assert decided(PING, OUT, entry) is None


def test_an_acl_looks_at_the_far_address(decided, broken):
    from_a, to_b = (
        broken.entry(1, "in", "allow", cidr="10.1.0.0/16"),
        broken.entry(2, "out", "allow", cidr="10.2.0.0/16"),
    )
    assert decided(PING, IN, from_a) == 1
    assert decided(PING, OUT, to_b) == 2
    assert decided(echo_request(B, A), IN, from_a) is None


@pytest.mark.parametrize(
    ("scope", "matches"),
    [((8, -1), True), ((8, 0), True), ((-1, -1), True), ((0, -1), False), ((8, 3), False)],
)
@pytest.mark.parametrize("direction", [IN, OUT])
def test_type_and_code_decide_in_an_acl(decided, broken, scope, matches, direction):
    way = "in" if direction is IN else "out"
    icmp_type, icmp_code = scope
    entry = broken.entry(7, way, "allow", "icmp", icmp_type=icmp_type, icmp_code=icmp_code)
    assert (decided(PING, direction, entry) == 7) is matches


@pytest.mark.parametrize("direction", [IN, OUT])
def test_destination_ports_decide_in_an_acl_both_ways(decided, broken, direction):
    way = "in" if direction is IN else "out"
    entry = broken.entry(7, way, "allow", "tcp", ports=(1024, 65535))
    assert decided(tcp(40000), direction, entry) == 7
    assert decided(tcp(1024), direction, entry) == 7
    assert decided(tcp(1023), direction, entry) is None
    assert decided(udp(40000), direction, entry) is None


def test_an_entry_without_ports_takes_them_all(decided, broken):
    assert decided(tcp(1), IN, broken.entry(7, "in", "allow", "tcp")) == 7


def test_other_protocols_are_matched_by_number_alone(decided, broken):
    gre = replace(broken.entry(7, "in", "allow", "icmp"), protocol=47)
    assert decided(Packet(A, B, 47), IN, gre) == 7
    assert decided(PING, IN, gre) is None


def test_families_have_their_own_entries(decided, broken):
    four = broken.entry(100, "in", "allow")
    six = broken.entry(101, "in", "allow", cidr="::/0")
    assert decided(PING, IN, four, six) == 100
    assert decided(PING6, IN, four, six) == 101
    assert decided(PING6, IN, four) is None


def test_the_protocol_of_ipv6_pings_is_58(decided, broken):
    assert decided(PING6, IN, broken.entry(1, "in", "allow", "icmp", "::/0")) is None
    entry = broken.entry(2, "in", "allow", "icmpv6", "::/0", icmp_type=128)
    assert decided(PING6, IN, entry) == 2


def test_a_tcp_answer_needs_the_ephemeral_ports(two_vpcs, broken, ping):
    syn = Packet(A, B, 6, 40000, 22, tcp_flags=2)
    topology = broken.group(two_vpcs(), "sg-b", ingress=(broken.allow("tcp", 22, 22),))
    assert ping(topology, "app-a", "app-b", syn).answered
    narrow = broken.entry(90, "in", "deny", "tcp", ports=(1024, 65535))
    topology = broken.entries(topology, "acl-a", narrow)
    assert not ping(topology, "app-a", "app-b", syn).answered


@settings(derandomize=True, deadline=None, max_examples=200)
@given(data=st.data())
def test_the_order_in_which_entries_are_listed_does_not_matter(drawn, data):
    entries = data.draw(drawn.acl_entries)
    packet = echo_request(data.draw(drawn.addresses), data.draw(drawn.addresses))
    direction = data.draw(st.sampled_from(Direction))
    listed, backwards = (
        network_acl_verdict(NetworkAcl("acl", "vpc", order), packet, direction)
        for order in (entries, entries[::-1])
    )
    assert listed == backwards
