"""Logs Insights over the API: parameters, life of a query, errors, saved queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

MISSION = """filter action="REJECT"
| stats count(*) as numRejections by srcAddr
| sort numRejections desc
| limit 10"""


@pytest.fixture
def lab(instant: Any) -> Any:
    """A lab whose records show one refused ping and one answered."""
    instant.flow_log()
    instant.run("ping -c 1 10.2.1.10")
    instant.deny_icmp("b", egress=False)
    instant.run("ping -c 1 10.2.1.10")
    return instant


def start(lab: Any, query: str, **changes: Any) -> Any:
    params = {
        "logGroupName": lab.group,
        "startTime": 0,
        "endTime": int(lab.aws.clock.now()) + 60,
        "queryString": query,
        **changes,
    }
    return lab.logs.start_query(
        **{key: value for key, value in params.items() if value is not None}
    )["queryId"]


def rows(lab: Any, query: str, **changes: Any) -> list[dict[str, str]]:
    answer = lab.logs.get_query_results(queryId=start(lab, query, **changes))
    assert answer["status"] == "Complete"
    return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]


def test_the_mission_query_counts_refusals_by_source(lab: Any):
    assert rows(lab, MISSION) == [{"srcAddr": "10.1.1.10", "numRejections": "1"}]


def test_groups_go_by_names_identifiers_and_arns(lab: Any):
    [group] = lab.logs.describe_log_groups()["logGroups"]
    count = "stats count(*) as n"
    for given in (
        {"logGroupName": lab.group},
        {"logGroupNames": [lab.group]},
        {"logGroupIdentifiers": [lab.group]},
        {"logGroupIdentifiers": [group["logGroupArn"]]},
    ):
        assert rows(lab, count, **{"logGroupName": None, **given}) == [{"n": "6"}]


def test_several_groups_are_searched_together(lab: Any):
    lab.flow_log(LogGroupName="/other")
    lab.run("ping -c 1 10.2.1.10")
    both = rows(
        lab, "stats count(*) as n by @log", logGroupName=None, logGroupNames=["/lab", "/other"]
    )
    assert {row["@log"]: row["n"] for row in both} == {
        "123456789012:/lab": "8",
        "123456789012:/other": "2",
    }


def test_times_may_be_seconds_or_milliseconds(lab: Any):
    now = int(lab.aws.clock.now())
    for unit in (1, 1000):
        found = rows(lab, "stats count(*) as n", startTime=(now - 60) * unit, endTime=now * unit)
        assert found == [{"n": "6"}]
    assert rows(lab, "fields @message", startTime=now + 100, endTime=now + 200) == []


def test_results_come_in_pages(lab: Any):
    query = start(lab, "fields @message")
    first = lab.logs.get_query_results(queryId=query, maxItems=4)
    second = lab.logs.get_query_results(queryId=query, nextToken=first["nextToken"])
    assert (len(first["results"]), len(second["results"])) == (4, 2)
    assert "nextToken" not in second


def test_a_malformed_query_says_where(lab: Any):
    with pytest.raises(ClientError) as caught:
        start(lab, "fields @message | filtre x = 1")
    answer = caught.value.response
    assert answer["Error"]["Code"] == "MalformedQueryException"
    assert "unexpected symbol found filtre at line 1 and position 18" in answer["Error"]["Message"]
    location = answer["queryCompileError"]["location"]
    assert (location["startCharOffset"], location["endCharOffset"]) == (18, 24)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"logGroupName": "/none"}, "ResourceNotFoundException"),
        ({"logGroupName": None}, "InvalidParameterException"),
        ({"logGroupNames": ["/lab"]}, "InvalidParameterException"),
        ({"startTime": 10, "endTime": 5}, "InvalidParameterException"),
        ({"limit": 100_001}, "InvalidParameterException"),
        ({"queryLanguage": "PPL"}, "InvalidParameterException"),
        ({"endTime": 5}, "MalformedQueryException"),
    ],
)
def test_requests_that_cannot_be_are_refused(lab: Any, changes: dict[str, Any], code: str):
    with pytest.raises(ClientError) as caught:
        start(lab, "fields @message", **changes)
    assert caught.value.response["Error"]["Code"] == code


def test_a_query_can_be_stopped_until_it_has_ended(
    lab: Any, refusal: Callable[..., tuple[str, str]]
):
    query = start(lab, "fields @message")
    assert lab.logs.stop_query(queryId=query)["success"] is True
    assert lab.logs.get_query_results(queryId=query)["status"] == "Cancelled"
    ended = start(lab, "fields @message")
    lab.logs.get_query_results(queryId=ended)
    code, message = refusal(lab.logs.stop_query, queryId=ended)
    assert (code, message) == ("InvalidParameterException", "The specified query is not running.")


def test_an_unknown_query_is_not_found(lab: Any, refusal: Callable[..., tuple[str, str]]):
    for call in (lab.logs.get_query_results, lab.logs.stop_query):
        assert refusal(call, queryId="none")[0] == "ResourceNotFoundException"


def test_queries_are_listed_newest_first(lab: Any):
    first, second = start(lab, "fields @message"), start(lab, "stats count(*)")
    listed = lab.logs.describe_queries(logGroupName=lab.group, status="Complete")["queries"]
    assert [query["queryId"] for query in listed] == [second, first]
    assert listed[0]["queryString"] == "stats count(*)"
    assert lab.logs.describe_queries(status="Failed")["queries"] == []


def test_now_is_the_clocks_now(lab: Any):
    lab.aws.clock.sleep(1000)
    assert rows(lab, "filter now() - startTime > 900 | stats count(*) as n") == [{"n": "6"}]


def test_a_pointer_leads_to_the_whole_record(lab: Any, refusal: Callable[..., tuple[str, str]]):
    [row] = rows(lab, "fields @ptr | filter action = 'REJECT'")
    record = lab.logs.get_log_record(logRecordPointer=row["@ptr"])["logRecord"]
    assert (record["action"], record["dstAddr"]) == ("REJECT", "10.2.1.10")
    code, _ = refusal(lab.logs.get_log_record, logRecordPointer="x")
    assert code == "InvalidParameterException"


def test_the_fields_of_a_group_are_found(lab: Any):
    shown = lab.logs.get_log_group_fields(logGroupName=lab.group)["logGroupFields"]
    percents = {field["name"]: field["percent"] for field in shown}
    assert (percents["srcAddr"], percents["@message"]) == (100, 100)
    lab.aws.clock.sleep(3600)
    assert lab.logs.get_log_group_fields(logGroupName=lab.group)["logGroupFields"] == []


def test_definitions_are_saved_replaced_listed_and_deleted(
    lab: Any, refusal: Callable[..., tuple[str, str]]
):
    logs = lab.logs
    made = logs.put_query_definition(name="rejects", queryString=MISSION)["queryDefinitionId"]
    logs.put_query_definition(queryDefinitionId=made, name="rejected", queryString=MISSION)
    logs.put_query_definition(name="all", queryString="fields @message")
    listed = logs.describe_query_definitions()["queryDefinitions"]
    assert [definition["name"] for definition in listed] == ["all", "rejected"]
    found = logs.describe_query_definitions(queryDefinitionNamePrefix="rej")["queryDefinitions"]
    assert [definition["queryString"] for definition in found] == [MISSION]
    assert logs.delete_query_definition(queryDefinitionId=made)["success"] is True
    refused = refusal(logs.delete_query_definition, queryDefinitionId=made)
    assert refused[0] == "ResourceNotFoundException"
