"""Traffic no flow log shows."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.flowlog import never_logged
from labkit.network.packet import Packet, Protocol, echo_request
from labkit.network.topology import Interface, Topology

HOST = ip_address("10.1.1.10")
HOST_6 = ip_address("2001:db8:a:1::10")


def to(address: str, protocol: int = Protocol.TCP, ports: tuple[int, int] = (40000, 80)) -> Packet:
    far = ip_address(address)
    return Packet(HOST if far.version == 4 else HOST_6, far, protocol, *ports)


def backwards(packet: Packet) -> Packet:
    return replace(
        packet,
        source=packet.destination,
        destination=packet.source,
        source_port=packet.destination_port,
        destination_port=packet.source_port,
    )


UNLOGGED = [
    (to("10.1.0.2", Protocol.UDP, (40000, 53)), "DNS"),
    (to("10.1.0.2", Protocol.TCP, (40000, 53)), "DNS"),
    (to("169.254.169.253", Protocol.UDP, (40000, 53)), "DNS"),
    (to("fd00:ec2::253", Protocol.UDP, (40000, 53)), "DNS"),
    (to("169.254.169.254"), "metadata"),
    (to("fd00:ec2::254"), "metadata"),
    (to("169.254.169.123", Protocol.UDP, (123, 123)), "Time Sync"),
    (to("fd00:ec2::123", Protocol.UDP, (123, 123)), "Time Sync"),
    (to("169.254.169.250", ports=(40000, 1688)), "licence"),
    (to("169.254.169.251", ports=(40000, 1688)), "licence"),
    (to("255.255.255.255", Protocol.UDP, (68, 67)), "DHCP"),
    (to("10.1.1.1", Protocol.UDP, (68, 67)), "DHCP"),
    (to("ff02::1:2", Protocol.UDP, (546, 547)), "DHCP"),
    (to("10.1.1.1", Protocol.ICMP, (0, 0)), "router"),
]

LOGGED = [
    to("10.2.1.10"),
    to("10.2.0.2", Protocol.UDP, (40000, 53)),
    to("10.1.1.53", Protocol.UDP, (40000, 53)),
    to("8.8.8.8", Protocol.UDP, (40000, 53)),
    to("10.1.1.20", Protocol.UDP, (68, 4000)),
    to("10.1.1.20", Protocol.TCP, (68, 67)),
    to("10.1.1.20", ports=(40000, 1688)),
    to("203.0.113.123", Protocol.UDP, (123, 123)),
    to("2001:db8:b:1::1"),
]


@pytest.mark.parametrize(("packet", "reason"), UNLOGGED)
def test_it_is_never_logged_either_way_and_the_reason_says_why(
    two_vpcs: Topology, packet: Packet, reason: str
):
    interface = two_vpcs.interfaces["eni-a"]

    assert reason in (never_logged(packet, interface, two_vpcs) or "")
    assert reason in (never_logged(backwards(packet), interface, two_vpcs) or "")


@pytest.mark.parametrize("packet", LOGGED)
def test_other_traffic_is_logged_either_way(two_vpcs: Topology, packet: Packet):
    interface = two_vpcs.interfaces["eni-a"]

    assert never_logged(packet, interface, two_vpcs) is None
    assert never_logged(backwards(packet), interface, two_vpcs) is None


@given(host=st.integers(4, 254), far=st.integers(4, 254))
def test_pings_between_addresses_a_subnet_gives_away_are_logged(
    two_vpcs: Topology, host: int, far: int
):
    ping = echo_request(ip_address(f"10.1.1.{host}"), ip_address(f"10.2.1.{far}"))

    assert never_logged(ping, two_vpcs.interfaces["eni-a"], two_vpcs) is None


def test_an_endpoint_and_a_network_load_balancer_talk_unseen(two_vpcs: Topology):
    endpoint, balancer = (
        Interface(
            f"eni-{kind}", "subnet-a", "vpc-a", (ip_address(address),), (), interface_type=kind
        )
        for kind, address in (
            ("vpc_endpoint", "10.1.1.30"),
            ("network_load_balancer", "10.1.1.31"),
        )
    )
    known = {each.interface_id: each for each in (endpoint, balancer)}
    topology = replace(two_vpcs, interfaces={**two_vpcs.interfaces, **known})
    packet = Packet(endpoint.addresses[0], balancer.addresses[0], Protocol.TCP, 40000, 443)

    for interface in (endpoint, balancer):
        for way in (packet, backwards(packet)):
            assert "Load Balancer" in (never_logged(way, interface, topology) or "")
    assert never_logged(replace(packet, source=HOST), balancer, topology) is None


def test_link_local_services_are_known_without_a_snapshot_of_the_vpc(two_vpcs: Topology):
    interface = two_vpcs.interfaces["eni-a"]

    assert "metadata" in (never_logged(to("169.254.169.254"), interface, Topology()) or "")
    assert never_logged(to("10.1.0.2"), interface, Topology()) is None
