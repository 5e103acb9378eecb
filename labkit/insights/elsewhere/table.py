"""The flow-log table of AWS's documentation, as a place where a query's fields are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from sqlglot import exp

from labkit.insights import records, sql
from labkit.insights.values import Kind, Value
from labkit.units import MILLISECONDS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE: Final = "vpc_flow_logs"
"""What AWS's page calls the table."""

COLUMNS: Final = (
    ("version", "INT"),
    ("account_id", "STRING"),
    ("interface_id", "STRING"),
    ("srcaddr", "STRING"),
    ("dstaddr", "STRING"),
    ("srcport", "INT"),
    ("dstport", "INT"),
    ("protocol", "BIGINT"),
    ("packets", "BIGINT"),
    ("bytes", "BIGINT"),
    ("start", "BIGINT"),
    ("end", "BIGINT"),
    ("action", "STRING"),
    ("log_status", "STRING"),
)
"""
Columns of the default format and their Hive types, in the order of a record's words.

The table is read from text, where a '-' in a column of numbers reads as NULL.

Source:
    Amazon Athena User Guide, "Create a table for Amazon VPC flow logs and query it".
"""

_COLUMN_OF: Final = {
    name: (column, part)
    for (column, _), part in zip(COLUMNS, records.PARTS, strict=True)
    for name in part.names
}
FIELDS: Final = ("@timestamp", "@message", *_COLUMN_OF)
"""Names a query over the table can use."""


class NotInTable(LookupError):
    """A field that records in a table do not have; its argument is the name."""


@dataclass(frozen=True)
class FlowTable:
    """
    A table of default-format flow records.

    A row's time is its record's start, as in CloudWatch Logs.  Rows of the same
    second stand in the order of their columns, since a table keeps no arrival.

    Attributes:
        table: The table, as SQL names it.
        first_ms, last_ms: Earliest and latest time wanted [ms]; None for all.
    """

    table: exp.Table
    first_ms: int | None = None
    last_ms: int | None = None
    one_line: ClassVar[bool] = True

    def rows(self, start_ms: int, end_ms: int) -> exp.Expr:  # noqa: ARG002 - the table knows its own
        bounds = []
        if self.first_ms is not None:
            first_s = -(-self.first_ms // MILLISECONDS_PER_SECOND)
            bounds.append(sql.binary(exp.GTE, sql.column("start"), sql.integer(first_s)))
        if self.last_ms is not None:
            last_s = self.last_ms // MILLISECONDS_PER_SECOND
            bounds.append(sql.binary(exp.LTE, sql.column("start"), sql.integer(last_s)))
        if not bounds:
            return self.table.copy()
        within = exp.select("*").from_(self.table.copy()).where(*bounds)
        return exp.Subquery(this=within, alias=exp.TableAlias(this=exp.to_identifier("e")))

    def field(self, name: str) -> Value:
        if name == "@timestamp":
            return Value(Kind.TIME, self.moment())
        if name == "@message":
            return Value(Kind.TEXT, _message())
        if name not in _COLUMN_OF:
            raise NotInTable(name)
        column, part = _COLUMN_OF[name]
        return _value(column, part)

    def moment(self) -> exp.Expr:
        second = sql.integer(MILLISECONDS_PER_SECOND)
        return sql.binary(exp.Mul, sql.column("start"), second)

    def arrival(self) -> Sequence[exp.Expr]:
        return [sql.column(column) for column, _ in COLUMNS if column != "start"]


def _value(name: str, part: records.Part) -> Value:
    column = sql.column(name)
    if part.sql_type == "VARCHAR":
        return Value(Kind.TEXT, column)
    if not part.may_be_dash:
        return Value(Kind.WHOLE, column)
    dash = sql.case((sql.is_null(column), sql.string("-")))
    return Value(Kind.MIXED, column, dash, whole=True)


def _message() -> exp.Expr:
    """The line a record was, from its columns."""
    words: list[exp.Expr] = []
    for (name, _), part in zip(COLUMNS, records.PARTS, strict=True):
        word: exp.Expr = sql.column(name)
        if part.sql_type != "VARCHAR":
            word = sql.cast(word, "VARCHAR")
        if part.may_be_dash:
            word = sql.first_of(word, sql.string("-"))
        words += [word, sql.string(" ")]
    return sql.raw("concat", *words[:-1])
