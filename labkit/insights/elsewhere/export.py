"""Query text in, SQL for another engine out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.errors import LabError, NameNotFound
from labkit.insights import ast, bound, sql, values
from labkit.insights.binder import bind
from labkit.insights.compiler import compile_rows
from labkit.insights.elsewhere.spark import SPARK
from labkit.insights.elsewhere.table import FIELDS, TABLE, FlowTable, NotInTable
from labkit.insights.elsewhere.translation import Dialect, NotSaid, translated
from labkit.insights.elsewhere.trino import TRINO
from labkit.insights.errors import NotExportable, UnknownField
from labkit.insights.frame import Setting
from labkit.insights.mistakes import nearest
from labkit.insights.parser import parse
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.insights.plan import Rows

DUCKDB: Final = Dialect(name="DuckDB", writer="duckdb")
DIALECTS: Final = {"duckdb": DUCKDB, "athena": TRINO, "spark": SPARK}

_DECIMALS: Final = 4
_TABLE_NAME: Final = re.compile(r"[\w-]+(\.[\w-]+){0,2}")
_RANGE: Final = frozenset({"queryStartTime", "queryEndTime", "queryTimeRange"})


def to_sql(
    query: str,
    dialect: str,
    *,
    table_name: str = TABLE,
    start_ms: int | None = None,
    end_ms: int | None = None,
) -> str:
    """
    SQL that answers a query over a table of default-format flow records.

    The answer has the query's columns under their names.  Times are timestamps
    without a zone, in UTC; numbers are rounded to four decimals, as Logs Insights
    prints them; fields that may hold a ``-`` for a number are texts.  There is no
    ``@ptr``.

    Args:
        query: Logs Insights QL.
        dialect: ``duckdb``, ``athena`` or ``spark``.
        table_name: Table laid out as AWS documents it, with its database if need be.
        start_ms: First millisecond wanted, counted from 1970; None for all before.
        end_ms: Last millisecond wanted; None for all after.

    Raises:
        QueryError: The query cannot be run; says where and why.
        NotExportable: It can, but means something there is no SQL for in this dialect.
        NameNotFound: There is no such dialect.

    >>> print(to_sql("filter action = 'REJECT' | stats count(*) as n by srcAddr", "athena"))
    WITH s1 AS (
      SELECT
        "srcaddr" AS "k0",
        COUNT(*) AS "a0"
      FROM "vpc_flow_logs"
      WHERE
        "action" = 'REJECT'
      GROUP BY
        "srcaddr"
    )
    SELECT
      s1."k0" AS "srcAddr",
      s1."a0" AS "n"
    FROM s1
    ORDER BY
      s1."k0" ASC NULLS FIRST
    LIMIT 10000
    """
    if dialect not in DIALECTS:
        raise NameNotFound("SQL dialect", dialect, list(DIALECTS))
    export = _Export(query, DIALECTS[dialect], _layout(table_name, start_ms, end_ms))
    return export.written()


def _layout(name: str, start_ms: int | None, end_ms: int | None) -> FlowTable:
    if not _TABLE_NAME.fullmatch(name):
        raise LabError(f"{name!r} is no name of a table. Write it as table or database.table.")
    parts = [exp.to_identifier(part, quoted=True) for part in reversed(name.split("."))]
    places = dict(zip(("this", "db", "catalog"), parts, strict=False))
    return FlowTable(exp.Table(**places), start_ms, end_ms)


class _Export:
    """One query on its way into one dialect."""

    def __init__(self, query: str, dialect: Dialect, layout: FlowTable) -> None:
        settled = bind(parse(query))
        self._query = replace(settled, points=False)
        self._dialect = dialect
        self._layout = layout

    def written(self) -> str:
        self._refuse_by_name()
        try:
            tree = self._tree(self._query)
        except NotSaid as reason:
            raise self._not_said(reason) from None
        except NotInTable as missing:
            raise self._not_in_table(str(missing)) from None
        return tree.sql(dialect=self._dialect.writer, pretty=True)

    def _tree(self, query: bound.Bound) -> exp.Expr:
        tree = _whole(compile_rows(query, self._layout, self._setting()))
        return tree if self._dialect is DUCKDB else translated(tree, self._dialect)

    def _setting(self) -> Setting:
        """What functions about the query's own time can tell; `_refuse_by_name` guards the rest."""
        first, last = self._layout.first_ms or 0, self._layout.last_ms or 0
        return Setting(first, last, None, layout_of=lambda _query: self._layout,
                       texts_of=lambda _query: ())  # fmt: skip

    # --- refusals -----------------------------------------------------------------------------

    def _refuse_by_name(self) -> None:
        """Refuse what is known to have no words, pointing at the very place."""
        if self._query.source is not None:
            raise self._refusal(self._query.source, "SOURCE", "a table stands in its place")
        for node in _below(self._query.commands):
            if isinstance(node, bound.Joined | bound.InRows):
                raise self._refusal(node, "another query's rows", "they are in other log groups")
            if isinstance(node, bound.Elements) or getattr(node, "multi", False):
                raise self._refusal(node, "a row for each match", "the dialects differ in it")
            if isinstance(node, bound.EventField) and node.name not in FIELDS:
                raise self._not_in_table(node.name)
            if isinstance(node, bound.Apply):
                self._refuse_function(node)

    def _refuse_function(self, node: bound.Apply) -> None:
        name = node.function.names[0]
        if name in self._dialect.refused:
            raise self._refusal(node, name, self._dialect.refused[name])
        if name in _RANGE and None in (self._layout.first_ms, self._layout.last_ms):
            raise self._refusal(node, name, "no time range was given")

    def _refusal(self, node: ast.Node, what: str, why: str) -> NotExportable:
        message = f"{self._dialect.name} has no SQL for {what}: {why}"
        return NotExportable(message, source=self._query.query.text, span=node.span)

    def _not_said(self, reason: NotSaid) -> NotExportable:
        message = f"{self._dialect.name} has no SQL for {reason}"
        return NotExportable(message, source=self._query.query.text, span=self._first_unsaid())

    def _first_unsaid(self) -> ast.Span:
        """Where the first command stands that cannot be said."""
        commands = self._query.commands
        for count in range(1, len(commands)):
            try:
                self._tree(replace(self._query, commands=commands[:count], columns=()))
            except NotSaid:
                return commands[count - 1].span
        return commands[-1].span

    def _not_in_table(self, name: str) -> UnknownField:
        where = next((n.span for n in _below(self._query.commands) if _is_called(n, name)), None)
        return UnknownField(
            f"A table of flow records has no {name}",
            source=self._query.query.text,
            span=where or self._query.commands[0].span,
            hint=nearest(name, FIELDS) or f"It has: {', '.join(FIELDS)}",
        )


