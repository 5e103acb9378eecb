"""Rows being worked on: a table expression under construction, to which columns are added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from labkit.insights import sql, values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from labkit.insights import bound
    from labkit.insights.layout import Layout
    from labkit.insights.values import Value


@dataclass(frozen=True)
class Setting:
    """
    What a query can know from outside.

    Attributes:
        start_ms: First millisecond searched, counted from 1970.
        end_ms: Last millisecond searched.
        now_ms: The query's own time; None for the time at which the SQL is run.
        layout_of: Where the events are that an inner query reads.
        texts_of: The values an inner query gives, as texts.
    """

    start_ms: int
    end_ms: int
    now_ms: int | None
    layout_of: Callable[[bound.Bound], Layout]
    texts_of: Callable[[bound.Bound], Sequence[str]]


@dataclass
class Frame:
    """
    A SELECT that grows.

    An expression that is needed twice is computed once, as a column of an earlier
    SELECT, so the SQL grows in proportion to the query however calls are nested.
    Earlier SELECTs are kept as a flat list of common table expressions.

    Attributes:
        base: What rows come from.
        layout: Where event fields are found; None once ``stats`` has closed them off.
        moment: The time of a row, if it has one.
        setting: What the query can know from outside.
        prefix: How the names of earlier SELECTs begin.
        earlier: Named SELECTs that *base* builds on.
        wheres: Conditions that rows must meet.
        layers: Columns to compute from the base's, then from those, and so on.
    """

    base: exp.Expr
    layout: Layout | None
    moment: exp.Expr | None
    setting: Setting
    prefix: str = "s"
    earlier: list[tuple[str, exp.Select]] = field(default_factory=list)
    wheres: list[exp.Expr] = field(default_factory=list)
    layers: list[dict[str, exp.Expr]] = field(default_factory=list)
    _held: dict[exp.Expr, exp.Expr] = field(default_factory=dict)
    _level: dict[str, int] = field(default_factory=dict)
    _count: int = 0

    def once(self, expression: exp.Expr) -> exp.Expr:
        """The expression itself if it is simple, else a column that holds it."""
        if sql.is_simple(expression):
            return expression
        if expression not in self._held:
            self._held[expression] = self._added(expression)
        return self._held[expression]

    def _added(self, expression: exp.Expr) -> exp.Expr:
        """A new column, in the first layer in which all it is made from is there."""
        levels = (self._level.get(column.name, 0) for column in expression.find_all(exp.Column))
        level = max(levels, default=0)
        if level == len(self.layers):
            self.layers.append({})
        name = self.fresh()
        self.layers[level][name] = expression
        self._level[name] = level + 1
        return sql.column(name)

    def fresh(self) -> str:
        """A column name no earlier column has."""
        self._count += 1
        return f"_{self._count}"

    def keep(self, condition: exp.Expr) -> None:
        """Drop rows for which the condition is not true."""
        self.wheres.append(condition)

    def settle(self) -> None:
        """Put the columns to compute into SELECTs of their own, to go on from those."""
        for layer in self.layers:
            added = [sql.named(each, name) for name, each in layer.items()]
            self._rest_on(exp.select("*", *added, copy=False).from_(self.base, copy=False))
        self.layers = []
        self._level = dict.fromkeys(self._level, 0)

    def select(self, *columns: exp.Expr) -> exp.Select:
        """A SELECT of these columns from the rows kept so far."""
        self.settle()
        select = exp.select(*columns, copy=False).from_(self.base, copy=False)
        return select.where(*self.wheres, copy=False) if self.wheres else select

    def go_on_from(self, select: exp.Select) -> None:
        """Close the rows so far with this SELECT and take its rows from here on."""
        self._rest_on(select)
        self.wheres = []

    def _rest_on(self, select: exp.Select) -> None:
        name = f"{self.prefix}{len(self.earlier) + 1}"
        self.earlier.append((name, select))
        self.base = exp.to_table(name)

    def finished(self, select: exp.Select) -> exp.Select:
        """The SELECT with all it builds on, fit to be run."""
        whole = select.copy()
        for name, query in self.earlier:
            whole = whole.with_(name, as_=query, materialized=False, copy=False)
        return whole.copy()

    # --- readings of a value in these rows ----------------------------------------------------

    def number(self, value: Value) -> exp.Expr:
        return values.number(value, self.once)

    def text(self, value: Value) -> exp.Expr:
        return values.text(value, self.once)

    def truth(self, value: Value) -> exp.Expr:
        return values.truth(value, self.once)

    def present(self, value: Value) -> exp.Expr:
        return values.present(value)
