"""
The one place where log events are: whoever writes or reads them, they are the same.

moto keeps log groups and streams; the list of events in each of its streams is
replaced by a view of the group's columns, which Logs Insights queries too.  So
PutLogEvents, moto's own services and flow logs all write to one store, and it
goes when its log group goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeVar
from weakref import WeakKeyDictionary

from labkit.endpoint.moto_seam.log_streams import EventsView, StoredEvent, adopt, log_group, put
from labkit.endpoint.operations import AwsError, MotoObject
from labkit.insights import database
from labkit.insights.events import LogEvents
from labkit.units import ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from labkit.endpoint.application import EmbeddedAws

ALL: Final = 2**62
"""A limit that limits nothing."""

EVENT_OVERHEAD_BYTES: Final = 26
"""What an event counts for in the limits of the API, beside the length of its message."""

_DAY_S: Final = 24 * 3600
_COLUMNS: Final = "at_ms, event, ingested_ms, stream, message"
_EVENT_ID_DIGITS: Final = (20, 36)


class Event(NamedTuple):
    """
    A log event.

    ``at_ms`` and ``ingested_ms`` are Unix times [ms]; ``number`` counts the events
    of a group as they arrived, so ``(at_ms, number)`` sorts them.
    """

    at_ms: int
    number: int
    ingested_ms: int
    stream: str
    message: str

    @property
    def event_id(self) -> str:
        """56 digits that sort as the events do."""
        return event_id(self.at_ms, self.number)


def event_id(at_ms: int, number: int) -> str:
    """56 digits that stand for an event by its time [ms] and its number."""
    time_digits, number_digits = _EVENT_ID_DIGITS
    return f"{at_ms:0{time_digits}}{number:0{number_digits}}"


class StreamTimes(NamedTuple):
    """When a stream's events happened, first and last, and when the last one arrived [ms]."""

    first_ms: int
    last_ms: int
    arrived_ms: int


class Arrival(NamedTuple):
    """
    Events that have come into a stream together: time [ms] and message of each.

    ``first`` is the number of the first of them among all events of the group.
    """

    region: str
    group_name: str
    stream: str
    times_ms: Sequence[int]
    messages: Sequence[str]
    arrived_ms: int
    first: int


class Listener(Protocol):
    """Whoever wants to know what comes in: metric filters, subscription filters."""

    def events_arrived(self, arrival: Arrival) -> None:
        """Take note; whatever takes time or calls others belongs on the agenda."""


ListenerT = TypeVar("ListenerT", bound=Listener)

_KINDS: Final[list[Callable[[EmbeddedAws], Listener]]] = []


def hears_arrivals(kind: type[ListenerT]) -> type[ListenerT]:
    """Enter a class whose instance, ``aws.extension(kind)``, hears of all events that come in."""
    _KINDS.append(kind)
    return kind


