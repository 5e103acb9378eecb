"""
CloudWatch metrics put and read: PutMetricData, GetMetricStatistics, GetMetricData, ListMetrics.

moto checks what is put; its statistics mix metrics that share a dimension and
begin periods at the first datum, so they are answered here.

Source: Amazon CloudWatch API Reference.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.metric_data import (
    LARGEST,
    STATISTICS,
    Datum,
    Metric,
    MetricData,
    can_be_dimension,
)
from labkit.endpoint.operations import AwsError, before, operation
from labkit.endpoint.paging import first_of, page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.metric_data import Summary
    from labkit.endpoint.operations import Call, Params

MOST_DATAPOINTS: Final = 1440
"""How many data points GetMetricStatistics gives at most."""

_OLDEST_S: Final = 14 * 24 * 3600
_NEWEST_S: Final = 2 * 3600
_PERCENTILE: Final = re.compile(r"p(100(\.0{1,10})?|\d{1,2}(\.\d{1,10})?)")
_ROUNDED_S: Final = ((15 * 86_400, 60), (63 * 86_400, 300))
_COARSEST_S: Final = 3600
_IN_A_PAGE: Final = 500
_RECENTLY_S: Final = 3 * 3600


def invalid_value(message: str) -> AwsError:
    """The error for a parameter that cannot be."""
    return AwsError("InvalidParameterValue", message)


def is_percentile(name: str) -> bool:
    """Whether a statistic is a percentile such as ``p99`` or ``p99.9``."""
    return _PERCENTILE.fullmatch(name) is not None


def refuse_bad_statistic(name: str) -> None:
    """
    Refuse a statistic that is none, or that the lab cannot work out.

    Raises:
        AwsError: It says which there are.
    """
    if name not in STATISTICS and not is_percentile(name):
        raise invalid_value(
            f"The value {name} for a statistic is not simulated or does not exist. "
            f"There are {', '.join(STATISTICS)} and percentiles such as p99."
        )


def refuse_bad_period(period_s: int) -> None:
    """
    Refuse a length of time that is no period.

    Raises:
        AwsError: It says which there are.
    """
    if period_s not in {1, 5, 10, 20, 30} and (period_s < 60 or period_s % 60):
        raise invalid_value(
            "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60; "
            f"{period_s} is neither."
        )


@before("cloudwatch", "PutMetricData")
def refuse_names_of_aws(call: Call) -> None:
    """Refuse data of a caller's in a namespace that is for AWS's own services."""
    namespace = call.params["Namespace"]
    if namespace.startswith("AWS/"):
        raise invalid_value(f"The value {namespace} for parameter Namespace is invalid.")


@operation("cloudwatch", "PutMetricData")
def put_metric_data(call: Call) -> dict[str, Any]:
    """Nothing, once the data are taken in."""
    namespace = call.params["Namespace"]
    for group in call.params.get("EntityMetricData") or ():
        raise invalid_value(f"Not simulated: data of entities, such as {group.get('Entity')}.")
    now_s = call.aws.clock.now()
    items = call.params.get("MetricData") or []
    data = [_datum(item, number, now_s) for number, item in enumerate(items, start=1)]
    call.forward()
    for item, datum in zip(items, data, strict=True):
        dimensions = item.get("Dimensions") or ()
        metric = Metric.of(call.region, namespace, item["MetricName"], dimensions)
        call.aws.extension(MetricData).put(metric, datum)
    return {}


def _datum(item: Params, number: int, now_s: float) -> Datum:
    moment = item.get("Timestamp")
    at_s = now_s if moment is None else unix(moment)
    if not now_s - _OLDEST_S <= at_s <= now_s + _NEWEST_S:
        name = f"MetricData.member.{number}.Timestamp"
        raise invalid_value(
            f"The parameter {name} must specify a time within two weeks before and two hours "
            "after now."
        )
    resolution_s = item.get("StorageResolution", 60)
    if resolution_s not in {1, 60}:
        raise invalid_value(
            f"The parameter MetricData.member.{number}.StorageResolution must be 1 or 60."
        )
    _refuse_bad_numbers(item, f"MetricData.member.{number}")
    _refuse_bad_dimensions(item, f"MetricData.member.{number}")
    unit = item.get("Unit", "None")
    summed = item.get("StatisticValues")
    if summed:
        samples, total, least, most = (
            float(summed.get(key, 0)) for key in ("SampleCount", "Sum", "Minimum", "Maximum")
        )
        second = int(at_s // resolution_s * resolution_s)
        return Datum(second, unit, samples, total, least, most)
    values = item.get("Values") or [item["Value"]]
    counts: dict[float, float] = {}
    for value, times in zip(values, item.get("Counts") or [1] * len(values), strict=False):
        counts[float(value)] = counts.get(float(value), 0) + times
    return Datum.of_counts(at_s, counts, unit, resolution_s=resolution_s)


def _refuse_bad_numbers(item: Params, place: str) -> None:
    """Refuse data without a value, with one too large, and with counts below zero."""
    summed = item.get("StatisticValues") or {}
    values = [*(item.get("Values") or ()), *summed.values()]
    values += [item["Value"]] if "Value" in item else []
    counts = [*(item.get("Counts") or ()), summed.get("SampleCount", 0)]
    if not values:
        members = ", ".join(f"{place}.{name}" for name in ("Value", "Values", "StatisticValues"))
        raise AwsError(
            "InvalidParameterCombination",
            f"At least one of the parameters {members} must be specified.",
        )
    if not all(abs(float(each)) <= LARGEST for each in (*values, *counts)):
        raise invalid_value(f"The values of {place} must be numbers from -2^360 to 2^360.")
    if min(counts) < 0:
        raise invalid_value(f"The counts of {place} must not be negative.")


def _refuse_bad_dimensions(item: Params, place: str) -> None:
    """Refuse names and values of dimensions that are blank, or not of ASCII that can be seen."""
    for number, each in enumerate(item.get("Dimensions") or (), start=1):
        for member in ("Name", "Value"):
            if not can_be_dimension(each[member]):
                raise invalid_value(
                    f"The parameter {place}.Dimensions.member.{number}.{member} must have ASCII "
                    "characters that can be seen, at least one of them no space."
                )


def unix(moment: datetime | float | str) -> float:
    """Unix time [s] of a moment as the protocols bring it."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(moment)


