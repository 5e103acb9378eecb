"""From an alarm to a queue: what a message looks like, who gets it, and how long one waits."""

from __future__ import annotations

import json
import threading
import time

import pytest
from botocore.exceptions import ClientError

from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.clock import WallClock

DEEP = "[" * 100_000 + "]" * 100_000
"""JSON, yet deeper than anybody can follow."""

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


@pytest.fixture
def lab(monitoring):
    return monitoring


def test_rejects_in_a_log_group_become_an_alarm_in_a_queue_and_an_all_clear(lab):
    topic = lab.topic()
    inbox = lab.queue(topic)
    lab.filter(defaultValue=0)
    lab.alarm(AlarmActions=[topic], OKActions=[topic], TreatMissingData="notBreaching")
    lab.write(lab.record("ACCEPT"))
    lab.minutes(1)
    lab.write(lab.record("REJECT"))
    lab.minutes(1)
    lab.write(lab.record("ACCEPT"))
    lab.minutes(1)
    messages = [json.loads(json.loads(body)["Message"]) for body in lab.received(inbox)]
    changes = [(each["OldStateValue"], each["NewStateValue"]) for each in messages]
    assert changes == [("INSUFFICIENT_DATA", "OK"), ("OK", "ALARM"), ("ALARM", "OK")]


def test_the_message_is_the_one_aws_sends(lab):
    topic = lab.topic()
    inbox = lab.queue(topic)
    lab.alarm(AlarmActions=[topic], AlarmDescription="Knocks", DatapointsToAlarm=1)
    lab.put(5)
    lab.minutes(1)
    [body] = lab.received(inbox)
    wrapped = json.loads(body)
    assert wrapped["Type"] == "Notification"
    assert wrapped["Subject"] == 'ALARM: "rejects" in US East (N. Virginia)'
    assert (wrapped["TopicArn"], wrapped["Timestamp"]) == (topic, "2026-01-05T09:01:00.000Z")
    assert json.loads(wrapped["Message"]) == {
        "AlarmName": "rejects",
        "AlarmDescription": "Knocks",
        "AWSAccountId": "123456789012",
        "AlarmConfigurationUpdatedTimestamp": "2026-01-05T09:00:00.000+0000",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed: 1 out of the last 1 datapoints "
        "[5.0 (05/01/26 09:00:00)] was greater than or equal to the threshold (1.0) "
        "(minimum 1 datapoint for OK -> ALARM transition).",
        "StateChangeTime": "2026-01-05T09:01:00.000+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:rejects",
        "OldStateValue": "INSUFFICIENT_DATA",
        "OKActions": [],
        "AlarmActions": [topic],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Rejects",
            "Namespace": "Lab",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Unit": None,
            "Dimensions": [],
            "Period": 60,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1.0,
            "TreatMissingData": "missing",
            "EvaluateLowSampleCountPercentile": "",
        },
    }


def test_raw_delivery_leaves_the_envelope_away(lab):
    topic = lab.topic()
    inbox = lab.queue(topic, RawMessageDelivery="true")
    lab.sns.publish(TopicArn=topic, Message="bare")
    assert lab.received(inbox) == ["bare"]


def test_a_queue_gets_nothing_unless_its_policy_lets_the_topic_in(lab):
    topic, other = lab.topic(), lab.sns.create_topic(Name="other")["TopicArn"]
    closed = lab.queue(None, "closed")
    arn = "arn:aws:sqs:us-east-1:123456789012:closed"
    lab.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    inbox = lab.queue(topic)
    inbox_arn = "arn:aws:sqs:us-east-1:123456789012:inbox"
    lab.sns.subscribe(TopicArn=other, Protocol="sqs", Endpoint=inbox_arn)
    for sender in (topic, other):
        lab.sns.publish(TopicArn=sender, Message=sender)
    assert lab.received(closed) == []
    assert [json.loads(body)["Message"] for body in lab.received(inbox)] == [topic]


