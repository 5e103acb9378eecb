"""Aggregation: packets seen by interfaces in, flow records out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError, TopologyError
from labkit.flowlog import (
    ALL_FIELDS,
    FlowRecord,
    LogFormat,
    SeenPacket,
    UnknownInterval,
    aggregate,
    never_logged,
    window_start,
)
from labkit.network.packet import (
    ACK,
    FIN,
    RST,
    SYN,
    Action,
    Direction,
    Packet,
    Protocol,
    Sighting,
    TrafficPath,
    echo_request,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.network.topology import Topology

NOON = 1_700_049_600  # a whole multiple of 600 s
A = ip_address("10.1.1.10")
A_SECONDARY = ip_address("10.1.1.11")
B = ip_address("10.2.1.10")
FAR = ip_address("203.0.113.5")
PUSH = 8
many_seen = st.lists(st.from_type(SeenPacket), max_size=40)


def out(
    packet: Packet,
    *,
    eni: str = "eni-a",
    action: Action = Action.ACCEPT,
    path: TrafficPath | None = TrafficPath.INTRA_REGION_PEERING,
) -> Sighting:
    return Sighting(eni, Direction.EGRESS, action, packet, path)


def into(packet: Packet, *, eni: str = "eni-b", action: Action = Action.ACCEPT) -> Sighting:
    return Sighting(eni, Direction.INGRESS, action, packet)


def seen_each_second(sighting: Sighting, count: int, *, start: float = NOON) -> list[SeenPacket]:
    return [SeenPacket(start + second, sighting) for second in range(count)]


def tcp(flags: int, *, source_port: int = 40000) -> Packet:
    return Packet(A, B, Protocol.TCP, source_port, 22, tcp_flags=flags, size_bytes=60)


def only_record(seen: Iterable[SeenPacket], topology: Topology) -> FlowRecord:
    [record] = aggregate(seen, topology, interval_s=60)
    return record


def test_four_pings_make_one_record_of_336_bytes(two_vpcs: Topology):
    record = only_record(seen_each_second(out(echo_request(A, B)), 4), two_vpcs)

    assert record.to_line() == (
        f"2 123456789012 eni-a 10.1.1.10 10.2.1.10 0 0 1 4 336 {NOON} {NOON + 3} ACCEPT OK"
    )


def test_four_pings_over_ipv6_make_416_bytes(two_vpcs: Topology):
    ping = echo_request(ip_address("2001:db8:a:1::10"), ip_address("2001:db8:b:1::10"))
    record = only_record(seen_each_second(into(ping), 4), two_vpcs)

    assert record.to_line(LogFormat.parse("srcaddr dstaddr protocol packets bytes type")) == (
        "2001:db8:a:1::10 2001:db8:b:1::10 58 4 416 IPv6"
    )


def test_an_accepted_and_a_refused_packet_of_one_flow_are_two_records(two_vpcs: Topology):
    ping = echo_request(A, B)
    seen = [SeenPacket(NOON, into(ping)), SeenPacket(NOON + 1, into(ping, action=Action.REJECT))]

    records = aggregate(seen, two_vpcs, interval_s=60)

    assert [(each.action, each.packets, each.bytes) for each in records] == [
        ("ACCEPT", 1, 84),
        ("REJECT", 1, 84),
    ]


def test_each_direction_is_its_own_record(two_vpcs: Topology):
    ping = echo_request(A, B)
    reply = replace(ping, source=B, destination=A, icmp_type=0)
    seen = [SeenPacket(NOON, into(ping)), SeenPacket(NOON, out(reply, eni="eni-b"))]

    records = aggregate(seen, two_vpcs, interval_s=60)

    assert {("10.1.1.10", "10.2.1.10", "ingress"), ("10.2.1.10", "10.1.1.10", "egress")} == {
        (each.srcaddr, each.dstaddr, each.flow_direction) for each in records
    }


def test_windows_start_at_multiples_of_the_interval_since_the_epoch(two_vpcs: Topology):
    ping = out(echo_request(A, B))
    seen = [SeenPacket(at_s, ping) for at_s in (NOON - 0.1, NOON, NOON + 59.9, NOON + 60)]

    records = aggregate(seen, two_vpcs, interval_s=60)

    assert [(each.start, each.end, each.packets) for each in records] == [
        (NOON - 1, NOON - 1, 1),
        (NOON, NOON + 59, 2),
        (NOON + 60, NOON + 60, 1),
    ]


def test_ten_minutes_are_the_default_interval(two_vpcs: Topology):
    seen = seen_each_second(out(echo_request(A, B)), 600)

    assert [each.packets for each in aggregate(seen, two_vpcs)] == [600]


def test_nothing_seen_makes_no_record(two_vpcs: Topology):
    assert aggregate([], two_vpcs) == []


@pytest.mark.parametrize("interval_s", [0, 1, 59, 300, 601, -60])
def test_an_interval_aws_does_not_offer_is_refused(two_vpcs: Topology, interval_s: int):
    with pytest.raises(UnknownInterval, match=f"{interval_s} s .* 60 or 600") as refused:
        aggregate([], two_vpcs, interval_s=interval_s)

    assert isinstance(refused.value, LabError)
    assert isinstance(refused.value, ValueError)


def test_an_interface_outside_the_snapshot_is_named(two_vpcs: Topology):
    with pytest.raises(TopologyError, match="eni-gone"):
        aggregate([SeenPacket(NOON, out(echo_request(A, B), eni="eni-gone"))], two_vpcs)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([SYN, ACK, PUSH | ACK, FIN | ACK], 3),
        ([SYN | ACK, ACK, FIN | ACK], 19),
        ([SYN, ACK], 2),
        ([SYN | ACK, ACK], 18),
        ([ACK, PUSH | ACK], 0),
        ([FIN | ACK], 1),
        ([RST | ACK], 4),
        ([SYN, SYN, SYN], 2),
        ([SYN | 64], 2),
    ],
)
def test_tcp_flags_follow_the_user_guides_recipes(
    two_vpcs: Topology, flags: list[int], expected: int
):
    seen = [SeenPacket(NOON, out(tcp(each))) for each in flags]

    assert only_record(seen, two_vpcs).tcp_flags == expected


def test_traffic_without_tcp_has_no_flags(two_vpcs: Topology):
    datagram = Packet(A, B, Protocol.UDP, 4000, 53, tcp_flags=SYN)

    assert only_record([SeenPacket(NOON, out(datagram))], two_vpcs).tcp_flags == 0


def test_only_outgoing_traffic_has_a_path(two_vpcs: Topology):
    ping = echo_request(A, B)
    incoming = replace(into(ping), traffic_path=TrafficPath.SAME_VPC)

    assert only_record([SeenPacket(NOON, out(ping))], two_vpcs).traffic_path == 4
    assert only_record([SeenPacket(NOON, incoming)], two_vpcs).traffic_path is None


def test_a_path_changed_within_the_window_shows_as_the_last_known_one(two_vpcs: Topology):
    ping = echo_request(A, FAR)
    paths = (TrafficPath.INTERNET_GATEWAY, TrafficPath.VIRTUAL_PRIVATE_GATEWAY, None)
    seen = [SeenPacket(NOON + n, out(ping, path=path)) for n, path in enumerate(paths)]

    assert only_record(seen, two_vpcs).traffic_path == 3


def test_ports_of_icmp_are_zero_whatever_the_packet_says(two_vpcs: Topology):
    ping = replace(echo_request(A, B), source_port=8, destination_port=1)
    record = only_record([SeenPacket(NOON, out(ping))], two_vpcs)

    assert (record.srcport, record.dstport) == (0, 0)


def test_flows_with_different_ports_are_different_records(two_vpcs: Topology):
    seen = [SeenPacket(NOON, out(tcp(SYN, source_port=port))) for port in (40002, 40000, 40001)]

    records = aggregate(seen, two_vpcs, interval_s=60)

    assert [each.srcport for each in records] == [40000, 40001, 40002]


def test_traffic_to_a_secondary_address_shows_the_primary_one(two_vpcs: Topology):
    record = only_record(
        [SeenPacket(NOON, into(echo_request(B, A_SECONDARY), eni="eni-a"))], two_vpcs
    )

    assert (record.dstaddr, record.pkt_dstaddr) == ("10.1.1.10", "10.1.1.11")


def test_traffic_from_a_secondary_address_shows_the_primary_one(two_vpcs: Topology):
    record = only_record([SeenPacket(NOON, out(echo_request(A_SECONDARY, B)))], two_vpcs)

    assert (record.srcaddr, record.pkt_srcaddr) == ("10.1.1.10", "10.1.1.11")


def test_an_own_ipv6_address_stands_for_itself(two_vpcs: Topology):
    own, far = ip_address("2001:db8:a:1::10"), ip_address("2001:db8:b:1::10")
    record = only_record([SeenPacket(NOON, out(echo_request(own, far)))], two_vpcs)

    assert (record.srcaddr, record.pkt_srcaddr) == (str(own), str(own))


def test_a_nat_gateway_shows_what_the_user_guide_shows(two_vpcs: Topology):
    """The four rows of "Traffic through a NAT gateway", with this network's addresses."""
    nat = ip_address("10.1.1.220")
    steps = [
        into(echo_request(A, FAR), eni="eni-nat"),
        out(echo_request(nat, FAR), eni="eni-nat", path=TrafficPath.INTERNET_GATEWAY),
        into(echo_request(FAR, nat), eni="eni-nat"),
        out(echo_request(FAR, A), eni="eni-nat", path=TrafficPath.SAME_VPC),
    ]
    seen = [SeenPacket(NOON + n, step) for n, step in enumerate(steps)]
    shown = LogFormat.parse("instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr")

    assert [each.to_line(shown) for each in aggregate(seen, two_vpcs)] == [
        "- eni-nat 10.1.1.10 10.1.1.220 10.1.1.10 203.0.113.5",
        "- eni-nat 10.1.1.220 203.0.113.5 10.1.1.220 203.0.113.5",
        "- eni-nat 203.0.113.5 10.1.1.220 203.0.113.5 10.1.1.220",
        "- eni-nat 10.1.1.220 10.1.1.10 203.0.113.5 10.1.1.10",
    ]