@operation("cloudwatch", "GetMetricStatistics")
def get_metric_statistics(call: Call) -> dict[str, Any]:
    """The statistics asked for, of each period that has data, in order of time."""
    params = call.params
    wanted = [*(params.get("Statistics") or ()), *(params.get("ExtendedStatistics") or ())]
    if not wanted:
        raise AwsError(
            "InvalidParameterCombination",
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        )
    for name in wanted:
        refuse_bad_statistic(name)
    period_s = params["Period"]
    refuse_bad_period(period_s)
    first_s, end_s = _span(call, params["StartTime"], params["EndTime"], period_s)
    _refuse_many((end_s - first_s) / period_s)
    metric = Metric.of(
        call.region, params["Namespace"], params["MetricName"], params.get("Dimensions") or ()
    )
    data = call.aws.extension(MetricData)
    units = [params["Unit"]] if "Unit" in params else data.units(metric, first_s, end_s)
    found = [
        _datapoint(each, wanted, unit)
        for unit in units
        for each in data.periods(metric, first_s, end_s, period_s, unit)
    ]
    found.sort(key=lambda each: (each["Timestamp"], each["Unit"]))
    return {"Label": params["MetricName"], "Datapoints": found}


def _refuse_many(number: float) -> None:
    if number > MOST_DATAPOINTS:
        raise AwsError(
            "InvalidParameterCombination",
            f"You have requested up to {number:,.0f} datapoints, which exceeds the limit of "
            f"{MOST_DATAPOINTS:,}. You may reduce the datapoints requested by increasing Period, "
            "or decreasing the time range.",
        )


