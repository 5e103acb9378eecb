from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from labkit.network.reserved import amazon_service
from labkit.network.walk import Fate, Leg


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.0.2", "Amazon DNS"),
        ("169.254.169.253", "Amazon DNS"),
        ("fd00:ec2::253", "Amazon DNS"),
        ("169.254.169.254", "instance metadata"),
        ("169.254.169.123", "Amazon Time Sync"),
        ("169.254.169.250", "Windows licence activation"),
        ("10.1.1.1", "the subnet's router"),
        ("10.1.1.2", None),
        ("10.2.0.2", None),
        ("10.1.1.10", None),
        ("2001:db8:a:1::1", None),
        ("169.254.1.1", None),
    ],
)
def test_amazon_answers_on_few_addresses(two_vpcs, address, expected):
    topology = two_vpcs()
    vpc, subnet = topology.vpcs["vpc-a"], topology.subnets["subnet-a1"]
    assert expected == amazon_service(vpc, subnet, ip_address(address))


def test_the_resolver_sits_in_the_primary_block_only(two_vpcs):
    topology = two_vpcs()
    blocks = tuple(map(ip_network, ("10.1.0.0/16", "10.9.0.0/16")))
    vpc, subnet = replace(topology.vpcs["vpc-a"], cidrs=blocks), topology.subnets["subnet-a1"]
    assert amazon_service(vpc, subnet, ip_address("10.9.0.2")) is None


def test_no_filter_and_no_record_touches_amazons_own_traffic(two_vpcs, broken, ping):
    topology = broken.group(two_vpcs(), "sg-a", egress=())
    topology = broken.entries(topology, "acl-a", broken.entry(1, "out", "deny"))
    walked = ping(topology, "app-a", "169.254.169.254")
    assert (walked.fate, walked.leg, walked.sightings) == (Fate.AMAZON_SERVICE, Leg.REQUEST, ())


def test_the_resolver_of_a_peer_is_out_of_reach(two_vpcs, ping):
    assert ping(two_vpcs(), "app-a", "10.2.0.2").fate is Fate.NO_SUCH_ADDRESS
