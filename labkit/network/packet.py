"""One packet, and what one network interface saw of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address


class Protocol(IntEnum):
    """IANA protocol numbers of the traffic the walk understands."""

    ICMP = 1
    TCP = 6
    UDP = 17
    ICMPV6 = 58


ECHO_REQUEST: Final = {Protocol.ICMP: 8, Protocol.ICMPV6: 128}
ECHO_REPLY: Final = {Protocol.ICMP: 0, Protocol.ICMPV6: 129}

# Flag bits as they stand in the TCP header.
FIN: Final = 1
SYN: Final = 2
RST: Final = 4
ACK: Final = 16

# IP header plus 8 bytes of ICMP header plus the 56 bytes that ping sends by default.
PING_BYTES: Final = {4: 20 + 8 + 56, 6: 40 + 8 + 56}


@dataclass(frozen=True, slots=True)
class Packet:
    """
    An IP packet, as far as routing, filtering and flow logs can see it.

    ``size_bytes`` counts from the IP header on; ports are 0 where the protocol
    has none, as flow records print them.
    """

    source: Address
    destination: Address
    protocol: int
    source_port: int = 0
    destination_port: int = 0
    icmp_type: int | None = None
    icmp_code: int | None = None
    tcp_flags: int = 0
    size_bytes: int = 84

    @property
    def is_icmp(self) -> bool:
        return self.protocol in (Protocol.ICMP, Protocol.ICMPV6)

    @property
    def is_echo_request(self) -> bool:
        return self.is_icmp and self.icmp_type == ECHO_REQUEST[Protocol(self.protocol)]

    def peer(self, direction: Direction) -> Address:
        """The address at the other end, seen from an interface that it crosses."""
        return self.source if direction is Direction.INGRESS else self.destination


def echo_request(source: Address, destination: Address, *, data_bytes: int = 56) -> Packet:
    """
    The packet that ``ping`` sends, for IPv4 or IPv6.

    Args:
        source: Address of the sender.
        destination: Address to ping; same family as *source*.
        data_bytes: Payload of the ping (``ping -s``) [B].

    >>> from ipaddress import ip_address
    >>> echo_request(ip_address("10.1.1.10"), ip_address("10.2.1.10")).size_bytes
    84
    """
    protocol = Protocol.ICMP if destination.version == 4 else Protocol.ICMPV6
    return Packet(
        source,
        destination,
        protocol,
        icmp_type=ECHO_REQUEST[protocol],
        icmp_code=0,
        size_bytes=PING_BYTES[destination.version] - 56 + data_bytes,
    )


class Direction(StrEnum):
    """Which way a packet crossed a network interface, seen from that interface."""

    INGRESS = "ingress"
    EGRESS = "egress"


class Action(StrEnum):
    """The verdict a flow record carries."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


class TrafficPath(IntEnum):
    """
    The way egress traffic takes, as the ``traffic-path`` field codes it.

    To a NAT gateway or a transit gateway it is SAME_VPC, for both have an
    interface in the VPC. Code 2 stands for 7 or 8 on instances older than
    Nitro, which the lab has none of. An egress-only gateway has no code.

    Source: Amazon VPC User Guide, "Flow log records", field traffic-path.
    """

    SAME_VPC = 1
    VIRTUAL_PRIVATE_GATEWAY = 3
    INTRA_REGION_PEERING = 4
    INTER_REGION_PEERING = 5
    GATEWAY_ENDPOINT = 7
    INTERNET_GATEWAY = 8


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    What one network interface saw of one packet: the raw material of a flow record.

    ``traffic_path`` is None for ingress and wherever the way out is not known.
    ``next_hop_id`` is the interface at the other end of the hop, where one is
    known to have seen the packet, too.
    """

    interface_id: str
    direction: Direction
    action: Action
    packet: Packet
    traffic_path: TrafficPath | None = None
    next_hop_id: str | None = None
