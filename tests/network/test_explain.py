from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from labkit.network.explain import (
    entry_text,
    explain,
    label,
    route_text,
    rule_text,
    traffic,
    verdict,
)
from labkit.network.packet import Packet, echo_request
from labkit.network.topology import (
    HostState,
    NetworkAclEntry,
    Route,
    SecurityGroup,
    SecurityGroupRule,
    TargetKind,
)
from labkit.network.walk import walk

A, B = ip_address("10.1.1.10"), ip_address("10.2.1.10")
ANYWHERE = ip_network("0.0.0.0/0")
SYN = Packet(A, B, 6, 40000, 22, tcp_flags=2)


THE_WHOLE_STORY = """\
Request: security group group a (sg-a) of app-a (eni-app-a) allows egress ICMP echo request to \
10.2.1.10 by its rule [all traffic, 0.0.0.0/0].
Request: network ACL acl a (acl-a) at subnet subnet a1 (subnet-a1) allows egress ICMP echo \
request to 10.2.1.10 by rule 100 [allow all traffic, 0.0.0.0/0].
Request: route table table a (rtb-a) of subnet subnet a1 (subnet-a1) sends 10.2.1.10 along its \
route 10.2.0.0/16 -> a to b (pcx-ab).
Request: peering connection a to b (pcx-ab) carries the packet out of vpc a (vpc-a).
Request: network ACL acl b (acl-b) at subnet subnet b1 (subnet-b1) allows ingress ICMP echo \
request from 10.1.1.10 by rule 100 [allow all traffic, 0.0.0.0/0].
Request: security group group b (sg-b) of app-b (eni-app-b) allows ingress ICMP echo request \
from 10.1.1.10 by its rule [ICMP type 8, 0.0.0.0/0].
Request: host app-b (eni-app-b) receives the ICMP echo request.
Reply: security group group b (sg-b) of app-b (eni-app-b) lets the ICMP echo reply pass: it \
belongs to a flow allowed before.
Reply: network ACL acl b (acl-b) at subnet subnet b1 (subnet-b1) allows egress ICMP echo reply \
to 10.1.1.10 by rule 100 [allow all traffic, 0.0.0.0/0].
Reply: route table table b (rtb-b) of subnet subnet b1 (subnet-b1) sends 10.1.1.10 along its \
route 10.1.0.0/16 -> a to b (pcx-ab).
Reply: peering connection a to b (pcx-ab) carries the packet out of vpc b (vpc-b).
Reply: network ACL acl a (acl-a) at subnet subnet a1 (subnet-a1) allows ingress ICMP echo reply \
from 10.2.1.10 by rule 100 [allow all traffic, 0.0.0.0/0].
Reply: security group group a (sg-a) of app-a (eni-app-a) lets the ICMP echo reply pass: it \
belongs to a flow allowed before.
Reply: host app-a (eni-app-a) receives the ICMP echo reply.
Answered: app-b (eni-app-b) replied to app-a (eni-app-a)."""


@pytest.fixture
def told(ping):
    """The sentences about a probe in a network, from app-a to app-b unless told otherwise."""

    def sentences(topology, destination="app-b", packet=None):
        return explain(ping(topology, "app-a", destination, packet), topology)

    return sentences


def test_an_answered_ping_is_told_station_by_station(two_vpcs, told):
    assert THE_WHOLE_STORY.split("\n") == told(two_vpcs())


def test_a_group_without_a_rule(two_vpcs, broken, told):
    cause = (
        "security group group b (sg-b) of app-b (eni-app-b) has no rule that allows ingress ICMP "
        "echo request from 10.1.1.10"
    )
    *_, last, verdict_ = told(broken.group(two_vpcs(), "sg-b", ingress=()))
    assert last == f"Request: {cause}."
    assert verdict_ == f"No answer: denied by security group on the way there ({cause})."


def test_several_groups_without_a_rule_are_all_named(two_vpcs, broken, told):
    topology = broken.group(two_vpcs(), "sg-b", ingress=())
    more = SecurityGroup("sg-more", "vpc-b", "more")
    topology = replace(topology, security_groups={**topology.security_groups, "sg-more": more})
    topology = broken.interface(topology, "eni-app-b", group_ids=("sg-b", "sg-more"))
    expected = (
        "Request: security groups group b (sg-b), more (sg-more) of app-b (eni-app-b) have no rule "
        "that allows ingress ICMP echo request from 10.1.1.10."
    )
    assert expected == told(topology)[-2]


def test_an_interface_without_groups(two_vpcs, broken, told):
    topology = broken.interface(two_vpcs(), "eni-app-b", group_ids=())
    expected = "Request: network interface app-b (eni-app-b) has no security group."
    assert expected == told(topology)[-2]


