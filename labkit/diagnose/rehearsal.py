"""
What flow logs would hold if a world were as it is on paper: traffic in, lines and answers out.

With it, a query can be tried in worlds that do not exist: the same lab with
another fault in it, to see whether the answer would differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.flowlog import SeenPacket, TrafficType, aggregate, keeps, nodata, stream_name
from labkit.flowlog.aggregate import window_start
from labkit.network.topology import HostState
from labkit.network.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labkit.diagnose.question import Question
    from labkit.faults.world import World
    from labkit.flowlog import FlowRecord
    from labkit.flowlog.flow_log import FlowLog
    from labkit.insights.events import LogEvents
    from labkit.insights.result import Row
    from labkit.network.topology import Topology

_MS: Final = 1000
_ACCOUNT: Final = "123456789012"
# How long after the ping of a ticket its records are all in, on paper [s].
WINDOW_END_S: Final = 180


@dataclass(frozen=True, slots=True)
class Sent:
    """
    Packets that one host sends, one a second.

    Args:
        at_s: When the first one leaves [Unix s].
        question: What is sent, by whom and to whom.
        count: How many.
    """

    at_s: float
    question: Question
    count: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a log group: its stream, its time [Unix s], and its text."""

    stream: str
    start_s: int
    text: str


def rehearse(world: World, traffic: Iterable[Sent], log_group: str, until_s: float) -> list[Line]:
    """
    What a log group holds once some traffic has gone through a world and the logs are in.

    Args:
        world: The network and its flow logs.
        traffic: What is sent.
        log_group: Which log group.
        until_s: Up to when interfaces tell of their silence [Unix s].

    Returns:
        Lines in the order of their start. Interfaces that are watched and saw
        nothing in a window tell so, as if they had had traffic before.

    Raises:
        NotSimulated: A route leads to a kind of target the walk does not know.
    """
    traffic = tuple(traffic)
    seen = [packet for sent in traffic for packet in _seen(world.topology, sent)]
    begins_s = min((sent.at_s for sent in traffic), default=until_s)
    lines = []
    for log in world.flow_logs:
        if log.log_group == log_group and log.delivery_error is None:
            lines += _lines(log, seen, world.topology, (begins_s, until_s))
    return sorted(lines, key=lambda line: (line.start_s, line.stream, line.text))


def _seen(topology: Topology, sent: Sent) -> list[SeenPacket]:
    sender = topology.interfaces[sent.question.sender_id]
    if sender.host.state is not HostState.RUNNING:
        return []
    walked = walk(topology, sent.question.packet, sender)
    return [
        SeenPacket(sent.at_s + number, sighting)
        for number in range(sent.count)
        for sighting in walked.sightings
    ]


def _lines(
    log: FlowLog, seen: Sequence[SeenPacket], topology: Topology, span_s: tuple[float, float]
) -> list[Line]:
    watched = {each.interface_id for each in topology.interfaces.values() if log.covers(each)}
    own = [each for each in seen if each.sighting.interface_id in watched]
    kind = TrafficType(log.traffic_type)
    records = [
        record
        for record in aggregate(own, topology, interval_s=log.interval_s, log_format=log.log_format)
        if keeps(kind, record)
    ]
    records += _silences(log, records, watched, topology, span_s)
    return [
        Line(
            stream_name(record.interface_id or "", kind),
            record.start or 0,
            record.to_line(log.log_format),
        )
        for record in records
    ]


def _silences(
    log: FlowLog,
    records: Iterable[FlowRecord],
    watched: Iterable[str],
    topology: Topology,
    span_s: tuple[float, float],
) -> list[FlowRecord]:
    interval_s = log.interval_s
    spoke = {
        (record.interface_id, window_start(record.start or 0, interval_s)) for record in records
    }
    first, last = (window_start(each, interval_s) for each in span_s)
    return [
        nodata(
            topology.interfaces[interface_id],
            start,
            start + interval_s - 1,
            topology,
            log_format=log.log_format,
        )
        for interface_id in sorted(watched)
        for start in range(first, last, interval_s)
        if (interface_id, start) not in spoke
    ]


def rehearsed(query: str, lines: Sequence[Line], until_s: float) -> list[Row]:
    """
    The rows that a Logs Insights query finds in some lines.

    Raises:
        QueryError: The query cannot be run; says where and why.
    """
    return rehearsed_in(gathered(lines, until_s), query, until_s)


def gathered(lines: Sequence[Line], until_s: float) -> LogEvents:
    """The lines as a log group that queries can be asked of, one after the other."""
    from labkit.insights.events import LogEvents  # noqa: PLC0415  loads when first asked

    group = LogEvents(name="/rehearsal", account_id=_ACCOUNT)
    now_ms = int(until_s * _MS)
    for stream in dict.fromkeys(line.stream for line in lines):
        own = [line for line in lines if line.stream == stream]
        times_ms = [line.start_s * _MS for line in own]
        group.append(stream, times_ms, [line.text for line in own], ingestion_ms=now_ms)
    return group


def rehearsed_in(group: LogEvents, query: str, until_s: float) -> list[Row]:
    """
    The rows that a Logs Insights query finds in a log group on paper.

    Raises:
        QueryError: The query cannot be run; says where and why.
    """
    from labkit.insights.engine import run  # noqa: PLC0415  a compiler loads when first asked

    now_ms = int(until_s * _MS)
    return run(query, [group], start_ms=0, end_ms=now_ms, now_ms=now_ms).rows
