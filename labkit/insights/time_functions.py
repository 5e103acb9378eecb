"""SQL of windows and timestamps; times are whole milliseconds since 1970, UTC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.insights.frame import Frame
    from labkit.insights.periods import Period

_MONDAY_MS: Final = 3 * 86_400_000
"""1970-01-01 was a Thursday: adding three days makes weeks begin on Monday."""

_STRFTIME: Final = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "uu": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m",
    "M": "%-m", "dd": "%d", "d": "%-d", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I",
    "mm": "%M", "m": "%-M", "ss": "%S", "s": "%-S", "SSS": "%g", "SSSSSS": "%f", "a": "%p",
    "EEEE": "%A", "EEE": "%a", "E": "%a", "Z": "%z", "XXX": "%z", "XX": "%z", "X": "%z",
    "z": "%Z", "VV": "%Z", "DDD": "%j",
}  # fmt: skip
"""Letters of Java's date patterns and what DuckDB calls them."""

_PIECE: Final = re.compile(r"'(?:[^']|'')+'|''|([A-Za-z])\1*|[^A-Za-z']+|'")


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
    stamp = sql.stamp(moment)
    years = sql.binary(exp.Mul, sql.raw("year", stamp), sql.integer(12))
    return sql.binary(exp.Add, years, sql.binary(exp.Sub, sql.raw("month", stamp), sql.integer(13)))


def _from_months(months: exp.Expr, every: int) -> exp.Expr:
    """Start of the span of *every* months that a count of months since year 1 lies in."""
    steps = exp.IntDiv(this=exp.paren(months), expression=sql.integer(every))
    whole = months if every == 1 else sql.binary(exp.Mul, steps, sql.integer(every))
    first = exp.Cast(this=sql.string("0001-01-01"), to=exp.DataType.build("timestamp"))
    return sql.raw("epoch_ms", sql.binary(exp.Add, first, sql.raw("to_months", whole)))


def parse_date(_frame: Frame, words: exp.Expr, pattern: str, zone: str | None = None) -> exp.Expr:
    """Milliseconds since 1970 of a date in a strptime format; null if it is not written so."""
    moment = sql.raw("try_strptime", words, sql.string(pattern))
    if zone is not None and "%z" not in pattern.lower():
        moment = sql.raw("timezone", sql.string(zone), sql.cast(moment, "TIMESTAMP"))
    return sql.raw("epoch_ms", sql.cast(moment, "TIMESTAMP"))


def format_date(_frame: Frame, moment: exp.Expr, pattern: str, zone: str | None = None) -> exp.Expr:
    """A moment in a strftime format."""
    stamp = sql.stamp(moment)
    if zone is not None:
        stamp = sql.raw("timezone", sql.string(zone), sql.cast(stamp, "TIMESTAMPTZ"))
    return sql.raw("strftime", stamp, sql.string(pattern))


def strftime_of(java_pattern: str) -> str:
    """
    Pattern in strftime's letters for one in Java's.

    Raises:
        ValueError: A run of letters has no equal; the text is that run.

    >>> strftime_of("yyyy-MM-dd'T'HH:mm:ss 'o''clock'")
    "%Y-%m-%dT%H:%M:%S o'clock"
    """
    return "".join(_translated(piece) for piece in _pieces(java_pattern))


def _pieces(java_pattern: str) -> Iterator[str]:
    return (found[0] for found in _PIECE.finditer(java_pattern))


def _translated(piece: str) -> str:
    if piece.isalpha() and piece.isascii():
        if piece not in _STRFTIME:
            raise ValueError(piece)
        return _STRFTIME[piece]
    literal = piece[1:-1] if len(piece) > 2 and piece[0] == "'" else piece
    return literal.replace("''", "'").replace("%", "%%")
