"""Columns of a DataFrame as numbers, words and moments; Insights sends strings."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import NameNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

# Unix time in seconds stays below this until the year 5138; anything larger is milliseconds.
_LEAST_MS: Final = 100_000_000_000
_NO_TIME: Final = "{!r} is no time; write one such as 2026-01-05 12:00, in UTC."
# Source: IANA, "Assigned Internet Protocol Numbers".
_PROTOCOLS: Final = {
    "1": "ICMP",
    "2": "IGMP",
    "6": "TCP",
    "17": "UDP",
    "47": "GRE",
    "50": "ESP",
    "51": "AH",
    "58": "ICMPv6",
    "89": "OSPF",
    "132": "SCTP",
}


def column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """
    One column by name.

    Raises:
        NameNotFound: There is none of this name; lists the columns that there are.
    """
    if name not in frame.columns:
        raise NameNotFound("column", name, map(str, frame.columns))
    series: pd.Series[Any] = frame[name]
    return series


def whole_numbers(series: pd.Series[Any]) -> list[int]:
    """
    Counts as integers, from numbers or from text such as ``12`` or ``12.0``.

    Raises:
        ValueError: A value is no whole number.
    """
    return [_whole(value, str(series.name)) for value in series]


def _whole(value: object, name: str) -> int:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"Column {name} holds {value!r}; a chart needs numbers there.") from None
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(f"Column {name} holds {value!r}; a chart needs whole numbers there.")
    return int(number)


def words(series: pd.Series[Any], missing: str = "(none)") -> list[str]:
    """Values as text; what is empty, missing or ``-`` becomes *missing*."""
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    return [
        missing if pd.isna(value) or str(value) in ("", "-") else str(value) for value in series
    ]


def protocol_words(protocol: str) -> str:
    """
    The name of an IANA protocol number; a name stays a name.

    >>> protocol_words("1"), protocol_words("99"), protocol_words("TCP")
    ('ICMP', 'protocol 99', 'TCP')
    """
    number = protocol.removesuffix(".0")
    return _PROTOCOLS.get(number, f"protocol {number}" if number.isdecimal() else protocol)


def moments(values: Iterable[object]) -> list[pd.Timestamp]:
    """
    UTC times, from timestamps, from text, or from Unix time in seconds or milliseconds.

    Text and timestamps without a time zone are UTC, as Logs Insights prints them.

    Raises:
        ValueError: A value is no time.
    """
    return [_moment(value) for value in values]


def _moment(value: Any) -> pd.Timestamp:  # noqa: ANN401  a cell may hold anything
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    try:
        number = float(value) if isinstance(value, (int, float, str)) else None
    except ValueError:
        number = None
    if number is not None:
        moment = pd.Timestamp(number, unit="ms" if abs(number) >= _LEAST_MS else "s")
    else:
        moment = _read(value)
    if pd.isna(moment):
        raise ValueError(_NO_TIME.format(value))
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _read(value: Any) -> pd.Timestamp:  # noqa: ANN401  a cell may hold anything
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    try:
        return pd.Timestamp(value)
    except (TypeError, ValueError):
        raise ValueError(_NO_TIME.format(value)) from None


def first_present(frame: pd.DataFrame, names: Sequence[str]) -> str | None:
    """The first of *names* that is a column."""
    return next((name for name in names if name in frame.columns), None)
