"""Query text and log groups in, an answer out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from labkit.insights import ast, database, sources
from labkit.insights.binder import bind
from labkit.insights.compiler import compile_query
from labkit.insights.discovery import group_fields, record
from labkit.insights.errors import NotComputable, QueryError
from labkit.insights.events import held_still
from labkit.insights.frame import Setting
from labkit.insights.layout import GroupLayout
from labkit.insights.parser import parse
from labkit.insights.result import Result, read_rows, statistics

__all__ = ["check", "group_fields", "names_its_groups", "record", "run"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.insights.bound import Bound
    from labkit.insights.events import LogEvents
    from labkit.insights.plan import Plan


def check(query: str) -> None:
    """
    Nothing, if the query can be run.

    Raises:
        QueryError: It cannot; says where and why.

    >>> check("filter action = 'REJECT' | stats count(*) by srcAddr")
    """
    bind(parse(query))


def names_its_groups(query: str) -> bool:
    """
    Whether a query says itself, by ``SOURCE``, which log groups it reads.

    Raises:
        QueryError: The text is not in the language.

    >>> names_its_groups("SOURCE logGroups() | limit 5"), names_its_groups("limit 5")
    (True, False)
    """
    first = parse(query).commands[:1]
    return any(isinstance(command, ast.Source) for command in first)


def run(
    query: str,
    groups: Sequence[LogEvents],
    *,
    start_ms: int,
    end_ms: int,
    now_ms: int,
    limit: int | None = None,
    catalog: Mapping[str, LogEvents] | None = None,
) -> Result:
    """
    Answer to a query over the events of some log groups.

    Args:
        query: Logs Insights QL.
        groups: Log groups to search.
        start_ms: First millisecond searched, counted from 1970.
        end_ms: Last millisecond searched.
        now_ms: When the query runs, for ``now()``.
        limit: Most rows wanted; the query's own ``limit`` may ask for fewer.
        catalog: Further log groups by name, for a query that names them itself.

    Raises:
        QueryError: The query cannot be run; says where and why.

    >>> from labkit.insights.events import LogEvents
    >>> group = LogEvents(name="/app", account_id="123456789012")
    >>> _ = group.append("web", [1000, 2000], ['{"ms": 12}', '{"ms": 30}'], ingestion_ms=2500)
    >>> run("stats avg(ms) as mean", [group], start_ms=0, end_ms=5000, now_ms=5000).rows
    [[('mean', '21')]]
    """
    settled = bind(parse(query))
    inner = _Inner(groups, catalog, start_ms, end_ms, now_ms)
    with held_still([*groups, *(catalog or {}).values()]):
        chosen = inner.groups_of(settled)
        try:
            plan = compile_query(settled, GroupLayout(chosen), inner.setting(), limit=limit)
            return _answer(plan, chosen, inner.setting())
        except duckdb.Error as refused:
            raise _not_computable(query, refused) from refused


def _not_computable(query: str, refused: duckdb.Error) -> QueryError:
    """A refusal of the database in the middle of its work; checks before should leave none."""
    reason = str(refused).splitlines()[0].partition("Error: ")[2] or "no reason given"
    whole = ast.Span(0, len(query))
    return NotComputable(f"The answer cannot be worked out: {reason}", source=query, span=whole)


class _Inner:
    """How the queries inside a query reach their events."""

    def __init__(
        self,
        groups: Sequence[LogEvents],
        catalog: Mapping[str, LogEvents] | None,
        start_ms: int,
        end_ms: int,
        now_ms: int,
    ) -> None:
        self._groups = tuple(groups)
        self._catalog = {group.name: group for group in groups} if catalog is None else catalog
        self._times = (start_ms, end_ms, now_ms)

    def setting(self) -> Setting:
        layout_of = lambda query: GroupLayout(self.groups_of(query))  # noqa: E731 - one line
        return Setting(*self._times, layout_of=layout_of, texts_of=self.texts_of)

    def groups_of(self, query: Bound) -> tuple[LogEvents, ...]:
        """The groups a query reads: those it names, else those it was given."""
        if query.source is None:
            return self._groups
        return sources.chosen(query.source, query.query.text, self._catalog)

    def texts_of(self, query: Bound) -> Sequence[str]:
        """What the one column of an inner query holds."""
        plan = compile_query(query, GroupLayout(self.groups_of(query)), self.setting())
        fetched = database.cursor().execute(plan.select.sql(dialect="duckdb")).fetchall()
        [name] = query.columns
        return [dict(row)[name] for row in read_rows(fetched, plan.outputs) if name in dict(row)]


def _answer(plan: Plan, groups: Sequence[LogEvents], setting: Setting) -> Result:
    cursor = database.cursor()
    fetched = cursor.execute(plan.select.sql(dialect="duckdb")).fetchall()
    scanned, scanned_bytes = _scanned(cursor, groups, setting)
    rows = read_rows(fetched, plan.outputs)
    counted = statistics(
        matched=_matched(cursor, plan, fetched), scanned=scanned, scanned_bytes=scanned_bytes,
        groups=len(groups), rows=len(rows),
    )  # fmt: skip
    columns = tuple(output.name for output in plan.outputs)
    return Result(columns, rows, dict(counted), groups=tuple(group.name for group in groups))


def _matched(
    cursor: duckdb.DuckDBPyConnection, plan: Plan, fetched: Sequence[Sequence[object]]
) -> int:
    if plan.counts_itself and fetched:
        return int(str(fetched[0][-1]))
    [row] = cursor.execute(plan.matched.sql(dialect="duckdb")).fetchall()
    return int(row[0])


def _scanned(
    cursor: duckdb.DuckDBPyConnection, groups: Sequence[LogEvents], setting: Setting
) -> tuple[int, int]:
    """Events and bytes [B] in the time range."""
    events = total = 0
    for group in groups:
        facts = group.facts()
        if setting.start_ms <= facts.first_ms and facts.last_ms <= setting.end_ms:
            found = facts.events, facts.bytes
        else:
            sql = (
                f"SELECT count(*), coalesce(sum(size), 0)::BIGINT FROM {group.table}"  # noqa: S608 - ours
                " WHERE at_ms BETWEEN ? AND ?"
            )
            [found] = cursor.execute(sql, [setting.start_ms, setting.end_ms]).fetchall()
        events, total = events + found[0], total + found[1]
    return events, total
