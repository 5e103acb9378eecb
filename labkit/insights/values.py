"""
What an expression is once compiled: a kind and its SQL, and how one kind is read as another.

The language has no types: every value is a text that may read as a number.  The
compiler knows more, since a discovered ``bytes`` or a ``count(*)`` is a number for
sure; it keeps that knowledge as long as it can, because numbers compared as
numbers are what makes a query fast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlglot import exp

from labkit.insights import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Once = Callable[[exp.Expr], exp.Expr]

_NUMBER: Final = re.compile(sql.NUMBER_PATTERN)


class Kind(Enum):
    """What the SQL of a value yields."""

    TEXT = "text that may read as a number"
    WHOLE = "whole number"
    NUMBER = "floating-point number"
    MIXED = "number, or a text where there is none"
    BOOL = "true or false, printed 1 or 0"
    TIME = "whole milliseconds since 1970, printed as a timestamp"
    NESTED = "JSON text of a list or map"
    PAIRS = "text of key=value pairs"
    ABSENT = "nothing, in every row"


DECIMALS: Final = 4
"""Most decimals that a row shows of a number.  Source: console screenshots."""

OPAQUE: Final = frozenset({Kind.ABSENT, Kind.NESTED, Kind.PAIRS})
"""Kinds that are null to every function on numbers or texts, and in every comparison."""

NUMERIC: Final = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.BOOL, Kind.TIME})


@dataclass(frozen=True, eq=False)
class Value:
    """
    A compiled expression.

    Attributes:
        kind: What *sql* yields.
        sql: The expression; for MIXED the number.
        words: For MIXED only, the text that stands where there is no number.
        constant: The text of a literal, else None.
        exact: Printed with all its digits instead of four decimals.
        inside: Where a TEXT may instead be a list or map: its JSON text, else null.
        whole: For MIXED only, the number is a whole one.
        shown: The text in a row, where that is not *sql* itself.
    """

    kind: Kind
    sql: exp.Expr
    words: exp.Expr | None = None
    constant: str | None = None
    exact: bool = False
    whole: bool = False
    inside: exp.Expr | None = None
    shown: exp.Expr | None = None

    @property
    def parts(self) -> dict[str, exp.Expr]:
        """The SQL expressions it is made of, by attribute."""
        named = {
            "sql": self.sql, "words": self.words, "inside": self.inside, "shown": self.shown,
        }  # fmt: skip
        return {name: part for name, part in named.items() if part is not None}

    def changed(self, change: Callable[[str, exp.Expr], exp.Expr]) -> Value:
        """The same value made of other expressions."""
        new = {name: change(name, part) for name, part in self.parts.items()}
        return replace(
            self, sql=new["sql"], words=new.get("words"), inside=new.get("inside"),
            shown=new.get("shown"),
        )  # fmt: skip


def placed(value: Value, name: str) -> tuple[Value, list[exp.Expr]]:
    """A value read from columns whose names begin so, and the columns that hold it there."""

    def called(attribute: str) -> str:
        return name if attribute == "sql" else f"{name}_{attribute}"

    columns = [sql.named(part, called(attribute)) for attribute, part in value.parts.items()]
    moved = value.changed(lambda attribute, _: sql.column(called(attribute)))
    return replace(moved, constant=None), columns


def absent() -> Value:
    return Value(Kind.ABSENT, sql.null("VARCHAR"))


def quoted(text: str) -> Value:
    """Value of a text in quotes, which keeps the form it is written in."""
    return Value(Kind.TEXT, sql.string(text), constant=text)


def figure(text: str) -> Value:
    """
    Value of a number as it is written, quoted or not.

    >>> figure("6").kind, figure("006.50").constant, figure("6a").kind
    (<Kind.WHOLE: 'whole number'>, '6.5', <Kind.TEXT: 'text that may read as a number'>)
    """
    number = number_of(text)
    if number is None:
        return quoted(text)
    if number.is_integer():
        whole = int(number)
        return Value(Kind.WHOLE, sql.integer(whole), constant=str(whole))
    return Value(Kind.NUMBER, sql.double(number), constant=repr(number))


def as_figure(value: Value) -> Value:
    """The value itself, or the number that a written text reads as."""
    return value if value.constant is None else figure(value.constant)


def number_of(text: str) -> float | None:
    """Number a text reads as, unless it is so long that equal floats could be unlike texts."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) < sql.EXACT_LIMIT else None


def number(value: Value, once: Once) -> exp.Expr:
    """SQL number: null where the value is absent or does not read as a number."""
    if value.kind in {Kind.WHOLE, Kind.NUMBER, Kind.TIME, Kind.MIXED}:
        return value.sql
    if value.kind is Kind.BOOL:
        return sql.cast(value.sql, "BIGINT")
    if value.kind is Kind.TEXT and value.constant is None:
        read = once(value.sql)
        return sql.case((sql.matches_whole(read, sql.NUMBER_PATTERN), sql.try_cast(read, "DOUBLE")))
    if value.constant is not None and _NUMBER.fullmatch(value.constant):
        return sql.double(float(value.constant))
    return sql.null("DOUBLE")


def text(value: Value, once: Once) -> exp.Expr:
    """SQL text of the value: null where it is absent, or a list or map."""
    if value.constant is not None:
        return sql.string(value.constant)
    match value.kind:
        case Kind.TEXT:
            written = value.sql
        case Kind.MIXED if value.words is not None:
            digits = sql.cast(value.sql, "VARCHAR") if value.whole else _digits(value.sql, once)
            written = sql.first_of(digits, value.words)
        case Kind.WHOLE:
            written = sql.cast(value.sql, "VARCHAR")
        case Kind.BOOL:
            written = sql.cast(sql.cast(value.sql, "BIGINT"), "VARCHAR")
        case Kind.TIME:
            written = timestamp_text(value.sql)
        case Kind.NUMBER:
            written = _digits(value.sql, once)
        case _:
            written = sql.null("VARCHAR")
    return written


