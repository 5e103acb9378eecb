from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from labkit.network.gateways import brought_in, is_public, sent_out
from labkit.network.packet import TrafficPath, echo_request
from labkit.network.walk import Fate, Leg

PUBLIC_A, PUBLIC_B = ip_address("54.0.0.1"), ip_address("54.0.0.2")


@pytest.fixture
def public(two_vpcs, broken):
    """Both VPCs with a default route to an internet gateway, and no peering routes."""
    topology = two_vpcs()
    for letter, address in (("a", PUBLIC_A), ("b", PUBLIC_B)):
        routes = (
            broken.route("0.0.0.0/0", f"igw-{letter}"),
            broken.route("::/0", f"igw-{letter}"),
        )
        topology = broken.routes(topology, f"rtb-{letter}", *routes)
        topology = broken.interface(topology, f"eni-app-{letter}", public_address=address)
    return topology


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("172.32.0.1", True),
        ("2600::1", True),
        ("10.2.1.10", False),
        ("172.31.255.255", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.168.9", False),
        ("224.0.0.1", False),
        ("fd12::1", False),
        ("fe80::1", False),
    ],
)
def test_private_addresses_stay_inside(address, expected):
    assert expected is is_public(ip_address(address))


def test_the_source_leaves_as_its_public_address(public):
    app_a = public.find_interface("app-a")
    packet = echo_request(app_a.addresses[0], PUBLIC_B)
    assert replace(packet, source=PUBLIC_A) == sent_out(packet, app_a)


@pytest.mark.parametrize("source", ["10.1.1.11", "10.1.1.99"])
def test_no_other_source_leaves(public, broken, source):
    addresses = (ip_address("10.1.1.10"), ip_address("10.1.1.11"))
    app_a = broken.interface(public, "eni-app-a", addresses=addresses).find_interface("app-a")
    assert sent_out(echo_request(ip_address(source), PUBLIC_B), app_a) is None


def test_ipv6_leaves_as_it_is(public):
    app_a = public.find_interface("app-a")
    packet = echo_request(app_a.addresses[1], ip_address("2600::1"))
    assert packet == sent_out(packet, app_a)


def test_a_unique_local_ipv6_address_does_not_leave(public, broken):
    addresses = (ip_address("10.1.1.10"), ip_address("fd12::10"))
    app_a = broken.interface(public, "eni-app-a", addresses=addresses).find_interface("app-a")
    assert sent_out(echo_request(addresses[1], ip_address("2600::1")), app_a) is None


def test_nobodys_address_is_not_brought_in(public):
    assert brought_in(public, echo_request(PUBLIC_A, ip_address("54.0.0.9"))) is None


def test_a_vpc_without_a_gateway_gets_nothing_from_outside(public, ping):
    detached = replace(public, internet_gateways={"igw-a": "vpc-a"})
    walked = ping(detached, "app-a", str(PUBLIC_B))
    assert walked.fate is Fate.LEFT_FOR_INTERNET
    assert len(walked.sightings) == 1


def test_a_ping_to_a_public_address_goes_out_and_in(public, ping, sightings_of):
    walked = ping(public, "app-a", str(PUBLIC_B))
    assert walked.fate is Fate.ANSWERED
    assert sightings_of(walked) == [
        "eni-app-a out ACCEPT",
        "eni-app-b in ACCEPT",
        "eni-app-b out ACCEPT",
        "eni-app-a in ACCEPT",
    ]


def test_each_side_sees_its_own_private_and_the_others_public_address(public, ping):
    walked = ping(public, "app-a", str(PUBLIC_B))
    ends = [(str(s.packet.source), str(s.packet.destination)) for s in walked.sightings]
    assert ends == [
        ("10.1.1.10", "54.0.0.2"),
        ("54.0.0.1", "10.2.1.10"),
        ("10.2.1.10", "54.0.0.1"),
        ("54.0.0.2", "10.1.1.10"),
    ]


def test_the_traffic_path_is_the_internet_gateway(public, ping):
    paths = [each.traffic_path for each in ping(public, "app-a", str(PUBLIC_B)).sightings]
    assert paths == [TrafficPath.INTERNET_GATEWAY, None, TrafficPath.INTERNET_GATEWAY, None]


def test_a_group_reference_does_not_know_public_addresses(public, broken, ping):
    topology = broken.group(public, "sg-b", ingress=(broken.allow("icmp", peer="sg-a"),))
    walked = ping(topology, "app-a", str(PUBLIC_B))
    assert (walked.fate, walked.receiver_id) == (Fate.DENIED_BY_SECURITY_GROUP, None)


def test_the_filters_of_the_far_side_see_the_public_source(public, broken, ping):
    allowed = broken.group(public, "sg-b", ingress=(broken.allow("icmp", 8, peer="54.0.0.1/32"),))
    assert ping(allowed, "app-a", str(PUBLIC_B)).answered
    private = broken.group(public, "sg-b", ingress=(broken.allow("icmp", 8, peer="10.1.0.0/16"),))
    assert not ping(private, "app-a", str(PUBLIC_B)).answered


def test_a_neighbour_by_its_public_address_does_meet_the_network_acl(public, broken, ping):
    topology = broken.interface(public, "eni-near-a", public_address=ip_address("54.0.0.3"))
    assert ping(topology, "app-a", "54.0.0.3").answered
    topology = broken.entries(topology, "acl-a", broken.entry(1, "in", "deny"))
    assert ping(topology, "app-a", "54.0.0.3").fate is Fate.DENIED_BY_NETWORK_ACL
    assert ping(topology, "app-a", "near-a").answered


def test_without_a_public_address_nothing_leaves(public, ping):
    walked = ping(public, "far-a", str(PUBLIC_B))
    assert walked.fate is Fate.REFUSED_BY_INTERNET_GATEWAY


def test_the_replier_needs_a_way_out_too(public, broken, ping):
    walked = ping(broken.routes(public, "rtb-b"), "app-a", str(PUBLIC_B))
    assert (walked.fate, walked.leg) == (Fate.NO_ROUTE, Leg.REPLY)


def test_ipv6_hosts_reach_each_other_through_their_gateways(public, ping):
    walked = ping(public, "app-a", "2001:db8:b:1::10")
    assert walked.fate is Fate.ANSWERED
    assert walked.sightings[0].traffic_path is TrafficPath.INTERNET_GATEWAY


def test_an_address_outside_the_lab_leaves_it(public, ping, sightings_of):
    walked = ping(public, "app-a", "8.8.8.8")
    assert walked.fate is Fate.LEFT_FOR_INTERNET
    assert sightings_of(walked) == ["eni-app-a out ACCEPT"]
