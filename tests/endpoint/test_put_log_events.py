"""Which events PutLogEvents takes, and which batches it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
STREAM = {"logStreamName": "s"}


@pytest.fixture(scope="module")
def shared_aws(new_aws: Callable[..., Any]) -> Any:
    return new_aws()


@pytest.fixture(scope="module")
def logs(shared_aws: Any, session_on: Callable[..., Any]) -> Any:
    return session_on(shared_aws).client("logs")


@pytest.fixture
def group(logs: Any, request: pytest.FixtureRequest) -> str:
    """A group of the test's own, with one stream."""
    name = f"/{request.node.name.partition('[')[0]}/{id(request)}"
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, **STREAM)
    return name


@pytest.fixture
def now_ms(shared_aws: Any) -> int:
    return int(shared_aws.clock.now() * 1000)


def put(logs: Any, group: str, *times_ms: int, message: str = "m") -> Any:
    events = [{"timestamp": at_ms, "message": message} for at_ms in times_ms]
    return logs.put_log_events(logGroupName=group, **STREAM, logEvents=events)


def kept(logs: Any, group: str) -> list[int]:
    events = logs.get_log_events(logGroupName=group, **STREAM, startFromHead=True)["events"]
    return [event["timestamp"] for event in events]


def test_events_too_old_or_too_new_are_left_out_and_the_others_kept(
    logs: Any, group: str, now_ms: int
):
    times = [
        now_ms - 14 * DAY_MS - 1,
        now_ms - HOUR_MS,
        now_ms + 2 * HOUR_MS,
        now_ms + 2 * HOUR_MS + 1,
    ]
    answer = put(logs, group, *times)
    assert answer["rejectedLogEventsInfo"] == {
        "tooOldLogEventEndIndex": 1,
        "tooNewLogEventStartIndex": 3,
    }
    assert kept(logs, group) == times[1:3]


def test_events_the_group_would_not_keep_are_expired(logs: Any, group: str, now_ms: int):
    logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    answer = put(logs, group, now_ms - DAY_MS - 1, now_ms)
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    assert kept(logs, group) == [now_ms]


def test_a_batch_all_in_range_has_nothing_rejected(logs: Any, group: str, now_ms: int):
    assert "rejectedLogEventsInfo" not in put(logs, group, now_ms - DAY_MS, now_ms, now_ms)
    assert kept(logs, group) == [now_ms - DAY_MS, now_ms, now_ms]


@pytest.mark.parametrize(
    ("offsets_ms", "size", "message"),
    [
        (
            [0, -1],
            1,
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
        (
            [-DAY_MS - 1, 0],
            1,
            (
                "The batch of log events in a single PutLogEvents request cannot span more than 24 "
                "hours."
            ),
        ),
        ([0], 1_048_551, "Log event too large: 1048577 bytes exceeds limit of 1048576"),
        ([0, 0], 524_263, "Upload too large: 1048578 bytes exceeds limit of 1048576"),
    ],
)
def test_a_batch_that_breaks_a_rule_is_refused_whole(
    logs: Any,
    group: str,
    now_ms: int,
    refusal: Callable[..., tuple[str, str]],
    offsets_ms: list[int],
    size: int,
    message: str,
):
    times = [now_ms + offset for offset in offsets_ms]
    refused = refusal(lambda: put(logs, group, *times, message="x" * size))
    assert refused == ("InvalidParameterException", message)
    assert kept(logs, group) == []


def test_the_largest_batch_is_taken_whatever_its_bytes(logs: Any, group: str, now_ms: int):
    put(logs, group, now_ms, now_ms, message="ü" * 262_131)
    assert kept(logs, group) == [now_ms, now_ms]


def test_sequence_tokens_are_not_looked_at(logs: Any, group: str, now_ms: int):
    events = [{"timestamp": now_ms, "message": "m"}]
    call = {"logGroupName": group, **STREAM, "logEvents": events}
    first = logs.put_log_events(**call)["nextSequenceToken"]
    second = logs.put_log_events(**call, sequenceToken="made up")["nextSequenceToken"]
    assert int(second) == int(first) + 1
    assert kept(logs, group) == [now_ms, now_ms]


def test_there_must_be_a_stream(logs: Any, group: str, refusal: Callable[..., tuple[str, str]]):
    events = [{"timestamp": 1, "message": "m"}]
    refused = refusal(
        logs.put_log_events, logGroupName=group, logStreamName="none", logEvents=events
    )
    assert refused == ("ResourceNotFoundException", "The specified log stream does not exist.")
