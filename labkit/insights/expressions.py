"""Settled expressions in, values out: one small function for each kind of node."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import ast, bound, conditions, documents, extraction, sql, values
from labkit.insights.functions import Param
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.insights.frame import Frame

_ARITHMETIC: Final[dict[str, type[exp.Binary]]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
    "%": exp.Mod,
    "^": exp.Pow,
}
_CONDITIONS: Final = (
    ast.Logic
    | ast.Negation
    | ast.Compare
    | ast.InList
    | bound.InRows
    | bound.Contains
    | bound.Matches
)


class Compiler:
    """Compiles expressions over the rows of one frame and the columns made so far."""

    def __init__(
        self,
        frame: Frame,
        columns: Mapping[str, Value],
        aggregates: Mapping[int, Value] | None = None,
    ) -> None:
        self._frame = frame
        self._columns = columns
        self._aggregates = aggregates or {}

    # --- conditions ---------------------------------------------------------------------------

    def condition(self, node: ast.Expr, *, exact: bool = False) -> exp.Expr:
        """SQL condition; loose unless *exact*, see `conditions`."""
        match node:
            case ast.Logic():
                return self._logic(node, exact=exact)
            case ast.Negation():
                return sql.negated(self.condition(node.operand, exact=True))
            case ast.Compare():
                left, right = self.value(node.left), self.value(node.right)
                return conditions.comparison(self._frame, node.operator, left, right, exact=exact)
            case ast.InList() | bound.InRows():
                return self._membership(node, exact=exact)
            case bound.Contains() | bound.Matches():
                return self._search(node)
        return self._frame.truth(self.value(node))

    def _logic(self, node: ast.Logic, *, exact: bool) -> exp.Expr:
        operands = [self.condition(each, exact=exact) for each in node.operands]
        return sql.both(*operands) if node.word == "and" else exp.paren(sql.either(*operands))

    def _membership(self, node: ast.InList | bound.InRows, *, exact: bool) -> exp.Expr:
        if isinstance(node, bound.InRows):
            items = [values.quoted(text) for text in self._frame.setting.texts_of(node.query)]
        else:
            items = [self.value(item) for item in node.items]
        value = self.value(node.operand)
        found = conditions.membership(self._frame, value, items, exact=exact or node.negated)
        return sql.negated(found) if node.negated else found

    def _search(self, node: bound.Contains | bound.Matches) -> exp.Expr:
        text = self._frame.text(self.value(node.operand))
        if isinstance(node, bound.Matches):
            found = sql.matches(text, node.cut.pattern)
        else:
            found = sql.found_in(text, self._frame.text(self.value(node.part)))
        return sql.negated(found) if node.negated else found

    # --- values -------------------------------------------------------------------------------

    @singledispatchmethod
    def value(self, node: ast.Expr) -> Value:
        """Value of an expression."""
        if isinstance(node, _CONDITIONS):
            return Value(Kind.BOOL, self.condition(node, exact=True))
        raise TypeError(type(node))

    @value.register(ast.Number)
    def _(self, node: ast.Number) -> Value:
        return values.figure(node.text)

    @value.register(ast.Text)
    def _(self, node: ast.Text) -> Value:
        return values.quoted(node.value)

    @value.register(bound.EventField)
    def _(self, node: bound.EventField) -> Value:
        layout = self._frame.layout
        return values.absent() if layout is None else layout.field(node.name)

    @value.register(bound.Column)
    def _(self, node: bound.Column) -> Value:
        return self._columns[node.name]

    @value.register(bound.Member)
    def _(self, node: bound.Member) -> Value:
        whole = self._columns[node.column]
        if whole.kind is Kind.PAIRS:
            return extraction.pair(self._frame.once(whole.sql), node.path)
        document = whole.sql if whole.kind is Kind.NESTED else whole.inside
        if document is None:
            return values.absent()
        return documents.member(self._frame.once(document), node.path)

    @value.register(ast.Minus)
    def _(self, node: ast.Minus) -> Value:
        return Value(Kind.NUMBER, exp.Neg(this=exp.paren(self.number(node.operand))))

    @value.register(ast.Arithmetic)
    def _(self, node: ast.Arithmetic) -> Value:
        result = self.number(node.first)
        for operator, operand in node.rest:
            result = self._operate(operator, result, self.number(operand))
        return Value(Kind.NUMBER, result)

    def _operate(self, operator: str, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        if operator == "^":
            return sql.finite(self._frame.once(sql.raw("pow", left, right)))
        if operator in "/%":
            right = exp.Nullif(this=self._frame.once(right), expression=sql.integer(0))
        return sql.binary(_ARITHMETIC[operator], left, right)

    @value.register(bound.Apply)
    def _(self, node: bound.Apply) -> Value:
        return self._aggregates[id(node)] if node.function.aggregate else self.call(node)

    def call(self, node: bound.Apply) -> Value:
        """Value of a call, built in these rows."""
        params = self._params(node)
        args = [self._argument(*each) for each in zip(node.args, params, strict=True)]
        built = node.function.build(self._frame, *args)
        if isinstance(built, Value):
            return built
        return Value(node.function.result or Kind.TEXT, built)

    def _params(self, node: bound.Apply) -> list[Param]:
        given = len(node.args)
        params = list(node.function.params)
        if node.function.names[0] == "case":
            return params * (given // 2) + [Param.VALUE] * (given % 2)
        return (params + params[-1:] * given)[:given]

    def _argument(self, node: object, param: Param) -> object:
        if not isinstance(node, ast.Expr):
            return node
        match param:
            case Param.NUMBER:
                return self.number(node)
            case Param.TEXT:
                return self._frame.text(self.value(node))
            case Param.TIME:
                return self.milliseconds(node)
            case Param.CONDITION:
                return self.condition(node)
            case _:
                return self.value(node)

    def number(self, node: ast.Expr) -> exp.Expr:
        """SQL floating-point number of an expression."""
        value = self.value(node)
        if value.kind in {Kind.NUMBER, Kind.TEXT}:
            return self._frame.number(value)
        return sql.cast(self._frame.number(value), "DOUBLE")

    def milliseconds(self, node: ast.Expr) -> exp.Expr:
        """SQL milliseconds since 1970 of an expression that is a time; null without a date."""
        value = self.value(node)
        if value.kind is Kind.TIME:
            return value.sql
        return sql.in_calendar(self._frame.once(sql.raw("trunc", self.number(node))))
