"""SQL of the functions of stats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from labkit.insights import sql, values
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from labkit.insights.frame import Frame


def count(frame: Frame, value: Value | None = None) -> exp.Expr:
    """Rows, or rows that have the value."""
    if value is None or value.constant is not None:
        return exp.Count(this=exp.Star())
    if value.kind is Kind.MIXED:
        return exp.Count(this=sql.case((frame.present(value), sql.integer(1))))
    return exp.Count(this=value.sql)


def count_distinct(_frame: Frame, value: Value) -> exp.Expr:
    if value.kind is Kind.MIXED and value.words is not None:
        numbers, words = (
            exp.Count(this=exp.Distinct(expressions=[part])) for part in (value.sql, value.words)
        )
        return sql.binary(exp.Add, numbers, words)
    return exp.Count(this=exp.Distinct(expressions=[value.sql]))


def total(frame: Frame, value: Value) -> Value:
    """Sum of what reads as a number; exact for whole numbers; absent if there is none."""
    kind = Kind.WHOLE if value.kind is Kind.WHOLE else Kind.NUMBER
    return Value(kind, exp.Sum(this=frame.number(value)))


def average(frame: Frame, value: Value) -> exp.Expr:
    return exp.Avg(this=_double(frame, value))


def minimum(frame: Frame, value: Value) -> Value:
    return _extreme(frame, value, exp.Min)


def maximum(frame: Frame, value: Value) -> Value:
    return _extreme(frame, value, exp.Max)


def _extreme(frame: Frame, value: Value, pick: type[exp.AggFunc]) -> Value:
    """Of the numbers if there are any, else of the texts."""
    if value.kind in values.NUMERIC:
        kind = Kind.WHOLE if value.kind is Kind.BOOL else value.kind
        return Value(kind, pick(this=frame.number(value)))
    if value.kind in values.OPAQUE:
        return values.absent()
    figure = frame.once(frame.number(value))
    words = value.words if value.words is not None else frame.once(value.sql)
    unread = words if value.words is not None else sql.case((sql.is_null(figure), words))
    top = pick(this=figure)
    top_word = sql.case((sql.is_null(top), pick(this=unread)))
    return Value(Kind.MIXED, top, top_word, whole=value.whole)


def percentile(frame: Frame, value: Value, percent: float) -> exp.Expr:
    return sql.raw("quantile_cont", _double(frame, value), sql.double(percent / 100))


def deviation(frame: Frame, value: Value) -> exp.Expr:
    return exp.StddevPop(this=_double(frame, value))


def variance(frame: Frame, value: Value) -> exp.Expr:
    return exp.VariancePop(this=_double(frame, value))


def earliest(frame: Frame, value: Value) -> Value:
    return _at_moment(frame, value, "arg_min")


def latest(frame: Frame, value: Value) -> Value:
    return _at_moment(frame, value, "arg_max")


def _at_moment(frame: Frame, value: Value, pick: str) -> Value:
    """
    The value of the row that comes first or last in time, among the rows that have one.

    Of rows at the same time the first or last to arrive counts.
    """
    if frame.moment is None or value.kind is Kind.ABSENT:
        return values.absent()
    kind = Kind.WHOLE if value.kind is Kind.TIME else value.kind
    if kind is Kind.MIXED:
        kind, picked = Kind.TEXT, frame.text(value)
    else:
        picked = value.sql
    arrived = frame.layout.arrival() if frame.layout is not None else []
    place = sql.raw("row", frame.moment, *arrived) if arrived else frame.moment
    return Value(kind, sql.raw(pick, picked, place), exact=True)


def sorts_first(frame: Frame, value: Value) -> Value:
    return _by_order(frame, value, "arg_min")


def sorts_last(frame: Frame, value: Value) -> Value:
    return _by_order(frame, value, "arg_max")


def _by_order(frame: Frame, value: Value, pick: str) -> Value:
    """The value that stands first or last in the order of sort, among those present."""
    value = replace(value, constant=None)  # it may be a written one, the same in every row
    keys = values.sort_keys(value, frame.once)
    if not keys:
        return values.absent()
    if value.kind in values.NUMERIC:
        return Value(value.kind, sql.raw(pick, value.sql, value.sql))
    keys[1] = sql.first_of(keys[1], sql.double(0.0))  # a null would hide the row
    return Value(Kind.TEXT, sql.raw(pick, frame.text(value), sql.raw("row", *keys)))


def distinct_values(frame: Frame, value: Value) -> exp.Expr:
    texts = sql.raw("list", exp.Distinct(expressions=[frame.text(value)]))
    kept = sql.raw("list_filter", texts, _is_present())
    listed = sql.cast(sql.raw("to_json", sql.raw("list_sort", kept)), "VARCHAR")
    return sql.first_of(listed, sql.string("[]"))


def most_frequent(frame: Frame, how_many: float, value: Value) -> exp.Expr:
    """The most frequent values, the most frequent first; equally frequent ones by code point."""
    each = exp.column("each")
    count = sql.cast(sql.raw("struct_extract", each, sql.string("value")), "BIGINT")
    text = sql.raw("struct_extract", each, sql.string("key"))
    ranked = sql.raw("struct_pack", _field("rank", exp.Neg(this=count)), _field("text", text))
    entries = sql.raw("map_entries", sql.raw("histogram", frame.text(value)))
    in_order = sql.raw("list_sort", sql.raw("list_transform", entries, _lambda(ranked)))
    first = sql.raw("list_slice", in_order, sql.integer(1), sql.integer(int(how_many)))
    texts = _lambda(sql.raw("struct_extract", each.copy(), sql.string("text")))
    listed = sql.cast(sql.raw("to_json", sql.raw("list_transform", first, texts)), "VARCHAR")
    return sql.first_of(listed, sql.string("[]"))


def _field(name: str, value: exp.Expr) -> exp.Expr:
    return exp.PropertyEQ(this=exp.to_identifier(name), expression=value)


def _lambda(body: exp.Expr) -> exp.Expr:
    return exp.Lambda(this=body, expressions=[exp.to_identifier("each")])


def _is_present() -> exp.Expr:
    return _lambda(sql.not_null(exp.column("each")))


def _double(frame: Frame, value: Value) -> exp.Expr:
    return sql.cast(frame.number(value), "DOUBLE")
