"""
Comparisons of values without types, as SQL conditions.

Two values that both read as numbers compare as numbers, otherwise as texts.  A
condition comes in two strengths.  *Exact* is null only where a value is absent,
and can be negated.  *Loose* may be null where exact is false, which is enough
where only true counts, and lets a plain comparison of a number column stay one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql, values
from labkit.insights.values import NUMERIC, OPAQUE, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.insights.frame import Frame

_OPERATORS: Final[dict[str, type[exp.Binary]]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_MIRRORED: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparison(frame: Frame, operator: str, left: Value, right: Value, *, exact: bool) -> exp.Expr:
    """Condition that two values stand in the relation of this operator."""
    left, right = values.as_figure(left), values.as_figure(right)
    kinds = {left.kind, right.kind}
    if kinds & OPAQUE:
        return sql.null("BOOLEAN")
    if kinds <= NUMERIC:
        return _apply(operator, frame.number(left), frame.number(right))
    if left.constant is not None and right.constant is None:
        return comparison(frame, _MIRRORED[operator], right, left, exact=exact)
    if left.kind in NUMERIC and right.constant is None:
        left, right, operator = right, left, _MIRRORED[operator]
    if right.kind in NUMERIC:
        return _with_number(frame, operator, left, frame.number(right), exact=exact)
    if right.constant is not None:
        return _with_text(frame, operator, left, right, exact=exact)
    return _of_unknowns(frame, operator, left, right)


def _apply(operator: str, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return sql.binary(_OPERATORS[operator], left, right)


def _with_number(
    frame: Frame, operator: str, value: Value, figure: exp.Expr, *, exact: bool
) -> exp.Expr:
    """A value of unknown nature against a number: as numbers, or unlike and without order."""
    if not exact and operator != "!=":
        return _apply(operator, frame.number(value), figure)
    read, figure = frame.once(frame.number(value)), frame.once(figure)
    differs = sql.boolean(operator == "!=")
    answered = sql.both(exp.paren(frame.present(value)), sql.not_null(figure))
    return sql.case((sql.not_null(read), _apply(operator, read, figure)), (answered, differs))


def _with_text(frame: Frame, operator: str, value: Value, text: Value, *, exact: bool) -> exp.Expr:
    """A value of unknown nature against a written text that is no number."""
    is_equality = operator in {"=", "!="}
    if value.kind in NUMERIC:
        if is_equality and values.number_of(text.constant or "") is None and not _long(text):
            return sql.case((sql.not_null(exp.paren(value.sql)), sql.boolean(operator == "!=")))
        return (
            _apply(operator, frame.text(value), text.sql)
            if is_equality
            else sql.case((sql.not_null(exp.paren(value.sql)), exp.false()))
        )
    if is_equality:
        return _apply(operator, frame.text(value), text.sql)
    read, figure = frame.once(frame.text(value)), frame.once(frame.number(value))
    ordered = sql.case((sql.is_null(figure), _apply(operator, read, text.sql)), default=exp.false())
    return sql.case((sql.not_null(read), ordered)) if exact else ordered


def _long(text: Value) -> bool:
    return (text.constant or "").lstrip("-").isdigit()


def _of_unknowns(frame: Frame, operator: str, left: Value, right: Value) -> exp.Expr:
    """Two values of unknown nature, read as numbers row by row where both allow it."""
    a, b = frame.once(frame.text(left)), frame.once(frame.text(right))
    x, y = frame.once(frame.number(left)), frame.once(frame.number(right))
    present = sql.both(sql.not_null(a), sql.not_null(b))
    numbers = sql.both(sql.not_null(x), sql.not_null(y))
    if operator in {"=", "!="}:
        limit = sql.double(float(sql.EXACT_LIMIT))
        small = sql.binary(exp.LT, exp.Abs(this=x), limit)
        alike = sql.first_of(exp.paren(sql.both(_apply("=", x, y), small)), exp.false())
        same = exp.paren(sql.either(_apply("=", a, b), alike))
        return sql.case((present, same if operator == "=" else sql.negated(same)))
    texts = sql.both(sql.is_null(x), sql.is_null(y))
    return sql.case(
        (numbers, _apply(operator, x, y)),
        (sql.both(texts, present), _apply(operator, a, b)),
        (present, exp.false()),
    )


def membership(frame: Frame, value: Value, items: Sequence[Value], *, exact: bool) -> exp.Expr:
    """Condition that a value equals one of several."""
    if value.kind in OPAQUE:
        return sql.null("BOOLEAN")
    written = [values.as_figure(item) for item in items if item.constant is not None]
    others = {item.sql: item for item in items if item.constant is None}
    parts = _among_written(frame, value, written)
    parts += [
        sql.first_of(comparison(frame, "=", value, item, exact=True), exp.false())
        for item in others.values()
    ]
    if not exact and len(parts) == 1 and written:
        return parts[0]
    found = [sql.first_of(part, exp.false()) for part in parts] or [exp.false()]
    return sql.case((frame.present(value), exp.paren(sql.either(*found))))


def _among_written(frame: Frame, value: Value, items: Sequence[Value]) -> list[exp.Expr]:
    numbers = [item for item in items if item.kind in NUMERIC]
    texts = [item for item in items if item.kind not in NUMERIC]
    parts = []
    if numbers:
        parts.append(sql.one_of(frame.number(value), [item.sql for item in numbers]))
    if texts and (value.kind not in NUMERIC or any(_long(item) for item in texts)):
        parts.append(sql.one_of(frame.text(value), [item.sql for item in texts]))
    return parts
