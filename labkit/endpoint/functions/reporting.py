"""
What becomes known of invocations: lines in log groups, metrics, and warnings.

A line is written if the function's role may write it, as on AWS.

Source: AWS Lambda Developer Guide, "Types of metrics for Lambda functions";
Amazon CloudWatch Logs User Guide, "Monitoring with CloudWatch metrics".
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from labkit.endpoint.log_store import LogStore
from labkit.endpoint.metric_data import Datum, Metric, MetricData
from labkit.endpoint.role_policies import Question, Unsupported, allowed, permissions, role_of
from labkit.units import ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.functions.function import Function

OUR_STREAM: Final = "labkit"
"""The log stream of what the lab itself has to say about a function."""

_UNITS: Final = {"Duration": "Milliseconds"}
log = logging.getLogger("labkit.functions")

_unheard: ContextVar[bool] = ContextVar("unheard", default=False)


def is_unheard() -> bool:
    """Whether what is written now is kept from subscription filters."""
    return _unheard.get()


@contextmanager
def unheard() -> Iterator[None]:
    """A span in which no subscription filter hears of what is written."""
    outside = _unheard.set(True)
    try:
        yield
    finally:
        _unheard.reset(outside)


class Reports:
    """The reports of one application; ``aws.extension(Reports)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws

    def invoked(
        self,
        function: Function,
        stream: str,
        lines: Sequence[tuple[int, str]],
        duration_ms: float,
        *,
        failed: bool,
    ) -> None:
        """Log an invocation's lines, each with its time [ms], and count it."""
        with self._aws.active("PutLogEvents"):
            if self._may_write(function):
                now_ms = ms(self._aws.clock.now())
                store = self._aws.extension(LogStore)
                store.write(function.region, function.log_group, stream, lines, now_ms)
            counts = {"Invocations": 1.0, "Errors": float(failed), "Duration": duration_ms}
            self._count("AWS/Lambda", function.region, {"FunctionName": function.name}, counts)

    def dropped(self, function: Function, metric: str, why: str) -> None:
        """Say why an event did not reach a function: as a warning, in its log, as a metric."""
        said = "An event for %s was dropped: %s See %s."
        log.warning(said, function.name, why, function.log_group)
        with self._aws.active("PutLogEvents"):
            now_ms = ms(self._aws.clock.now())
            store = self._aws.extension(LogStore)
            with unheard():  # or a function that feeds itself would be fed by this
                line = f"[labkit] An event for {function.name} was dropped: {why}\n"
                store.write(
                    function.region, function.log_group, OUR_STREAM, [(now_ms, line)], now_ms
                )
            dimensions = {"FunctionName": function.name}
            self._count("AWS/Lambda", function.region, dimensions, {metric: 1.0})

    def undelivered(self, region: str, dimensions: Mapping[str, str], why: str) -> None:
        """Say why a subscription filter's batch reached nobody."""
        log.warning("Subscription filter %s: %s", dimensions.get("FilterName", "?"), why)
        with self._aws.active("PutMetricData"):
            self._count("AWS/Logs", region, dimensions, {"DeliveryErrors": 1.0})

    def delivered(self, region: str, dimensions: Mapping[str, str], events: int) -> None:
        """Count what a subscription filter has passed on."""
        with self._aws.active("PutMetricData"):
            self._count("AWS/Logs", region, dimensions, {"ForwardedLogEvents": float(events)})

    def _may_write(self, function: Function) -> bool:
        role = role_of(self._aws, function.role)
        if role is None:
            return False
        group = f"arn:aws:logs:{function.region}:{self._aws.settings.account_id}:log-group:"
        group += function.log_group
        there_is = self._aws.extension(LogStore).has_group(function.region, function.log_group)
        needed = [] if there_is else [("logs:CreateLogGroup", group)]
        stream = f"{group}:log-stream:any"
        needed += [("logs:CreateLogStream", stream), ("logs:PutLogEvents", stream)]
        try:
            given = permissions(role)
            return all(allowed(given, Question(*each, {})) for each in needed)
        except Unsupported:
            return False

    def _count(
        self,
        namespace: str,
        region: str,
        dimensions: Mapping[str, str],
        values: Mapping[str, float],
    ) -> None:
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        now_s = self._aws.clock.now()
        for name, value in values.items():
            datum = Datum.of_values(now_s, [value], _UNITS.get(name, "Count"))
            metric = Metric.of(region, namespace, name, named)
            self._aws.extension(MetricData).put(metric, datum)
