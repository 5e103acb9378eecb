"""Rows of an answer: as text for the wire, as a DataFrame for the notebook."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from labkit.insights import sql
from labkit.insights.values import DECIMALS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from labkit.insights.plan import Output

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SMALLEST: Final = Decimal(1).scaleb(-DECIMALS)
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")
# Leading zeros mark an identifier, such as an account id, and not a number.
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?")
_PAIR: Final = re.compile(
    r'(?<!\S)(?P<key>[^\s="]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s"]\S*|))'
)

Row = list[tuple[str, str]]
"""One row: name and text of each value that is there, in the order of the columns."""


@dataclass(frozen=True)
class Result:
    """
    The answer to a query.

    Attributes:
        columns: Names of the columns, in order, whether or not any row has them.
        rows: Values as text; a row leaves out what it does not have.
        statistics: What was scanned and matched, as ``GetQueryResults`` reports it.
        groups: Names of the log groups that were searched.
    """

    columns: tuple[str, ...]
    rows: list[Row]
    statistics: dict[str, float]
    groups: tuple[str, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        """
        ``results`` and ``statistics`` as ``GetQueryResults`` sends them.

        Source:
            CloudWatch Logs API Reference, GetQueryResults.
        """
        results = [[{"field": name, "value": value} for name, value in row] for row in self.rows]
        return {"results": results, "statistics": dict(self.statistics)}

    def to_frame(self, *, typed: bool = False) -> pd.DataFrame:
        """
        Table with a row per row and a column per column; absent values are missing.

        Args:
            typed: Turn columns of numbers into numbers and timestamps into UTC
                times; without it all values stay the texts they are on the wire.
        """
        return _frame([dict(row) for row in self.rows], list(self.columns), typed=typed)


def to_frame(results: Sequence[Sequence[Mapping[str, str]]], *, typed: bool = True) -> pd.DataFrame:
    """
    Table of the ``results`` of a ``GetQueryResults`` answer, ours or AWS's.

    Rows leave out what they do not have, so a column's place is found from all of
    them: it stands after the column it follows in the first row that has it.

    Args:
        results: Rows of ``{"field": ..., "value": ...}``.
        typed: Turn columns of numbers into numbers and timestamps into UTC times.

    >>> to_frame([[{"field": "n", "value": "2"}], [{"field": "k", "value": "a"},
    ...           {"field": "n", "value": "1"}]]).columns.tolist()
    ['k', 'n']
    """
    rows = [{cell["field"]: cell["value"] for cell in row} for row in results]
    return _frame(rows, _merged(rows), typed=typed)


def _merged(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Names of ragged rows in an order that each row agrees with."""
    order: list[str] = []
    seen: set[str] = set()
    for row in rows:
        if row.keys() <= seen:
            continue
        at = 0
        for name in row:
            if name in seen:
                at = order.index(name) + 1
            else:
                order.insert(at, name)
                seen.add(name)
                at += 1
    return order


def _frame(rows: list[dict[str, str]], columns: list[str], *, typed: bool) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - importing labkit must stay cheap

    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    if typed:
        for name in columns:
            frame[name] = _typed(frame[name])
    return frame


def _typed(column: pd.Series[Any]) -> pd.Series[Any]:
    """The column as UTC times or numbers if all its values are, else as it was."""
    import pandas as pd  # noqa: PLC0415 - importing labkit must stay cheap

    present = [str(value) for value in column.dropna()]
    if present and all(map(_TIMESTAMP.fullmatch, present)):
        return pd.to_datetime(column, format="%Y-%m-%d %H:%M:%S.%f", utc=True, errors="coerce")
    if present and all(map(_NUMBER.fullmatch, present)):
        return pd.to_numeric(column)
    return column


def printed(value: object, kind: Kind, *, exact: bool = False) -> str | None:
    """
    Text of one value, or None if there is none.

    Whole numbers print plain, others with four decimals at most, timestamps in
    UTC without a zone.

    Source:
        Console screenshots (numbers); AWS SDK sample that appends "Z" (timestamps).

    >>> printed(926.5, Kind.NUMBER), printed(1235.33335, Kind.NUMBER), printed(1811.0, Kind.NUMBER)
    ('926.5', '1235.3334', '1811')
    >>> printed(1561961476000, Kind.TIME), printed(True, Kind.BOOL)
    ('2019-07-01 06:11:16.000', '1')
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if kind is Kind.TIME and isinstance(value, int):
        return _timestamp(value)
    if isinstance(value, float):
        return _decimal(value, exact=exact)
    if kind is Kind.PAIRS:
        return json.dumps(pairs(str(value)))
    return str(value)


def pairs(text: str) -> dict[str, str]:
    """
    The ``key=value`` pairs in a text.

    >>> pairs('level=info msg="it works" done')
    {'level': 'info', 'msg': 'it works'}
    """
    return {
        found["key"]: found["bare"] if found["quoted"] is None else found["quoted"]
        for found in _PAIR.finditer(text)
    }


def _timestamp(ms: int) -> str:
    if not sql.FIRST_MS <= ms <= sql.LAST_MS:
        return str(ms)
    moment = _EPOCH + timedelta(milliseconds=ms)
    text = moment.isoformat(sep=" ", timespec="milliseconds")
    return text.removesuffix("+00:00")


def _decimal(value: float, *, exact: bool) -> str | None:
    if not isfinite(value):
        return None
    if value.is_integer():
        return str(int(value))
    written = Decimal(repr(value))
    text = format(written if exact else written.quantize(_SMALLEST, ROUND_HALF_UP), "f")
    text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def read_rows(fetched: Sequence[Sequence[object]], outputs: Sequence[Output]) -> list[Row]:
    """Rows of text from rows of SQL; the number column of a MIXED output comes before its text."""
    rows: list[Row] = []
    for cells in fetched:
        row: Row = []
        at = 0
        for output in outputs:
            text = printed(cells[at], output.kind, exact=output.exact)
            at += 1
            if output.kind is Kind.MIXED:
                text = text if text is not None else printed(cells[at], Kind.TEXT)
                at += 1
            if text is not None:
                row.append((output.name, text))
        rows.append(row)
    return rows


def statistics(
    *, matched: int, scanned: int, scanned_bytes: int, groups: int, rows: int
) -> Mapping[str, float]:
    """
    What a query looked at, under AWS's names; all are floating-point numbers.

    Source:
        CloudWatch Logs API Reference, QueryStatistics.
    """
    return {
        "recordsMatched": float(matched),
        "recordsScanned": float(scanned),
        "estimatedRecordsSkipped": 0.0,
        "bytesScanned": float(scanned_bytes),
        "estimatedBytesSkipped": 0.0,
        "logGroupsScanned": float(groups),
        "resultCount": float(rows),
    }
