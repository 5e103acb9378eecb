"""
Metric filters: log events in, data of a metric out, minute by minute.

A filter sees events as they come in, never those that were there before it.
What it counts is reported once a minute.  A minute in which events came and
none matched reports the default value, if the filter has one; a minute without
events reports nothing.

Source: Amazon CloudWatch Logs User Guide, "Creating metrics from log events
using filters"; API Reference, MetricTransformation.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import ceil, inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from labkit.endpoint.agenda import source
from labkit.endpoint.filter_conditions import number
from labkit.endpoint.filter_pattern import compiled
from labkit.endpoint.log_store import hears_arrivals
from labkit.endpoint.metric_data import LARGEST, Datum, Metric, MetricData, can_be_dimension

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.filter_pattern import FilterPattern
    from labkit.endpoint.log_store import Arrival

MINUTE_S: Final = 60

_Dimensions: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class MetricFilter:
    """
    A metric filter as it was put; ``transformation`` is AWS's ``MetricTransformation``.

    ``created_ms`` is a Unix time [ms].
    """

    region: str
    group_name: str
    name: str
    pattern: str
    transformation: Mapping[str, Any]
    created_ms: int

    def observed(self, pattern: FilterPattern, message: str) -> tuple[_Dimensions, float] | None:
        """What a message that matches adds, or None if it lacks a number or a dimension."""
        value = self._number(pattern, message)
        dimensions = []
        for name, reference in (self.transformation.get("dimensions") or {}).items():
            found = pattern.read(message, reference)
            if found is None or not can_be_dimension(found):
                return None
            dimensions.append((name, found))
        return None if value is None else (tuple(sorted(dimensions)), value)

    def _number(self, pattern: FilterPattern, message: str) -> float | None:
        wanted: str | None = self.transformation["metricValue"]
        if wanted is not None and wanted.startswith("$"):
            wanted = pattern.read(message, wanted)
        return None if wanted is None else metric_value(wanted)


def metric_value(text: str) -> float | None:
    """A text as the value of a metric; None if it is no number, or larger than values are."""
    found = number(text)
    value = inf if found is None else float(found)
    return value if abs(value) <= LARGEST else None


class _Slot(NamedTuple):
    """What is reported together: by whom, when [Unix s], and about which minute [Unix s]."""

    report_s: int
    filter: MetricFilter
    minute_s: int


@dataclass
class _Tally:
    """What one minute came to until now; whether anything matched, be it without a number."""

    matched: bool = False
    values: dict[_Dimensions, Counter[float]] = field(default_factory=dict)


@source
@hears_arrivals
class MetricFilters:
    """All metric filters of one application; ``aws.extension(MetricFilters)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._filters: dict[tuple[str, str, str], MetricFilter] = {}
        self._tallies: dict[_Slot, _Tally] = {}

    def put(self, made: MetricFilter) -> None:
        """Have a filter, in the place of the one of its name if there is one."""
        self._filters[made.region, made.group_name, made.name] = made

    def of(self, region: str, group_name: str | None = None) -> list[MetricFilter]:
        """The filters of a log group, or of a whole region, by group and name."""
        return [
            self._filters[key]
            for key in sorted(self._filters)
            if key[0] == region and group_name in (None, key[1])
        ]

    def delete(self, region: str, group_name: str, name: str) -> bool:
        """Whether there was such a filter; now there is none."""
        return self._filters.pop((region, group_name, name), None) is not None

    def events_arrived(self, arrival: Arrival) -> None:
        """Count what has come in."""
        by_event = self._aws.settings.metric_filter_time == "event"
        arrived_s = arrival.arrived_ms / 1000
        report_s = ceil(arrived_s / MINUTE_S) * MINUTE_S
        for each in self.of(arrival.region, arrival.group_name):
            pattern = compiled(each.pattern)
            for at_ms, message in zip(arrival.times_ms, arrival.messages, strict=True):
                of_s = at_ms / 1000 if by_event else arrived_s
                slot = _Slot(report_s, each, int(of_s // MINUTE_S * MINUTE_S))
                tally = self._tallies.setdefault(slot, _Tally())
                if pattern.matches(message):
                    tally.matched = True
                    _count(tally, each.observed(pattern, message))

    def next_due_s(self) -> float:
        """When the next minute is reported [Unix s]."""
        return min((slot.report_s for slot in self._tallies), default=inf)

    def run(self, at_s: float, until_s: float) -> None:  # noqa: ARG002  minutes go one by one
        """Report what came in by *at_s*."""
        with self._aws.active("ReportMetricFilters"):
            due = [slot for slot in self._tallies if slot.report_s <= at_s]
            due.sort(key=lambda slot: (slot.filter.group_name, slot.filter.name, slot.minute_s))
            for slot in due:
                for metric, datum in _reported(slot, self._tallies.pop(slot)):
                    self._aws.extension(MetricData).put(metric, datum)


def _count(tally: _Tally, observed: tuple[_Dimensions, float] | None) -> None:
    if observed is not None:
        dimensions, value = observed
        tally.values.setdefault(dimensions, Counter())[value] += 1


def _reported(slot: _Slot, tally: _Tally) -> Iterator[tuple[Metric, Datum]]:
    wanted = slot.filter.transformation
    place = (slot.filter.region, wanted["metricNamespace"], wanted["metricName"])
    unit = wanted.get("unit", "None")
    for dimensions, counts in sorted(tally.values.items()):
        yield Metric(*place, dimensions), Datum.of_counts(slot.minute_s, counts, unit)
    if not tally.matched and wanted.get("defaultValue") is not None:
        datum = Datum.of_values(slot.minute_s, [float(wanted["defaultValue"])], unit)
        yield Metric(*place), datum