def test_an_acl_entry_that_denies(two_vpcs, broken, told):
    entry = broken.entry(90, "out", "deny", "icmp", icmp_type=0)
    *_, last, verdict_ = told(broken.entries(two_vpcs(), "acl-b", entry))
    cause = (
        "network ACL acl b (acl-b) at subnet subnet b1 (subnet-b1) denies egress ICMP echo reply "
        "to 10.1.1.10 by rule 90 [deny ICMP type 0, 0.0.0.0/0]"
    )
    assert last == f"Reply: {cause}."
    assert verdict_ == f"No answer: denied by network ACL on the way back ({cause})."


def test_an_acl_without_a_matching_entry(two_vpcs, told):
    topology = two_vpcs()
    acl = replace(topology.network_acls["acl-b"], entries=())
    topology = replace(topology, network_acls={**topology.network_acls, "acl-b": acl})
    assert told(topology)[-2].endswith("from 10.1.1.10: no numbered rule matches.")


def test_a_missing_route(two_vpcs, broken, told):
    cause = "route table table a (rtb-a) of subnet subnet a1 (subnet-a1) has no route to 10.2.1.10"
    *_, last, verdict_ = told(broken.routes(two_vpcs(), "rtb-a"))
    assert last == f"Request: {cause}."
    assert verdict_ == f"No answer: no route on the way there ({cause})."


def test_a_blackhole(two_vpcs, broken, told):
    route = broken.route("10.2.0.0/16", "pcx-ab", "blackhole")
    assert told(broken.routes(two_vpcs(), "rtb-a", route))[-2].endswith(
        "swallows the packet: its route 10.2.0.0/16 -> a to b (pcx-ab) is a blackhole."
    )


def test_a_peering_that_is_not_active(two_vpcs, broken, told):
    topology = broken.peering(two_vpcs(), "pcx-ab", status="pending-acceptance")
    expected = (
        "Request: peering connection a to b (pcx-ab) carries nothing: it is pending-acceptance."
    )
    assert expected == told(topology)[-2]


def test_an_address_that_is_not_the_peers(two_vpcs, broken, told):
    topology = broken.routes(two_vpcs(), "rtb-a", broken.route("0.0.0.0/0", "pcx-ab"))
    assert told(topology, "10.3.0.1")[-2].endswith(
        "does not carry 10.3.0.1, which is no address of the VPC it enters."
    )


def test_a_private_destination_at_an_internet_gateway(two_vpcs, broken, told):
    topology = broken.routes(two_vpcs(), "rtb-a", broken.route("0.0.0.0/0", "igw-a"))
    expected = "Request: internet gateway igw-a drops the packet: 10.2.1.10 is a private address."
    assert expected == told(topology)[-2]


def test_a_source_without_a_public_address(two_vpcs, broken, told):
    topology = broken.routes(two_vpcs(), "rtb-a", broken.route("0.0.0.0/0", "igw-a"))
    assert told(topology, "8.8.8.8")[-2].endswith(
        "drops the packet: 10.1.1.10 has no public address."
    )


@pytest.fixture
def public(two_vpcs, broken):
    """Both hosts on the internet, and no peering routes."""
    topology = two_vpcs()
    for letter, address in (("a", "54.0.0.1"), ("b", "54.0.0.2")):
        route = broken.route("0.0.0.0/0", f"igw-{letter}")
        topology = broken.routes(topology, f"rtb-{letter}", route)
        public_address = ip_address(address)
        topology = broken.interface(topology, f"eni-app-{letter}", public_address=public_address)
    return topology


def test_out_to_the_internet(public, told):
    *_, last, verdict_ = told(public, "8.8.8.8")
    cause = "internet gateway igw-a takes the packet for 8.8.8.8 out to the internet"
    assert last == f"Request: {cause}."
    assert verdict_ == f"No answer: left for the internet on the way there ({cause})."


def test_in_from_the_internet_a_filter_sees_the_public_source(public, told):
    sentences = told(public, "54.0.0.2")
    assert "internet gateway igw-b brings the packet for 10.2.1.10 in" in sentences[4]
    assert sentences[6].endswith(
        "ingress ICMP echo request from 54.0.0.1 by its rule [ICMP type 8, 0.0.0.0/0]."
    )


def test_an_address_that_nobody_has(two_vpcs, told):
    expected = "Request: address 10.2.1.99 belongs to no network interface of vpc b (vpc-b)."
    assert expected == told(two_vpcs(), "10.2.1.99")[-2]


def test_a_source_that_is_not_the_interfaces_own(two_vpcs):
    topology = two_vpcs()
    spoofed = echo_request(ip_address("10.9.9.9"), B)
    walked = walk(topology, spoofed, topology.interfaces["eni-app-a"])
    expected = (
        "No answer: source/destination check on the way there (network interface app-a (eni-app-a) "
        "drops a packet whose source 10.9.9.9 is not its own)."
    )
    assert expected == verdict(walked, topology)


