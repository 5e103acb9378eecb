"""Rows counted by time and name: single records, or counts that a query has made."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from labkit.errors import NameNotFound
from labkit.view import frames
from labkit.view.charts.amounts import amount_column

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    import pandas as pd

_RECORD_TIMES: Final = ("start", "@timestamp")
_STEPS_S: Final = (60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400)
_MAX_BARS: Final = 60


class Columns(NamedTuple):
    """Where the time, the name and the number of a row stand; None is found by the usual names."""

    time: str | None
    name: str
    number: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each name every bar holds; only bars with any are kept."""

    by_start: dict[pd.Timestamp, dict[str, int]]
    bin_s: int
    left_out: int = 0

    @property
    def starts(self) -> list[pd.Timestamp]:
        return sorted(self.by_start)

    def at(self, start: pd.Timestamp, name: str) -> int:
        return self.by_start[start].get(name, 0)

    def total(self, name: str) -> int:
        return sum(bar.get(name, 0) for bar in self.by_start.values())

    def height(self, start: pd.Timestamp) -> int:
        return sum(self.by_start[start].values())

    def peak(self, name: str | None = None) -> tuple[pd.Timestamp, int]:
        """The first of the highest bars, of one name or of all together, and its height."""
        heights = {
            start: self.height(start) if name is None else self.at(start, name)
            for start in self.starts
        }
        most = max(heights.values())
        return next(start for start in heights if heights[start] == most), most

    def clock(self, moment: pd.Timestamp) -> str:
        """A time as short as the data allow."""
        days = {start.date() for start in self.by_start}
        form = "%H:%M" if self.bin_s % 60 == 0 else "%H:%M:%S"
        return moment.strftime(f"%Y-%m-%d {form}" if len(days) > 1 else form)


def count(
    frame: pd.DataFrame,
    columns: Columns,
    bin_s: int | None,
    only: Container[str] | None = None,
) -> Counts:
    """
    Rows by bar and name.

    Args:
        frame: Flow records, one each, or rows of a query that counted them.
        columns: Where to look.
        bin_s: Width of a bar [s]; by default that of the query, or one that fits.
        only: The names that count; rows of others are left out.

    Raises:
        NameNotFound: A column is missing.
        ValueError: A time is no time, or a count no whole number.
        LabError: Several columns could hold the counts.
    """
    time, number = _found(frame, columns)
    moments = frames.moments(frames.column(frame, time))
    names = frames.words(frames.column(frame, columns.name))
    column = frames.column(frame, number) if number else None
    numbers = [1] * len(frame) if column is None else frames.whole_numbers(column)
    width_s = bin_s or (_spacing_s(moments) if number else _fitting_s(moments))
    by_start: dict[pd.Timestamp, dict[str, int]] = {}
    left_out = 0
    for moment, name, n in zip(moments, names, numbers, strict=True):
        if only is not None and name not in only:
            left_out += n
            continue
        # A query has put its rows into bins already; those starts are kept as they are.
        start = moment if number and bin_s is None else moment.floor(f"{width_s}s")
        bar = by_start.setdefault(start, {})
        bar[name] = bar.get(name, 0) + n
    return Counts(by_start, width_s, left_out)


def _found(frame: pd.DataFrame, columns: Columns) -> tuple[str, str | None]:
    """The column of times, and that of numbers or None if every row is one record."""
    time = columns.time or time_column(frame)
    if columns.number is None and time in _RECORD_TIMES:
        return time, None
    return time, amount_column(frame, columns.number, [time, columns.name])


def time_column(frame: pd.DataFrame) -> str:
    """
    The column of times, by its usual names.

    Raises:
        NameNotFound: There is none.
    """
    binned = [str(name) for name in frame.columns if str(name).startswith("bin(")]
    found = frames.first_present(frame, ("t", *binned, *_RECORD_TIMES))
    if found is None:
        raise NameNotFound("column", "t", map(str, frame.columns))
    return found


def _spacing_s(moments: Iterable[pd.Timestamp]) -> int:
    """The width of the query's own bins: the least distance between two of them."""
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(sorted(set(moments)))]
    return max(1, round(min(gaps))) if gaps else _STEPS_S[0]


def _fitting_s(moments: Sequence[pd.Timestamp]) -> int:
    span_s = (max(moments) - min(moments)).total_seconds()
    return next((step for step in _STEPS_S if span_s <= step * _MAX_BARS), _STEPS_S[-1])
