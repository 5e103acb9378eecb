"""Rows being worked on: a table expression under construction, to which columns are added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from labkit.insights import sql, values

if TYPE_CHECKING:
    from labkit.insights.layout import Layout
    from labkit.insights.values import Value


@dataclass
class Frame:
    """
    A SELECT that grows.

    An expression that is needed twice is computed once, as a column of an inner
    SELECT; nested calls therefore grow the SQL in proportion to the query, not
    exponentially.

    Attributes:
        base: What rows come from.
        layout: Where event fields are found; None once ``stats`` has closed them off.
        moment: The time of a row, if it has one.
        now_ms, start_ms, end_ms: The query's own times, milliseconds since 1970.
    """

    base: exp.Expr
    layout: Layout | None
    moment: exp.Expr | None
    now_ms: int
    start_ms: int
    end_ms: int
    wheres: list[exp.Expr] = field(default_factory=list)
    added: dict[str, exp.Expr] = field(default_factory=dict)
    count: int = 0

    def once(self, expression: exp.Expr) -> exp.Expr:
        """The expression itself if it is simple, else a column that holds it."""
        if sql.is_simple(expression):
            return expression
        for name, known in self.added.items():
            if known == expression:
                return sql.column(name)
        if self._uses_added(expression):
            self.push()
        name = self.fresh()
        self.added[name] = expression
        return sql.column(name)

    def fresh(self) -> str:
        """A column name no query can write without meaning to."""
        self.count += 1
        return f"_{self.count}"

    def keep(self, condition: exp.Expr) -> None:
        """Drop rows for which the condition is not true."""
        if self._uses_added(condition):
            self.push()
        self.wheres.append(condition)

    def push(self) -> None:
        """Close the SELECT so far and go on from its rows."""
        if self.added or self.wheres:
            stars: list[exp.Expr] = [exp.Star()]
            stars += [exp.alias_(e, name, quoted=True) for name, e in self.added.items()]
            self.base = self.select(*stars).subquery("t", copy=False)
            self.wheres, self.added = [], {}

    def select(self, *columns: exp.Expr) -> exp.Select:
        """A SELECT of these columns from the rows kept so far."""
        select = exp.select(*columns, copy=False).from_(self.base.copy(), copy=False)
        return select.where(*self.wheres, copy=False) if self.wheres else select

    def settle(self) -> None:
        """Make every added column one that an aggregate or an ORDER BY can refer to."""
        if self.added:
            self.push()

    def _uses_added(self, expression: exp.Expr) -> bool:
        return bool(self.added) and any(
            column.name in self.added for column in expression.find_all(exp.Column)
        )

    # --- readings of a value in these rows ----------------------------------------------------

    def number(self, value: Value) -> exp.Expr:
        return values.number(value, self.once)

    def text(self, value: Value) -> exp.Expr:
        return values.text(value, self.once)

    def truth(self, value: Value) -> exp.Expr:
        return values.truth(value, self.once)

    def present(self, value: Value) -> exp.Expr:
        return values.present(value)
