"""Every reader of a log group sees the same events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = "/app"


@pytest.fixture
def now_ms(aws: Any) -> int:
    return int(aws.clock.now() * 1000)


@pytest.fixture
def logs(aws: Any, session_on: Callable[..., Any]) -> Any:
    """A client, with a group of two empty streams."""
    client = session_on(aws).client("logs")
    client.create_log_group(logGroupName=GROUP)
    for stream in ("one", "two"):
        client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    return client


def put(logs: Any, stream: str, *events: tuple[int, str]) -> None:
    items = [{"timestamp": at_ms, "message": message} for at_ms, message in events]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=items)


def found(logs: Any, **params: Any) -> list[str]:
    return [
        event["message"] for event in logs.filter_log_events(logGroupName=GROUP, **params)["events"]
    ]


def test_get_filter_and_query_see_what_was_put(logs: Any, now_ms: int, aws: Any):
    put(logs, "one", (now_ms - 2000, "first"), (now_ms, "third"))
    put(logs, "two", (now_ms - 1000, "second"))
    assert found(logs) == ["first", "second", "third"]
    got = logs.get_log_events(logGroupName=GROUP, logStreamName="one")["events"]
    assert [event["message"] for event in got] == ["first", "third"]
    assert {event["ingestionTime"] for event in got} == {now_ms}
    end = int(aws.clock.now()) + 1
    query = logs.start_query(
        logGroupName=GROUP,
        startTime=0,
        endTime=end,
        queryString="fields @message | sort @timestamp",
    )["queryId"]
    rows = logs.get_query_results(queryId=query)["results"]
    assert [row[0]["value"] for row in rows] == ["first", "second", "third"]
    put(logs, "two", (now_ms, "fourth"))
    assert found(logs) == ["first", "second", "third", "fourth"]


def test_events_of_one_time_stay_in_the_order_they_arrived(logs: Any, now_ms: int):
    for number in range(5):
        put(logs, "two" if number % 2 else "one", (now_ms, str(number)))
    assert found(logs) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("queried_between", [False, True])
def test_pages_follow_each_other_without_gap_or_repeat(
    logs: Any, now_ms: int, *, queried_between: bool
):
    put(logs, "one", *((now_ms - 100 + number, f"{number:02}") for number in range(25)))
    if queried_between:
        logs.describe_log_streams(logGroupName=GROUP)
        put(logs, "one", (now_ms, "25"))
    expected = [f"{number:02}" for number in range(26 if queried_between else 25)]
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, PaginationConfig={"PageSize": 10}
    )
    assert [event["message"] for page in pages for event in page["events"]] == expected


def test_a_stream_is_read_forward_from_its_head_and_backward_from_its_end(logs: Any, now_ms: int):
    put(logs, "one", *((now_ms - 100 + number, str(number)) for number in range(6)))
    asked = {"logGroupName": GROUP, "logStreamName": "one", "limit": 4}
    head = logs.get_log_events(**asked, startFromHead=True)
    rest = logs.get_log_events(**asked, nextToken=head["nextForwardToken"])
    end = logs.get_log_events(**asked, nextToken=rest["nextForwardToken"])
    assert [[event["message"] for event in page["events"]] for page in (head, rest, end)] == [
        ["0", "1", "2", "3"],
        ["4", "5"],
        [],
    ]
    assert end["nextForwardToken"] == rest["nextForwardToken"]
    tail = logs.get_log_events(**asked)
    before = logs.get_log_events(**asked, nextToken=tail["nextBackwardToken"])
    assert [event["message"] for event in tail["events"]] == ["2", "3", "4", "5"]
    assert [event["message"] for event in before["events"]] == ["0", "1"]


def test_get_leaves_out_the_end_of_its_range_and_filter_includes_it(logs: Any, now_ms: int):
    put(logs, "one", (now_ms - 1, "in"), (now_ms, "edge"))
    got = logs.get_log_events(logGroupName=GROUP, logStreamName="one", endTime=now_ms)["events"]
    assert [event["message"] for event in got] == ["in"]
    assert found(logs, endTime=now_ms) == ["in", "edge"]
    assert found(logs, startTime=now_ms) == ["edge"]


def test_streams_can_be_chosen_by_name_or_prefix(logs: Any, now_ms: int):
    put(logs, "one", (now_ms, "1"))
    put(logs, "two", (now_ms, "2"))
    assert found(logs, logStreamNames=["two"]) == ["2"]
    assert found(logs, logStreamNamePrefix="o") == ["1"]
    assert found(logs, logStreamNamePrefix="x") == []


def test_streams_tell_the_times_of_their_events(logs: Any, now_ms: int):
    put(logs, "two", (now_ms - 5000, "a"), (now_ms - 1000, "b"))
    shown = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)
    first, second = shown["logStreams"]
    assert (first["logStreamName"], first["firstEventTimestamp"]) == ("two", now_ms - 5000)
    assert (first["lastEventTimestamp"], first["lastIngestionTime"]) == (now_ms - 1000, now_ms)
    assert "firstEventTimestamp" not in second


def test_what_is_deleted_is_gone_for_every_reader(logs: Any, now_ms: int):
    put(logs, "one", (now_ms, "old"))
    logs.delete_log_stream(logGroupName=GROUP, logStreamName="one")
    logs.create_log_stream(logGroupName=GROUP, logStreamName="one")
    assert found(logs) == []
    put(logs, "one", (now_ms, "newer"))
    logs.delete_log_group(logGroupName=GROUP)
    logs.create_log_group(logGroupName=GROUP)
    assert found(logs) == []


def test_retention_outlives_nothing(logs: Any, now_ms: int, aws: Any):
    put(logs, "one", (now_ms, "old"))
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=3)
    aws.clock.sleep(2 * 24 * 3600)
    put(logs, "one", (now_ms + 2 * 24 * 3600 * 1000, "young"))
    assert found(logs) == ["old", "young"]
    aws.clock.sleep(2 * 24 * 3600)
    assert found(logs) == ["young"]


def test_patterns_choose_events(logs: Any, now_ms: int):
    put(logs, "one", (now_ms, "ERROR at 10.0.0.1"), (now_ms, "INFO"), (now_ms, "ERROR"))
    assert found(logs, filterPattern='ERROR -"10.0.0.1"') == ["ERROR"]
    assert found(logs, filterPattern=r"%10\.0\.0\.\d+$%") == ["ERROR at 10.0.0.1"]


@pytest.mark.parametrize(
    "params",
    [
        {"filterPattern": "%reg(ex)%"},
        {"filterPattern": "[a, b"},
        {"nextToken": "made up"},
        {"logStreamNames": ["one"], "logStreamNamePrefix": "o"},
        {"limit": 10_001},
    ],
)
def test_what_cannot_be_filtered_is_refused(
    logs: Any, refusal: Callable[..., tuple[str, str]], params: dict[str, Any]
):
    code, _ = refusal(logs.filter_log_events, logGroupName=GROUP, **params)
    assert code == "InvalidParameterException"


def test_unknown_groups_and_streams_are_named_as_such(
    logs: Any, refusal: Callable[..., tuple[str, str]]
):
    code = "ResourceNotFoundException"
    assert refusal(logs.filter_log_events, logGroupName="/none") == (
        code,
        "The specified log group does not exist.",
    )
    assert refusal(logs.get_log_events, logGroupName=GROUP, logStreamName="none") == (
        code,
        "The specified log stream does not exist.",
    )


def test_a_group_goes_by_its_arn_too(logs: Any, now_ms: int):
    put(logs, "one", (now_ms, "here"))
    [group] = logs.describe_log_groups()["logGroups"]
    answer = logs.filter_log_events(logGroupIdentifier=group["logGroupArn"])
    assert [event["message"] for event in answer["events"]] == ["here"]


def test_a_pattern_can_be_tried_on_messages(logs: Any):
    answer = logs.test_metric_filter(
        filterPattern="[host, code = 4*, size]", logEventMessages=["a 404 17", "b 200 5", "c 40"]
    )
    assert answer["matches"] == [
        {
            "eventNumber": 1,
            "eventMessage": "a 404 17",
            "extractedValues": {"$host": "a", "$code": "404", "$size": "17"},
        }
    ]
