"""The few SQL forms the compiler is built from, as sqlglot expressions in DuckDB's meaning."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMBER_PATTERN: Final = r"-?([0-9]{1,40}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?"
"""What reads as a number; see the choice of that name."""

EXACT_LIMIT: Final = 2**53
"""Whole numbers from here on do not all have a floating-point value of their own."""

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S.%g"

FIRST_MS: Final = -62_135_596_800_000
LAST_MS: Final = 253_402_300_799_999
"""Years 1 to 9999 in milliseconds since 1970: the times that have a calendar date."""

WHITE_SPACE: Final = " \t\r\n\f\v"


def column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def string(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def named(value: exp.Expr, name: str) -> exp.Expr:
    """The value under a column name of ours."""
    return exp.alias_(value, name, quoted=True, copy=False)


def integer(value: int) -> exp.Expr:
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def double(value: float) -> exp.Expr:
    return cast(exp.Literal.number(repr(value)), "DOUBLE")


def cast(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=value, to=_type(kind).copy())


def try_cast(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.TryCast(this=value, to=_type(kind).copy())


@cache
def _type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind, dialect="duckdb")


def null(kind: str) -> exp.Expr:
    return cast(exp.null(), kind)


def boolean(value: bool) -> exp.Expr:  # noqa: FBT001 - it is the value itself
    return exp.true() if value else exp.false()


def call(name: str, *args: exp.Expr) -> exp.Expr:
    """A function that every dialect we write knows by the name DuckDB gives it."""
    return exp.func(name, *args, dialect="duckdb")


def raw(name: str, *args: exp.Expr) -> exp.Expr:
    """A function of DuckDB's own, kept as it is."""
    return exp.Anonymous(this=name, expressions=list(args))


def case(*branches: tuple[exp.Expr, exp.Expr], default: exp.Expr | None = None) -> exp.Expr:
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=ifs, default=default)


def both(*conditions: exp.Expr) -> exp.Expr:
    return exp.and_(*conditions, copy=False)


def either(*conditions: exp.Expr) -> exp.Expr:
    return exp.or_(*conditions, copy=False)


def negated(condition: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.paren(condition, copy=False))


def is_null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value, expression=exp.null())


def not_null(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=is_null(value))


def first_of(*values: exp.Expr) -> exp.Expr:
    if len(values) == 1:
        return values[0]
    return exp.Coalesce(this=values[0], expressions=list(values[1:]))


def one_of(value: exp.Expr, options: Iterable[exp.Expr]) -> exp.Expr:
    return exp.In(this=value, expressions=list(options))


def in_calendar(milliseconds: exp.Expr) -> exp.Expr:
    """Whole milliseconds since 1970 if they have a date, else null."""
    bounds = {"low": integer(FIRST_MS), "high": integer(LAST_MS)}
    fits = exp.Between(this=grouped(milliseconds), **bounds)
    return case((fits, cast(milliseconds, "BIGINT")))


def stamp(milliseconds: exp.Expr) -> exp.Expr:
    """SQL timestamp; null for what has no date."""
    return raw("make_timestamp_ms", in_calendar(milliseconds))


def finite(number: exp.Expr) -> exp.Expr:
    """The number, or null for infinity and what is no number; *number* is written twice."""
    return case((raw("isfinite", number), number))


def matches(value: exp.Expr, pattern: str) -> exp.Expr:
    """Whether a pattern is found anywhere in a text."""
    return raw("regexp_matches", value, string(pattern))


def matches_whole(value: exp.Expr, pattern: str) -> exp.Expr:
    return raw("regexp_full_match", value, string(pattern))


def found_in(value: exp.Expr, part: exp.Expr) -> exp.Expr:
    return raw("contains", value, part)


def binary(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """An operator applied; operands that are operators themselves stand in parentheses."""
    return kind(this=grouped(left), expression=grouped(right))


def grouped(value: exp.Expr) -> exp.Expr:
    loose = exp.Binary | exp.Unary | exp.Connector | exp.Between | exp.In
    plain = exp.Column | exp.Literal | exp.Paren | exp.Dot | exp.Neg
    if isinstance(value, loose) and not isinstance(value, plain):
        return exp.paren(value, copy=False)
    return value


def is_simple(value: exp.Expr) -> bool:
    """Whether writing it twice costs nothing: a column, a literal or a cast of one."""
    inner = value.this if isinstance(value, exp.Cast | exp.Neg) else value
    return isinstance(inner, exp.Column | exp.Literal | exp.Null | exp.Boolean)
