"""
One flow log's packets until they are records, window by window.

A window closes when the clock has passed its end.  Its packets then become
records in the network they were last seen in, so that an interface which has
been deleted since is still known by its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from math import floor, inf
from typing import TYPE_CHECKING, Final, NamedTuple

from labkit.flowlog import (
    LogFormat,
    SeenPacket,
    TrafficType,
    aggregate,
    keeps,
    nodata,
    stream_name,
    window_start,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labkit.endpoint.flow_logs import FlowLogConfig
    from labkit.flowlog import FlowRecord
    from labkit.network.packet import Sighting
    from labkit.network.topology import Topology

LONGEST_SILENCE: Final = 10_080
"""How many windows in a row get a NODATA row; a week of minutes."""


class Line(NamedTuple):
    """A record's line with its own times [Unix s] and the stream it goes to."""

    stream: str
    start_s: int
    end_s: int
    text: str


class Batch(NamedTuple):
    """Lines that are delivered together, and when [Unix s]; None means at once."""

    lines: list[Line]
    delivered_s: float | None = None


def covers(config: FlowLogConfig, sighting: Sighting, topology: Topology) -> bool:
    """Whether a flow log watches the interface that saw a packet, however new that is."""
    interface = topology.interfaces[sighting.interface_id]
    return config.resource_id in (interface.interface_id, interface.subnet_id, interface.vpc_id)


def instant_records(config: FlowLogConfig, seen: Sequence[SeenPacket], topology: Topology) -> Batch:
    """
    The records of one command, as if its windows began with it.

    A command shorter than the interval so leaves one record for each flow,
    whatever the time of day.
    """
    begins_s = floor(min(each.at_s for each in seen))
    ends_s = max(each.at_s for each in seen)
    if ends_s < window_start(begins_s, config.interval_s) + config.interval_s:
        return Batch(_lines(config, _kept(config, seen, topology)))
    moved = [SeenPacket(each.at_s - begins_s, each.sighting) for each in seen]
    records = _kept(config, moved, topology)
    placed = [_moved(record, begins_s) for record in records]
    return Batch(_lines(config, placed))


@dataclass
class Ledger:
    """
    What one flow log has yet to deliver under realistic delivery.

    Args:
        config: The flow log.
        windows: Packets seen in each window that has not been delivered, by its start.
        topologies: The latest network in which each interface saw a packet.
        silent_since: For each interface that has a stream, the end of its last row [Unix s].
    """

    config: FlowLogConfig
    windows: dict[int, list[SeenPacket]] = field(default_factory=dict)
    topologies: dict[str, Topology] = field(default_factory=dict)
    silent_since: dict[str, int] = field(default_factory=dict)

    def take(self, seen: Iterable[SeenPacket], topology: Topology) -> None:
        """Note packets of interfaces the flow log watches."""
        for each in seen:
            start = window_start(each.at_s, self.config.interval_s)
            self.windows.setdefault(start, []).append(each)
            self.topologies[each.sighting.interface_id] = topology

    @property
    def next_window_end_s(self) -> float:
        """When the next window with something to tell, be it silence, closes [Unix s]."""
        ends = [start + self.config.interval_s for start in self.windows]
        ends += [last + self.config.interval_s for last in self.silent_since.values()]
        return min(ends, default=inf)

    @property
    def next_traffic_end_s(self) -> float:
        """When the next window in which packets were seen closes [Unix s]."""
        return min(self.windows, default=inf) + self.config.interval_s

    def close(
        self, closed_by_s: float, topology: Topology, delay_s: float, *, with_nodata: bool
    ) -> list[Batch]:
        """
        What the windows that have closed by *closed_by_s* [Unix s] leave, in order.

        Args:
            closed_by_s: Windows that end later stay open.
            topology: The network now; interfaces that are gone from it fall silent for good.
            delay_s: From the end of a window to its delivery [s].
            with_nodata: Whether interfaces that have a stream tell of their silence.
        """
        interval_s = self.config.interval_s
        closed = sorted(start for start in self.windows if start + interval_s <= closed_by_s)
        batches = []
        for start in closed:
            batches += self._silences(start, topology, delay_s, with_nodata=with_nodata)
            records = self._records(self.windows.pop(start))
            spoke = {record.interface_id: start + interval_s for record in records}
            self.silent_since |= {name: end for name, end in spoke.items() if name is not None}
            batches.append(Batch(_lines(self.config, records), start + interval_s + delay_s))
        until = window_start(closed_by_s, interval_s)
        batches += self._silences(until, topology, delay_s, with_nodata=with_nodata)
        return [batch for batch in batches if batch.lines]

    def _records(self, seen: Sequence[SeenPacket]) -> list[FlowRecord]:
        by_network: dict[int, tuple[Topology, list[SeenPacket]]] = {}
        for each in seen:
            topology = self.topologies[each.sighting.interface_id]
            by_network.setdefault(id(topology), (topology, []))[1].append(each)
        return [
            record
            for topology, packets in by_network.values()
            for record in _kept(self.config, packets, topology)
        ]

    def _silences(
        self, until_s: int, topology: Topology, delay_s: float, *, with_nodata: bool
    ) -> list[Batch]:
        """One row for each window in which an interface that has a stream saw nothing."""
        interval_s = self.config.interval_s
        lines: list[Line] = []
        for interface_id, since_s in self.silent_since.items():
            last_s = min(until_s, since_s + LONGEST_SILENCE * interval_s)
            if with_nodata and interface_id in topology.interfaces:
                lines += self._rows_of_silence(interface_id, since_s, last_s, topology)
            self.silent_since[interface_id] = max(since_s, until_s)
        return [Batch(lines, until_s + delay_s)]

    def _rows_of_silence(
        self, interface_id: str, since_s: int, until_s: int, topology: Topology
    ) -> list[Line]:
        # Rows of silence differ in nothing but their times, and there may be very many.
        interval_s, log_format = self.config.interval_s, _format(self.config.log_format)
        record = nodata(topology.interfaces[interface_id], 0, 1, topology, log_format=log_format)
        cells = record.to_line(log_format).split(" ")
        names = [each.name for each in log_format.fields]
        cells = [
            {"start": "{0}", "end": "{1}"}.get(*pair) for pair in zip(names, cells, strict=True)
        ]
        template = " ".join(cells)
        stream = stream_name(interface_id, TrafficType(self.config.traffic_type))
        return [
            Line(
                stream,
                start,
                start + interval_s - 1,
                template.format(start, start + interval_s - 1),
            )
            for start in range(since_s, until_s, interval_s)
        ]


_format = cache(LogFormat.parse)


def _kept(
    config: FlowLogConfig, seen: Iterable[SeenPacket], topology: Topology
) -> list[FlowRecord]:
    log_format = _format(config.log_format)
    records = aggregate(seen, topology, interval_s=config.interval_s, log_format=log_format)
    return [record for record in records if keeps(TrafficType(config.traffic_type), record)]


def _moved(record: FlowRecord, by_s: int) -> FlowRecord:
    return replace(record, start=_times(record)[0] + by_s, end=_times(record)[1] + by_s)


def _times(record: FlowRecord) -> tuple[int, int]:
    """Start and end of a record that is known to have them."""
    return record.start or 0, record.end or 0


def _lines(config: FlowLogConfig, records: Iterable[FlowRecord]) -> list[Line]:
    log_format = _format(config.log_format)
    traffic_type = TrafficType(config.traffic_type)
    return [
        Line(
            stream_name(record.interface_id or "", traffic_type),
            *_times(record),
            record.to_line(log_format),
        )
        for record in records
    ]
