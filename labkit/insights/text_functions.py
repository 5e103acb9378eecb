"""SQL of the functions on texts, lists and alternatives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql, values
from labkit.insights import time_functions as time
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from labkit.insights.frame import Frame
    from labkit.insights.patterns import Cut
    from labkit.insights.periods import Period

_REFERENCE: Final = re.compile(r"\$([0-9])")
_FARTHEST: Final = 1_000_000


def bin_of_moment(frame: Frame, period: Period, offset_ms: int = 0) -> exp.Expr:
    """The window a row's time lies in; absent when rows no longer have a time."""
    if frame.moment is None:
        return sql.null("BIGINT")
    return time.floor(frame.moment, period, offset_ms)


def coalesce(frame: Frame, *options: Value) -> Value:
    return _of_one_kind(frame, options, lambda read: sql.first_of(*read))


def choose(frame: Frame, condition: exp.Expr, then: Value, other: Value) -> Value:
    return _of_one_kind(
        frame, [then, other], lambda read: sql.case((condition, read[0]), default=read[1])
    )


def cases(frame: Frame, *parts: exp.Expr | Value) -> Value:
    """Conditions and values in turn; a last value alone is the default."""
    conditions = [part for part in parts if isinstance(part, exp.Expr)]
    results = [part for part in parts if isinstance(part, Value)]

    def build(read: Sequence[exp.Expr]) -> exp.Expr:
        default = read[-1] if len(results) > len(conditions) else None
        return sql.case(*zip(conditions, read, strict=False), default=default)

    return _of_one_kind(frame, results, build)


def _of_one_kind(
    frame: Frame, options: Sequence[Value], build: Callable[[Sequence[exp.Expr]], exp.Expr]
) -> Value:
    found = values.unified(options, frame.once)
    shown = None if found.shown is None else build(found.shown)
    return Value(found.kind, build(found.read), shown=shown)


def is_numeric(frame: Frame, value: Value) -> exp.Expr:
    return sql.not_null(exp.paren(frame.number(value)))


def is_empty(_frame: Frame, text: exp.Expr) -> exp.Expr:
    return exp.EQ(this=sql.first_of(text, sql.string("")), expression=sql.string(""))


def is_blank(_frame: Frame, text: exp.Expr) -> exp.Expr:
    filled = sql.matches(sql.first_of(text, sql.string("")), r"\S")
    return sql.negated(filled)


def concat(_frame: Frame, *parts: exp.Expr) -> exp.Expr:
    return sql.raw("concat", *(sql.first_of(part, sql.string("")) for part in parts))


def substring(
    frame: Frame, text: exp.Expr, start: exp.Expr, length: exp.Expr | None = None
) -> exp.Expr:
    first = sql.binary(exp.Add, _index(frame, start), sql.integer(1))
    rest = [] if length is None else [_index(frame, length)]
    return sql.raw("substring", text, first, *rest)


def _index(frame: Frame, number: exp.Expr) -> exp.Expr:
    """A number as an index: whole, not negative, not beyond any text."""
    number = frame.once(number)
    bounded = sql.raw(
        "least", sql.raw("greatest", number, sql.double(0.0)), sql.double(float(_FARTHEST))
    )
    return sql.case(
        (sql.negated(sql.raw("isnan", number)), sql.cast(sql.raw("floor", bounded), "BIGINT"))
    )


def regex_replace(_frame: Frame, text: exp.Expr, cut: Cut, by: exp.Expr) -> exp.Expr:
    """Every match replaced; ``$1`` in a written replacement is the first group, if there is one."""
    if isinstance(by, exp.Literal):
        escaped = str(by.this).replace("\\", "\\\\")
        by = sql.string(_REFERENCE.sub(lambda found: _reference(found, cut.opened), escaped))
    else:
        by = sql.raw("replace", by, sql.string("\\"), sql.string("\\\\"))
    return sql.raw("regexp_replace", text, sql.string(cut.pattern), by, sql.string("g"))


def _reference(found: re.Match[str], groups: int) -> str:
    return f"\\{found[1]}" if int(found[1]) <= groups else found[0]