def place_of(event_id: str) -> tuple[int, int]:
    """
    Where an event id points to: time [ms] and number.

    Raises:
        ValueError: It is no event id.
    """
    if len(event_id) != sum(_EVENT_ID_DIGITS) or not event_id.isdecimal():
        raise ValueError(event_id)
    return int(event_id[: _EVENT_ID_DIGITS[0]]), int(event_id[_EVENT_ID_DIGITS[0] :])


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Which events of a group to read.

    Args:
        streams: Names of streams; None for all.
        first_ms, last_ms: Earliest and latest time [ms], both inclusive.
        after, before: Bounds by (time, number), both exclusive.
        limit: At most so many.
        latest: Whether the limit keeps the latest ones rather than the earliest.
    """

    streams: tuple[str, ...] | None = None
    first_ms: int = 0
    last_ms: int = ALL
    after: tuple[int, int] | None = None
    before: tuple[int, int] | None = None
    limit: int = 10_000
    latest: bool = False


class LogStore:
    """All log events of one application; ``aws.extension(LogStore)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._groups: WeakKeyDictionary[Any, LogEvents] = WeakKeyDictionary()

    @cached_property
    def _listeners(self) -> list[Listener]:
        return [self._aws.extension(kind) for kind in _KINDS]

    def group(self, region: str, name: str) -> MotoObject:
        """
        The log group of a name, as moto has it.

        Raises:
            AwsError: There is none.
        """
        found = log_group(self._aws.backend("logs", region), name)
        if found is None:
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        return found

    def has_group(self, region: str, name: str) -> bool:
        """Whether there is a log group of that name."""
        return log_group(self._aws.backend("logs", region), name) is not None

    def events(self, group: MotoObject) -> LogEvents:
        """The events of a log group, without those its retention has outlived."""
        held = self._adopted(group)
        if group.retention_in_days:
            oldest_ms = ms(self._aws.clock.now() - int(group.retention_in_days) * _DAY_S)
            if held.facts().first_ms < oldest_ms:
                held.trim_before(oldest_ms)
        return held

    def _adopted(self, group: MotoObject) -> LogEvents:
        """The events of a log group as they came in; enough for who adds some."""
        held = self._groups.get(group)
        if held is None:
            held = self._groups[group] = LogEvents(group.name, group.account_id)
        adopt(group, lambda stream: self._view(group, stream))
        return held

    def _view(self, group: MotoObject, stream: str) -> EventsView:
        def keep(times_ms: Sequence[int], messages: Sequence[str], arrives_ms: int | None) -> None:
            at_ms = ms(self._aws.clock.now()) if arrives_ms is None else arrives_ms
            added = self._groups[group].append(stream, times_ms, messages, at_ms)
            arrival = Arrival(
                group.region, group.name, stream, times_ms, messages, at_ms, added.first
            )
            for listener in self._listeners if times_ms else ():
                listener.events_arrived(arrival)

        def read() -> Iterator[StoredEvent]:
            for event in self.select(group, Selection(streams=(stream,), limit=ALL)):
                yield StoredEvent(event.at_ms, event.message, event.ingested_ms, event.event_id)

        return EventsView(keep, read)

    def write(
        self,
        region: str,
        group_name: str,
        stream: str,
        events: Sequence[tuple[int, str]],
        ingestion_ms: int,
    ) -> None:
        """
        Put events into a stream, making group and stream if they are not there.

        Args:
            region: Region of the group.
            group_name: The group.
            stream: The stream.
            events: Time [ms] and message of each.
            ingestion_ms: When they arrive [ms].
        """
        backend = self._aws.backend("logs", region)
        backend.ensure_log_group(group_name)
        backend.ensure_log_stream(group_name, stream)
        self.put(self.group(region, group_name), stream, events, ingestion_ms)

    def put(
        self,
        group: MotoObject,
        stream: str,
        events: Sequence[tuple[int, str]],
        ingestion_ms: int,
    ) -> None:
        """Put events, time [ms] and message of each, into a stream that is there."""
        self._adopted(group)
        put(group, stream, events, ingestion_ms)

    def select(self, group: MotoObject, selection: Selection) -> list[Event]:
        """The events of a group that a selection asks for, in order of time, then arrival."""
        held = self.events(group)
        found = [*_in_columns(held, selection), *_unsettled(held, selection)]
        found.sort()
        return found[-selection.limit :] if selection.latest else found[: selection.limit]

    def forget_stream(self, group: MotoObject, stream: str) -> None:
        """Drop all events of a stream."""
        if group in self._groups:
            self._groups[group].delete_stream(stream)

    def streams(self, group: MotoObject) -> dict[str, StreamTimes]:
        """The times of each stream that has events, by its name."""
        held = self.events(group)
        held.settle()
        sql = (
            f"SELECT stream, min(at_ms), max(at_ms), max(ingested_ms) FROM {held.table} GROUP BY 1"  # noqa: S608  the table's name is ours
        )
        return {
            str(row[0]): StreamTimes(*row[1:]) for row in database.cursor().execute(sql).fetchall()
        }


def _in_columns(held: LogEvents, selection: Selection) -> list[Event]:
    where, given = ["at_ms BETWEEN ? AND ?"], [selection.first_ms, selection.last_ms]
    for bound, operator in ((selection.after, ">"), (selection.before, "<")):
        if bound is not None:
            where.append(f"(at_ms, event) {operator} (?, ?)")
            given += bound
    parameters: list[Any] = list(given)
    if selection.streams is not None:
        where.append("stream IN (SELECT unnest(?))")
        parameters.append(list(selection.streams))
    order = "DESC" if selection.latest else "ASC"
    sql = (
        f"SELECT {_COLUMNS} FROM {held.table} WHERE {' AND '.join(where)} "  # noqa: S608  ours
        f"ORDER BY at_ms {order}, event {order} LIMIT {selection.limit}"
    )
    return [Event(*row) for row in database.cursor().execute(sql, parameters).fetchall()]


def _unsettled(held: LogEvents, selection: Selection) -> Iterator[Event]:
    """What has come in since the last query, read as it is: moving it would take longer."""
    for batch in held.unsettled():
        if selection.streams is not None and batch.stream not in selection.streams:
            continue
        for offset, (at_ms, message) in enumerate(zip(batch.times_ms, batch.messages, strict=True)):
            place = (at_ms, batch.first + offset)
            if (
                selection.first_ms <= at_ms <= selection.last_ms
                and (selection.after is None or place > selection.after)
                and (selection.before is None or place < selection.before)
            ):
                yield Event(*place, batch.ingestion_ms, batch.stream, message)
