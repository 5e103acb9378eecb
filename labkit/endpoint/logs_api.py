"""
Log events, read: GetLogEvents, FilterLogEvents, TestMetricFilter.

Events are read from the store that Logs Insights queries, so every reader sees the same.

Source: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.filter_pattern import compiled
from labkit.endpoint.log_groups import invalid, stream_named, the_group
from labkit.endpoint.log_store import (
    ALL,
    EVENT_OVERHEAD_BYTES,
    Event,
    LogStore,
    Selection,
    place_of,
)
from labkit.endpoint.operations import AwsError, operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labkit.endpoint.filter_pattern import FilterPattern
    from labkit.endpoint.operations import Call, MotoObject

MOST_EVENTS: Final = 10_000
"""How many events an answer holds at most; it also ends at 1 MiB."""

FIRST_BACKWARD_MS: Final = 1_704_067_200_000
"""The start of 2024; FilterLogEvents goes backward from later start times only."""

_MOST_BYTES: Final = 1024 * 1024
_FORWARD: Final = "f"
_BACKWARD: Final = "b"


@operation("logs", "GetLogEvents")
def get_log_events(call: Call) -> dict[str, Any]:
    """A page of one stream's events, with tokens for the pages after and before it."""
    group = the_group(call)
    asked = Selection(
        streams=(stream_named(group, call.params["logStreamName"]),),
        first_ms=call.params.get("startTime", 0),
        last_ms=call.params.get("endTime", ALL + 1) - 1,
        limit=call.params.get("limit", MOST_EVENTS),
        latest=not call.params.get("startFromHead", False),
    )
    token = call.params.get("nextToken")
    asked = _continued(asked, token)
    events = call.aws.extension(LogStore).select(group, asked)
    page, _ = _page(reversed(events) if asked.latest else events, asked.limit)
    page.sort()
    shown = [
        {"timestamp": event.at_ms, "message": event.message, "ingestionTime": event.ingested_ms}
        for event in page
    ]
    return {"events": shown, **_tokens_around(page, token)}


def _continued(asked: Selection, token: str | None) -> Selection:
    """The selection from where a token points to on, in the direction it points."""
    if token is None:
        return asked
    direction, _, place = token.partition("/")
    try:
        bound = place_of(place)
    except ValueError:
        direction = ""
    if direction == _FORWARD:
        return replace(asked, after=bound, latest=False)
    if direction == _BACKWARD:
        return replace(asked, before=bound, latest=True)
    raise invalid("The specified nextToken is invalid.")


def _tokens_around(page: list[Event], token: str | None) -> dict[str, str]:
    """
    Where the pages around this one begin.

    At either end of a stream the same token comes back, which is how callers
    know that they have seen it all.
    """
    nothing = token.partition("/")[2] if token else Event(0, 0, 0, "", "").event_id
    first, last = (page[0].event_id, page[-1].event_id) if page else (nothing, nothing)
    return {"nextBackwardToken": f"{_BACKWARD}/{first}", "nextForwardToken": f"{_FORWARD}/{last}"}


@operation("logs", "FilterLogEvents")
def filter_log_events(call: Call) -> dict[str, Any]:
    """A page of a group's events that match a pattern, of all streams together."""
    group = the_group(call)
    asked = _continued(_asked(call, group), call.params.get("nextToken"))
    pattern = compiled(call.params.get("filterPattern", ""))
    matching = _matching(call.aws.extension(LogStore), group, asked, pattern)
    page, more = _page(matching, call.params.get("limit", MOST_EVENTS))
    found = [
        {
            "logStreamName": event.stream,
            "timestamp": event.at_ms,
            "message": event.message,
            "ingestionTime": event.ingested_ms,
            "eventId": event.event_id,
        }
        for event in page
    ]
    direction = _BACKWARD if asked.latest else _FORWARD
    follows = {"nextToken": f"{direction}/{page[-1].event_id}"} if more else {}
    return {"events": found, "searchedLogStreams": [], **follows}


def _asked(call: Call, group: MotoObject) -> Selection:
    first_ms = call.params.get("startTime", 0)
    latest = not call.params.get("startFromHead", True)
    if latest and first_ms < FIRST_BACKWARD_MS:
        raise invalid(
            "startFromHead can be false only if startTime is on or after January 1, 2024."
        )
    return Selection(
        streams=_streams_asked_for(call, group),
        first_ms=first_ms,
        last_ms=call.params.get("endTime", ALL),
        limit=MOST_EVENTS,
        latest=latest,
    )


def _streams_asked_for(call: Call, group: MotoObject) -> tuple[str, ...] | None:
    names = call.params.get("logStreamNames") or []
    prefix = call.params.get("logStreamNamePrefix")
    if names and prefix:
        raise invalid("Give either logStreamNames or logStreamNamePrefix, and not both.")
    if prefix:
        return tuple(name for name in group.streams if name.startswith(prefix))
    return tuple(stream_named(group, name) for name in names) or None


def _matching(
    store: LogStore, group: MotoObject, asked: Selection, pattern: FilterPattern
) -> Iterator[Event]:
    """The selected events that match, read a chunk at a time in the direction asked for."""
    while True:
        chunk = store.select(group, asked)
        if asked.latest:
            chunk.reverse()
        yield from (event for event in chunk if pattern.matches(event.message))
        if len(chunk) < asked.limit:
            return
        reached = chunk[-1][:2]
        asked = replace(asked, before=reached) if asked.latest else replace(asked, after=reached)


def _page(events: Iterable[Event], limit: int) -> tuple[list[Event], bool]:
    """As many events as an answer may hold, and whether there are more."""
    page: list[Event] = []
    size_bytes = 0
    for event in events:
        size_bytes += len(event.message) + EVENT_OVERHEAD_BYTES
        if len(page) == limit or (page and size_bytes > _MOST_BYTES):
            return page, True
        page.append(event)
    return page, False


@operation("logs", "StartLiveTail")
def start_live_tail(_call: Call) -> dict[str, Any]:
    """
    Never an answer: a stream of events that does not end is not simulated.

    Raises:
        AwsError: Always; says what to do instead.
    """
    message = "Not simulated: logs:StartLiveTail. Poll FilterLogEvents, as aws logs tail does."
    raise AwsError("NotImplemented", message, 501)


@operation("logs", "TestMetricFilter")
def test_metric_filter(call: Call) -> dict[str, Any]:
    """Which of some messages a pattern matches, and what it takes out of them."""
    pattern = compiled(call.params["filterPattern"])
    tried = ((text, pattern.extract(text)) for text in call.params["logEventMessages"])
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": text, "extractedValues": values}
            for number, (text, values) in enumerate(tried, start=1)
            if values is not None
        ]
    }
