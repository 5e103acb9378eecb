"""Logs Insights over the API: parameters, life of a query, errors, saved queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from labkit.endpoint import insights_api, insights_store

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = "/flow"
APP = "/app"
MISSION = """filter action="REJECT"
| stats count(*) as numRejections by srcAddr
| sort numRejections desc
| limit 10"""


def flow_record(number: int, action: str) -> str:
    return (
        f"2 123456789012 eni-1 10.1.1.{number} 10.2.1.10 0 0 1 4 336 1767603600 1767603660 "
        f"{action} OK"
    )


class Logs:
    """
    A group of six flow records, one for each second before now, and one of two JSON events.

    Every third record is of a refused packet.
    """

    def __init__(self, aws: Any, client: Any) -> None:
        self.aws = aws
        self.client = client
        for group in (GROUP, APP):
            client.create_log_group(logGroupName=group)
            client.create_log_stream(logGroupName=group, logStreamName="s")
        aws.clock.sleep(60)
        self.now = int(aws.clock.now())
        records = [flow_record(n, "REJECT" if n % 3 == 0 else "ACCEPT") for n in range(6)]
        self._put(GROUP, [(self.now - 5 + n, each) for n, each in enumerate(records)])
        texts = [json.dumps({"level": level, "user": {"id": 7}}) for level in ("INFO", "WARN")]
        self._put(APP, [(self.now - 1, texts[0]), (self.now, texts[1])])

    def _put(self, group: str, events: list[tuple[int, str]]) -> None:
        self.client.put_log_events(
            logGroupName=group,
            logStreamName="s",
            logEvents=[{"timestamp": at_s * 1000, "message": text} for at_s, text in events],
        )

    def start(self, query: str, **changes: Any) -> str:
        params = {
            "logGroupName": GROUP,
            "startTime": 0,
            "endTime": self.now + 60,
            "queryString": query,
            **changes,
        }
        given = {key: value for key, value in params.items() if value is not None}
        query_id: str = self.client.start_query(**given)["queryId"]
        return query_id

    def rows(self, query: str, **changes: Any) -> list[dict[str, str]]:
        answer = self.client.get_query_results(queryId=self.start(query, **changes))
        assert answer["status"] == "Complete"
        return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]


@pytest.fixture(scope="module")
def shared(new_aws: Callable[..., Any], session_on: Callable[..., Any]) -> Logs:
    """Log groups that no test changes, on a clock that none moves."""
    aws = new_aws()
    return Logs(aws, session_on(aws).client("logs"))


@pytest.fixture
def own(aws: Any, session_on: Callable[..., Any]) -> Logs:
    """The same for one test alone."""
    return Logs(aws, session_on(aws).client("logs"))


def test_the_mission_query_counts_refusals_by_source(shared: Logs):
    assert shared.rows(MISSION) == [
        {"srcAddr": "10.1.1.0", "numRejections": "1"},
        {"srcAddr": "10.1.1.3", "numRejections": "1"},
    ]


def test_fields_are_discovered_in_json_that_was_put(shared: Logs):
    found = shared.rows("filter level = 'WARN' | display user.id", logGroupName=APP)
    assert [row["user.id"] for row in found] == ["7"]


def test_groups_go_by_names_identifiers_arns_and_source(shared: Logs):
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}"
    count = "stats count(*) as n"
    for given in (
        {"logGroupName": GROUP},
        {"logGroupNames": [GROUP, GROUP]},
        {"logGroupIdentifiers": [GROUP, arn]},
        {"queryString": f"# all of it\nSOURCE logGroups(namePrefix: ['{GROUP}']) | {count}"},
    ):
        assert shared.rows(count, **{"logGroupName": None, **given}) == [{"n": "6"}]


def test_several_groups_are_searched_together(shared: Logs):
    query = shared.start(
        "stats count(*) as n by @log", logGroupName=None, logGroupNames=[GROUP, APP]
    )
    answer = shared.client.get_query_results(queryId=query)
    counts = {row[0]["value"]: row[1]["value"] for row in answer["results"]}
    assert counts == {"123456789012:/flow": "6", "123456789012:/app": "2"}
    assert answer["statistics"]["logGroupsScanned"] == 2
    assert answer["statistics"]["recordsScanned"] == 8
    assert answer["statistics"]["resultCount"] == 2
    searched = shared.client.list_log_groups_for_query(queryId=query)["logGroupIdentifiers"]
    assert searched == [GROUP, APP]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (-5, 0, 6),
        (-4, -2, 3),
        (-3, -3, 1),
        (1, 9, 0),
    ],
)
def test_both_ends_of_the_range_are_searched(shared: Logs, start: int, end: int, found: int):
    for unit in (1, 1000):
        times = {"startTime": (shared.now + start) * unit, "endTime": (shared.now + end) * unit}
        assert len(shared.rows("fields @message", **times)) == found


def test_an_end_in_seconds_takes_in_that_second(own: Logs):
    event = {"timestamp": own.now * 1000 + 999, "message": "late"}
    own.client.put_log_events(logGroupName=APP, logStreamName="s", logEvents=[event])
    late = "filter @message = 'late'"
    assert len(own.rows(late, logGroupName=APP, endTime=own.now)) == 1
    assert own.rows(late, logGroupName=APP, endTime=own.now * 1000) == []


def test_results_come_in_pages(shared: Logs, refusal: Callable[..., tuple[str, str]]):
    query = shared.start("fields @message")
    first = shared.client.get_query_results(queryId=query, maxItems=4)
    second = shared.client.get_query_results(queryId=query, nextToken=first["nextToken"])
    assert (len(first["results"]), len(second["results"])) == (4, 2)
    assert "nextToken" not in second
    for token in ("one", "٣", "9" * 5000):
        refused = refusal(shared.client.describe_queries, nextToken=token)
        assert refused == ("InvalidParameterException", "The specified nextToken is invalid.")


def test_the_requests_limit_bounds_the_rows(shared: Logs):
    assert len(shared.rows("fields @message", limit=2)) == 2


def test_a_malformed_query_says_where(shared: Logs):
    with pytest.raises(ClientError) as caught:
        shared.start("fields @message | filtre x = 1")
    answer = caught.value.response
    assert answer["Error"]["Code"] == "MalformedQueryException"
    assert answer["Error"]["Message"] == "unexpected symbol found filtre at line 1 and position 18"
    location = answer["queryCompileError"]["location"]
    assert (location["startCharOffset"], location["endCharOffset"]) == (18, 24)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"logGroupName": "/none"}, "ResourceNotFoundException", "The specified log group"),
        ({"logGroupName": None}, "InvalidParameterException", "A query takes its log groups"),
        ({"logGroupNames": [GROUP]}, "InvalidParameterException", "A query takes its log groups"),
        (
            {"queryString": "SOURCE logGroups() | limit 1"},
            "InvalidParameterException",
            (
                "A query takes its log groups from exactly one of logGroupName, logGroupNames, "
                "logGroupIdentifiers and SOURCE; this one has logGroupName and SOURCE in the query."
            ),
        ),
        (
            {"logGroupName": None, "logGroupNames": [f"g{n}" for n in range(51)]},
            "InvalidParameterException",
            "A query searches at most 50 log groups; given 51.",
        ),
        ({"startTime": 10, "endTime": 5}, "InvalidParameterException", "startTime and endTime"),
        ({"limit": 100_001}, "InvalidParameterException", "1 validation error detected"),
        ({"queryString": "x" * 10_001}, "InvalidParameterException", "1 validation error"),
        ({"queryString": ""}, "MalformedQueryException", "unexpected symbol found <EOF> at line 1"),
        (
            {"queryLanguage": "SQL"},
            "InvalidParameterException",
            "Not simulated: query language SQL; CWLI is.",
        ),
        ({"endTime": 5}, "MalformedQueryException", "Query's end date and time is either before"),
    ],
)
def test_requests_that_cannot_be_are_refused(
    shared: Logs,
    refusal: Callable[..., tuple[str, str]],
    changes: dict[str, Any],
    code: str,
    message: str,
):
    refused = refusal(lambda: shared.start("fields @message", **changes))
    assert refused[0] == code
    assert refused[1].startswith(message)


def test_what_retention_has_outlived_cannot_be_searched(
    own: Logs, refusal: Callable[..., tuple[str, str]]
):
    own.client.put_retention_policy(logGroupName=GROUP, retentionInDays=1)
    own.aws.clock.sleep(2 * 24 * 3600)
    code, message = refusal(lambda: own.start("fields @message"))
    assert code == "MalformedQueryException"
    assert message.startswith("Query's end date and time is either before")


def test_a_query_can_be_stopped_until_it_has_ended(
    own: Logs, refusal: Callable[..., tuple[str, str]]
):
    stopped, read, seen, waited = (own.start("fields @message") for _ in range(4))
    assert own.client.stop_query(queryId=stopped)["success"] is True
    assert own.client.get_query_results(queryId=stopped)["status"] == "Cancelled"
    own.client.get_query_results(queryId=read)
    statuses = [query["status"] for query in own.client.describe_queries()["queries"]]
    assert statuses == ["Running", "Running", "Complete", "Cancelled"]
    own.aws.clock.sleep(6)
    for query in (stopped, read, seen, waited):
        refused = refusal(own.client.stop_query, queryId=query)
        assert refused == ("InvalidParameterException", "The specified query is not running.")


def test_a_query_nobody_looks_at_ends_by_itself(own: Logs):
    own.start("fields @message")
    own.aws.clock.sleep(6)
    [query] = own.client.describe_queries(status="Complete")["queries"]
    assert query["queryString"] == "fields @message"


def test_a_query_the_engine_fails_on_ends_as_failed(own: Logs, monkeypatch: pytest.MonkeyPatch):
    import duckdb

    def fail(*_: Any, **__: Any) -> None:
        raise duckdb.OutOfMemoryException

    monkeypatch.setattr(insights_api.engine, "run", fail)
    answer = own.client.get_query_results(queryId=own.start("fields @message"))
    assert (answer["status"], answer["results"]) == ("Failed", [])


def test_only_so_many_queries_run_at_once(
    own: Logs, refusal: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(insights_api, "MOST_AT_ONCE", 2)
    first, _ = own.start("limit 1"), own.start("limit 1")
    assert refusal(lambda: own.start("limit 1")) == (
        "LimitExceededException",
        "Account maximum query concurrency limit of [2] reached.",
    )
    own.client.get_query_results(queryId=first)
    assert own.start("limit 1")


def test_the_oldest_results_make_room(own: Logs, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(insights_store, "MOST_ROWS_KEPT", 13)
    queries = [own.start("fields @message") for _ in range(3)]
    kept = [query["queryId"] for query in own.client.describe_queries()["queries"]]
    assert kept == [queries[2], queries[1]]
    own.aws.clock.sleep(8 * 24 * 3600)
    newest = own.start("limit 1")
    kept = [query["queryId"] for query in own.client.describe_queries()["queries"]]
    assert kept == [newest]


def test_an_unknown_query_is_not_found(shared: Logs, refusal: Callable[..., tuple[str, str]]):
    logs = shared.client
    for call in (logs.get_query_results, logs.stop_query, logs.list_log_groups_for_query):
        assert refusal(call, queryId="none")[0] == "ResourceNotFoundException"


def test_queries_are_listed_newest_first(own: Logs):
    first, second = own.start("fields @message"), own.start("stats count(*)")
    other = own.start("fields @message", logGroupName=APP)
    own.client.describe_queries()

    def listed(**params: Any) -> list[str]:
        return [query["queryId"] for query in own.client.describe_queries(**params)["queries"]]

    assert listed() == [other, second, first]
    assert listed(logGroupName=GROUP, status="Complete") == [second, first]
    assert listed(status="Failed") == []
    page = own.client.describe_queries(maxResults=2)
    rest = own.client.describe_queries(nextToken=page["nextToken"])
    assert [query["queryId"] for query in rest["queries"]] == [first]
    [shown] = rest["queries"]
    assert shown == {
        "queryLanguage": "CWLI",
        "queryId": first,
        "queryString": "fields @message",
        "status": "Complete",
        "createTime": own.now * 1000,
        "logGroupName": GROUP,
        "queryDuration": 0,
        "bytesScanned": shown["bytesScanned"],
        "userIdentity": "arn:aws:iam::123456789012:root",
    }


def test_now_is_the_clocks_now(own: Logs):
    own.aws.clock.sleep(1000)
    late = f"filter now() = {own.now + 1000} | stats count(*) as n"
    assert own.rows(late) == [{"n": "6"}]


def test_a_pointer_leads_to_the_whole_record(shared: Logs, refusal: Callable[..., tuple[str, str]]):
    [row] = shared.rows("fields @ptr | filter srcAddr = '10.1.1.3'")
    record = shared.client.get_log_record(logRecordPointer=row["@ptr"])["logRecord"]
    assert (record["action"], record["dstAddr"]) == ("REJECT", "10.2.1.10")
    code, _ = refusal(shared.client.get_log_record, logRecordPointer="x")
    assert code == "InvalidParameterException"


def test_the_fields_of_a_group_are_found(own: Logs):
    def percents(**params: Any) -> dict[str, int]:
        shown = own.client.get_log_group_fields(**params)["logGroupFields"]
        return {field["name"]: field["percent"] for field in shown}

    assert percents(logGroupName=GROUP)["srcAddr"] == 100
    own.client.put_log_events(
        logGroupName=APP,
        logStreamName="s",
        logEvents=[{"timestamp": own.now * 1000, "message": '{"level": "INFO", "rare": 1}'}],
    )
    assert percents(logGroupIdentifier=APP) == {
        **dict.fromkeys(("@ingestionTime", "@log", "@logStream", "@message", "@timestamp"), 100),
        "level": 100,
        "user.id": 67,
        "rare": 33,
    }
    own.aws.clock.sleep(3600)
    assert percents(logGroupName=GROUP) == {}
    assert percents(logGroupName=GROUP, time=own.now - 400)["action"] == 100
    assert percents(logGroupName=GROUP, time=own.now - 600) == {}


def test_definitions_are_saved_replaced_listed_and_deleted(
    shared: Logs, refusal: Callable[..., tuple[str, str]]
):
    logs = shared.client
    made = logs.put_query_definition(
        name="rejects",
        queryString=MISSION,
        logGroupNames=[GROUP],
        parameters=[{"name": "port", "defaultValue": "22"}],
    )["queryDefinitionId"]
    [shown] = logs.describe_query_definitions()["queryDefinitions"]
    assert (shown["logGroupNames"], shown["parameters"][0]["name"]) == ([GROUP], "port")
    logs.put_query_definition(queryDefinitionId=made, name="rejected", queryString=MISSION)
    logs.put_query_definition(name="all", queryString="fields @message")
    listed = logs.describe_query_definitions()["queryDefinitions"]
    assert [definition["name"] for definition in listed] == ["all", "rejected"]
    found = logs.describe_query_definitions(queryDefinitionNamePrefix="rej")["queryDefinitions"]
    assert [definition["queryString"] for definition in found] == [MISSION]
    assert logs.delete_query_definition(queryDefinitionId=made)["success"] is True
    for call in (
        lambda: logs.delete_query_definition(queryDefinitionId=made),
        lambda: logs.put_query_definition(queryDefinitionId=made, name="x", queryString="x"),
    ):
        assert refusal(call)[0] == "ResourceNotFoundException"
