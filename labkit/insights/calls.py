"""Expressions of a syntax tree, settled one by one: names, functions, arguments."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, Final

from labkit.insights import arguments, ast, bound, functions, patterns, sources
from labkit.insights.errors import (
    NotSupported,
    QueryError,
    TooLong,
    UnexpectedSymbol,
    UnknownField,
    UnknownFunction,
    WrongArguments,
    WrongOrder,
    WrongType,
)
from labkit.insights.functions import Function, Param
from labkit.insights.left_out import FUNCTIONS, SEE_FIDELITY
from labkit.insights.mistakes import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.insights.scope import Scope


MAX_LISTED: Final = 200
"""Most names and calls in one list; written values may be as many as fit in a query."""


class Expressions:
    """Settles expressions outside of stats: every name a value, no aggregates."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of_stats(self, keys: set[str]) -> StatsExpressions:
        """The same for the aggregates of a ``stats`` with these keys."""
        return StatsExpressions(self._scope, keys)

    @singledispatchmethod
    def value(self, node: ast.Expr) -> ast.Expr:
        """The expression with its names and calls settled."""
        raise TypeError(type(node))

    @value.register(ast.Number)
    @value.register(ast.Text)
    def _(self, node: ast.Expr) -> ast.Expr:
        return node

    @value.register(ast.Name)
    def _(self, node: ast.Name) -> ast.Expr:
        return self.name(node)

    @value.register(ast.Duration)
    def _(self, node: ast.Duration) -> ast.Expr:
        raise self._wrong(node, "A duration belongs in bin, datefloor or dateceil")

    @value.register(ast.Regex)
    def _(self, node: ast.Regex) -> ast.Expr:
        raise self._wrong(node, "A /pattern/ belongs after like or in parse", kind=UnexpectedSymbol)

    @value.register(ast.ListOf)
    def _(self, node: ast.ListOf) -> ast.Expr:
        raise self._wrong(node, "A list belongs after in")

    @value.register(ast.Logic)
    def _(self, node: ast.Logic) -> ast.Expr:
        return ast.Logic(node.span, node.word, tuple(self.value(each) for each in node.operands))

    @value.register(ast.Negation)
    def _(self, node: ast.Negation) -> ast.Expr:
        return ast.Negation(node.span, self.value(node.operand))

    @value.register(ast.Compare)
    def _(self, node: ast.Compare) -> ast.Expr:
        left, right = self.value(node.left), self.value(node.right)
        return ast.Compare(node.span, node.operator, left, right)

    @value.register(ast.Like)
    def _(self, node: ast.Like) -> ast.Expr:
        operand = self.value(node.operand)
        if isinstance(node.pattern, ast.Regex):
            return bound.Matches(node.span, operand, self.pattern(node.pattern), node.negated)
        return bound.Contains(node.span, operand, self.value(node.pattern), node.negated)

    @value.register(ast.InList)
    def _(self, node: ast.InList) -> ast.Expr:
        worked_out = [item for item in node.items if not isinstance(item, ast.Number | ast.Text)]
        if len(worked_out) > MAX_LISTED:
            raise self._wrong(
                worked_out[MAX_LISTED],
                f"A list takes {MAX_LISTED} values that are not written out",
                kind=TooLong,
            )
        items = tuple(self.value(item) for item in node.items)
        return ast.InList(node.span, self.value(node.operand), items, node.negated)

    @value.register(ast.InSubquery)
    def _(self, node: ast.InSubquery) -> ast.Expr:
        return sources.bind_subquery(node, self._scope.text, self.value(node.operand))

    @value.register(ast.Arithmetic)
    def _(self, node: ast.Arithmetic) -> ast.Expr:
        rest = tuple((operator, self.value(each)) for operator, each in node.rest)
        return ast.Arithmetic(node.span, self.value(node.first), rest)

    @value.register(ast.Minus)
    def _(self, node: ast.Minus) -> ast.Expr:
        return ast.Minus(node.span, self.value(node.operand))

    @value.register(ast.Call)
    def _(self, node: ast.Call) -> ast.Expr:
        if column := self.column_called(node):
            return column
        function = self._function(node)
        if function.aggregate:
            return self.aggregate(node, function)
        return self.apply(node, function)

    def name(self, node: ast.Name) -> ast.Expr:
        return self._scope.resolve(node.name, node.span)

    def column_called(self, node: ast.Call) -> ast.Expr | None:
        """The column an earlier ``stats`` named by these very words, such as ``count(*)``."""
        written = self._scope.text[node.span.start : node.span.end]
        return bound.Column(node.span, written) if self._scope.has_column(written) else None

    def aggregate(self, node: ast.Call, function: Function) -> ast.Expr:
        raise self._wrong(
            node,
            f"{node.name} works on many rows, so it belongs in stats",
            f"Write: stats {function.signature}",
            kind=WrongOrder,
        )

    # --- calls --------------------------------------------------------------------------------

    def _function(self, node: ast.Call) -> Function:
        name = node.name.lower()
        if function := functions.by_name().get(name):
            return function
        at = ast.Name(ast.Span(node.span.start, node.span.start + len(node.name)), node.name)
        if about := FUNCTIONS.get(name):
            message = f"{node.name} is not supported: {about}"
            raise self._wrong(at, message, SEE_FIDELITY, kind=NotSupported)
        known = [each for function in functions.TABLE for each in function.names]
        here = functions.ELSEWHERE.get(name)
        hint = f"Here it is {here}." if here else nearest(node.name, known)
        raise self._wrong(at, f"There is no function {node.name}", hint, kind=UnknownFunction)

    def apply(self, node: ast.Call, function: Function) -> bound.Apply:
        given, most = len(node.args), function.most
        if (
            given < function.least
            or (most is not None and given > most)
            or (node.star and function.names[0] != "count")
            or (function.names[0] == "case" and given > 2 * functions.MAX_BRANCHES + 1)
        ):
            raise self._wrong(
                node, f"{node.name} does not take {self._given(node)}",
                f"Write: {function.signature}", kind=WrongArguments,
            )  # fmt: skip
        if function.names[0] in {"bin", "earliest", "latest"}:
            self.name(ast.Name(node.span, "@timestamp"))
        params = self._params(function, given)
        args = tuple(
            self._argument(arg, param, function)
            for arg, param in zip(node.args, params, strict=True)
        )
        if function.aggregate:
            self._refuse_lists(node, args)
        return bound.Apply(node.span, function, args)

    def _argument(self, node: ast.Expr, param: Param, function: Function) -> object:
        settle = arguments.WRITTEN.get(param)
        return settle(node, function, self._wrong) if settle else self.value(node)

    def _refuse_lists(self, node: ast.Call, args: Iterable[object]) -> None:
        """Source: CWL_QuerySyntax-operations-functions, "Structure types" (note)."""
        if any(isinstance(arg, ast.Expr) and bound.nested(arg) for arg in args):
            message = f"{node.name} takes no list or map"
            raise self._wrong(node, message, "Reach inside it, or make it text: jsonStringify(...)")

    def _given(self, node: ast.Call) -> str:
        given = len(node.args)
        return "*" if node.star else f"{given} argument{'' if given == 1 else 's'}"

    def _params(self, function: Function, given: int) -> list[Param]:
        """What each given argument must be; ``case`` takes pairs and then a single value."""
        if function.names[0] == "case":
            pairs = list(function.params) * (given // 2)
            return pairs + [Param.VALUE] * (given % 2)
        params = list(function.params)
        return (params + params[-1:] * given)[:given]

    def pattern(self, node: ast.Regex) -> patterns.Cut:
        """Pattern in the engine's notation."""
        return arguments.pattern(node, self._wrong)

    def _wrong(
        self, node: ast.Node, message: str, hint: str = "", *, kind: type[QueryError] = WrongType
    ) -> QueryError:
        return kind(message, source=self._scope.text, span=node.span, hint=hint)


class StatsExpressions(Expressions):
    """
    Settles the aggregates of a ``stats``.

    Inside an aggregate a name is a field of the rows; outside it is a key or an
    aggregate named before in the same ``stats``.
    """

    def __init__(self, scope: Scope, keys: set[str]) -> None:
        super().__init__(scope)
        self.passed_on = set(keys)
        self._inside = Expressions(scope)

    def name(self, node: ast.Name) -> ast.Expr:
        if node.name in self.passed_on:
            return bound.Column(node.span, node.name)
        raise self._wrong(
            node,
            f"{node.name} is neither a key nor an aggregate of this stats",
            f"Add it after by, or aggregate it: max({node.name})",
            kind=UnknownField,
        )

    def column_called(self, _node: ast.Call) -> ast.Expr | None:
        return None

    def aggregate(self, node: ast.Call, function: Function) -> ast.Expr:
        return self._inside.apply(node, function)

    def apply(self, node: ast.Call, function: Function) -> bound.Apply:
        if function.names[0] == "bin":
            raise self._wrong(
                node, "bin is a key of stats", f"Write: by {node.name}(...)", kind=WrongOrder
            )
        return super().apply(node, function)
