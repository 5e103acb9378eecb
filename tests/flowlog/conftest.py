"""A small network, and what hypothesis draws for formats, records and packets seen in it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import strategies as st

from labkit.flowlog import FIELDS, Field, FieldType, FlowRecord, LogFormat, SeenPacket
from labkit.network.packet import Action, Direction, Packet, Protocol, Sighting, TrafficPath
from labkit.network.topology import Interface, Peering, Subnet, Topology, Vpc

ACCOUNT = "123456789012"

VPC_A = Vpc(
    "vpc-a", (ip_network("10.1.0.0/16"), ip_network("2001:db8:a::/56")), "a", "us-east-1", ACCOUNT
)
VPC_B = Vpc(
    "vpc-b", (ip_network("10.2.0.0/16"), ip_network("2001:db8:b::/56")), "b", "us-east-1", ACCOUNT
)
SUBNET_A = Subnet(
    "subnet-a",
    "vpc-a",
    (ip_network("10.1.1.0/24"), ip_network("2001:db8:a:1::/64")),
    zone="us-east-1a",
    zone_id="use1-az1",
)
SUBNET_B = Subnet(
    "subnet-b",
    "vpc-b",
    (ip_network("10.2.1.0/24"), ip_network("2001:db8:b:1::/64")),
    zone="us-east-1b",
    zone_id="use1-az2",
)
APP_A = Interface(
    "eni-a",
    "subnet-a",
    "vpc-a",
    (ip_address("10.1.1.10"), ip_address("10.1.1.11"), ip_address("2001:db8:a:1::10")),
    ("sg-a",),
    name="app-a",
    instance_id="i-a",
    account_id=ACCOUNT,
)
APP_B = Interface(
    "eni-b",
    "subnet-b",
    "vpc-b",
    (ip_address("10.2.1.10"), ip_address("2001:db8:b:1::10")),
    ("sg-b",),
    name="app-b",
    instance_id="i-b",
    account_id=ACCOUNT,
)
NAT_GATEWAY = Interface(
    "eni-nat",
    "subnet-a",
    "vpc-a",
    (ip_address("10.1.1.220"),),
    (),
    account_id=ACCOUNT,
    instance_id="i-not-yours",
    requester_managed=True,
    interface_type="nat_gateway",
)
PEERING = Peering("pcx-1", "vpc-a", "vpc-b", "active")

TWO_VPCS = Topology(
    vpcs={each.vpc_id: each for each in (VPC_A, VPC_B)},
    subnets={each.subnet_id: each for each in (SUBNET_A, SUBNET_B)},
    interfaces={each.interface_id: each for each in (APP_A, APP_B, NAT_GATEWAY)},
    peerings={PEERING.peering_id: PEERING},
)

ADDRESSES = tuple(
    ip_address(text)
    for text in ("10.1.1.10", "10.1.1.11", "10.1.1.220", "10.2.1.10", "10.9.9.9", "203.0.113.5")
)
ADDRESSES_6 = tuple(
    ip_address(text) for text in ("2001:db8:a:1::10", "2001:db8:b:1::10", "2001:db8:c::1")
)


@pytest.fixture(scope="session")
def two_vpcs() -> Topology:
    """VPCs a and b, peered, with app-a (two IPv4 addresses), app-b and a NAT gateway in a."""
    return TWO_VPCS


WORDS = st.text(min_size=1, max_size=8).filter(lambda word: word.split() == [word] and word != "-")


def values(field: Field) -> st.SearchStrategy[int | str | None]:
    """Anything a field can hold and print: None, a whole number, or one word that is no dash."""
    if field.type is FieldType.INTEGER:
        return st.none() | st.integers(min_value=0, max_value=2**63 - 1)
    return st.none() | WORDS


formats = st.lists(st.sampled_from(FIELDS), min_size=1, unique=True).map(
    lambda chosen: LogFormat(tuple(chosen))
)


@st.composite
def records(draw: st.DrawFn) -> FlowRecord:
    """A record with any of the fields set."""
    chosen = draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=12))
    return FlowRecord(**{each.attribute: draw(values(each)) for each in chosen})


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    family = draw(st.sampled_from([ADDRESSES, ADDRESSES_6]))
    source, destination = draw(st.sampled_from(family)), draw(st.sampled_from(family))
    protocol = draw(st.sampled_from(Protocol))
    ports = st.sampled_from([22, 443, 40000])
    has_ports = protocol in (Protocol.TCP, Protocol.UDP)
    return Packet(
        source,
        destination,
        protocol,
        draw(ports) if has_ports else 0,
        draw(ports) if has_ports else 0,
        tcp_flags=draw(st.integers(0, 63)) if protocol is Protocol.TCP else 0,
        size_bytes=draw(st.integers(20, 9001)),
    )


@st.composite
def seen_packets(draw: st.DrawFn) -> SeenPacket:
    """A packet at one of the network's interfaces, within 25 minutes."""
    direction = draw(st.sampled_from(Direction))
    paths = st.none() | st.sampled_from(TrafficPath)
    sighting = Sighting(
        draw(st.sampled_from(["eni-a", "eni-b", "eni-nat"])),
        direction,
        draw(st.sampled_from(Action)),
        draw(packets()),
        draw(paths) if direction is Direction.EGRESS else None,
    )
    return SeenPacket(draw(st.floats(1_700_000_000, 1_700_001_500)), sighting)


# Tests ask for these by type: ``@given(record=..., log_format=...)``.
st.register_type_strategy(LogFormat, formats)
st.register_type_strategy(FlowRecord, records())
st.register_type_strategy(SeenPacket, seen_packets())