def test_flows_that_only_look_alike_behind_the_primary_address_stay_apart(two_vpcs: Topology):
    seen = [SeenPacket(NOON, out(echo_request(own, B))) for own in (A, A_SECONDARY)]

    records = aggregate(seen, two_vpcs, interval_s=60)

    assert [each.pkt_srcaddr for each in records] == ["10.1.1.10", "10.1.1.11"]


def test_the_topology_supplies_the_metadata(two_vpcs: Topology):
    log_format = LogFormat.parse(
        "version account-id vpc-id subnet-id instance-id interface-id region az-id "
        "sublocation-type pkt-src-aws-service reject-reason resource-id log-status"
    )
    [record] = aggregate(
        [SeenPacket(NOON, out(echo_request(A, B)))], two_vpcs, log_format=log_format
    )

    assert record.to_line(log_format) == (
        "9 123456789012 vpc-a subnet-a i-a eni-a us-east-1 use1-az1 - - - - OK"
    )


def test_what_never_gets_logged_leaves_no_record(two_vpcs: Topology):
    lookup = Packet(A, ip_address("10.1.0.2"), Protocol.UDP, 40000, 53)

    assert aggregate([SeenPacket(NOON, out(lookup))], two_vpcs) == []


def logged(seen: list[SeenPacket], topology: Topology) -> list[SeenPacket]:
    return [
        each
        for each in seen
        if never_logged(
            each.sighting.packet, topology.interfaces[each.sighting.interface_id], topology
        )
        is None
    ]


