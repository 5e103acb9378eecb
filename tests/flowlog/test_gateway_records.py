"""The records of gateways' interfaces: the examples that AWS publishes, from packets."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import many_gateways as gw
import pytest

from labkit.flowlog import LogFormat, SeenPacket, aggregate
from labkit.network.packet import SYN, Packet, echo_request
from labkit.network.walk import walk


def lines(fields, sender, target, packet=None, topology=gw.NETWORK):
    """Records of one walk, in the order in which interfaces saw the packets."""
    log_format = LogFormat.parse(" ".join(f"${{{each}}}" for each in fields.split()))
    interface = topology.find_interface(sender)
    address = ip_address(target)
    source = next(each for each in interface.addresses if each.version == address.version)
    sent = (
        replace(packet, source=source, destination=address)
        if packet
        else echo_request(source, address)
    )
    walked = walk(topology, sent, interface)
    seen = [SeenPacket(at_s, sighting) for at_s, sighting in enumerate(walked.sightings)]
    records = aggregate(seen, topology, interval_s=600, log_format=log_format)
    return [record.to_line(log_format) for record in records]


def test_a_nat_gateway_shows_the_four_records_that_aws_shows():
    """Source: Amazon VPC User Guide, "Flow log record examples", NAT gateways."""
    fields = "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr"
    assert lines(fields, "private-a", "198.51.100.1") == [
        "i-private-a eni-private-a 10.1.2.10 198.51.100.1 10.1.2.10 198.51.100.1",
        "- eni-nat 10.1.2.10 10.1.1.200 10.1.2.10 198.51.100.1",
        "- eni-nat 10.1.1.200 198.51.100.1 10.1.1.200 198.51.100.1",
        "- eni-nat 198.51.100.1 10.1.1.200 198.51.100.1 10.1.1.200",
        "- eni-nat 10.1.1.200 10.1.2.10 198.51.100.1 10.1.2.10",
        "i-private-a eni-private-a 198.51.100.1 10.1.2.10 198.51.100.1 10.1.2.10",
    ]


def test_a_transit_gateway_shows_each_packet_once_on_either_side():
    """Source: the same page, transit gateways; it shows the far side alone."""
    fields = "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr flow-direction"
    assert lines(fields, "private-a", "10.2.1.10") == [
        "i-private-a eni-private-a 10.1.2.10 10.2.1.10 10.1.2.10 10.2.1.10 egress",
        "- eni-tgw-a 10.1.2.10 10.1.2.201 10.1.2.10 10.2.1.10 ingress",
        "- eni-tgw-b 10.2.2.201 10.2.1.10 10.1.2.10 10.2.1.10 egress",
        "i-app-b eni-app-b 10.1.2.10 10.2.1.10 10.1.2.10 10.2.1.10 ingress",
        "i-app-b eni-app-b 10.2.1.10 10.1.2.10 10.2.1.10 10.1.2.10 egress",
        "- eni-tgw-b 10.2.1.10 10.2.2.201 10.2.1.10 10.1.2.10 ingress",
        "- eni-tgw-a 10.1.2.201 10.1.2.10 10.2.1.10 10.1.2.10 egress",
        "i-private-a eni-private-a 10.2.1.10 10.1.2.10 10.2.1.10 10.1.2.10 ingress",
    ]


def test_the_traffic_path_follows_the_way_at_every_interface():
    fields = "interface-id flow-direction traffic-path type"
    assert lines(fields, "private-a", "198.51.100.1") == [
        "eni-private-a egress 1 IPv4",
        "eni-nat ingress - IPv4",
        "eni-nat egress 8 IPv4",
        "eni-nat ingress - IPv4",
        "eni-nat egress 1 IPv4",
        "eni-private-a ingress - IPv4",
    ]


def test_s3_through_a_gateway_endpoint_is_named_and_has_a_path_of_its_own():
    fields = "interface-id pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction"
    web = Packet(ip_address("::"), ip_address("::"), 6, 40000, 443, tcp_flags=SYN)
    assert lines(fields, "private-a", "52.216.0.1", web) == [
        "eni-private-a - S3 7 egress",
        "eni-private-a S3 - - ingress",
    ]


@pytest.mark.parametrize(
    ("target", "expected"),
    [("198.51.100.1", "-"), ("52.216.9.9", "S3"), ("54.0.0.11", "EC2"), ("10.1.2.11", "-")],
)
def test_the_service_is_that_of_the_address_in_the_packet(target, expected):
    [first, *_] = lines("pkt-dst-aws-service", "private-a", target)
    assert first == expected


def test_ipv6_through_an_egress_only_gateway_has_no_path_code():
    assert lines("traffic-path type flow-direction", "private-a", "2600::1") == [
        "- IPv6 egress",
        "- IPv6 ingress",
    ]


def test_next_hops_are_the_interfaces_that_pass_the_packet_on():
    fields = "interface-id next-hop-interface-id next-hop-interface-type interface-type"
    assert lines(fields, "private-a", "198.51.100.1") == [
        "eni-private-a eni-nat nat_gateway -",
        "eni-nat eni-private-a - nat_gateway",
        "eni-nat - - nat_gateway",
        "eni-nat - - nat_gateway",
        "eni-nat eni-private-a - nat_gateway",
        "eni-private-a eni-nat nat_gateway -",
    ]
    assert lines(fields, "private-a", "10.2.1.10")[:4] == [
        "eni-private-a eni-tgw-a transit_gateway -",
        "eni-tgw-a eni-private-a - transit_gateway",
        "eni-tgw-b eni-app-b - transit_gateway",
        "eni-app-b eni-tgw-b transit_gateway -",
    ]
