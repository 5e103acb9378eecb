"""
Beyond the guide: rejected flows counted, watched, and told to a queue.

Four things in a row, each made for the next: a metric filter counts the
records that say REJECT, an alarm watches the count, a topic passes on what the
alarm says, and a queue keeps it until somebody looks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import StepOutOfOrder
from labkit.lab.tags import LAB_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.lab import CloudLab

FIELDS: Final = (
    *("version", "account", "eni", "source", "destination", "srcport", "destport"),
    *("protocol", "packets", "bytes", "start", "end", "action", "status"),
)
"""Names for the fields of a default flow record, in their order; a pattern may choose its own."""

METRIC: Final = "RejectedFlows"
FILTER: Final = "rejected-flows"
PERIOD_S: Final = 300
"""Longer than records take to arrive, or the alarm would look at minutes still empty."""


def pattern(**conditions: str) -> str:
    """
    A filter pattern for default flow records, with conditions on some of its fields.

    >>> pattern(action="= REJECT").partition("end, ")[2]
    'action = REJECT, status]'
    """
    fields = (f"{name} {conditions.get(name, '')}".strip() for name in FIELDS)
    return f"[{', '.join(fields)}]"


def alarm_name(lab: CloudLab) -> str:
    """The name of the lab's alarm."""
    return f"{lab.name}-rejected-flows"


def alerts_name(lab: CloudLab) -> str:
    """The name of the topic, and of the queue behind it."""
    return f"{lab.name}-alerts"


def build(lab: CloudLab) -> dict[str, str]:
    """
    The metric filter's group, and the address of topic, queue and alarm, each by its name.

    What is there is written again where it differs, so that something bent is
    straight afterwards; the alarm keeps its state.

    Raises:
        StepOutOfOrder: There is no log group to count in.
    """
    _metric_filter(lab)
    name = alerts_name(lab)
    topic_arn: str = lab.sns.create_topic(Name=name, Tags=lab.tags.of(name))["TopicArn"]
    queue_url = _queue(lab, topic_arn)
    alarm_arn = _alarm(lab, topic_arn)
    return {
        FILTER: lab.log_group,
        f"topic {name}": topic_arn,
        f"queue {name}": queue_url,
        alarm_name(lab): alarm_arn,
    }


def _metric_filter(lab: CloudLab) -> None:
    try:
        lab.logs.put_metric_filter(
            logGroupName=lab.log_group,
            filterName=FILTER,
            filterPattern=pattern(action="= REJECT"),
            metricTransformations=[
                {
                    "metricNamespace": lab.name,
                    "metricName": METRIC,
                    "metricValue": "1",
                    "defaultValue": 0,
                    "unit": "Count",
                }
            ],
        )
    except lab.logs.exceptions.ResourceNotFoundException:
        raise StepOutOfOrder(
            f"There is no log group {lab.log_group!r} to count in. "
            'Switch the flow logs on first: lab.build("flow_logs").'
        ) from None


def _queue(lab: CloudLab, topic_arn: str) -> str:
    name = alerts_name(lab)
    try:
        url: str = lab.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except lab.sqs.exceptions.QueueDoesNotExist:
        tags = {tag["Key"]: tag["Value"] for tag in lab.tags.of(name)}
        url = lab.sqs.create_queue(QueueName=name, tags=tags)["QueueUrl"]
    arn = _attribute(lab, url, "QueueArn")
    policy = json.dumps(let_in(arn, topic_arn))
    if _attribute(lab, url, "Policy") != policy:
        lab.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    lab.sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn)
    return url


def _attribute(lab: CloudLab, queue_url: str, name: str) -> str:
    answer = lab.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    value: str = answer.get("Attributes", {}).get(name, "")
    return value


def let_in(queue_arn: str, topic_arn: str) -> dict[str, Any]:
    """
    A policy with which a queue takes messages of one topic, and of nobody else.

    Source: Amazon SNS Developer Guide, "Subscribing an Amazon SQS queue to an
    Amazon SNS topic".
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
            }
        ],
    }


def _alarm(lab: CloudLab, topic_arn: str) -> str:
    name = alarm_name(lab)
    wanted = {
        "AlarmDescription": "Rejected flows in the last minutes",
        "Namespace": lab.name,
        "MetricName": METRIC,
        "Statistic": "Sum",
        "Period": PERIOD_S,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic_arn],
        "OKActions": [topic_arn],
        "ActionsEnabled": True,
    }
    there = _described(lab, name)
    if there is None or any(there.get(key) != value for key, value in wanted.items()):
        tags = {} if there else {"Tags": lab.tags.of(name)}
        lab.cloudwatch.put_metric_alarm(AlarmName=name, **wanted, **tags)
    found = _described(lab, name)
    return str(found["AlarmArn"]) if found else name


def _described(lab: CloudLab, name: str) -> dict[str, Any] | None:
    alarms = lab.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarms[0] if alarms else None


def remove(lab: CloudLab) -> dict[str, int]:
    """How many alarms, topics and queues with the lab's tag were removed."""
    found = {kind: list(_tagged(lab, kind)) for kind in _LISTS}
    if found["alarm"]:
        lab.cloudwatch.delete_alarms(AlarmNames=[_name(arn) for arn in found["alarm"]])
    for arn in found["topic"]:
        lab.sns.delete_topic(TopicArn=arn)  # its subscriptions go with it
    for url in found["queue"]:
        lab.sqs.delete_queue(QueueUrl=url)
    return {kind: len(items) for kind, items in found.items()}


def remaining(lab: CloudLab) -> dict[str, int]:
    """How many alarms, topics and queues still carry the lab's tag."""
    return {kind: sum(1 for _ in _tagged(lab, kind)) for kind in _LISTS}


def _tagged(lab: CloudLab, kind: str) -> Iterator[str]:
    """The alarms and topics, by ARN, or the queues, by address, that are the lab's."""
    for address in _LISTS[kind](lab):
        if _tags_of(lab, kind, address).get(LAB_TAG) == lab.name:
            yield address


def _alarms(lab: CloudLab) -> list[str]:
    pages = lab.cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=f"{lab.name}-", AlarmTypes=["MetricAlarm"]
    )
    return [alarm["AlarmArn"] for page in pages for alarm in page["MetricAlarms"]]


def _topics(lab: CloudLab) -> list[str]:
    pages = lab.sns.get_paginator("list_topics").paginate()
    arns = [topic["TopicArn"] for page in pages for topic in page["Topics"]]
    return [arn for arn in arns if _name(arn).startswith(f"{lab.name}-")]


def _queues(lab: CloudLab) -> list[str]:
    pages = lab.sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{lab.name}-")
    return [url for page in pages for url in page.get("QueueUrls", ())]


_LISTS: Final = {"alarm": _alarms, "topic": _topics, "queue": _queues}


def _tags_of(lab: CloudLab, kind: str, address: str) -> dict[str, str]:
    if kind == "queue":
        tags: dict[str, str] = lab.sqs.list_queue_tags(QueueUrl=address).get("Tags", {})
        return tags
    if kind == "topic":
        listed = lab.sns.list_tags_for_resource(ResourceArn=address)["Tags"]
    else:
        listed = lab.cloudwatch.list_tags_for_resource(ResourceARN=address)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