def test_a_filter_policy_is_kept_to_and_nothing_leaves_for_the_web(lab):
    topic = lab.topic()
    inbox = lab.queue(topic, FilterPolicy=json.dumps({"kind": ["alarm"]}))
    lab.sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://192.0.2.1/hook")
    attributes = {"kind": {"DataType": "String", "StringValue": "alarm"}}
    lab.sns.publish(TopicArn=topic, Message="passes", MessageAttributes=attributes)
    lab.sns.publish(TopicArn=topic, Message="does not")
    assert [json.loads(body)["Message"] for body in lab.received(inbox)] == ["passes"]


def test_two_runs_send_the_same_bytes(new_monitoring):
    def run() -> list[str]:
        lab = new_monitoring()
        topic = lab.topic()
        inbox = lab.queue(topic)
        lab.sns.publish(TopicArn=topic, Message="again", Subject="The same")
        return lab.received(inbox)

    assert run() == run() != []


def test_waiting_for_a_message_lets_virtual_time_pass_until_there_is_one(lab):
    topic = lab.topic()
    inbox = lab.queue(topic)
    lab.alarm(AlarmActions=[topic])
    lab.aws.clock.sleep(50)
    lab.put(5)
    before = lab.aws.clock.now()
    assert len(lab.received(inbox, WaitTimeSeconds=20)) == 1
    assert lab.aws.clock.now() - before == 10


def test_waiting_in_vain_takes_the_time_it_was_told_to(lab):
    inbox = lab.queue(None)
    before = lab.aws.clock.now()
    assert lab.received(inbox, WaitTimeSeconds=20) == []
    assert lab.aws.clock.now() - before == 20
    slow = lab.queue(None, "slow")
    attributes = {"ReceiveMessageWaitTimeSeconds": "5"}
    lab.sqs.set_queue_attributes(QueueUrl=slow, Attributes=attributes)
    assert lab.received(slow) == []
    assert lab.aws.clock.now() - before == 25


def test_who_waits_on_the_wall_clock_lets_others_in(new_monitoring):
    lab = type(new_monitoring())(EmbeddedAws(clock=WallClock()))
    inbox = lab.queue(None)
    sender = threading.Timer(0.3, lambda: lab.sqs.send_message(QueueUrl=inbox, MessageBody="now"))
    sender.start()
    began = time.monotonic()
    assert lab.received(inbox, WaitTimeSeconds=20) == ["now"]
    assert time.monotonic() - began < 10
    sender.join()


