"""
What a walk is made of: the stations a packet met, what each did, and how it all ended.

``network.walk`` makes these values; pictures, explanations and diagnoses read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.network.packet import Direction, Packet, Sighting
    from labkit.network.topology import NetworkAclEntry, Route, SecurityGroupRule
    from labkit.network.ways_out import TransitRoute


class Leg(StrEnum):
    """There or back."""

    REQUEST = "request"
    REPLY = "reply"


class Station(StrEnum):
    """What a packet meets on its way."""

    HOST = "host"
    INTERFACE = "network interface"
    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    ROUTE_TABLE = "route table"
    PEERING = "peering connection"
    INTERNET_GATEWAY = "internet gateway"
    EGRESS_ONLY_GATEWAY = "egress-only internet gateway"
    NAT_GATEWAY = "NAT gateway"
    GATEWAY_ENDPOINT = "gateway endpoint"
    TRANSIT_GATEWAY = "transit gateway"
    OUTSIDE_HOST = "outside host"
    AMAZON_SERVICE = "Amazon service"


class Verdict(StrEnum):
    """What a station did with the packet."""

    ALLOW = "allow"
    TRACKED = "allow, tracked flow"
    DENY = "deny"
    FORWARD = "forward"
    DROP = "drop"
    DELIVER = "deliver"


class Fate(StrEnum):
    """How a walk ended."""

    ANSWERED = "answered"
    CONNECTION_REFUSED = "connection refused"
    DENIED_BY_SECURITY_GROUP = "denied by security group"
    DENIED_BY_NETWORK_ACL = "denied by network ACL"
    NO_ROUTE = "no route"
    BLACKHOLE = "blackhole route"
    PEERING_NOT_ACTIVE = "peering connection not active"
    NOT_FOR_PEER = "peering connection does not carry this address"
    REFUSED_BY_INTERNET_GATEWAY = "refused by internet gateway"
    REFUSED_BY_EGRESS_ONLY_GATEWAY = "refused by egress-only internet gateway"
    LEFT_FOR_INTERNET = "left for the internet"
    NAT_GATEWAY_NOT_AVAILABLE = "NAT gateway not available"
    REFUSED_BY_NAT_GATEWAY = "refused by NAT gateway"
    NO_NAT_FLOW = "NAT gateway knows no such flow"
    REFUSED_BY_GATEWAY_ENDPOINT = "refused by gateway endpoint"
    LEFT_FOR_SERVICE = "left for an AWS service"
    NO_TRANSIT_ATTACHMENT = "no transit gateway attachment to use"
    NO_TRANSIT_TABLE = "transit gateway attachment without a route table"
    NO_TRANSIT_ROUTE = "no route in the transit gateway"
    TRANSIT_BLACKHOLE = "blackhole route in the transit gateway"
    ROUTING_LOOP = "routing loop"
    NO_SUCH_ADDRESS = "no interface has this address"
    SOURCE_CHECK = "source/destination check"
    HOST_DOWN = "host is not running"
    HOST_SILENT = "host does not answer"
    REPLY_ASTRAY = "reply reached another interface"
    REPLY_FROM_ELSEWHERE = "reply came from another address"
    AMAZON_SERVICE = "address of an Amazon service"


@dataclass(frozen=True, slots=True)
class Hop:
    """
    One station of one leg: where, what it did, and the rule or route that made it so.

    ``component_ids`` holds more than one id only for the security groups of an
    interface that all failed to allow a packet. ``rule`` is None where nothing
    matched, or nothing needed to. ``packet`` is the packet as this station met
    it, which behind an internet gateway or a NAT gateway is not as its sender
    sent it.
    """

    leg: Leg
    station: Station
    component_ids: tuple[str, ...]
    verdict: Verdict
    direction: Direction | None = None
    rule: SecurityGroupRule | NetworkAclEntry | Route | TransitRoute | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    interface_id: str | None = None
    packet: Packet | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """
    A packet's whole story: request, reply if there was one, and how it ended.

    ``packet`` and ``reply`` are as their senders put them on the wire; gateways
    may have rewritten them for the other side. ``sender_id`` and
    ``receiver_id`` are ids of interfaces, or the address of an outside host as
    text. ``leg`` says on which way it ended. ``hops`` and ``sightings`` stand
    in the order of events; the last hop is the one that decided.
    """

    packet: Packet
    reply: Packet | None
    sender_id: str
    receiver_id: str | None
    hops: tuple[Hop, ...]
    sightings: tuple[Sighting, ...]
    fate: Fate
    leg: Leg

    @property
    def answered(self) -> bool:
        """Whether the sender heard back from the host, be it a refusal."""
        return self.fate in (Fate.ANSWERED, Fate.CONNECTION_REFUSED)

    @property
    def arrived(self) -> bool:
        """Whether the request reached a running host."""
        return any(
            (hop.leg, hop.verdict) == (Leg.REQUEST, Verdict.DELIVER)
            and hop.station in (Station.HOST, Station.OUTSIDE_HOST)
            for hop in self.hops
        )

    def __str__(self) -> str:
        way = f"{self.packet.source} -> {self.packet.destination}"
        return f"{way}: {self.fate} ({self.leg})"
