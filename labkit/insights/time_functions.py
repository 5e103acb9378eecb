"""SQL of windows and timestamps; times are whole milliseconds since 1970, UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql

if TYPE_CHECKING:
    from labkit.insights.frame import Frame
    from labkit.insights.periods import Period

_MONDAY_MS: Final = 3 * 86_400_000
"""1970-01-01 was a Thursday: adding three days makes weeks begin on Monday."""

_STRFTIME: Final = {
    "yyyy": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%-m", "dd": "%d",
    "d": "%-d", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M",
    "ss": "%S", "s": "%-S", "SSS": "%g", "SSSSSS": "%f", "a": "%p", "EEEE": "%A", "EEE": "%a",
    "Z": "%z", "XXX": "%z", "X": "%z", "z": "%Z", "DDD": "%j",
}  # fmt: skip
"""Letters of Java's date patterns and what DuckDB calls them."""


def floor(moment: exp.Expr, period: Period, offset_ms: int = 0) -> exp.Expr:
    """Start of the window a moment lies in; *offset_ms* shifts where windows begin."""
    if period.months:
        shifted = _shifted(moment, -offset_ms)
        return _shifted(_from_months(_months(shifted), period.months), offset_ms)
    shift = (_MONDAY_MS if period.is_weeks else 0) - offset_ms
    width = sql.integer(period.milliseconds)
    into = sql.binary(exp.Mod, _shifted(moment, shift), width)
    if offset_ms:  # a remainder takes the sign of what is divided
        into = sql.binary(exp.Mod, sql.binary(exp.Add, into, width), width)
    return sql.binary(exp.Sub, moment, into)


def ceiling(frame: Frame, moment: exp.Expr, period: Period) -> exp.Expr:
    """Start of the next window, or the moment itself if a window starts there."""
    moment = frame.once(moment)
    below = frame.once(floor(moment, period))
    return sql.case((exp.EQ(this=below, expression=moment), moment), default=_after(below, period))


def _after(start: exp.Expr, period: Period) -> exp.Expr:
    if not period.months:
        return sql.binary(exp.Add, start, sql.integer(period.milliseconds))
    months = sql.binary(exp.Add, _months(start), sql.integer(period.months))
    return _from_months(months, period.months)


def _shifted(moment: exp.Expr, by_ms: int) -> exp.Expr:
    return sql.binary(exp.Add, moment, sql.integer(by_ms)) if by_ms else moment


def _months(moment: exp.Expr) -> exp.Expr:
    """Months from year 1 to a moment's month."""
    stamp = sql.raw("make_timestamp_ms", moment)
    years = sql.binary(exp.Mul, sql.raw("year", stamp), sql.integer(12))
    return sql.binary(exp.Add, years, sql.binary(exp.Sub, sql.raw("month", stamp), sql.integer(13)))


def _from_months(months: exp.Expr, every: int) -> exp.Expr:
    """Start of the span of *every* months that a count of months since year 1 lies in."""
    steps = exp.IntDiv(this=exp.paren(months), expression=sql.integer(every))
    whole = sql.binary(exp.Mul, steps, sql.integer(every))
    first = exp.Cast(this=sql.string("0001-01-01"), to=exp.DataType.build("timestamp"))
    return sql.raw("epoch_ms", sql.binary(exp.Add, first, sql.raw("to_months", whole)))


def parse_date(words: exp.Expr, java_pattern: str) -> exp.Expr:
    """Milliseconds since 1970 of a date written after a Java pattern; null if it is not."""
    stamp = sql.raw("try_strptime", words, sql.string(strftime_of(java_pattern)))
    return sql.raw("epoch_ms", sql.cast(stamp, "TIMESTAMP"))


def strftime_of(java_pattern: str) -> str:
    """
    Pattern in strftime's letters for one in Java's.

    >>> strftime_of("yyyy-MM-dd'T'HH:mm:ss")
    '%Y-%m-%dT%H:%M:%S'
    """
    out, position, quoted = [], 0, False
    while position < len(java_pattern):
        letter = java_pattern[position]
        run = len(java_pattern[position:]) - len(java_pattern[position:].lstrip(letter))
        if letter == "'":
            quoted, run = not quoted, 1
        elif quoted or not letter.isalpha():
            out.append(java_pattern[position : position + run].replace("%", "%%"))
        elif letter * run in _STRFTIME:
            out.append(_STRFTIME[letter * run])
        else:
            raise ValueError(letter * run)
        position += run
    return "".join(out)