def test_a_wait_that_is_too_long_is_refused(lab, refusal):
    inbox = lab.queue(None)
    code, _ = refusal(lab.sqs.receive_message, QueueUrl=inbox, WaitTimeSeconds=21)
    assert code == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("VisibilityTimeout", "soon"),
        ("DelaySeconds", "901"),
        ("Policy", "{"),
        ("Policy", '{"Statement": ["x"]}'),
        (
            "Policy",
            '{"Statement": {"Effect": "Allow", "Principal": "sns.amazonaws.com", "Action": "*"}}',
        ),
        ("Policy", '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": 5}}'),
        (
            "Policy",
            '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": "x"}}',
        ),
        ("RedrivePolicy", "inbox"),
        ("RedrivePolicy", "[]"),
        pytest.param("RedrivePolicy", DEEP, id="RedrivePolicy in depth"),
        pytest.param("Policy", DEEP, id="Policy in depth"),
    ],
)
def test_an_attribute_a_queue_cannot_have_is_refused_by_name(lab, attribute, value):
    with pytest.raises(ClientError, match=f"Invalid value for the parameter {attribute}"):
        lab.sqs.create_queue(QueueName="inbox", Attributes={attribute: value})
    assert "QueueUrls" not in lab.sqs.list_queues(), "and there is no such queue"
    url = lab.sqs.create_queue(QueueName="inbox")["QueueUrl"]
    with pytest.raises(ClientError, match=f"Invalid value for the parameter {attribute}"):
        lab.sqs.set_queue_attributes(QueueUrl=url, Attributes={attribute: value})


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        ("", "MissingParameter", "The request must contain the parameter MessageBody."),
        ("bell \a", "InvalidMessageContents", "Invalid binary character '#x7' was found"),
        ("\ufffe", "InvalidMessageContents", "Invalid binary character '#xFFFE' was found"),
    ],
)
def test_a_message_that_no_queue_takes_is_refused_and_in_a_batch_it_alone(lab, body, code, told):
    inbox = lab.queue(None)
    with pytest.raises(ClientError) as refused:
        lab.sqs.send_message(QueueUrl=inbox, MessageBody=body)
    error = refused.value.response["Error"]
    fine = "tab\t, line\r\n, \u00e9, \U0001f514"
    attributes = {"raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    answer = lab.sqs.send_message_batch(
        QueueUrl=inbox,
        Entries=[
            {"Id": "one", "MessageBody": body},
            {"Id": "two", "MessageBody": fine, "MessageAttributes": attributes},
        ],
    )
    [failed] = answer["Failed"]
    received = lab.sqs.receive_message(
        QueueUrl=inbox, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    [message] = received["Messages"]

    assert code == error["Code"]
    assert told in error["Message"]
    assert ("one", True, code, error["Message"]) == (
        failed["Id"],
        failed["SenderFault"],
        failed["Code"],
        failed["Message"],
    )
    assert (fine, b"\x00\xff") == (
        message["Body"],
        message["MessageAttributes"]["raw"]["BinaryValue"],
    )


def test_of_a_batch_for_a_topic_an_empty_message_fails_alone(lab):
    topic = lab.topic()
    inbox = lab.queue(topic, RawMessageDelivery="true")
    entries = [{"Id": "one", "Message": ""}, {"Id": "two", "Message": "m"}]
    answer = lab.sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)

    assert [("one", "Invalid parameter: Empty message")] == [
        (each["Id"], each["Message"]) for each in answer["Failed"]
    ]
    assert ["two"] == [each["Id"] for each in answer["Successful"]]
    assert ["m"] == lab.received(inbox)


