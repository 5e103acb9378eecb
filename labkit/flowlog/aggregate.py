"""
Packets seen by interfaces in, flow records out.

A flow is a 5-tuple at one interface, in one direction, with one action, within
one window. Windows lie back to back from the Unix epoch on, so that equal
traffic gives equal records whenever the lab was started.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from ipaddress import IPv6Address
from math import floor
from operator import attrgetter, or_
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from labkit.errors import TopologyError
from labkit.flowlog.errors import UnknownInterval
from labkit.flowlog.formats import DEFAULT_FORMAT, LogFormat
from labkit.flowlog.metadata import aws_service, next_hop, of_interface, with_next_hop
from labkit.flowlog.unlogged import never_logged
from labkit.network.packet import ACK, FIN, RST, SYN, Direction, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.flowlog.records import FlowRecord
    from labkit.network.packet import Action, Address, Packet, Sighting, TrafficPath
    from labkit.network.topology import Interface, Topology

_Told = TypeVar("_Told")

INTERVALS_S: Final = (60, 600)
DEFAULT_INTERVAL_S: Final = 600
STATUS_OK: Final = "OK"

# Tells any two records of one aggregation apart, so the order never depends on the input's.
_ORDER: Final = attrgetter(
    "start",
    "interface_id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "action",
    "flow_direction",
    "pkt_srcaddr",
    "pkt_dstaddr",
)


@dataclass(frozen=True, slots=True)
class SeenPacket:
    """A sighting and when it happened: ``at_s`` is Unix time [s], fractions welcome."""

    at_s: float
    sighting: Sighting


def check_interval(interval_s: int) -> int:
    """
    The same interval [s], if AWS offers it as MaxAggregationInterval.

    Raises:
        UnknownInterval: It is neither 60 nor 600.
    """
    if interval_s not in INTERVALS_S:
        raise UnknownInterval(interval_s, INTERVALS_S)
    return interval_s


def window_start(at_s: float, interval_s: int) -> int:
    """
    First second of the window an instant falls into, Unix time [s].

    >>> window_start(119.9, 60), window_start(120.0, 60)
    (60, 120)
    """
    return floor(at_s) // check_interval(interval_s) * interval_s


def aggregate(
    seen: Iterable[SeenPacket],
    topology: Topology,
    *,
    interval_s: int = DEFAULT_INTERVAL_S,
    log_format: LogFormat = DEFAULT_FORMAT,
) -> list[FlowRecord]:
    """
    Fold packets seen by interfaces into the records AWS would make of them.

    Packets that agree on interface, direction, 5-tuple and action within one
    window become one record. So an answered ping leaves two records per
    interface, one each way, and a flow refused half-way leaves two as well.
    The 5-tuple is the packet's own: two flows whose addresses only look alike
    after AWS's substitution of the primary address stay two records.
    Packets that AWS never logs (see ``never_logged``) leave nothing.

    Args:
        seen: n packets, in any order.
        topology: The network they were seen in; it supplies the metadata.
        interval_s: Width of a window [s], 60 or 600.
        log_format: Decides ``version``; all other fields are filled regardless.

    Returns:
        At most n records, ``[]`` for none seen, sorted by start, interface,
        addresses, ports, protocol, action and direction. ``start`` and ``end``
        are Unix time [s]; ``bytes`` is a sum [B].

    Raises:
        UnknownInterval: *interval_s* is not a window AWS offers.
        TopologyError: A packet was seen by an interface the topology lacks.

    Source:
        Amazon VPC User Guide, "Flow log records" (aggregation interval; fields
        srcaddr, dstaddr, start, end, tcp-flags, traffic-path) and "Flow log limitations".
    """
    check_interval(interval_s)
    packets_of: dict[_Flow, list[SeenPacket]] = {}
    for each in seen:
        packets_of.setdefault(_flow(each, interval_s), []).append(each)
    records = [
        _record(flow, packets, topology, log_format.version)
        for flow, packets in packets_of.items()
        if _unlogged(flow, packets, topology) is None
    ]
    return sorted(records, key=_ORDER)


class _Flow(NamedTuple):
    """What the packets of one record have in common."""

    window: int
    interface_id: str
    direction: Direction
    action: Action
    protocol: int
    source: Address
    destination: Address
    source_port: int
    destination_port: int


def _flow(each: SeenPacket, interval_s: int) -> _Flow:
    sighting, packet = each.sighting, each.sighting.packet
    return _Flow(
        floor(each.at_s) // interval_s,
        sighting.interface_id,
        sighting.direction,
        sighting.action,
        packet.protocol,
        packet.source,
        packet.destination,
        0 if packet.is_icmp else packet.source_port,
        0 if packet.is_icmp else packet.destination_port,
    )


def _unlogged(flow: _Flow, packets: list[SeenPacket], topology: Topology) -> str | None:
    # Any packet of a flow will do: what is never logged depends on the 5-tuple alone.
    return never_logged(packets[0].sighting.packet, _interface(flow, topology), topology)


def _interface(flow: _Flow, topology: Topology) -> Interface:
    try:
        return topology.interfaces[flow.interface_id]
    except KeyError:
        message = f"Network interface {flow.interface_id} is not in the snapshot."
        raise TopologyError(message) from None


def _record(flow: _Flow, packets: list[SeenPacket], topology: Topology, version: int) -> FlowRecord:
    interface = _interface(flow, topology)
    path = _traffic_path(flow, packets)
    far = flow.destination if flow.direction is Direction.EGRESS else flow.source
    hop = _seen_next_hop(packets, topology)
    if hop is None:
        hop = next_hop(interface, flow.direction, far, path, topology)
    source, destination = _shown_addresses(flow, interface)
    return replace(
        with_next_hop(of_interface(interface, topology), hop, topology),
        version=version,
        srcaddr=str(source),
        dstaddr=str(destination),
        srcport=flow.source_port,
        dstport=flow.destination_port,
        protocol=int(flow.protocol),
        packets=len(packets),
        bytes=sum(each.sighting.packet.size_bytes for each in packets),
        start=floor(min(each.at_s for each in packets)),
        end=floor(max(each.at_s for each in packets)),
        action=flow.action.value,
        log_status=STATUS_OK,
        tcp_flags=_tcp_flags(each.sighting.packet for each in packets),
        type=f"IPv{flow.source.version}",
        pkt_srcaddr=str(flow.source),
        pkt_dstaddr=str(flow.destination),
        pkt_src_aws_service=aws_service(flow.source, topology),
        pkt_dst_aws_service=aws_service(flow.destination, topology),
        flow_direction=flow.direction.value,
        traffic_path=None if path is None else int(path),
    )


def _traffic_path(flow: _Flow, packets: list[SeenPacket]) -> TrafficPath | None:
    """The way the last packet took whose way is known; outgoing traffic only."""
    if flow.direction is not Direction.EGRESS:
        return None
    return _last_known((each.at_s, each.sighting.traffic_path) for each in packets)


def _seen_next_hop(packets: list[SeenPacket], topology: Topology) -> Interface | None:
    """The interface at the other end of the last packet whose other end is known."""
    hop_id = _last_known((each.at_s, each.sighting.next_hop_id) for each in packets)
    return topology.interfaces.get(hop_id or "")


def _last_known(told: Iterable[tuple[float, _Told | None]]) -> _Told | None:
    """What was told last, by its time [Unix s]; None if nothing was."""
    known = [(at_s, what) for at_s, what in told if what is not None]
    return max(known)[1] if known else None


def _shown_addresses(flow: _Flow, interface: Interface) -> tuple[Address, Address]:
    """Source and destination as ``srcaddr`` and ``dstaddr`` show them."""
    if flow.direction is Direction.EGRESS:
        return _as_own(flow.source, interface), flow.destination
    return flow.source, _as_own(flow.destination, interface)


def _as_own(address: Address, interface: Interface) -> Address:
    """
    The interface's own address that stands for one in a packet.

    For IPv4 always the primary private one, be the real one secondary or not on
    the interface at all. IPv6 has no primary, so an own address stands for itself.
    """
    family = [own for own in interface.addresses if own.version == address.version]
    if not family or (isinstance(address, IPv6Address) and address in family):
        return address
    return family[0]


def _tcp_flags(packets: Iterable[Packet]) -> int:
    """FIN, SYN and RST ORed; ACK only where it acknowledges a SYN, in the same packet."""
    return reduce(or_, map(_counted_flags, packets), 0)


def _counted_flags(packet: Packet) -> int:
    if packet.protocol != Protocol.TCP:
        return 0
    counted = packet.tcp_flags & (FIN | SYN | RST)
    return counted | (packet.tcp_flags & ACK if counted & SYN else 0)