def trimmed(name: str) -> Callable[..., exp.Expr]:
    """Builder for a trimming function of DuckDB's, which by itself takes away spaces only."""
    return lambda _frame, text, letters=None: sql.raw(
        name, text, sql.string(sql.WHITE_SPACE) if letters is None else letters
    )


def surely(name: str) -> Callable[[Frame, exp.Expr, exp.Expr], exp.Expr]:
    """Builder for a test of DuckDB's that is false where a text is absent."""
    return lambda _frame, text, part: sql.first_of(sql.raw(name, text, part), exp.false())


def attempt(name: str) -> Callable[[Frame, exp.Expr], exp.Expr]:
    """Builder for a function of DuckDB's that fails on some texts; those give nothing."""
    return lambda _frame, text: sql.raw("try", sql.raw(name, text))


def base64_encode(_frame: Frame, text: exp.Expr) -> exp.Expr:
    return sql.raw("to_base64", sql.raw("encode", text))


def base64_decode(_frame: Frame, text: exp.Expr) -> exp.Expr:
    return sql.raw("try", sql.raw("decode", sql.raw("from_base64", text)))


def hex_to_ascii(_frame: Frame, digits: exp.Expr) -> exp.Expr:
    return sql.raw("try", sql.raw("decode", sql.raw("unhex", digits)))


def hex_to_dec(frame: Frame, digits: exp.Expr) -> exp.Expr:
    """Number that hexadecimal digits stand for; null for what does not fit 60 bits."""
    read = frame.once(digits)
    pattern = sql.string("^-?(0[xX])?([0-9A-Fa-f]{1,15})$")
    bare = frame.once(sql.raw("regexp_extract", read, pattern, sql.integer(2)))
    number = sql.try_cast(sql.raw("concat", sql.string("0x"), bare), "BIGINT")
    is_negative = sql.raw("starts_with", read, sql.string("-"))
    signed = sql.case((is_negative, exp.Neg(this=number)), default=number.copy())
    return sql.case((exp.NEQ(this=bare, expression=sql.string("")), signed))


def dec_to_hex(frame: Frame, number: exp.Expr) -> exp.Expr:
    """Whole number as ``0x`` and digits; a negative one begins with ``-0x``."""
    whole = frame.once(sql.try_cast(sql.raw("trunc", frame.once(number)), "BIGINT"))
    digits = sql.raw("lower", sql.raw("to_hex", exp.Abs(this=whole)))
    is_negative = sql.binary(exp.LT, whole, sql.integer(0))
    prefix = sql.case((is_negative, sql.string("-0x")), default=sql.string("0x"))
    return sql.case((sql.not_null(whole), sql.raw("concat", prefix, digits)))


def split(_frame: Frame, text: exp.Expr, by: exp.Expr) -> exp.Expr:
    return sql.cast(sql.raw("to_json", sql.raw("string_split", text, by)), "VARCHAR")


def json_parse(frame: Frame, text: exp.Expr) -> exp.Expr:
    read = frame.once(text)
    nested = sql.both(sql.matches(read, r"^\s*[\[{]"), sql.raw("json_valid", read))
    return sql.case((nested, read))


def json_stringify(frame: Frame, value: Value) -> exp.Expr:
    if value.kind is Kind.NESTED:
        return value.sql
    if value.kind in values.NUMERIC:
        return frame.text(value)
    text = sql.cast(sql.raw("to_json", frame.text(value)), "VARCHAR")
    return text if value.inside is None else sql.first_of(value.inside, text)


def json_array_size(frame: Frame, value: Value) -> exp.Expr:
    return sql.cast(sql.raw("json_array_length", _list(frame, value)), "BIGINT")


def json_array_contains(frame: Frame, value: Value, text: exp.Expr) -> exp.Expr:
    elements = sql.raw("json_extract_string", _list(frame, value), sql.string("$[*]"))
    return sql.first_of(sql.raw("list_contains", elements, text), exp.false())


def _list(frame: Frame, value: Value) -> exp.Expr:
    """JSON text of the value if it is a list, else null."""
    document = value.sql if value.kind is Kind.NESTED else json_parse(frame, frame.text(value))
    if value.inside is not None:
        document = sql.first_of(value.inside, document)
    read = frame.once(document)
    return sql.case((exp.EQ(this=sql.raw("json_type", read), expression=sql.string("ARRAY")), read))
