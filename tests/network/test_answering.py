from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from labkit.network.answering import answer
from labkit.network.packet import ACK, FIN, RST, SYN, Packet, echo_request
from labkit.network.topology import Host, HostState

A, B = ip_address("10.1.1.10"), ip_address("10.2.1.10")
A6, B6 = ip_address("2001:db8:a::10"), ip_address("2001:db8:b::10")
HOST = Host(listening=frozenset({(6, 22), (17, 53)}))


def tcp(port: int, flags: int = SYN) -> Packet:
    return Packet(A, B, 6, 40000, port, tcp_flags=flags, size_bytes=60)


def udp(port: int, *, size_bytes: int = 60) -> Packet:
    return Packet(A, B, 17, 40000, port, size_bytes=size_bytes)


def test_a_ping_is_echoed_in_full():
    expected = Packet(B, A, 1, icmp_type=0, icmp_code=0, size_bytes=1028)
    assert expected == answer(HOST, echo_request(A, B, data_bytes=1000))


def test_an_ipv6_ping_is_echoed_as_icmpv6():
    expected = Packet(B6, A6, 58, icmp_type=129, icmp_code=0, size_bytes=104)
    assert expected == answer(HOST, echo_request(A6, B6))


def test_a_host_that_drops_pings_still_takes_connections():
    host = replace(HOST, answers_echo=False)
    assert answer(host, echo_request(A, B)) is None
    assert answer(host, tcp(22)) is not None


@pytest.mark.parametrize("state", [HostState.STOPPED, HostState.ABSENT])
@pytest.mark.parametrize("packet", [echo_request(A, B), tcp(22), udp(53), udp(9)])
def test_nobody_answers_where_no_host_runs(state, packet):
    assert answer(replace(HOST, state=state), packet) is None


def test_an_open_port_accepts():
    expected = Packet(B, A, 6, 22, 40000, tcp_flags=SYN | ACK, size_bytes=60)
    assert expected == answer(HOST, tcp(22))


def test_a_closed_port_resets():
    expected = Packet(B, A, 6, 80, 40000, tcp_flags=RST | ACK, size_bytes=40)
    assert expected == answer(HOST, tcp(80))


@pytest.mark.parametrize("flags", [ACK, FIN | ACK, SYN | ACK])
def test_a_segment_of_no_connection_is_reset_even_on_an_open_port(flags):
    expected = Packet(B, A, 6, 22, 40000, tcp_flags=RST, size_bytes=40)
    assert expected == answer(HOST, tcp(22, flags))


def test_a_reset_is_never_answered():
    assert answer(HOST, tcp(80, RST)) is None


def test_a_datagram_to_an_open_port_comes_back():
    assert Packet(B, A, 17, 53, 40000, size_bytes=60) == answer(HOST, udp(53))


def test_a_datagram_to_a_closed_port_is_unreachable():
    expected = Packet(B, A, 1, icmp_type=3, icmp_code=3, size_bytes=28 + 60)
    assert expected == answer(HOST, udp(9))


def test_an_icmp_error_stays_within_what_every_link_carries():
    assert answer(HOST, udp(9, size_bytes=9000)).size_bytes == 576


def test_a_closed_port_is_unreachable_in_ipv6_too():
    expected = Packet(B6, A6, 58, icmp_type=1, icmp_code=4, size_bytes=48 + 60)
    assert expected == answer(HOST, Packet(A6, B6, 17, 40000, 9, size_bytes=60))


def test_ports_are_open_per_protocol():
    assert answer(HOST, udp(22)).protocol == 1
    assert answer(HOST, tcp(53)).tcp_flags == RST | ACK


@pytest.mark.parametrize(
    "packet",
    [
        Packet(A, B, 1, icmp_type=0, icmp_code=0),
        Packet(A, B, 1, icmp_type=3, icmp_code=3),
        Packet(A, B, 47),
    ],
)
def test_what_asks_nothing_gets_no_answer(packet):
    assert answer(HOST, packet) is None


def test_a_hosts_own_firewall_drops_without_a_word():
    host = replace(HOST, drops=frozenset({(6, 22), (17, None)}))
    assert answer(host, tcp(22)) is None
    assert answer(host, udp(53)) is None
    assert answer(host, udp(9)) is None
    assert answer(host, tcp(80)).tcp_flags == RST | ACK
    assert answer(host, echo_request(A, B)) is not None
