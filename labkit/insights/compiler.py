"""
Settled query in, one SQL query out, with what is needed to read its rows.

Each command changes a frame of rows; ``stats``, ``limit`` and ``dedup`` close the
SELECT so far and open the next on top of it.
"""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import ast, bound, documents, extraction, joining, sql, text_functions, values
from labkit.insights.expressions import Compiler
from labkit.insights.frame import Frame, Setting
from labkit.insights.grouping import MATCHED, Grouping, Order
from labkit.insights.periods import Period, period
from labkit.insights.plan import Output, Plan, Rows
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.insights.layout import Layout

DEFAULT_LIMIT: Final = 10_000
"""Rows given when a query has no limit.  Source: CWL_QuerySyntax-Limit, 2026."""


def compile_query(
    query: bound.Bound, layout: Layout, setting: Setting, *, limit: int | None = None
) -> Plan:
    """
    Plan of a query over the events of a layout.

    Args:
        query: As settled by the binder.
        layout: Where events and their fields are.
        setting: Range searched, the query's own time, and how to reach inner queries.
        limit: Rows asked for besides any limit in the query.
    """
    return _Pipeline(query, layout, setting).plan(limit)


def compile_rows(query: bound.Bound, layout: Layout, setting: Setting) -> Rows:
    """The rows of a query over a layout, for those who write the last SELECT themselves."""
    return _Pipeline(query, layout, setting, counts=False).rows()


