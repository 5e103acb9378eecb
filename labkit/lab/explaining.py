"""
What a Logs Insights query does, command by command, found by running its beginnings.

Everything goes through StartQuery, so it works on any cloud.  Each run scans the
log group anew, which AWS charges for; so commands are counted only within a budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.insights.explanation import USD_PER_GIB, Explanation, Stage
from labkit.lab import queries
from labkit.units import BYTES_PER_GIB

if TYPE_CHECKING:
    from labkit.insights import ast
    from labkit.lab.cloud_lab import Clock


def explain(
    logs: Any,  # noqa: ANN401  boto3 clients carry no type
    clock: Clock,
    query: str,
    log_group: str,
    window_s: tuple[int, int],
    *,
    budget_usd: float,
) -> Explanation:
    """
    The query run once, and its beginnings too if that costs no more than the budget.

    Raises:
        QueryError: The query is malformed, or holds what labkit does not know.
        ClientError: AWS refused it.
    """
    from labkit.insights.parser import parse  # noqa: PLC0415  a compiler loads when first asked

    commands = parse(query).commands

    def ask(text: str) -> tuple[int, dict[str, float]]:
        rows, statistics = queries.finished(logs, clock, text, log_group, window_s)
        return len(rows), statistics

    rows, statistics = ask(query)
    scanned_bytes = int(statistics.get("bytesScanned", 0))
    probes = _probes(query, commands)
    cost = scanned_bytes / BYTES_PER_GIB * USD_PER_GIB * len(probes)
    if cost > budget_usd:
        probes = {}
    outcomes = {n: _count(*ask(text), text) for n, text in probes.items()}
    scanned, matched = (int(statistics.get(n, 0)) for n in ("recordsScanned", "recordsMatched"))
    return Explanation(
        query, log_group, _stages(query, commands, scanned, rows, outcomes), rows, scanned,
        scanned_bytes, matched, _fields(logs, log_group, window_s[1]),
        runs=1 + len(probes),
    )  # fmt: skip


def _changes_count(command: ast.Command) -> bool:
    from labkit.insights import ast  # noqa: PLC0415  a compiler loads when first asked

    if isinstance(command, ast.ParseRegex):
        return command.multi
    parses = ast.ParseGlob | ast.ParseLogfmt | ast.ParseCsv
    return not isinstance(command, ast.Fields | ast.Display | ast.Sort | ast.Unmask | parses)


def _probes(query: str, commands: tuple[ast.Command, ...]) -> dict[int, str]:
    """The beginnings that end in a command which changes how many rows there are, by its place."""
    return {
        place: query[: command.span.end]
        for place, command in enumerate(commands[:-1])
        if _changes_count(command)
    }


def _count(rows: int, statistics: dict[str, float], text: str) -> int:
    """Rows a beginning ends with: those it gives, or all that match if it only filters."""
    from labkit.insights import ast  # noqa: PLC0415  a compiler loads when first asked
    from labkit.insights.parser import parse  # noqa: PLC0415

    only_filters = all(
        isinstance(each, ast.Filter) or not _changes_count(each) for each in parse(text).commands
    )
    return int(statistics.get("recordsMatched", rows)) if only_filters else rows


def _stages(
    query: str,
    commands: tuple[ast.Command, ...],
    scanned: int,
    rows: int,
    outcomes: dict[int, int],
) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    before: int | None = scanned
    for place, command in enumerate(commands):
        if place == len(commands) - 1:
            after: int | None = rows
        else:
            after = outcomes.get(place) if _changes_count(command) else before
        stages.append(Stage(query[slice(*command.span)].strip(), before, after))
        before = after
    return tuple(stages)


def _fields(logs: Any, log_group: str, end_s: int) -> tuple[tuple[str, int], ...]:  # noqa: ANN401
    answer = logs.get_log_group_fields(logGroupName=log_group, time=end_s)
    return tuple((each["name"], int(each["percent"])) for each in answer["logGroupFields"])