def timestamp_text(milliseconds: exp.Expr) -> exp.Expr:
    """SQL text ``YYYY-MM-DD HH:MM:SS.mmm`` of milliseconds since 1970."""
    return sql.raw("strftime", sql.stamp(milliseconds), sql.string(sql.TIME_FORMAT))


def _digits(value: exp.Expr, once: Once) -> exp.Expr:
    """SQL text of a floating-point number: whole ones plain, others with all their digits."""
    read = once(value)
    is_whole = exp.EQ(this=read, expression=sql.raw("trunc", read))

    def plain(kind: str, limit: float) -> tuple[exp.Expr, exp.Expr]:
        fits = exp.LT(this=exp.Abs(this=read), expression=sql.double(limit))
        return sql.both(is_whole, fits), sql.cast(sql.cast(read, kind), "VARCHAR")

    branches = plain("BIGINT", 1e15), plain("DECIMAL(38, 0)", 1e37)
    return sql.case(*branches, default=sql.raw("format", sql.string("{}"), read))


def truth(value: Value, once: Once) -> exp.Expr:
    """SQL condition: a number counts as true unless it is 0, a text never does."""
    if value.kind is Kind.BOOL:
        return value.sql
    return sql.binary(exp.NEQ, number(value, once), sql.integer(0))


def present(value: Value) -> exp.Expr:
    """SQL condition that is true or false: whether there is a value."""
    if value.constant is not None:
        return exp.true()
    if value.kind is Kind.ABSENT:
        return exp.false()
    parts = (value.sql, value.words, value.inside)
    return sql.either(*(sql.not_null(sql.grouped(part)) for part in parts if part is not None))


class Unified(NamedTuple):
    """Several values in one kind: how to compute with them, and how to show them if otherwise."""

    kind: Kind
    read: list[exp.Expr]
    shown: list[exp.Expr] | None = None


def unified(values: Sequence[Value], once: Once) -> Unified:
    """One kind for several values, and their SQL in it; for coalesce, if and case."""
    values = [_plain_figure(value) for value in values]
    kinds = {value.kind for value in values} - {Kind.ABSENT}
    if len(kinds) == 1 and Kind.MIXED not in kinds:
        [kind] = kinds
        return Unified(
            kind, [sql.null(_STORED[kind]) if v.kind is Kind.ABSENT else v.sql for v in values]
        )
    if kinds and kinds <= {Kind.WHOLE, Kind.NUMBER, Kind.BOOL}:
        read = [sql.cast(number(value, once), "DOUBLE") for value in values]
        return Unified(Kind.NUMBER, read)
    texts = [text(value, once) for value in values]
    if Kind.NUMBER not in kinds:
        return Unified(Kind.TEXT, texts)
    return Unified(Kind.TEXT, texts, [_shown(value, once) for value in values])


def _plain_figure(value: Value) -> Value:
    """A written text as the number it reads as, if it is written as that number prints."""
    read = as_figure(value)
    return read if read.constant == value.constant else value


def _shown(value: Value, once: Once) -> exp.Expr:
    """SQL text of a value as a row shows it."""
    if value.kind is not Kind.NUMBER or value.constant is not None:
        return text(value, once)
    return _digits(exp.Round(this=once(value.sql), decimals=sql.integer(DECIMALS)), once)


_STORED: Final = {
    Kind.TEXT: "VARCHAR",
    Kind.NESTED: "VARCHAR",
    Kind.PAIRS: "VARCHAR",
    Kind.WHOLE: "BIGINT",
    Kind.TIME: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOL: "BOOLEAN",
}


def sort_keys(value: Value, once: Once) -> list[exp.Expr]:
    """
    SQL keys whose ascending order, nulls first, is the language's order of values.

    Absent values first, then texts, then numbers.  Texts are ordered chunk by
    chunk: digits by their count and then by value, all else by code point.

    Source:
        CloudWatch Logs User Guide, "sort" (algorithm and example order).
    """
    if value.kind in OPAQUE or value.constant is not None:
        return []
    if value.kind in NUMERIC:
        return [value.sql]
    read = once(text(value, once))
    figure = once(number(value, once))
    rank = sql.case(
        (sql.is_null(read), sql.integer(0)),
        (sql.is_null(figure), sql.integer(1)),
        default=sql.integer(2),
    )
    natural = sql.case((sql.is_null(figure), natural_key(read)), default=read)
    return [rank, figure, natural]


def natural_key(read: exp.Expr) -> exp.Expr:
    """
    Text whose plain order is the natural order.

    Every run of digits carries its length; every other run ends in a character
    below all others, so that a run which begins another one comes before it.
    """
    end = sql.raw("chr", sql.integer(1))
    chunk = exp.column("chunk")
    sized = sql.raw(
        "concat",
        sql.string("0"),
        sql.raw(
            "lpad", sql.cast(sql.raw("length", chunk), "VARCHAR"), sql.integer(7), sql.string("0")
        ),
        chunk,
    )
    sizing = exp.Lambda(
        this=sql.case((sql.matches(chunk, "^[0-9]"), sized), default=sql.raw("concat", chunk, end)),
        expressions=[exp.to_identifier("chunk")],
    )
    chunks = sql.raw("regexp_extract_all", read, sql.string("[0-9]+|[^0-9]+"))
    keyed = sql.raw("array_to_string", sql.raw("list_transform", chunks, sizing), sql.string(""))
    return sql.case((sql.matches(read, "[0-9]"), keyed), default=sql.raw("concat", read, end))
