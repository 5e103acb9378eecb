"""
moto's log streams, with their events kept elsewhere.

A stream of moto's holds a list of event objects.  A view takes the list's
place: what moto adds goes to the store, what moto looks at comes from there.
So subscription filters, live tail and export tasks go on working.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Self

from labkit.units import ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from moto.logs.models import LogEvent, LogGroup, LogsBackend

    Keep = Callable[[Sequence[int], Sequence[str], int | None], object]
    Read = Callable[[], Iterable["StoredEvent"]]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A stored event with the attributes and methods that moto asks its own events for."""

    timestamp: int
    message: str
    ingestion_time: int
    event_id: str

    def to_response_dict(self) -> dict[str, Any]:
        """The event as GetLogEvents shows it."""
        return {
            "timestamp": self.timestamp,
            "message": self.message,
            "ingestionTime": self.ingestion_time,
        }

    def to_filter_dict(self) -> dict[str, Any]:
        """The event as FilterLogEvents shows it, but for the stream's name."""
        return {**self.to_response_dict(), "eventId": self.event_id}


class EventsView:
    """
    The events of one stream as moto sees them.

    Args:
        keep: Takes times [ms], messages and time of arrival [ms] of what is added.
        read: Gives the stream's events.
    """

    def __init__(self, keep: Keep, read: Read) -> None:
        self._keep = keep
        self._read = read
        self.arrives_ms: int | None = None

    def __iadd__(self, events: Iterable[LogEvent]) -> Self:
        added = list(events)
        times = [event.timestamp for event in added]
        self._keep(times, [event.message for event in added], self.arrives_ms)
        return self

    def __iter__(self) -> Iterator[StoredEvent]:
        return iter(self._read())

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None


def log_group(backend: LogsBackend, name: str) -> LogGroup | None:
    """The log group of a name as moto has it, if there is one."""
    return backend.groups.get(name)


def adopt(group: LogGroup, view_of: Callable[[str], EventsView]) -> None:
    """Put a view in the place of every list of events in a group, with what the list held."""
    for name, stream in group.streams.items():
        held: Any = stream.events
        if not isinstance(held, EventsView):
            view = view_of(name)
            view += held
            stream.events = view  # type: ignore[assignment]  # all that moto does with its list


def put(
    group: LogGroup, stream_name: str, events: Sequence[tuple[int, str]], arrives_ms: int
) -> None:
    """Add events, as time [ms] and message, to an adopted stream; moto's filters take notice."""
    view: Any = group.streams[stream_name].events
    view.arrives_ms = arrives_ms
    try:
        items = [{"timestamp": at_ms, "message": message} for at_ms, message in events]
        group.put_log_events(stream_name, items)
    finally:
        view.arrives_ms = None


def unix_ms(moment: datetime) -> int:
    """Unix time [ms] of one of moto's moments, which are UTC and do not say so."""
    return ms(moment.replace(tzinfo=UTC).timestamp())