@given(seen=many_seen, interval_s=st.sampled_from([60, 600]))
def test_no_packet_and_no_byte_is_lost_or_made_up(
    two_vpcs: Topology, seen: list[SeenPacket], interval_s: int
):
    expected: Counter[tuple[str, str]] = Counter()
    size: Counter[tuple[str, str]] = Counter()
    for each in logged(seen, two_vpcs):
        key = (each.sighting.interface_id, each.sighting.action.value)
        expected[key] += 1
        size[key] += each.sighting.packet.size_bytes
    found: Counter[tuple[str, str]] = Counter()
    found_size: Counter[tuple[str, str]] = Counter()
    for record in aggregate(seen, two_vpcs, interval_s=interval_s):
        found[record.interface_id, record.action] += record.packets
        found_size[record.interface_id, record.action] += record.bytes

    assert (expected, size) == (found, found_size)


@given(seen=many_seen, data=st.data())
def test_the_order_of_packets_does_not_matter(
    two_vpcs: Topology, seen: list[SeenPacket], data: st.DataObject
):
    shuffled = data.draw(st.permutations(seen))

    assert aggregate(seen, two_vpcs) == aggregate(shuffled, two_vpcs)


@given(seen=many_seen, interval_s=st.sampled_from([60, 600]))
def test_no_record_reaches_over_the_edge_of_a_window(
    two_vpcs: Topology, seen: list[SeenPacket], interval_s: int
):
    for record in aggregate(seen, two_vpcs, interval_s=interval_s):
        assert window_start(record.start, interval_s) == window_start(record.end, interval_s)
        assert record.start <= record.end


@given(seen=many_seen)
def test_no_two_records_of_a_window_share_interface_flow_and_action(
    two_vpcs: Topology, seen: list[SeenPacket]
):
    keys = Counter(
        (
            window_start(each.start, 60),
            each.interface_id,
            each.flow_direction,
            each.pkt_srcaddr,
            each.pkt_dstaddr,
            each.srcport,
            each.dstport,
            each.protocol,
            each.action,
        )
        for each in aggregate(seen, two_vpcs, interval_s=60)
    )

    assert [key for key, count in keys.items() if count > 1] == []


@given(seen=many_seen)
def test_every_record_prints_in_every_field_and_reads_back(
    two_vpcs: Topology, seen: list[SeenPacket]
):
    for record in aggregate(seen, two_vpcs):
        assert record == FlowRecord.from_line(record.to_line(ALL_FIELDS), ALL_FIELDS)