class _Pipeline:
    """Goes through the commands in order, holding the rows so far, their columns and order."""

    def __init__(
        self,
        query: bound.Bound,
        layout: Layout,
        setting: Setting,
        *,
        prefix: str = "s",
        counts: bool = True,
    ) -> None:
        self._query = query
        self._counts = counts
        rows = layout.rows(setting.start_ms, setting.end_ms)
        moment = layout.moment()
        self._frame = Frame(rows, layout, moment, setting, prefix=prefix)
        self._columns: dict[str, Value] = {}
        self._sorted: list[Order] = []
        newest = Order(Value(Kind.TIME, moment), descending=True, plain=True)
        arrived = [Order(Value(Kind.WHOLE, each), plain=True) for each in layout.arrival()]
        self._natural = [newest, *arrived]
        self._matched: exp.Select | None = None
        self._counts_itself = False
        self._limited = False
        self._limit: int | None = None

    def plan(self, limit: int | None) -> Plan:
        self._run_all()
        shown = [(name, self._shown(name)) for name in self._output_names()]
        select = self._final(shown, limit)
        outputs = tuple(Output(name, value.kind, value.exact) for name, value in shown)
        matched = self._matched or self._counted()
        whole = self._frame.finished(select)
        return Plan(whole, outputs, matched, counts_itself=self._counts_itself)

    def rows(self) -> Rows:
        self._run_all()
        shown = [(name, self._shown(name)) for name in self._output_names()]
        return Rows(self._frame, shown, self._ordering(), self._most())

    def _run_all(self) -> None:
        """Run the commands; a ``limit`` at the end is left for the last SELECT."""
        commands = list(self._query.commands)
        last = commands.pop() if commands and isinstance(commands[-1], ast.Limit) else None
        for command in commands:
            self._run(command)
        if isinstance(last, ast.Limit):
            self._remember_matched()
            self._limit = last.count

    def _output_names(self) -> list[str]:
        names = list(self._query.columns)
        if self._query.points and "@ptr" not in names:
            names.append("@ptr")
        return names

    def _shown(self, name: str) -> Value:
        if name in self._columns:
            return self._columns[name]
        layout = self._frame.layout
        return values.absent() if layout is None else layout.field(name)

    def _final(self, shown: Sequence[tuple[str, Value]], limit: int | None) -> exp.Select:
        """The rows in order, cut to the limit, with only the columns to be shown."""
        order = self._ordering()
        select = _ordered(self._projection(shown), order)
        most = self._most() if limit is None else min(limit, self._limit or limit)
        return select if most is None else select.limit(most, copy=False)

    def _most(self) -> int | None:
        """Rows to give: what a last ``limit`` says, the default without any, none if cut before."""
        if self._limit is None and not self._limited:
            return DEFAULT_LIMIT
        return self._limit

    def _projection(self, shown: Sequence[tuple[str, Value]]) -> exp.Select:
        columns = []
        for index, (_, value) in enumerate(shown):
            columns += [
                sql.named(part, f"c{index}_{n}") for n, part in enumerate(_printed_parts(value))
            ]
        if self._counts_itself:
            columns.append(sql.column(MATCHED))
        return self._frame.select(*columns)

    def _ordering(self) -> list[exp.Expr]:
        orders = [*self._sorted, *self._natural]
        return [key for order in orders for key in order.keys(self._frame)]

    def _counted(self) -> exp.Select:
        """How many rows there are before the first stats or limit."""
        count = exp.alias_(exp.Count(this=exp.Star()), MATCHED)
        return self._frame.finished(self._frame.select(count))

    def _remember_matched(self) -> None:
        if self._matched is None:
            self._matched = self._counted()

    @property
    def _compiler(self) -> Compiler:
        return Compiler(self._frame, self._columns)

    # --- commands -----------------------------------------------------------------------------

    @singledispatchmethod
    def _run(self, command: ast.Command) -> None:
        raise TypeError(type(command))

    @_run.register(ast.Fields)
    def _(self, command: ast.Fields) -> None:
        for item in command.items:
            if not bound.is_named(item.value, item.name):
                self._columns[item.name] = self._held(self._compiler.value(item.value))

    def _held(self, value: Value) -> Value:
        """The value in a form that may be used many times."""
        if value.kind is Kind.ABSENT or value.constant is not None:
            return value
        return value.changed(lambda _, part: self._frame.once(part))

    @_run.register(ast.Filter)
    def _(self, command: ast.Filter) -> None:
        self._frame.keep(self._compiler.condition(command.condition))

    @_run.register(bound.Extract)
    def _(self, command: bound.Extract) -> None:
        text = self._text(command.field)
        if command.multi:
            cut = self._unnested(*extraction.matches_of(self._frame, text, command.cut))
        else:
            layout = self._frame.layout
            one_line = layout is not None and layout.one_line
            is_field = isinstance(command.field, bound.EventField)
            cut = extraction.parts(self._frame, text, command.cut, one_line=one_line and is_field)
        self._columns.update(zip(command.names, cut, strict=True))

    @_run.register(bound.Pairs)
    def _(self, command: bound.Pairs) -> None:
        text = self._frame.once(self._text(command.field))
        self._columns[command.name] = Value(Kind.PAIRS, text)

    @_run.register(bound.Cells)
    def _(self, command: bound.Cells) -> None:
        cells = extraction.cells(self._frame, self._text(command.field), len(command.names))
        self._columns.update(zip(command.names, cells, strict=True))

    @_run.register(bound.Elements)
    def _(self, command: bound.Elements) -> None:
        value = self._compiler.value(command.field)
        document = value.sql if value.kind is Kind.NESTED else value.inside
        if document is None:  # no list, so the value itself is the one element
            self._frame.keep(self._frame.present(value))
            self._columns[command.into] = self._held(value)
            return
        text = None if value.kind is Kind.NESTED else self._frame.text(value)
        [element] = self._unnested(documents.elements(document, text))
        self._columns[command.into] = self._held(documents.element(element.sql))

    def _unnested(self, *lists: exp.Expr) -> list[Value]:
        """A row for each element of lists of equal length, and the elements in it."""
        self._remember_matched()
        counted = sql.raw("range", sql.raw("len", lists[0]))
        place, *names = [self._frame.fresh() for _ in (counted, *lists)]
        rows = [
            sql.named(exp.Unnest(expressions=[each]), name)
            for each, name in zip((counted, *lists), (place, *names), strict=True)
        ]
        self._frame.go_on_from(self._frame.select(exp.Star(), *rows))
        self._natural.append(Order(Value(Kind.WHOLE, sql.column(place)), plain=True))
        return [Value(Kind.TEXT, sql.column(name)) for name in names]

    def _text(self, node: ast.Expr) -> exp.Expr:
        return self._frame.text(self._compiler.value(node))

    @_run.register(bound.Shapes)
    def _(self, command: bound.Shapes) -> None:
        self._counts_itself = self._matched is None and not self._limited
        self._remember_matched()
        text = self._text(command.field)
        keys = {"@pattern": self._held(Value(Kind.TEXT, extraction.shape(text)))}
        counted = {0: Value(Kind.WHOLE, exp.Count(this=exp.Star()))}
        inner = Grouping(self._frame, keys, counted, counts=True)
        self._frame = inner.frame()
        count, pattern = inner.aggregates[0], inner.keys["@pattern"]
        share = sql.binary(exp.Div, sql.cast(count.sql, "DOUBLE"), sql.column(MATCHED))
        self._frame.keep(sql.not_null(pattern.sql))
        label = extraction.severity(pattern.sql)
        self._columns = {
            "@pattern": self._held(Value(Kind.TEXT, extraction.numbered(pattern.sql))),
            "@ratio": self._held(Value(Kind.NUMBER, share)),
            "@sampleCount": count,
            "@severityLabel": self._held(Value(Kind.TEXT, label)),
        }
        self._sorted = [Order(count, descending=True)]
        self._natural = inner.order()

    @_run.register(bound.Joined)
    def _(self, command: bound.Joined) -> None:
        setting = self._frame.setting
        other = _Pipeline(command.query, setting.layout_of(command.query), setting, prefix="r")
        for each in command.query.commands:
            other._run(each)
        names = list(dict.fromkeys(command.wanted))
        found = [other._held(other._shown(name)) for name in names]
        key = other._frame.text(other._shown(command.right))
        right = joining.Side(other._frame, key, other._ordering())
        moved, place = joining.join(
            self._frame, self._text(command.left), right, found, outer=command.outer
        )
        for name, value in zip(names, moved, strict=True):
            self._columns[f"{command.alias}.{name}"] = value
        self._natural.append(Order(Value(Kind.WHOLE, place), plain=True))

    @_run.register(ast.Sort)
    def _(self, command: ast.Sort) -> None:
        compiler = self._compiler
        keys = [
            Order(self._held(compiler.value(key.value)), bool(key.descending))
            for key in command.keys
        ]
        self._sorted = keys + self._sorted

    @_run.register(ast.Limit)
    def _(self, command: ast.Limit) -> None:
        self._remember_matched()
        order = self._ordering()
        select = _ordered(self._frame.select(exp.Star()), order)
        self._frame.go_on_from(select.limit(command.count, copy=False))
        self._limited = True

    @_run.register(ast.Dedup)
    def _(self, command: ast.Dedup) -> None:
        self._remember_matched()
        keys = [self._held(self._compiler.value(key)) for key in command.keys]
        texts = [self._frame.text(key) for key in keys if key.kind is not Kind.ABSENT]
        if len(texts) < len(keys):
            return  # rows without one of the keys are all kept
        texts = [self._frame.once(text) for text in texts]
        self._frame.go_on_from(self._frame.select(exp.Star()))  # filters come before places
        order = exp.Order(expressions=self._ordering() or texts)
        place = exp.Window(this=exp.RowNumber(), partition_by=texts, order=order)
        first = sql.binary(exp.EQ, self._frame.once(place), sql.integer(1))
        self._frame.keep(sql.either(first, *(sql.is_null(text) for text in texts)))

    @_run.register(ast.Stats)
    def _(self, command: ast.Stats) -> None:
        self._counts_itself = self._counts and self._matched is None and not self._limited
        self._remember_matched()
        keys = {item.name: self._held(self._key(item.value, command)) for item in command.keys}
        aggregates = self._aggregates(command)
        inner = Grouping(self._frame, keys, aggregates, counts=self._counts_itself)
        self._frame = inner.frame()
        self._columns = dict(inner.keys)
        outer = Compiler(self._frame, self._columns, inner.aggregates)
        for item in command.aggregates:
            self._columns[item.name] = self._held(outer.value(item.value))
        self._sorted, self._natural = [], inner.order()
        self._frame.moment = self._carried_moment()

    def _key(self, node: ast.Expr, command: ast.Stats) -> Value:
        offset = period(command.offset) if command.offset else None
        if offset is None or not isinstance(node, bound.Apply) or not bound.is_call(node, "bin"):
            return self._compiler.value(node)
        [window] = node.args
        if not isinstance(window, Period):  # the binder has seen to it
            raise TypeError(type(window))
        floor = text_functions.bin_of_moment(self._frame, window, offset.milliseconds)
        return Value(Kind.TIME, floor)

    def _aggregates(self, command: ast.Stats) -> dict[int, Value]:
        """Values of the aggregate calls in a ``stats``, by the identity of their nodes."""
        compiler = self._compiler
        return {id(n): compiler.call(n) for n in aggregate_calls(command)}

    def _carried_moment(self) -> exp.Expr | None:
        carried = self._columns.get("@timestamp")
        return carried.sql if carried is not None and carried.kind is Kind.TIME else None


def _printed_parts(value: Value) -> list[exp.Expr]:
    """What of a value is printed: two parts for MIXED, the text of a list or map for others."""
    if value.words is not None:
        return [value.sql, value.words]
    printed = [part for part in (value.shown or value.sql, value.inside) if part is not None]
    return [sql.first_of(*printed)]


def _ordered(select: exp.Select, order: Sequence[exp.Expr]) -> exp.Select:
    return select.order_by(*order, copy=False) if order else select


def aggregate_calls(command: ast.Stats) -> list[bound.Apply]:
    """The aggregate calls in a ``stats``, wherever they stand in its expressions."""
    found: list[bound.Apply] = []
    waiting: list[object] = [item.value for item in command.aggregates]
    while waiting:
        node = waiting.pop()
        if isinstance(node, bound.Apply) and node.function.aggregate:
            found.append(node)
        elif isinstance(node, bound.Apply):
            waiting.extend(node.args)
        elif isinstance(node, ast.Node):
            waiting.extend(ast.children(node))
    return found
