from __future__ import annotations

from ipaddress import ip_address

import pytest

from labkit.network.packet import Packet, TrafficPath, echo_request

A, B = ip_address("10.1.1.10"), ip_address("10.2.1.10")
A6, B6 = ip_address("2001:db8:a::10"), ip_address("2001:db8:b::10")


def test_a_ping_has_no_ports_and_84_bytes():
    assert Packet(A, B, 1, 0, 0, 8, 0, 0, 84) == echo_request(A, B)


def test_an_ipv6_ping_has_a_longer_header():
    assert Packet(A6, B6, 58, 0, 0, 128, 0, 0, 104) == echo_request(A6, B6)


def test_windows_sends_32_bytes_of_data():
    assert echo_request(A, B, data_bytes=32).size_bytes == 60


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (echo_request(A, B), True),
        (echo_request(A6, B6), True),
        (Packet(A, B, 1, icmp_type=0), False),
        (Packet(A6, B6, 58, icmp_type=8), False),
        (Packet(A, B, 6, icmp_type=8), False),
    ],
)
def test_only_echo_requests_are_echo_requests(packet, expected):
    assert expected is packet.is_echo_request


def test_traffic_paths_are_numbered_as_aws_numbers_them():
    assert {1, 3, 4, 5, 7, 8} == set(TrafficPath)
