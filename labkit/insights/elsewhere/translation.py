"""
An expression in DuckDB's functions in, the same in another engine's out.

What every engine says alike passes; what a dialect has a word for is rewritten by
its table; anything else is refused.  So a query either means the same there, or
is not written at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp

Arguments = Sequence[exp.Expr]
Rewrite = Callable[[Arguments], exp.Expr]


class NotSaid(ValueError):
    """Something a dialect has no words for; the text says what, and why."""


@dataclass(frozen=True)
class Dialect:
    """
    How one engine says things.

    Attributes:
        name: As users call the engine.
        writer: sqlglot's name of the dialect.
        functions: DuckDB's functions, by name, and what to write instead.
        nodes: Other expressions to write differently, by class.
        refused: Insights functions this dialect cannot say, and why.
    """

    name: str
    writer: str
    functions: Mapping[str, Rewrite] = field(default_factory=dict)
    nodes: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


_ALIKE: Final = frozenset({
    exp.Select, exp.From, exp.Where, exp.Group, exp.Order, exp.Ordered, exp.Limit, exp.With,
    exp.CTE, exp.Table, exp.TableAlias, exp.Identifier, exp.Column, exp.Star, exp.Alias,
    exp.Subquery, exp.Literal, exp.Null, exp.Boolean, exp.Cast, exp.TryCast, exp.DataType,
    exp.DataTypeParam, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.And, exp.Or, exp.Not,
    exp.Paren, exp.Is, exp.In, exp.Between, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Abs, exp.Ln, exp.Sqrt, exp.Round,
    exp.Lower, exp.Upper, exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.StddevPop,
    exp.VariancePop, exp.Distinct, exp.Window, exp.RowNumber, exp.Lambda, exp.Array,
})  # fmt: skip
"""What all engines agree on, given operands of the types the compiler gives them."""


def translated(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    """
    The tree in a dialect's own words.

    Raises:
        NotSaid: The dialect has no way to say some part of it.
    """
    tree = tree.copy()
    for node in reversed(list(tree.bfs())):
        new = _rewritten(node, dialect)
        if new is not node:
            if node is tree:
                tree = new
            node.replace(new)
    return tree


def _rewritten(node: exp.Expr, dialect: Dialect) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        if name not in dialect.functions:
            raise NotSaid(f"the function {name} of DuckDB")
        return dialect.functions[name](node.expressions)
    if type(node) in dialect.nodes:
        return dialect.nodes[type(node)](node)
    if type(node) not in _ALIKE:
        raise NotSaid(f"{type(node).__name__} as DuckDB means it")
    return node
