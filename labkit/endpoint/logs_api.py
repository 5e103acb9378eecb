"""
Log events of CloudWatch Logs, read: GetLogEvents, FilterLogEvents, DescribeLogStreams.

moto answers for groups, streams and what is put into them; events are read from
the store that Logs Insights queries, so every reader sees the same.

Source: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.filter_pattern import compiled
from labkit.endpoint.log_groups import invalid, stream_named, the_group
from labkit.endpoint.log_store import ALL, Event, LogStore, Selection, place_of
from labkit.endpoint.moto_seam.log_streams import unix_ms
from labkit.endpoint.operations import after, operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labkit.endpoint.filter_pattern import FilterPattern
    from labkit.endpoint.operations import Call

MOST_EVENTS: Final = 10_000
"""How many events an answer holds at most; it also ends at 1 MiB."""

_MOST_BYTES: Final = 1024 * 1024
_EVENT_OVERHEAD_BYTES: Final = 26
_FORWARD: Final = "f"
_BACKWARD: Final = "b"
_MOST_STREAMS_NAMED: Final = 100
_STREAMS_IN_A_PAGE: Final = 50


@operation("logs", "GetLogEvents")
def get_log_events(call: Call) -> dict[str, Any]:
    """A page of one stream's events, with tokens for the pages after and before it."""
    group = the_group(call)
    asked = Selection(
        streams=(stream_named(group, call.params["logStreamName"]),),
        first_ms=call.params.get("startTime", 0),
        last_ms=call.params.get("endTime", ALL + 1) - 1,
        limit=_limit(call, MOST_EVENTS),
        latest=not call.params.get("startFromHead", False),
    )
    token = call.params.get("nextToken")
    if token is not None:
        asked = _continued(asked, token)
    events = call.aws.extension(LogStore).select(group, asked)
    page, _ = _page(reversed(events) if asked.latest else events, asked.limit)
    page.sort()
    shown = [
        {"timestamp": event.at_ms, "message": event.message, "ingestionTime": event.ingested_ms}
        for event in page
    ]
    return {"events": shown, **_tokens(page, token)}


def _continued(asked: Selection, token: str) -> Selection:
    direction, _, place = token.partition("/")
    try:
        bound = place_of(place)
    except ValueError:
        raise invalid("The specified nextToken is invalid.") from None
    if direction == _FORWARD:
        return replace(asked, after=bound, latest=False)
    if direction == _BACKWARD:
        return replace(asked, before=bound, latest=True)
    raise invalid("The specified nextToken is invalid.")


def _tokens(page: list[Event], token: str | None) -> dict[str, str]:
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
    """A page of a group's events that match a pattern, earliest first."""
    group = the_group(call)
    limit = _limit(call, MOST_EVENTS)
    asked = Selection(
        streams=_streams_asked_for(call, group),
        first_ms=call.params.get("startTime", 0),
        last_ms=call.params.get("endTime", ALL),
        after=_place(call.params.get("nextToken")),
        limit=MOST_EVENTS,
    )
    pattern = compiled(call.params.get("filterPattern", ""))
    page, more = _page(_matching(call.aws.extension(LogStore), group, asked, pattern), limit)
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
    follows = {"nextToken": page[-1].event_id} if more else {}
    return {"events": found, "searchedLogStreams": [], **follows}


def _streams_asked_for(call: Call, group: Any) -> tuple[str, ...] | None:  # noqa: ANN401  moto's
    names = call.params.get("logStreamNames") or []
    prefix = call.params.get("logStreamNamePrefix")
    if names and prefix:
        raise invalid("Give either logStreamNames or logStreamNamePrefix, and not both.")
    if len(names) > _MOST_STREAMS_NAMED:
        raise invalid(f"logStreamNames takes at most {_MOST_STREAMS_NAMED} names.")
    if prefix:
        return tuple(name for name in group.streams if name.startswith(prefix))
    return tuple(stream_named(group, name) for name in names) or None


def _place(token: str | None) -> tuple[int, int] | None:
    try:
        return None if token is None else place_of(token)
    except ValueError:
        raise invalid("The specified nextToken is invalid.") from None


def _matching(
    store: LogStore,
    group: Any,  # noqa: ANN401  moto's log group
    asked: Selection,
    pattern: FilterPattern,
) -> Iterator[Event]:
    """The selected events that match, read a chunk at a time."""
    while True:
        chunk = store.select(group, asked)
        yield from (event for event in chunk if pattern.matches(event.message))
        if len(chunk) < asked.limit:
            return
        asked = replace(asked, after=chunk[-1][:2])


def _page(events: Iterable[Event], limit: int) -> tuple[list[Event], bool]:
    """As many events as an answer may hold, and whether there are more."""
    page: list[Event] = []
    size_bytes = 0
    for event in events:
        size_bytes += len(event.message) + _EVENT_OVERHEAD_BYTES
        if len(page) == limit or (page and size_bytes > _MOST_BYTES):
            return page, True
        page.append(event)
    return page, False


def _limit(call: Call, most: int) -> int:
    limit: int = call.params.get("limit") or most
    if not 1 <= limit <= most:
        raise invalid(f"limit is {limit}; expected 1 to {most}.")
    return limit


@operation("logs", "DescribeLogStreams")
def describe_log_streams(call: Call) -> dict[str, Any]:
    """A page of a group's streams with the times of their events."""
    group = the_group(call)
    prefix = call.params.get("logStreamNamePrefix", "")
    by_time = call.params.get("orderBy", "LogStreamName") == "LastEventTime"
    if by_time and prefix:
        raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
    times = call.aws.extension(LogStore).streams(group)
    names = [name for name in group.streams if name.startswith(prefix)]
    names.sort(
        key=lambda name: (times[name].last_ms if by_time and name in times else 0, name),
        reverse=call.params.get("descending", False),
    )
    limit = _limit(call, _STREAMS_IN_A_PAGE)
    token = call.params.get("nextToken")
    if token is not None and token not in names:
        raise invalid("The specified nextToken is invalid.")
    first = names.index(token) + 1 if token else 0
    page = names[first : first + limit]
    follows = {"nextToken": page[-1]} if first + limit < len(names) else {}
    return {"logStreams": [_stream(group, name, times) for name in page], **follows}


def _stream(group: Any, name: str, times: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401  moto's
    stream = group.streams[name]
    shown = {
        "logStreamName": name,
        "creationTime": unix_ms(stream.creation_time),
        "arn": stream.arn,
        "storedBytes": 0,  # AWS has reported nothing else since 2019.
        "uploadSequenceToken": f"{stream.upload_sequence_token:056d}",
    }
    if name in times:
        first_ms, last_ms, arrived_ms = times[name]
        shown |= {
            "firstEventTimestamp": first_ms,
            "lastEventTimestamp": last_ms,
            "lastIngestionTime": arrived_ms,
        }
    return shown


@after("logs", "PutLogEvents")
def keep_what_was_put(call: Call) -> None:
    """Take events over from moto, so that they are kept once."""
    store = call.aws.extension(LogStore)
    store.events(store.group(call.region, call.params["logGroupName"]))


@after("logs", "DeleteLogStream")
def forget_the_stream(call: Call) -> None:
    """Drop the events of a stream that was deleted."""
    store = call.aws.extension(LogStore)
    group = store.group(call.region, call.params["logGroupName"])
    store.forget_stream(group, call.params["logStreamName"])


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
