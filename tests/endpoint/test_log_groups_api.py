"""Log groups and streams, made and described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ["/app/a", "/app/b", "/other/a"]


@pytest.fixture(scope="module")
def logs(new_aws: Callable[..., Any], session_on: Callable[..., Any]) -> Any:
    """A client, with three log groups that no test changes but by name."""
    client = session_on(new_aws()).client("logs")
    for name in reversed(NAMES):
        client.create_log_group(logGroupName=name)
    client.create_log_stream(logGroupName="/app/a", logStreamName="s")
    client.put_metric_filter(
        logGroupName="/app/a",
        filterName="f",
        filterPattern="",
        metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
    )
    return client


def described(logs: Any, **params: Any) -> list[str]:
    groups = logs.describe_log_groups(**params)["logGroups"]
    return [group["logGroupName"] for group in groups]


def listed(logs: Any, **params: Any) -> list[str]:
    return [group["logGroupName"] for group in logs.list_log_groups(**params)["logGroups"]]


def test_groups_are_found_by_prefix_pattern_and_identifier(logs: Any):
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/other/a"
    assert described(logs) == NAMES
    assert described(logs, logGroupNamePrefix="/app") == NAMES[:2]
    assert described(logs, logGroupNamePattern="/a") == NAMES
    assert described(logs, logGroupNamePattern="r/a") == ["/other/a"]
    assert described(logs, logGroupNamePattern="R/A") == []
    assert described(logs, logGroupIdentifiers=["/app/b", arn]) == ["/app/b", "/other/a"]
    assert described(logs, logGroupClass="INFREQUENT_ACCESS") == []


def test_groups_are_listed_by_patterns(logs: Any):
    assert listed(logs) == NAMES
    assert listed(logs, logGroupNamePattern="^/app|^/oth") == NAMES
    assert listed(logs, logGroupNamePattern="er/") == ["/other/a"]


def test_a_search_by_pattern_shows_three_things_only(logs: Any):
    [group] = logs.describe_log_groups(logGroupNamePattern="other")["logGroups"]
    assert group.keys() == {"arn", "creationTime", "logGroupName"}


def test_groups_come_in_pages(logs: Any):
    pages = logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 2})
    names = [[group["logGroupName"] for group in page["logGroups"]] for page in pages]
    assert names == [NAMES[:2], NAMES[2:]]
    first = logs.list_log_groups(limit=2)
    assert listed(logs, nextToken=first["nextToken"]) == NAMES[2:]


def test_a_group_shows_what_is_known_of_it(logs: Any):
    [group] = logs.describe_log_groups(logGroupNamePrefix="/app/a")["logGroups"]
    assert group == {
        "logGroupName": "/app/a",
        "creationTime": group["creationTime"],
        "metricFilterCount": 1,
        "arn": "arn:aws:logs:us-east-1:123456789012:log-group:/app/a:*",
        "storedBytes": 0,
        "logGroupClass": "STANDARD",
        "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/app/a",
    }


def test_tags_are_kept_with_the_group(logs: Any):
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/tagged"
    logs.create_log_group(logGroupName="/tagged", tags={"a": "1"})
    logs.tag_resource(resourceArn=arn, tags={"b": "2"})
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    logs.delete_log_group(logGroupName="/tagged")


@pytest.mark.parametrize(
    ("call", "params", "message"),
    [
        (
            "put_retention_policy",
            {"logGroupName": "/app/a", "retentionInDays": 2},
            "1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy",
        ),
        ("create_log_group", {"logGroupName": "AWS/x"}, "Log groups starting with AWS/ are"),
        (
            "create_log_group",
            {"logGroupName": "x", "logGroupClass": "INFREQUENT_ACCESS"},
            "Not simulated: log groups of class INFREQUENT_ACCESS; STANDARD is.",
        ),
        (
            "create_log_group",
            {"logGroupName": "x", "deletionProtectionEnabled": True},
            "Not simulated: protection",
        ),
        (
            "describe_log_groups",
            {"logGroupNamePrefix": "a", "logGroupNamePattern": "b"},
            "Give one of logGroupNamePrefix",
        ),
        ("describe_log_groups", {"nextToken": "none"}, "The specified nextToken is invalid."),
        ("list_log_groups", {"fieldIndexNames": ["f"]}, "Not simulated: log groups by"),
        (
            "describe_log_streams",
            {"logGroupName": "/app/a", "orderBy": "LastEventTime", "logStreamNamePrefix": "s"},
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ),
        ("describe_log_streams", {}, "Give either logGroupName or logGroupIdentifier"),
    ],
)
def test_what_cannot_be_is_refused(
    logs: Any,
    refusal: Callable[..., tuple[str, str]],
    call: str,
    params: dict[str, Any],
    message: str,
):
    code, text = refusal(getattr(logs, call), **params)
    assert code == "InvalidParameterException"
    assert text.startswith(message)


def test_what_is_there_cannot_be_made_again(logs: Any, refusal: Callable[..., tuple[str, str]]):
    code = "ResourceAlreadyExistsException"
    group = {"logGroupName": "/app/a"}
    assert refusal(logs.create_log_group, **group) == (
        code,
        "The specified log group already exists",
    )
    assert refusal(logs.create_log_stream, **group, logStreamName="s") == (
        code,
        "The specified log stream already exists",
    )


def test_another_accounts_or_regions_group_does_not_exist(
    logs: Any, refusal: Callable[..., tuple[str, str]]
):
    for place in ("us-east-1:210987654321", "eu-west-1:123456789012"):
        arn = f"arn:aws:logs:{place}:log-group:/app/a"
        refused = refusal(logs.describe_log_streams, logGroupIdentifier=arn)
        assert refused == ("ResourceNotFoundException", "The specified log group does not exist.")


def test_live_tail_says_what_to_do_instead(logs: Any, refusal: Callable[..., tuple[str, str]]):
    [group] = logs.describe_log_groups(logGroupNamePrefix="/app/a")["logGroups"]
    code, message = refusal(logs.start_live_tail, logGroupIdentifiers=[group["logGroupArn"]])
    assert code == "NotImplemented"
    assert "Poll FilterLogEvents" in message


def test_a_group_has_neither_a_transformer_nor_a_policy_for_its_data(
    logs: Any, refusal: Callable[..., tuple[str, str]]
):
    [name, *_] = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    for call, what in (
        (logs.get_transformer, "transformerConfig"),
        (logs.get_data_protection_policy, "policyDocument"),
    ):
        answer = call(logGroupIdentifier=name)
        assert answer["logGroupIdentifier"] == name
        assert what not in answer
        assert refusal(call, logGroupIdentifier="/none")[0] == "ResourceNotFoundException"
