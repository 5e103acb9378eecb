"""Durations such as ``5m`` in, windows of time out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from labkit.insights.ast import Duration

_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
WEEK_MS: Final = 7 * _DAY

_SPELLINGS: Final = {
    "ms": ("ms", "msec", "msecs", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
    "mo": ("mo", "mon", "month", "months"),
    "q": ("q", "qtr", "qtrs", "quarter", "quarters"),
    "y": ("y", "yr", "yrs", "year", "years"),
}
_UNIT: Final = {word: unit for unit, words in _SPELLINGS.items() for word in words}
_MILLISECONDS: Final = {
    "ms": 1, "s": _SECOND, "m": _MINUTE, "h": _HOUR, "d": _DAY, "w": WEEK_MS,
}  # fmt: skip
_MONTHS: Final = {"mo": 1, "q": 3, "y": 12}

CAPS: Final = {"ms": 1000, "s": 60, "m": 60, "h": 24}
"""Largest count of each unit that ``bin`` takes.  Source: CWL_QuerySyntax-operations-functions."""

_MOST: Final = 100_000


class Period(NamedTuple):
    """A window: so many milliseconds, or so many calendar months."""

    milliseconds: int
    months: int

    @property
    def is_weeks(self) -> bool:
        return self.milliseconds > 0 and self.milliseconds % WEEK_MS == 0


def unit_of(duration: Duration) -> str:
    """The unit of a duration in its shortest spelling."""
    return _UNIT[duration.unit]


def period(duration: Duration, *, capped: bool = False) -> Period | None:
    """
    Window a duration stands for, or None if it is zero or absurdly long.

    Args:
        duration: As parsed; any spelling of its unit.
        capped: Cut the count down to AWS's cap for ``bin``.

    >>> from labkit.insights.ast import Duration, Span
    >>> period(Duration(Span(0, 0), 300, "s"), capped=True)
    Period(milliseconds=60000, months=0)
    >>> period(Duration(Span(0, 0), 2, "quarters"))
    Period(milliseconds=0, months=6)
    """
    unit = unit_of(duration)
    count = min(duration.count, CAPS.get(unit, duration.count)) if capped else duration.count
    if not 0 < count <= _MOST:
        return None
    return Period(count * _MILLISECONDS.get(unit, 0), count * _MONTHS.get(unit, 0))
