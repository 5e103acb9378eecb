"""
The data of CloudWatch metrics, and the statistics of a period.

A metric is its namespace, its name and exactly its dimensions: data with one
dimension more is another metric.  Data of standard resolution belongs to its
minute, data of high resolution to its second.

Source: Amazon CloudWatch User Guide, "Metrics concepts" and "CloudWatch
statistics definitions"; API Reference, GetMetricStatistics and Dimension.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass
from math import ceil, fsum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labkit.endpoint.application import EmbeddedAws

LISTED_FOR_S: Final = 14 * 24 * 3600
"""For how long after its last data ListMetrics knows a metric [s]."""

LARGEST: Final = 2.0**360
"""Values and counts go up to this, and down to minus this, so that no sum of them overflows."""

STATISTICS: Final = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_DIMENSION: Final = re.compile(r"(?=.*\S)[ -~]{1,1024}")
_NO_UNIT: Final = "None"
_MINUTE_S: Final = 60


def can_be_dimension(text: str) -> bool:
    """Whether a text can be name or value of a dimension: ASCII that can be seen."""
    return _DIMENSION.fullmatch(text) is not None


class Metric(NamedTuple):
    """Which metric; its dimensions are pairs of name and value, sorted."""

    region: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls, region: str, namespace: str, name: str, dimensions: Iterable[dict[str, str]] = ()
    ) -> Metric:
        """The metric an API call names, with dimensions as ``{"Name": ..., "Value": ...}``."""
        pairs = sorted((each["Name"], each["Value"]) for each in dimensions)
        return cls(region, namespace, name, tuple(pairs))


class Datum(NamedTuple):
    """Observed values of one instant [Unix s], summed up, with how often each occurred if known."""

    at_s: int
    unit: str
    samples: float
    total: float
    least: float
    most: float
    values: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of_values(cls, at_s: float, values: Iterable[float], unit: str = _NO_UNIT) -> Datum:
        """Some values of the minute *at_s* [Unix s] is in."""
        return cls.of_counts(at_s, Counter(values), unit)

    @classmethod
    def of_counts(
        cls,
        at_s: float,
        counts: dict[float, int] | dict[float, float],
        unit: str = _NO_UNIT,
        *,
        resolution_s: int = _MINUTE_S,
    ) -> Datum:
        """Values with how often each occurred, of the minute or second *at_s* [Unix s] is in."""
        total = fsum(value * times for value, times in counts.items())
        at = int(at_s // resolution_s * resolution_s)
        values = tuple(sorted(counts.items()))
        samples = float(sum(counts.values()))
        return cls(at, unit, samples, total, min(counts), max(counts), values)


@dataclass(frozen=True, slots=True)
class Summary:
    """
    What a period's data come to.

    Args:
        start_s: Where the period begins [Unix s].
        data: All its data; never empty.
    """

    start_s: int
    data: Sequence[Datum]

    @property
    def samples(self) -> float:
        """How many values were observed."""
        return sum(each.samples for each in self.data)

    def statistic(self, name: str) -> float | None:
        """
        One of :data:`STATISTICS`, or a percentile such as ``p99``.

        None for a percentile of data that came summed up, unless they are all alike.
        """
        if name.startswith("p"):
            return self._percentile(float(name[1:]))
        if name in {"Minimum", "Maximum"}:
            least = min(each.least for each in self.data)
            return least if name == "Minimum" else max(each.most for each in self.data)
        total = fsum(each.total for each in self.data)
        return {"SampleCount": self.samples, "Sum": total}.get(name, total / (self.samples or 1))

    def _percentile(self, percent: float) -> float | None:
        counts: Counter[float] = Counter()
        for each in self.data:
            values = each.values or (
                ((each.least, each.samples),) if each.least == each.most else ()
            )
            if not values or each.least < 0:
                return None
            counts.update(dict(values))
        rank, seen = max(1, ceil(percent / 100 * sum(counts.values()))), 0.0
        for value in sorted(counts):
            seen += counts[value]
            if seen >= rank:
                return value
        return max(counts)


class MetricData:
    """All metrics of one application; ``aws.extension(MetricData)``."""

    def __init__(self, _aws: EmbeddedAws) -> None:
        self._series: dict[Metric, list[Datum]] = {}
        self._watchers: list[Callable[[Metric], None]] = []

    def watch(self, watcher: Callable[[Metric], None]) -> None:
        """Have a function called with each metric that gets new data."""
        self._watchers.append(watcher)

    def put(self, metric: Metric, datum: Datum) -> None:
        """Take in a datum, in whatever order they come."""
        insort(self._series.setdefault(metric, []), datum, key=_time)
        for watcher in self._watchers:
            watcher(metric)

    def periods(
        self, metric: Metric, first_s: float, end_s: float, period_s: int, unit: str | None = None
    ) -> Iterator[Summary]:
        """
        The periods in which a metric has data, in order.

        Args:
            metric: Which one.
            first_s: Where the first period begins [Unix s].
            end_s: The end [Unix s], not included.
            period_s: Their length [s].
            unit: Of data with this unit only.
        """
        series = self._series.get(metric, [])
        first, last = (bisect_left(series, bound, key=_time) for bound in (first_s, end_s))
        found: dict[int, list[Datum]] = {}
        for datum in series[first:last]:
            if unit in (None, datum.unit):
                found.setdefault(int((datum.at_s - first_s) // period_s), []).append(datum)
        for number, data in found.items():
            yield Summary(int(first_s + number * period_s), data)

    def next_after(self, metric: Metric, at_s: float) -> int | None:
        """When a metric has its first datum at or after *at_s* [Unix s]."""
        series = self._series.get(metric, [])
        place = bisect_left(series, at_s, key=_time)
        return series[place].at_s if place < len(series) else None

    def units(self, metric: Metric, first_s: float, end_s: float) -> list[str]:
        """The units a metric's data have in a span, sorted."""
        series = self._series.get(metric, [])
        return sorted({each.unit for each in series if first_s <= each.at_s < end_s})

    def metrics(self, region: str, now_s: float) -> list[tuple[Metric, int]]:
        """The metrics of a region with recent data, sorted, and when each had its last."""
        return sorted(
            (metric, series[-1].at_s)
            for metric, series in self._series.items()
            if metric.region == region and series[-1].at_s > now_s - LISTED_FOR_S
        )


def _time(datum: Datum) -> int:
    return datum.at_s
