"""
Metric filters put, described and deleted.

Source: Amazon CloudWatch Logs API Reference, PutMetricFilter and
MetricTransformation; wording from public bug reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.filter_pattern import compiled, refuse_many_regexes
from labkit.endpoint.log_groups import invalid
from labkit.endpoint.log_store import LogStore
from labkit.endpoint.metric_data import LARGEST
from labkit.endpoint.metric_filters import MetricFilter, MetricFilters, metric_value
from labkit.endpoint.operations import AwsError, after, operation
from labkit.endpoint.paging import first_of, page_of
from labkit.endpoint.subscriptions import Subscriptions
from labkit.units import ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.filter_pattern import FilterPattern
    from labkit.endpoint.operations import Call

MOST_FILTERS: Final = 100
"""How many metric filters a log group may have."""

MOST_DIMENSIONS: Final = 3
_IN_A_PAGE: Final = 50
_NOT_SIMULATED: Final = (
    "applyOnTransformedLogs",
    "fieldSelectionCriteria",
    "emitSystemFieldDimensions",
)


@operation("logs", "PutMetricFilter")
def put_metric_filter(call: Call) -> dict[str, Any]:
    """Nothing, once the filter is there; it sees what comes in from now on."""
    params = call.params
    for name in _NOT_SIMULATED:
        if params.get(name):
            raise invalid(f"Not simulated: metric filters with {name}.")
    group = call.aws.extension(LogStore).group(call.region, params["logGroupName"])
    pattern = compiled(params["filterPattern"])
    [transformation] = params["metricTransformations"]
    _refuse_bad_transformation(pattern, transformation)
    filters = call.aws.extension(MetricFilters)
    others = [
        each for each in filters.of(call.region, group.name) if each.name != params["filterName"]
    ]
    if len(others) >= MOST_FILTERS:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")
    beside = [each.pattern for each in others]
    beside += [each.pattern for each in call.aws.extension(Subscriptions).of(group).values()]
    refuse_many_regexes(pattern, beside)
    filters.put(
        MetricFilter(
            call.region,
            group.name,
            params["filterName"],
            params["filterPattern"],
            transformation,
            ms(call.aws.clock.now()),
        )
    )
    return {}


def _refuse_bad_transformation(pattern: FilterPattern, transformation: Mapping[str, Any]) -> None:
    """Refuse a value or dimensions that no event which matches could give."""
    dimensions = transformation.get("dimensions") or {}
    if dimensions and pattern.kind == "terms":
        raise invalid("The specified filter pattern does not support dimensions")
    if dimensions and transformation.get("defaultValue") is not None:
        raise _bad("dimensions and default value are mutually exclusive properties")
    if abs(transformation.get("defaultValue") or 0) > LARGEST:
        raise _bad("the default value must be from -2^360 to 2^360")
    if len(dimensions) > MOST_DIMENSIONS:
        raise _bad(f"there may be {MOST_DIMENSIONS} dimensions, and these are {len(dimensions)}")
    for name, reference in dimensions.items():
        if not pattern.knows(reference):
            raise _bad(f"the dimension {name} is {_unknown(pattern, reference)}")
    value = transformation["metricValue"]
    if value.startswith("$"):
        if not pattern.knows(value):
            raise _bad(f"the metric value is {_unknown(pattern, value)}")
    elif metric_value(value) is None:
        raise _bad(f"the metric value is '{value}', which is neither a number nor a $field")


def _unknown(pattern: FilterPattern, reference: str) -> str:
    if pattern.kind == "fields":
        there = ", ".join(f"${name}" for name in pattern.names)
        return f"'{reference}', which the filter pattern does not name; it names {there}"
    if pattern.kind == "json":
        return f"'{reference}', which is no selector such as $.bytes"
    return f"'{reference}', and a pattern of terms has no fields to take it from"


def _bad(reason: str) -> AwsError:
    return invalid(f"Invalid metric transformation: {reason}")


@operation("logs", "DescribeMetricFilters")
def describe_metric_filters(call: Call) -> dict[str, Any]:
    """A page of the metric filters, by name."""
    params = call.params
    metric = (params.get("metricNamespace"), params.get("metricName"))
    if (metric[0] is None) != (metric[1] is None):
        raise invalid("If you include metricName or metricNamespace, you must include the other.")
    group_name = params.get("logGroupName")
    if group_name is not None:
        call.aws.extension(LogStore).group(call.region, group_name)
    found = [
        each
        for each in call.aws.extension(MetricFilters).of(call.region, group_name)
        if each.name.startswith(params.get("filterNamePrefix") or "")
        and metric in {(None, None), _metric_of(each)}
    ]
    found.sort(key=lambda each: (each.name, each.group_name))
    page, token = page_of(found, first_of(call), params.get("limit", _IN_A_PAGE))
    return {"metricFilters": [_described(each) for each in page], **token}


def _metric_of(made: MetricFilter) -> tuple[str, str]:
    return made.transformation["metricNamespace"], made.transformation["metricName"]


def _described(made: MetricFilter) -> dict[str, Any]:
    return {
        "filterName": made.name,
        "filterPattern": made.pattern,
        "metricTransformations": [dict(made.transformation)],
        "creationTime": made.created_ms,
        "logGroupName": made.group_name,
        "applyOnTransformedLogs": False,
    }


@operation("logs", "DeleteMetricFilter")
def delete_metric_filter(call: Call) -> dict[str, Any]:
    """Nothing, once the filter is gone."""
    name = call.params["logGroupName"]
    call.aws.extension(LogStore).group(call.region, name)
    filters = call.aws.extension(MetricFilters)
    if not filters.delete(call.region, name, call.params["filterName"]):
        message = "The specified metric filter does not exist."
        raise AwsError("ResourceNotFoundException", message)
    return {}


@after("logs", "DeleteLogGroup")
def forget_the_filters(call: Call) -> None:
    """A log group's filters go with it."""
    filters = call.aws.extension(MetricFilters)
    for each in filters.of(call.region, call.params["logGroupName"]):
        filters.delete(call.region, each.group_name, each.name)
