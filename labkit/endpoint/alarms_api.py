"""
Alarms put, described, silenced and deleted.

moto keeps their tags; what they are and what state they have is kept here.

Source: Amazon CloudWatch API Reference; wording from public bug reports.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.alarm_actions import refuse_unknown_action
from labkit.endpoint.alarm_evaluation import OPERATORS, Missing, Rule, State
from labkit.endpoint.alarms import AlarmConfig, Alarms
from labkit.endpoint.json_documents import loaded
from labkit.endpoint.metric_data import Metric
from labkit.endpoint.metrics_api import metric_of, refuse_bad_statistic, unix
from labkit.endpoint.operations import AwsError, before, operation
from labkit.endpoint.paging import first_of, page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.alarms import Alarm, HistoryItem
    from labkit.endpoint.operations import Call, Params

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S
_NOT_SIMULATED: Final = (
    "ThresholdMetricId",
    "EvaluationCriteria",
    "EvaluationInterval",
    "WarmUpConfiguration",
    "ActionConfiguration",
)
_ACTION_LISTS: Final = ("OKActions", "AlarmActions", "InsufficientDataActions")
_MOST_ACTIONS: Final = 5
_RELATIVES: Final = ("ChildrenOfAlarmName", "ParentsOfAlarmName")  # of composite alarms
_IN_A_PAGE: Final = 50
_MOST_HISTORY: Final = 100


def invalid(message: str) -> AwsError:
    """The error for a parameter that breaks a rule."""
    return AwsError("ValidationError", message)


@operation("cloudwatch", "PutMetricAlarm")
def put_metric_alarm(call: Call) -> dict[str, Any]:
    """Nothing, once the alarm is there; a new one has INSUFFICIENT_DATA until it is evaluated."""
    config = _config(call)
    alarms = call.aws.extension(Alarms)
    there_is = alarms.find(call.region, config.name) is not None
    call.forward(**({"Tags": None} if there_is else {}))  # they count for a new one only
    call.backend.tagger.tags.setdefault(config.arn, {})  # or moto does not know that it is there
    alarms.put(config, actions_enabled=call.params.get("ActionsEnabled", True))
    return {}


def _config(call: Call) -> AlarmConfig:
    given = dict(call.params)
    for name in _NOT_SIMULATED:
        if given.get(name):
            raise invalid(f"Not simulated: alarms with {name}. Give a Threshold for one metric.")
    if "WallClockWindow" in given.get("EvaluationWindow", {}):
        raise invalid("Not simulated: alarms with a WallClockWindow. Leave EvaluationWindow out.")
    if given.get("EvaluateLowSampleCountPercentile", "evaluate") != "evaluate":
        raise invalid("Not simulated: EvaluateLowSampleCountPercentile other than evaluate.")
    for arn in _actions(given):
        refuse_unknown_action(arn)
    watched = _watched(given)
    metric = metric_of(call.region, watched)
    period_s, statistic = _period(watched), _statistic(watched)
    return AlarmConfig(
        region=call.region,
        name=given["AlarmName"],
        arn=f"arn:aws:cloudwatch:{call.region}:{call.account_id}:alarm:{given['AlarmName']}",
        metric=metric,
        statistic=statistic,
        period_s=period_s,
        rule=_rule(given, period_s),
        unit=watched.get("Unit"),
        given=given,
    )


def _actions(given: Params) -> Iterator[str]:
    for name in _ACTION_LISTS:
        arns = given.get(name) or ()
        if len(arns) > _MOST_ACTIONS:
            raise invalid(f"{name} takes at most {_MOST_ACTIONS} actions; these are {len(arns)}.")
        yield from arns


def _watched(given: Params) -> dict[str, Any]:
    """What is watched as an alarm on a single metric names it."""
    queries = given.get("Metrics")
    if not queries:
        for name in ("MetricName", "Namespace"):
            if name not in given:
                raise invalid(f"An alarm on a metric needs {name}.")
        return dict(given)
    if "MetricName" in given:
        raise invalid("Parameters MetricName and Metrics are mutually exclusive.")
    if len(queries) > 1 or "MetricStat" not in queries[0]:
        raise invalid(
            "Not simulated: alarms on math expressions, on anomaly bands and on several metrics. "
            "Give Metrics a single MetricStat, or MetricName and Namespace."
        )
    stat = queries[0]["MetricStat"]
    named = "Statistic" if not stat["Stat"].startswith("p") else "ExtendedStatistic"
    watched = {**stat["Metric"], "Period": stat["Period"], named: stat["Stat"]}
    return watched | ({"Unit": stat["Unit"]} if "Unit" in stat else {})


def _period(watched: Params) -> int:
    period_s: int | None = watched.get("Period")
    if period_s is None:
        raise invalid("Period must not be null")
    if period_s not in {10, 20, 30} and (period_s < 60 or period_s % 60):
        raise invalid("Period must be 10, 20, 30 or a multiple of 60")
    return period_s


def _statistic(watched: Params) -> str:
    names = [watched[key] for key in ("Statistic", "ExtendedStatistic") if watched.get(key)]
    if len(names) != 1:
        raise invalid("Exactly one of Statistic and ExtendedStatistic must be specified")
    refuse_bad_statistic(names[0])
    return str(names[0])


def _rule(given: Params, period_s: int) -> Rule:
    for name in ("ComparisonOperator", "EvaluationPeriods", "Threshold"):
        if name not in given:
            raise invalid(f"{name} must not be null")
    operator, periods = given["ComparisonOperator"], given["EvaluationPeriods"]
    datapoints = given.get("DatapointsToAlarm", periods)
    if operator not in OPERATORS:
        raise invalid(
            f"Not simulated: the comparison {operator}, which needs an anomaly band. "
            f"Simulated: {', '.join(OPERATORS)}."
        )
    if datapoints > periods:
        raise invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    _refuse_a_long_look_back(periods, period_s)
    try:
        missing = Missing(given.get("TreatMissingData", Missing.MISSING))
    except ValueError:
        raise invalid(
            f"The value {given['TreatMissingData']} for parameter TreatMissingData is invalid. "
            f"It takes {', '.join(Missing)}."
        ) from None
    return Rule(operator, float(given["Threshold"]), periods, datapoints, missing)


def _refuse_a_long_look_back(periods: int, period_s: int) -> None:
    longest_s, said = (7 * DAY_S, "seven days") if period_s >= HOUR_S else (DAY_S, "a day")
    if periods * period_s > longest_s:
        raise invalid(
            f"Metrics cannot be checked across more than {said} "
            f"(EvaluationPeriods * Period must be <= {longest_s})."
        )


@before("cloudwatch", "ListTagsForResource")
@before("cloudwatch", "TagResource")
@before("cloudwatch", "UntagResource")
def refuse_tags_of_an_unknown_alarm(call: Call) -> None:
    """Refuse to show or change the tags of an alarm that does not exist."""
    arn = call.params["ResourceARN"]
    _, _, name = arn.partition(":alarm:")
    alarm = call.aws.extension(Alarms).find(call.region, name)
    if name and (alarm is None or alarm.config.arn != arn):
        raise AwsError(
            "ResourceNotFoundException",
            f"There is no alarm {arn}.",
            404,
            ResourceType="AWS::CloudWatch::Alarm",
            ResourceId=name,
        )


@operation("cloudwatch", "DescribeAlarms")
def describe_alarms(call: Call) -> dict[str, Any]:
    """A page of the alarms asked for, by name; composite alarms there are none."""
    params = call.params
    names = params.get("AlarmNames") or ()
    if names and params.get("AlarmNamePrefix"):
        raise AwsError(
            "InvalidParameterCombination",
            "The parameters AlarmNamePrefix and AlarmNames are mutually exclusive.",
        )
    of_metrics = "MetricAlarm" in (params.get("AlarmTypes") or ["MetricAlarm"])
    of_metrics = of_metrics and params.keys().isdisjoint(_RELATIVES)
    prefix = params.get("ActionPrefix") or ""
    found = [
        alarm
        for alarm in call.aws.extension(Alarms).of(call.region)
        if of_metrics
        and (not names or alarm.config.name in names)
        and alarm.config.name.startswith(params.get("AlarmNamePrefix") or "")
        and params.get("StateValue") in (None, alarm.state)
        and (not prefix or any(arn.startswith(prefix) for arn in _actions(alarm.config.given)))
    ]
    page, follows = _page(call, found, params.get("MaxRecords", _IN_A_PAGE))
    return {"MetricAlarms": [described(each) for each in page], "CompositeAlarms": [], **follows}


def _page(call: Call, items: list[Any], size: int) -> tuple[list[Any], dict[str, str]]:
    refused = AwsError("InvalidNextToken", "The specified NextToken is not valid.")
    return page_of(items, first_of(call, "NextToken", refused), size, "NextToken")


def described(alarm: Alarm) -> dict[str, Any]:
    """An alarm as DescribeAlarms shows it."""
    given = {name: value for name, value in alarm.config.given.items() if name != "Tags"}
    if not given.get("Metrics"):
        given.setdefault("Dimensions", [])
    for name in _ACTION_LISTS:
        given.setdefault(name, [])
    return {
        **given,
        "AlarmArn": alarm.config.arn,
        "AlarmConfigurationUpdatedTimestamp": _moment(alarm.configured_s),
        "ActionsEnabled": alarm.actions_enabled,
        "StateValue": alarm.state,
        "StateReason": alarm.reason,
        **({"StateReasonData": alarm.reason_data} if alarm.reason_data else {}),
        "StateUpdatedTimestamp": _moment(alarm.updated_s),
        "StateTransitionedTimestamp": _moment(alarm.transitioned_s),
    }


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


@operation("cloudwatch", "DescribeAlarmsForMetric")
def describe_alarms_for_metric(call: Call) -> dict[str, Any]:
    """The alarms that watch one metric."""
    params = call.params
    metric = Metric.of(
        call.region, params["Namespace"], params["MetricName"], params.get("Dimensions") or ()
    )
    statistic = params.get("Statistic") or params.get("ExtendedStatistic")
    found = [
        described(alarm)
        for alarm in call.aws.extension(Alarms).of(call.region)
        if alarm.config.metric == metric
        and statistic in (None, alarm.config.statistic)
        and params.get("Period") in (None, alarm.config.period_s)
        and params.get("Unit") in (None, alarm.config.unit)
    ]
    return {"MetricAlarms": found}


@operation("cloudwatch", "DeleteAlarms")
def delete_alarms(call: Call) -> dict[str, Any]:
    """Nothing, once the alarms are gone; names of none are passed over."""
    call.forward()
    alarms = call.aws.extension(Alarms)
    for name in call.params["AlarmNames"]:
        alarm = alarms.find(call.region, name)
        if alarm is not None:
            call.backend.tagger.delete_all_tags_for_resource(alarm.config.arn)
            alarms.delete(call.region, name)
    return {}


@operation("cloudwatch", "EnableAlarmActions")
def enable_alarm_actions(call: Call) -> dict[str, Any]:
    """Nothing; from now on the alarms act when their state changes."""
    return _switch(call, enabled=True)


@operation("cloudwatch", "DisableAlarmActions")
def disable_alarm_actions(call: Call) -> dict[str, Any]:
    """Nothing; from now on the alarms change their state and do no more."""
    return _switch(call, enabled=False)


def _switch(call: Call, *, enabled: bool) -> dict[str, Any]:
    alarms = call.aws.extension(Alarms)
    for name in call.params["AlarmNames"]:
        alarm = alarms.find(call.region, name)
        if alarm is not None:
            alarms.enable_actions(alarm, enabled=enabled)
    return {}


@operation("cloudwatch", "SetAlarmState")
def set_alarm_state(call: Call) -> dict[str, Any]:
    """Nothing, once the alarm has the state; its actions for that state are taken."""
    alarms = call.aws.extension(Alarms)
    alarm = alarms.find(call.region, call.params["AlarmName"])
    if alarm is None:
        raise AwsError("ResourceNotFound", "Alarm not found.", 404)
    value, data = call.params["StateValue"], call.params.get("StateReasonData", "")
    if value not in list(State):
        raise invalid(
            f"1 validation error detected: Value '{value}' at 'stateValue' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{', '.join(State)}]"
        )
    try:
        loaded(data or "{}")
    except ValueError:
        raise AwsError("InvalidFormat", "StateReasonData is not JSON.") from None
    alarms.set_state(alarm, State(value), call.params["StateReason"], data)
    return {}


@operation("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(call: Call) -> dict[str, Any]:
    """A page of what happened to alarms, newest first unless asked otherwise."""
    params = call.params
    start_s = unix(params["StartDate"]) if "StartDate" in params else float("-inf")
    end_s = unix(params["EndDate"]) if "EndDate" in params else float("inf")
    found = [
        item
        for item in call.aws.extension(Alarms).history
        if item.region == call.region
        and params.get("AlarmName") in (None, item.alarm_name)
        and params.get("HistoryItemType") in (None, item.kind)
        and start_s <= item.at_s <= end_s
        and "MetricAlarm" in (params.get("AlarmTypes") or ["MetricAlarm"])
    ]
    if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
        found.reverse()
    page, follows = _page(call, found, params.get("MaxRecords", _MOST_HISTORY))
    return {"AlarmHistoryItems": [_shown(each) for each in page], **follows}


def _shown(item: HistoryItem) -> dict[str, Any]:
    return {
        "AlarmName": item.alarm_name,
        "AlarmType": "MetricAlarm",
        "Timestamp": _moment(item.at_s),
        "HistoryItemType": item.kind,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
    }


@operation("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(_call: Call) -> dict[str, Any]:
    """
    Never an answer: alarms on alarms are not simulated.

    Raises:
        AwsError: Always; says what to do instead.
    """
    message = "Not simulated: cloudwatch:PutCompositeAlarm. Give each alarm actions of its own."
    raise AwsError("NotImplemented", message, 501)
