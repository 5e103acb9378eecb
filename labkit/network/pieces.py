"""
The space of all packets, cut into pieces within which no rule tells two packets apart.

A filter that is asked about one packet of each piece has been asked about all.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    summarize_address_range,
)
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from labkit.network.packet import Packet, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labkit.network.packet import Address
    from labkit.network.topology import Network

_BITS: Final = {4: 32, 6: 128}
_NAMES: Final = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}
_PORTS: Final = 65536
_CODES: Final = 256
_NUMBERS: Final = 256
_WITH_PORTS: Final = (Protocol.TCP, Protocol.UDP)
_ICMP: Final = (Protocol.ICMP, Protocol.ICMPV6)


class Span(NamedTuple):
    """Whole numbers from *low* to *high*, both included."""

    low: int
    high: int


class Scope(NamedTuple):
    """
    What a rule says about protocol, ports and ICMP; None and -1 stand for any.

    ``span`` holds destination ports, or one ICMP type; ``code`` the ICMP code.
    """

    protocol: int | None
    span: Span | None = None
    code: int = -1

    @classmethod
    def of(cls, protocol: int | None, low: int, high: int) -> Scope:
        """The scope of a rule as EC2 words it: two ports, or ICMP type and code."""
        if low < 0 or protocol not in (*_WITH_PORTS, *_ICMP):
            return cls(protocol)
        return (
            cls(protocol, Span(low, low), high)
            if protocol in _ICMP
            else cls(protocol, Span(low, high))
        )


class Kind(NamedTuple):
    """
    Packets that differ in nothing but what no rule looks at, and in their peer.

    ``protocols`` is a span of protocol numbers, ``scope`` one of destination
    ports or ICMP types, ``codes`` one of ICMP codes.
    """

    protocols: Span
    scope: Span = Span(0, _PORTS - 1)
    codes: Span = Span(0, _CODES - 1)

    def packet(self, source: Address, destination: Address) -> Packet:
        """One packet of the kind."""
        number = self.protocols.low
        if number in _ICMP:
            icmp_type, icmp_code = self.scope.low, self.codes.low
            return Packet(source, destination, number, icmp_type=icmp_type, icmp_code=icmp_code)
        return Packet(source, destination, number, destination_port=self.scope.low)

    def holds(self, packet: Packet) -> bool:
        """Whether a packet is of the kind."""
        if not _within(packet.protocol, self.protocols):
            return False
        if packet.is_icmp:
            type_fits = _within(packet.icmp_type or 0, self.scope)
            return type_fits and _within(packet.icmp_code or 0, self.codes)
        return packet.protocol not in _WITH_PORTS or _within(packet.destination_port, self.scope)


ANYTHING: Final = Kind(Span(0, _NUMBERS - 1))


class Stretch(NamedTuple):
    """Addresses of one family that follow one another, as whole numbers."""

    version: int
    low: int
    high: int

    @property
    def first(self) -> Address:
        return IPv4Address(self.low) if self.version == 4 else IPv6Address(self.low)

    @property
    def networks(self) -> Iterator[Network]:
        """The same addresses as CIDR blocks."""
        if self.version == 4:
            return summarize_address_range(IPv4Address(self.low), IPv4Address(self.high))
        return summarize_address_range(IPv6Address(self.low), IPv6Address(self.high))


def stretches(ranges: Iterable[Network]) -> list[Stretch]:
    """Both address families whole, cut wherever one of the ranges begins or ends."""
    cuts = {version: {0, 1 << bits} for version, bits in _BITS.items()}
    for each in ranges:
        start = int(each.network_address)
        cuts[each.version] |= {start, start + each.num_addresses}
    return [
        Stretch(version, low, high - 1)
        for version, edges in cuts.items()
        for low, high in pairwise(sorted(edges))
    ]


def blocks_of(pieces: Iterable[Stretch]) -> tuple[Network, ...]:
    """The addresses of some stretches in as few CIDR blocks as possible."""
    networks = [network for each in pieces for network in each.networks]
    four = [each for each in networks if isinstance(each, IPv4Network)]
    six = [each for each in networks if isinstance(each, IPv6Network)]
    return (*collapse_addresses(four), *collapse_addresses(six))


def kinds(scopes: Sequence[Scope]) -> list[Kind]:
    """All packets there can be, cut wherever a rule of one of the scopes tells two apart."""
    numbers = {each.protocol for each in scopes if each.protocol is not None}
    protocols = _cut(_NUMBERS, [Span(n, n) for n in numbers | set(map(int, Protocol))])
    return [kind for each in protocols for kind in _kinds_of(each, scopes)]


def _kinds_of(protocols: Span, scopes: Sequence[Scope]) -> Iterator[Kind]:
    own = [each for each in scopes if each.protocol == protocols.low]
    spans = [each.span for each in own if each.span is not None]
    if protocols.low in _ICMP:
        codes = _cut(_CODES, [Span(each.code, each.code) for each in own if each.code >= 0])
        for types in _cut(_CODES, spans):
            yield from (Kind(protocols, types, code) for code in codes)
    elif protocols.low in _WITH_PORTS:
        yield from (Kind(protocols, ports) for ports in _cut(_PORTS, spans))
    else:
        yield Kind(protocols)


def _cut(size: int, spans: Iterable[Span]) -> list[Span]:
    edges = {0, size} | {edge for span in spans for edge in (span.low, span.high + 1)}
    return [Span(low, high - 1) for low, high in pairwise(sorted(edges))]


def _within(number: int, span: Span) -> bool:
    return span.low <= number <= span.high


# Words.


def traffic_text(some: Iterable[Kind]) -> str:
    """
    Kinds of packets in words.

    >>> traffic_text([Kind(Span(6, 6), Span(22, 22)), Kind(Span(6, 6), Span(23, 30))])
    'TCP 22-30'
    >>> traffic_text(kinds([]))
    'all traffic'
    """
    ordered = sorted(some)
    if ANYTHING in ordered:
        return "all traffic"
    others = _covered(each.protocols for each in ordered if each.protocols.low not in _NAMES)
    partly = [number for number in _NAMES if _scopes(number, ordered)]
    wholly = [number for number in partly if _is_whole(number, ordered)]
    if others == _OTHERS:
        missing = [name for number, name in _NAMES.items() if number not in wholly]
        parts = [_protocol_text(number, ordered) for number in partly if number not in wholly]
        but = f" but {', '.join(missing)}" if missing else ""
        return ", ".join([f"all traffic{but}", *parts])
    texts = [_protocol_text(number, ordered) for number in partly]
    if others:
        texts.append(f"protocols {', '.join(map(_span_text, others))}")
    return ", ".join(texts)


def _scopes(number: int, some: Iterable[Kind]) -> list[Span]:
    return _covered(each.scope for each in some if each.protocols.low == number)


def _is_whole(number: int, some: Iterable[Kind]) -> bool:
    most = _CODES if number in _ICMP else _PORTS
    return _scopes(number, some) == [Span(0, most - 1)]


def _protocol_text(number: int, some: Sequence[Kind]) -> str:
    name = _NAMES[number]
    if _is_whole(number, some):
        return f"all {name}"
    word = f"{name} type" if number in _ICMP else name
    return f"{word} {', '.join(map(_span_text, _scopes(number, some)))}"


def _covered(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in as few spans as possible."""
    joined: list[Span] = []
    for span in sorted(set(spans)):
        if joined and span.low <= joined[-1].high + 1:
            joined[-1] = Span(joined[-1].low, max(joined[-1].high, span.high))
        else:
            joined.append(span)
    return joined


def _span_text(span: Span) -> str:
    return str(span.low) if span.low == span.high else f"{span.low}-{span.high}"


# Every protocol number that has no name here.
_OTHERS: Final = [
    Span(low, high) for low, high in ((0, 0), (2, 5), (7, 16), (18, 57), (59, _NUMBERS - 1))
]