def _span(call: Call, start: datetime, end: datetime, period_s: int) -> tuple[float, float]:
    """Start and end [Unix s], the start rounded down as AWS does by age and period."""
    first_s, end_s = unix(start), unix(end)
    if first_s >= end_s:
        raise invalid_value("The parameter StartTime must be less than the parameter EndTime.")
    age_s = call.aws.clock.now() - first_s
    step_s = next((step for limit, step in _ROUNDED_S if age_s < limit), _COARSEST_S)
    step_s = min(step_s, period_s)
    return first_s // step_s * step_s, end_s


def _datapoint(summary: Summary, wanted: list[str], unit: str) -> dict[str, Any]:
    values = {name: summary.statistic(name) for name in wanted}
    shown: dict[str, Any] = {
        "Timestamp": datetime.fromtimestamp(summary.start_s, UTC),
        **{name: value for name, value in values.items() if name in STATISTICS},
        "Unit": unit,
    }
    extended = {name: value for name, value in values.items() if name not in STATISTICS}
    present = {name: value for name, value in extended.items() if value is not None}
    return {**shown, "ExtendedStatistics": present} if present else shown


@operation("cloudwatch", "GetMetricData")
def get_metric_data(call: Call) -> dict[str, Any]:
    """The values of each metric asked for, newest first unless asked otherwise."""
    queries = call.params["MetricDataQueries"]
    for query in queries:
        if "MetricStat" not in query:
            raise AwsError(
                "NotImplemented",
                f"Not simulated: the expression {query.get('Expression')!r} in GetMetricData. "
                "Ask for metrics with MetricStat, and work with their values.",
                501,
            )
    ids = [query["Id"] for query in queries]
    if len(set(ids)) < len(ids):
        raise AwsError("ValidationError", f"The values for parameter id are not unique: {ids}")
    shown = [_result(call, query) for query in queries if query.get("ReturnData", True)]
    return {"MetricDataResults": shown, "Messages": []}


def _result(call: Call, query: Params) -> dict[str, Any]:
    asked = query["MetricStat"]
    period_s, name = asked["Period"], asked["Stat"]
    refuse_bad_period(period_s)
    refuse_bad_statistic(name)
    first_s, end_s = _span(call, call.params["StartTime"], call.params["EndTime"], period_s)
    periods = call.aws.extension(MetricData).periods(
        metric_of(call.region, asked["Metric"]), first_s, end_s, period_s, asked.get("Unit")
    )
    found = [
        (each.start_s, value) for each in periods if (value := each.statistic(name)) is not None
    ]
    if call.params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
        found.reverse()
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or asked["Metric"]["MetricName"],
        "Timestamps": [datetime.fromtimestamp(start_s, UTC) for start_s, _ in found],
        "Values": [value for _, value in found],
        "StatusCode": "Complete",
    }


def metric_of(region: str, asked: Params) -> Metric:
    """The metric a ``Metric`` structure stands for."""
    dimensions = asked.get("Dimensions") or ()
    return Metric.of(region, asked.get("Namespace", ""), asked["MetricName"], dimensions)


@operation("cloudwatch", "ListMetrics")
def list_metrics(call: Call) -> dict[str, Any]:
    """A page of the metrics that had data in the last two weeks."""
    found = [
        {
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
        }
        for metric in _listed(call)
    ]
    refused = invalid_value("Request parameter NextToken is invalid")
    first = first_of(call, "NextToken", refused)
    page, follows = page_of(found, first, _IN_A_PAGE, "NextToken")
    return {"Metrics": page, **follows}


def _listed(call: Call) -> Iterator[Metric]:
    params, now_s = call.params, call.aws.clock.now()
    wanted = [(each["Name"], each.get("Value")) for each in params.get("Dimensions") or ()]
    for metric, last_s in call.aws.extension(MetricData).metrics(call.region, now_s):
        has = dict(metric.dimensions)
        if (
            params.get("Namespace") in (None, metric.namespace)
            and params.get("MetricName") in (None, metric.name)
            and all(name in has and value in (None, has[name]) for name, value in wanted)
            and ("RecentlyActive" not in params or last_s > now_s - _RECENTLY_S)
        ):
            yield metric
