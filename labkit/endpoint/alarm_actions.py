"""
What an alarm does when its state changes: a notification to a topic, a call of a function.

Source: public recordings of notifications; Amazon CloudWatch User Guide,
"Alarm actions" and "Invoke a Lambda function from an alarm".
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.loaders import Loader

from labkit.endpoint.alarm_words import timestamp
from labkit.endpoint.functions.permissions import Caller
from labkit.endpoint.invocations import Invocations
from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from labkit.endpoint.alarm_words import Moment
    from labkit.endpoint.alarms import Alarm
    from labkit.endpoint.application import EmbeddedAws

FUNCTION_PRINCIPAL: Final = "lambda.alarms.cloudwatch.amazonaws.com"
"""Who calls a function for an alarm, as resource permissions name it."""

_LONGEST_SUBJECT: Final = 100


def refuse_unknown_action(arn: str) -> None:
    """
    Refuse an action that is none, or that the lab cannot take.

    Raises:
        AwsError: It says which it can.
    """
    parts = arn.split(":")
    if len(parts) < 6 or parts[0] != "arn":
        raise AwsError("ValidationError", f"Invalid arn syntax: {arn}")
    if parts[2] not in {"sns", "lambda"}:
        raise AwsError(
            "ValidationError",
            f"Not simulated: the alarm action {arn}. Alarms can notify SNS topics and call "
            "Lambda functions.",
        )


def act(aws: EmbeddedAws, alarm: Alarm, before: Moment, arn: str) -> tuple[str, str]:
    """Take one action; summary and data of the history item for it."""
    region = arn.split(":")[3]
    data: dict[str, Any] = {
        "actionState": "Succeeded",
        "stateUpdateTimestamp": int(alarm.updated_s * 1000),
        "notificationResource": arn,
    }
    try:
        if arn.split(":")[2] == "lambda":
            caller = Caller(FUNCTION_PRINCIPAL, alarm.config.arn, aws.settings.account_id)
            aws.extension(Invocations).send(arn, function_event(aws, alarm, before), caller)
        else:
            data["publishedMessage"] = message = notification(aws, alarm, before)
            subject = subject_of(alarm)
            with aws.active("NotifyOfAlarm"):
                aws.invoke(
                    "sns", "Publish", region=region, TopicArn=arn, Subject=subject, Message=message
                )
    except AwsError as refused:
        data |= {"actionState": "Failed", "error": refused.message}
        summary = f'Failed to execute action {arn}. Received error: "{refused.message}"'
        return summary, json.dumps(data)
    return f"Successfully executed action {arn}", json.dumps(data)


def subject_of(alarm: Alarm) -> str:
    """The subject of a notification, cut where SNS takes no more."""
    text = f'{alarm.state}: "{alarm.config.name}" in {region_name(alarm.config.region)}'
    return text if len(text) <= _LONGEST_SUBJECT else f"{text[: _LONGEST_SUBJECT - 3]}..."


def notification(aws: EmbeddedAws, alarm: Alarm, before: Moment) -> str:
    """The message of a notification, JSON with the members in AWS's order."""
    given = alarm.config.given
    return json.dumps(
        {
            "AlarmName": alarm.config.name,
            "AlarmDescription": given.get("AlarmDescription"),
            "AWSAccountId": aws.settings.account_id,
            "AlarmConfigurationUpdatedTimestamp": timestamp(alarm.configured_s),
            "NewStateValue": alarm.state,
            "NewStateReason": alarm.reason,
            "StateChangeTime": timestamp(alarm.updated_s),
            "Region": region_name(alarm.config.region),
            "AlarmArn": alarm.config.arn,
            "OldStateValue": before.state,
            "OKActions": list(given.get("OKActions") or ()),
            "AlarmActions": list(given.get("AlarmActions") or ()),
            "InsufficientDataActions": list(given.get("InsufficientDataActions") or ()),
            "Trigger": _trigger(alarm),
        },
        separators=(",", ":"),
    )


def _trigger(alarm: Alarm) -> dict[str, Any]:
    config, given = alarm.config, alarm.config.given
    if "ExtendedStatistic" in given:
        statistic = {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": config.statistic}
    else:
        statistic = {"StatisticType": "Statistic", "Statistic": _shouted(config.statistic)}
    counted = {"EvaluationPeriods": config.rule.periods}
    if "DatapointsToAlarm" in given:
        counted["DatapointsToAlarm"] = config.rule.datapoints
    return {
        "MetricName": config.metric.name,
        "Namespace": config.metric.namespace,
        **statistic,
        "Unit": config.unit,
        "Dimensions": [{"value": value, "name": name} for name, value in config.metric.dimensions],
        "Period": config.period_s,
        **counted,
        "ComparisonOperator": config.rule.operator,
        "Threshold": config.rule.threshold,
        "TreatMissingData": config.rule.missing,
        "EvaluateLowSampleCountPercentile": given.get("EvaluateLowSampleCountPercentile", ""),
    }


def _shouted(statistic: str) -> str:
    return "SAMPLE_COUNT" if statistic == "SampleCount" else statistic.upper()


def function_event(aws: EmbeddedAws, alarm: Alarm, before: Moment) -> dict[str, Any]:
    """What a function is called with."""
    config = alarm.config
    stat = {
        "metric": {
            "namespace": config.metric.namespace,
            "name": config.metric.name,
            "dimensions": dict(config.metric.dimensions),
        },
        "period": config.period_s,
        "stat": config.statistic,
    }
    return {
        "source": "aws.cloudwatch",
        "alarmArn": config.arn,
        "accountId": aws.settings.account_id,
        "time": timestamp(alarm.updated_s),
        "region": config.region,
        "alarmData": {
            "alarmName": config.name,
            "state": _state(alarm.state, alarm.reason, alarm.reason_data, alarm.updated_s),
            "previousState": _state(*before),
            "configuration": {
                "description": config.given.get("AlarmDescription", ""),
                "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}],
            },
        },
    }


def _state(value: str, reason: str, reason_data: str, updated_s: float) -> dict[str, Any]:
    shown = {"value": value, "reason": reason}
    if reason_data:
        shown["reasonData"] = reason_data
    return {**shown, "timestamp": timestamp(updated_s)}


@cache
def region_name(region: str) -> str:
    """The long name of a region as alarms write it, such as EU (Ireland)."""
    partitions = Loader().load_data("endpoints")["partitions"]
    names = {
        code: described["description"]
        for partition in partitions
        for code, described in partition["regions"].items()
    }
    return str(names.get(region, region)).replace("Europe (", "EU (")