def _below(commands: tuple[ast.Command, ...]) -> Iterator[ast.Node]:
    """All nodes of the commands, outer ones first, in the order they were written."""
    waiting: list[ast.Node] = list(reversed(commands))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(ast.children(node))))


def _is_called(node: ast.Node, name: str) -> bool:
    return isinstance(node, ast.Name | bound.EventField) and node.name == name


# --- the last SELECT --------------------------------------------------------------------------


def _whole(rows: Rows) -> exp.Select:
    """
    The rows under the query's own names, ordered and cut.

    Names of tables before all columns keep an ORDER BY from meaning a column of the
    result that happens to be called the same.
    """
    columns = [sql.named(_printed(value, rows), name) for name, value in rows.shown]
    select = rows.frame.select(*(columns or [exp.Star()])).copy()
    if rows.order:
        select = select.order_by(*(key.copy() for key in rows.order), copy=False)
    if rows.limit is not None:
        select = select.limit(rows.limit, copy=False)
    whole = rows.frame.finished(_qualified(select, rows.frame.base.alias_or_name))
    for earlier in whole.find_all(exp.CTE):
        earlier.set("materialized", None)
    return whole


def _qualified(select: exp.Select, source: str) -> exp.Select:
    parts = [*select.expressions, select.args.get("where"), select.args.get("order")]
    for part in parts:
        for column in part.find_all(exp.Column) if part is not None else ():
            if column.this.args.get("quoted") and not column.table:
                column.set("table", exp.to_identifier(source))
    return select


def _printed(value: Value, rows: Rows) -> exp.Expr:
    """A value as the result shows it."""
    match value.kind:
        case Kind.NUMBER if not value.exact:
            return exp.Round(this=value.sql, decimals=sql.integer(_DECIMALS))
        case Kind.BOOL:
            return sql.cast(value.sql, "BIGINT")
        case Kind.TIME:
            return sql.raw("make_timestamp_ms", value.sql)
        case Kind.MIXED if value.words is not None and not value.whole:
            return sql.first_of(_decimals(value.sql), value.words)
        case Kind.MIXED:
            return values.text(value, rows.frame.once)
        case Kind.PAIRS:
            raise NotSaid("pairs of keys and values as a whole")
    return value.sql


def _decimals(number: exp.Expr) -> exp.Expr:
    """Text of a number with the decimals Logs Insights prints."""
    fixed = sql.cast(sql.cast(number, f"DECIMAL(38, {_DECIMALS})"), "VARCHAR")
    return sql.raw("regexp_replace", fixed, sql.string(r"\.?0+$"), sql.string(""))