def test_a_host_that_is_down(two_vpcs, broken, told):
    topology = broken.host(two_vpcs(), "eni-app-b", state=HostState.STOPPED)
    expected = "No answer: host is not running (host app-b (eni-app-b) is not running)."
    assert expected == told(topology)[-1]


def test_a_host_that_keeps_silent(two_vpcs, broken, told):
    topology = broken.host(two_vpcs(), "eni-app-b", answers_echo=False)
    expected = (
        "No answer: host does not answer (host app-b (eni-app-b) receives the ICMP echo request)."
    )
    assert expected == told(topology)[-1]


def test_a_refusal_is_an_answer(two_vpcs, broken, told):
    topology = broken.group(two_vpcs(), "sg-b", ingress=(broken.allow("tcp", 0, 65535),))
    expected = "Refused: app-b (eni-app-b) told app-a (eni-app-a) that nothing listens there."
    assert expected == told(topology, packet=replace(SYN, destination_port=81))[-1]


def test_amazons_own_services(two_vpcs, told):
    expected = (
        "Not a walk through the network: Amazon service instance metadata is reached without "
        "filters and never logged."
    )
    assert expected == told(two_vpcs(), "169.254.169.254")[-1]


def test_a_resource_without_a_name_goes_by_its_id(two_vpcs, broken):
    topology = broken.interface(two_vpcs(), "eni-app-a", name="")
    assert label(topology, "eni-app-a") == "eni-app-a"
    assert label(topology, "igw-a") == "igw-a"
    assert label(topology, None) == "unknown"


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (echo_request(A, B), "ICMP echo request"),
        (Packet(A, B, 1, icmp_type=0), "ICMP echo reply"),
        (Packet(A, B, 1, icmp_type=3, icmp_code=3), "ICMP destination unreachable"),
        (Packet(A, B, 1, icmp_type=11, icmp_code=0), "ICMP type 11 code 0"),
        (Packet(A, B, 58, icmp_type=128), "ICMPv6 echo request"),
        (Packet(A, B, 58, icmp_type=0, icmp_code=0), "ICMPv6 type 0 code 0"),
        (SYN, "TCP to port 22"),
        (Packet(A, B, 17, 1, 53), "UDP to port 53"),
        (Packet(A, B, 47), "protocol 47"),
    ],
)
def test_traffic_in_words(packet, expected):
    assert expected == traffic(packet)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (SecurityGroupRule(None, cidr=ANYWHERE), "[all traffic, 0.0.0.0/0]"),
        (SecurityGroupRule(1, -1, -1, group_id="sg-a"), "[all ICMP, sg-a]"),
        (SecurityGroupRule(1, 3, 4, prefix_list_id="pl-1"), "[ICMP type 3 code 4, pl-1]"),
        (SecurityGroupRule(6, 22, 22, cidr=ANYWHERE), "[TCP 22, 0.0.0.0/0]"),
        (SecurityGroupRule(6, 0, 65535, cidr=ANYWHERE), "[all TCP, 0.0.0.0/0]"),
        (SecurityGroupRule(17, 53, 60, cidr=ANYWHERE), "[UDP 53-60, 0.0.0.0/0]"),
        (SecurityGroupRule(47, cidr=ANYWHERE), "[protocol 47, 0.0.0.0/0]"),
    ],
)
def test_rules_in_words(rule, expected):
    assert expected == rule_text(rule)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (NetworkAclEntry(32767, True, False, ANYWHERE), "rule * [deny all traffic, 0.0.0.0/0]"),
        (
            NetworkAclEntry(9, True, True, ANYWHERE, 6, (1024, 65535)),
            "rule 9 [allow TCP 1024-65535, 0.0.0.0/0]",
        ),
        (NetworkAclEntry(9, True, True, ANYWHERE, 17), "rule 9 [allow all UDP, 0.0.0.0/0]"),
        (
            NetworkAclEntry(9, False, True, ANYWHERE, 1, icmp_type=8, icmp_code=0),
            "rule 9 [allow ICMP type 8 code 0, 0.0.0.0/0]",
        ),
    ],
)
def test_entries_in_words(entry, expected):
    assert expected == entry_text(entry)


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (Route(ANYWHERE, TargetKind.INTERNET_GATEWAY, "igw-1"), "0.0.0.0/0 -> igw-1"),
        (Route(ANYWHERE, TargetKind.LOCAL, "local"), "0.0.0.0/0 -> local"),
        (
            Route(None, TargetKind.PEERING, "pcx-ab", prefix_list_id="pl-1"),
            "pl-1 -> a to b (pcx-ab)",
        ),
    ],
)
def test_routes_in_words(two_vpcs, route, expected):
    assert expected == route_text(route, two_vpcs())
