"""Subscription filters pass on what is written, as CloudWatch Logs does."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

UNPACKING = """
import base64, gzip, json
def handler(event, context):
    print(gzip.decompress(base64.b64decode(event["awslogs"]["data"])).decode())
"""


@pytest.fixture
def subscribed(functions):
    """What puts messages into a group, subscribed to by a function that prints its batches."""
    put = functions.group()
    arn = functions.make(UNPACKING)
    functions.let_in()
    functions.subscribe(arn)
    return put


def test_events_written_together_are_one_batch(functions, subscribed):
    subscribed("one", "two")
    [batch] = map(json.loads, functions.printed())
    events = functions.logs.filter_log_events(logGroupName="/lab")["events"]
    assert {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "/lab",
        "logStream": "s",
        "subscriptionFilters": ["to-f"],
        "logEvents": [
            {"id": event["eventId"], "timestamp": event["timestamp"], "message": event["message"]}
            for event in events
        ],
    } == batch


def test_only_what_matches_is_passed_on_and_each_filter_has_its_own_batch(functions, subscribed):
    arn = functions.client.get_function(FunctionName="f")["Configuration"]["FunctionArn"]
    functions.subscribe(arn, name="rejects", pattern='[..., action = "REJECT", status]')
    subscribed("a ACCEPT OK", "b REJECT OK", "- NODATA")
    found = {
        tuple(batch["subscriptionFilters"]): len(batch["logEvents"])
        for batch in map(json.loads, functions.printed())
    }
    assert {("to-f",): 3, ("rejects",): 1} == found


def test_a_filter_that_cannot_deliver_is_refused(functions, refusal):
    functions.group()
    arn = functions.make(UNPACKING)
    put = functions.logs.put_subscription_filter
    given = {"logGroupName": "/lab", "filterName": "n", "filterPattern": ""}
    refused = refusal(put, destinationArn=arn, **given)
    assert (
        "InvalidParameterException",
        (
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs "
            "permission to execute your function."
        ),
    ) == refused
    assert refused == refusal(put, destinationArn=f"{arn}-that-is-not-there", **given)
    functions.let_in(group="/another")
    assert refused == refusal(put, destinationArn=arn, **given)
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/x"
    assert "Kinesis" in refusal(put, destinationArn=stream, **given)[1]
    functions.client.remove_permission(FunctionName="f", StatementId="logs")
    functions.let_in()
    given["filterPattern"] = "[a, b"
    assert "filter pattern" in refusal(put, destinationArn=arn, **given)[1]
    assert (
        []
        == functions.logs.describe_subscription_filters(logGroupName="/lab")["subscriptionFilters"]
    )


@pytest.mark.usefixtures("subscribed")
def test_a_group_has_two_filters_at_most_and_they_can_be_deleted(functions, refusal):
    arn = functions.client.get_function(FunctionName="f")["Configuration"]["FunctionArn"]
    functions.subscribe(arn, name="second")
    with pytest.raises(functions.logs.exceptions.LimitExceededException):
        functions.subscribe(arn, name="third")
    functions.subscribe(arn, name="second", pattern="changed")
    delete = functions.logs.delete_subscription_filter
    delete(logGroupName="/lab", filterName="to-f")
    assert "ResourceNotFoundException" == refusal(delete, logGroupName="/lab", filterName="x")[0]
    [left] = functions.logs.describe_subscription_filters(logGroupName="/lab")[
        "subscriptionFilters"
    ]
    assert ("second", "changed", arn) == (
        left["filterName"],
        left["filterPattern"],
        left["destinationArn"],
    )


def test_filters_of_metrics_and_subscriptions_share_the_five_regular_expressions(
    functions, subscribed
):
    arn = functions.client.get_function(FunctionName="f")["Configuration"]["FunctionArn"]
    functions.subscribe(arn, pattern=r"%REJECT|^\d{2}$%")
    subscribed("a REJECT OK", "a ACCEPT OK", "42", "421")
    [batch] = map(json.loads, functions.printed())
    assert ["a REJECT OK", "42"] == [each["message"] for each in batch["logEvents"]]
    transformation = {"metricName": "M", "metricNamespace": "N", "metricValue": "1"}
    for number in range(4):
        functions.logs.put_metric_filter(
            logGroupName="/lab",
            filterName=f"f{number}",
            filterPattern="[a = %x%]",
            metricTransformations=[transformation],
        )
    functions.subscribe(arn, pattern="%y%")
    functions.subscribe(arn, name="second", pattern="y")
    with pytest.raises(functions.logs.exceptions.LimitExceededException, match="5 filters"):
        functions.subscribe(arn, name="second", pattern="%y%")


def test_a_function_deleted_while_subscribed_is_reported_and_the_log_goes_on(
    functions, subscribed, caplog
):
    functions.client.delete_function(FunctionName="f")
    subscribed("one")
    assert "Subscription filter to-f: there is no function" in caplog.text
    assert 1 == len(functions.logs.filter_log_events(logGroupName="/lab")["events"])


def test_a_permission_taken_away_is_reported(functions, subscribed, caplog):
    functions.client.remove_permission(FunctionName="f", StatementId="logs")
    subscribed("one")
    assert "f does not let logs.amazonaws.com invoke it" in caplog.text


def test_a_function_that_feeds_itself_is_stopped(functions, caplog):
    arn = functions.make("def handler(e, c):\n    return 1")
    functions.let_in(group="/aws/lambda/f")
    functions.logs.create_log_group(logGroupName="/aws/lambda/f")
    functions.subscribe(arn, group="/aws/lambda/f")
    functions.answer()
    runs = sum(line.startswith("START") for line in functions.lines())
    assert 16 == runs
    assert "it was in a loop" in caplog.text


@pytest.mark.usefixtures("subscribed")
def test_filters_go_with_their_group(functions):
    functions.logs.delete_log_group(logGroupName="/lab")
    functions.logs.create_log_group(logGroupName="/lab")
    found = functions.logs.describe_subscription_filters(logGroupName="/lab")
    assert [] == found["subscriptionFilters"]


def test_a_batch_is_gzip_in_base64_and_the_same_each_time():
    from labkit.endpoint.subscriptions import batch_of

    one, other = (batch_of("1", "/g", "s", "f", [{"id": "1"}]) for _ in range(2))
    assert one == other
    content = json.loads(gzip.decompress(base64.b64decode(one["awslogs"]["data"])))
    assert [{"id": "1"}] == content["logEvents"]
