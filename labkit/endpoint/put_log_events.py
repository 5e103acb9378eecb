"""
Log events put in: PutLogEvents, which of a batch it takes, and what it refuses whole.

Source: CloudWatch Logs API Reference, PutLogEvents; wording from public bug reports.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.log_groups import invalid, stream_named, the_group
from labkit.endpoint.log_store import EVENT_OVERHEAD_BYTES, LogStore
from labkit.endpoint.operations import operation
from labkit.units import ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.operations import Call

    Events = Sequence[tuple[int, str]]

_MOST_BYTES: Final = 1_048_576
_HOUR_MS: Final = 3600 * 1000
_DAY_MS: Final = 24 * _HOUR_MS
_LONGEST_SPAN_MS: Final = _DAY_MS
_OLDEST_MS: Final = 14 * _DAY_MS
_NEWEST_MS: Final = 2 * _HOUR_MS


@operation("logs", "PutLogEvents")
def put_log_events(call: Call) -> dict[str, Any]:
    """
    Where a batch was put, and which of its events were left out for their age.

    Sequence tokens are neither needed nor looked at, as on AWS since 2023.

    Raises:
        AwsError: There is no such group or stream, or the batch breaks a rule as a whole.
    """
    group = the_group(call)
    stream = stream_named(group, call.params["logStreamName"])
    events = [(event["timestamp"], event["message"]) for event in call.params["logEvents"]]
    _refuse_large(events)
    if any(later < earlier for (earlier, _), (later, _) in pairwise(events)):
        raise invalid("Log events in a single PutLogEvents request must be in chronological order.")
    now_ms = ms(call.aws.clock.now())
    retained_ms = int(group.retention_in_days or 0) * _DAY_MS
    taken, rejected = _sorted_out(events, now_ms, retained_ms)
    if taken and taken[-1][0] - taken[0][0] > _LONGEST_SPAN_MS:
        raise invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 "
            "hours."
        )
    call.aws.extension(LogStore).put(group, stream, taken, now_ms)
    token = f"{group.streams[stream].upload_sequence_token:056d}"
    return {
        "nextSequenceToken": token,
        **({"rejectedLogEventsInfo": rejected} if rejected else {}),
    }


def _refuse_large(events: Events) -> None:
    total = 0
    for _, message in events:
        size = len(message.encode()) + EVENT_OVERHEAD_BYTES
        if size > _MOST_BYTES:
            raise invalid(f"Log event too large: {size} bytes exceeds limit of {_MOST_BYTES}")
        total += size
    if total > _MOST_BYTES:
        raise invalid(f"Upload too large: {total} bytes exceeds limit of {_MOST_BYTES}")


def _sorted_out(events: Events, now_ms: int, retained_ms: int) -> tuple[Events, dict[str, int]]:
    """
    The events young and old enough to be taken, and where those end that are not.

    Events come in order of time, so each kind of those left out is a stretch at one end.
    """
    too_old = sum(at_ms < now_ms - _OLDEST_MS for at_ms, _ in events)
    expired = sum(at_ms < now_ms - retained_ms for at_ms, _ in events) if retained_ms else 0
    first_too_new = sum(at_ms <= now_ms + _NEWEST_MS for at_ms, _ in events)
    rejected = {}
    if too_old:
        rejected["tooOldLogEventEndIndex"] = too_old
    if expired > too_old:
        rejected["expiredLogEventEndIndex"] = expired
    if first_too_new < len(events):
        rejected["tooNewLogEventStartIndex"] = first_too_new
    return events[max(too_old, expired) : first_too_new], rejected