@pytest.mark.parametrize(
    ("bodies", "queue", "code"),
    [
        ([], "inbox", "AWS.SimpleQueueService.EmptyBatchRequest"),
        (["", "m"], "inbox", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
        ([""], "nowhere", "AWS.SimpleQueueService.NonExistentQueue"),
    ],
)
def test_a_batch_that_is_wrong_as_a_whole_is_refused_as_a_whole(lab, refusal, bodies, queue, code):
    url = lab.queue(None).replace("inbox", queue)
    entries = [{"Id": "one", "MessageBody": body} for body in bodies]
    assert code == refusal(lab.sqs.send_message_batch, QueueUrl=url, Entries=entries)[0]


def test_a_batch_for_a_topic_needs_messages_and_the_topic(lab, refusal):
    topic = lab.topic()
    empty = [{"Id": "one", "Message": ""}]
    call = lab.sns.publish_batch
    refused = [
        refusal(call, TopicArn=topic, PublishBatchRequestEntries=[]),
        refusal(call, TopicArn=f"{topic}-2", PublishBatchRequestEntries=empty),
    ]
    assert ["EmptyBatchRequest", "NotFound"] == [code for code, _ in refused]


def test_a_queue_in_a_region_that_is_none_is_no_subscriber(lab, refusal):
    lab.topic()
    arn = "arn:aws:sqs:nowhere:123456789012:inbox"
    code, message = refusal(lab.sns.subscribe, TopicArn=TOPIC, Protocol="sqs", Endpoint=arn)
    assert "NotImplemented" == code
    assert "in region nowhere" in message


def test_a_refusal_of_motos_does_not_say_twice_that_it_is_one(lab, refusal):
    inbox = lab.queue(None)
    _, message = refusal(lab.sqs.receive_message, QueueUrl=inbox, MaxNumberOfMessages=11)
    assert message.startswith("Value 11 for parameter MaxNumberOfMessages is invalid.")


def test_a_queue_says_when_it_was_made_in_whole_seconds(lab):
    url = lab.sqs.create_queue(QueueName="inbox")["QueueUrl"]
    shown = lab.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert shown["CreatedTimestamp"].isdecimal()
    assert shown["LastModifiedTimestamp"] == shown["CreatedTimestamp"]


@pytest.mark.parametrize(
    ("method", "asked", "told"),
    [
        ("get_topic_attributes", {"TopicArn": "alerts"}, "TopicArn Reason: An ARN must have"),
        ("publish", {"TargetArn": "a:b", "Message": "m"}, "at least 6 elements, not 2"),
        ("publish", {"Message": "m"}, "no value for required parameter"),
        ("publish", {"TopicArn": TOPIC, "Message": ""}, "Empty message"),
        ("publish", {"TopicArn": TOPIC, "Message": "m", "Subject": ""}, "Subject"),
        ("publish", {"TopicArn": TOPIC, "Message": "m", "Subject": "a\nb"}, "Subject"),
        (
            "publish",
            {"TopicArn": TOPIC, "Message": "m", "MessageStructure": "json"},
            "JSON message body failed to parse",
        ),
        (
            "publish",
            {"TopicArn": TOPIC, "Message": DEEP, "MessageStructure": "json"},
            "JSON message body failed to parse",
        ),
        (
            "publish",
            {"TopicArn": TOPIC, "Message": '{"sqs": "m"}', "MessageStructure": "json"},
            "No default entry in JSON message body",
        ),
        ("subscribe", {"TopicArn": TOPIC, "Protocol": "sqs"}, "Endpoint"),
        ("list_topics", {"NextToken": "9" * 5000}, "NextToken"),
        (
            "set_topic_attributes",
            {"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": "{"},
            "Policy Error: null",
        ),
        (
            "set_topic_attributes",
            {"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": DEEP},
            "Policy Error: null",
        ),
        (
            "set_subscription_attributes",
            {
                "SubscriptionArn": f"{TOPIC}:x",
                "AttributeName": "FilterPolicy",
                "AttributeValue": DEEP,
            },
            "FilterPolicy: failed to parse JSON",
        ),
        (
            "subscribe",
            {
                "TopicArn": TOPIC,
                "Protocol": "sqs",
                "Endpoint": "arn:aws:sqs:us-east-1:123456789012:inbox",
                "Attributes": {"FilterPolicy": "{"},
            },
            "FilterPolicy: failed to parse JSON",
        ),
        (
            "subscribe",
            {"TopicArn": TOPIC, "Protocol": "pigeon", "Endpoint": "roof"},
            "Amazon SNS does not support this protocol string: pigeon",
        ),
        (
            "subscribe",
            {"TopicArn": TOPIC, "Protocol": "https", "Endpoint": "http://192.0.2.1/"},
            "Endpoint must match the specified protocol",
        ),
        ("confirm_subscription", {"TopicArn": TOPIC, "Token": "2336412f37"}, "Token"),
        ("list_topics", {"NextToken": "more"}, "NextToken"),
    ],
)
def test_what_sns_cannot_take_is_refused_as_an_invalid_parameter(lab, method, asked, told):
    lab.topic()
    with pytest.raises(ClientError, match=told) as refused:
        getattr(lab.sns, method)(**asked)
    assert refused.value.response["Error"]["Code"] == "InvalidParameter"


def test_permissions_of_a_queue_stand_beside_statements_without_a_name(lab):
    url = lab.sqs.create_queue(QueueName="inbox")["QueueUrl"]
    nameless = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [nameless]})
    lab.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    def names():
        shown = lab.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        return [each.get("Sid") for each in json.loads(shown["Attributes"]["Policy"])["Statement"]]

    allowed = {"AWSAccountIds": ["123456789012"], "Actions": ["SendMessage"]}
    lab.sqs.add_permission(QueueUrl=url, Label="ours", **allowed)
    assert names() == [None, "ours"]
    lab.sqs.remove_permission(QueueUrl=url, Label="ours")
    assert names() == [None]
