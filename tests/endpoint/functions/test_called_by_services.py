"""Functions that a topic or an alarm calls: with what, when, and only if they let them in."""

from __future__ import annotations

import json

import pytest

SHOW = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:rejects"


@pytest.fixture
def told(functions, session_on, alarm):
    """Has a function told of an alarm, by a topic or by itself; gives back what it was told."""
    session = session_on(functions.aws)
    sns, cloudwatch = session.client("sns"), session.client("cloudwatch")
    function = functions.make(SHOW)
    topic = sns.create_topic(Name="alerts")["TopicArn"]

    def tell(action: str, *, let_in: bool = True) -> list[str]:
        if action == "topic":
            sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
        principal, source = {
            "topic": ("sns.amazonaws.com", topic),
            "function": ("lambda.alarms.cloudwatch.amazonaws.com", ALARM),
        }[action]
        if let_in:
            functions.client.add_permission(
                FunctionName="f",
                StatementId="s",
                Action="lambda:InvokeFunction",
                Principal=principal,
                SourceArn=source,
            )
        called = {"topic": topic, "function": function}[action]
        cloudwatch.put_metric_alarm(**alarm, AlarmActions=[called])
        data = [{"MetricName": "Rejects", "Value": 5}]
        cloudwatch.put_metric_data(Namespace="Lab", MetricData=data)
        functions.aws.clock.sleep(3600)
        groups = functions.logs.describe_log_groups()["logGroups"]
        return functions.printed() if groups else []

    return tell


def test_a_topic_calls_a_function_with_a_record_that_holds_the_alarms_message(told):
    [line] = told("topic")
    [record] = json.loads(line)["Records"]
    assert (record["EventSource"], record["EventVersion"]) == ("aws:sns", "1.0")
    assert record["Sns"]["Subject"] == 'ALARM: "rejects" in US East (N. Virginia)'
    assert record["Sns"].keys() >= {"SigningCertUrl", "UnsubscribeUrl"}
    assert record["Sns"]["Timestamp"] == "2026-01-05T09:01:00.000Z"
    assert json.loads(record["Sns"]["Message"])["NewStateValue"] == "ALARM"


def test_an_alarm_calls_a_function_with_its_state_and_the_one_before(told):
    [line] = told("function")
    event = json.loads(line)
    assert (event["source"], event["alarmArn"]) == ("aws.cloudwatch", ALARM)
    data = event["alarmData"]
    states = data["previousState"]["value"], data["state"]["value"]
    assert states == ("INSUFFICIENT_DATA", "ALARM")
    assert data["state"]["timestamp"] == "2026-01-05T09:01:00.000+0000"
    [metric] = data["configuration"]["metrics"]
    assert metric["metricStat"]["metric"]["name"] == "Rejects"


@pytest.mark.parametrize("action", ["topic", "function"])
def test_a_function_that_lets_nobody_in_is_not_called(told, action):
    assert told(action, let_in=False) == []
