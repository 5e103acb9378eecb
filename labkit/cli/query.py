"""``labkit query``: Logs Insights QL over flow log files."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import click

from labkit.errors import RecordFormatError
from labkit.flowlog.files import read_pairs
from labkit.units import MILLISECONDS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from labkit.insights.events import LogEvents


@click.command()
@click.argument("query")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@click.option(
    "--sql",
    "dialect",
    type=click.Choice(["duckdb", "athena", "spark"]),
    help="Print the same query as SQL instead of running it; FILES are not read.",
)
@click.option("--table", help="The flow log table the SQL reads.  [default: vpc_flow_logs]")
def query(
    query: str, files: tuple[str, ...], form: str, dialect: str | None, table: str | None
) -> None:
    """Run QUERY (Logs Insights QL) over flow log FILES, plain or gzip."""
    if dialect is not None:
        from labkit.insights.elsewhere.export import to_sql  # noqa: PLC0415  as below
        from labkit.insights.elsewhere.table import TABLE  # noqa: PLC0415

        click.echo(to_sql(query, dialect, table_name=table or TABLE))
        return
    if table is not None:
        raise click.UsageError("--table names the table for --sql duckdb, athena or spark.")
    if not files:
        raise click.UsageError("Name the flow log files to read, or give --sql.")
    _run(query, files, form)


def _run(query: str, files: tuple[str, ...], form: str) -> None:
    from labkit.insights.engine import check, run  # noqa: PLC0415  a compiler loads when wanted

    check(query)
    group, last_ms = load(files)
    result = run(query, [group], start_ms=0, end_ms=last_ms, now_ms=last_ms)
    click.echo(_FORMS[form](result.to_frame(typed=False)))
    for note in _notes(query, group, last_ms):
        click.echo(f"Note: {note}", err=True)


def _notes(query: str, group: LogEvents, last_ms: int) -> tuple[str, ...]:
    from labkit.insights.engine import group_fields  # noqa: PLC0415  a compiler loads when wanted
    from labkit.insights.notes import notes, unfamiliar  # noqa: PLC0415

    names = (
        [field["name"] for field in group_fields(group, 0, last_ms)] if unfamiliar(query) else []
    )
    return notes(query, names)


def load(files: tuple[str, ...]) -> tuple[LogEvents, int]:
    """
    The lines of flow log files as one log group, and the time of the last [ms].

    As in CloudWatch Logs, an event's time is its record's start, and each
    interface has a stream. Records without a start count as of time 0.

    Raises:
        RecordFormatError: A line is no flow record; names file and line number.
    """
    from labkit.insights.events import LogEvents  # noqa: PLC0415  loads DuckDB

    streams: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for line, record in read_pairs(files):
        start_ms = (record.start or 0) * MILLISECONDS_PER_SECOND
        streams[record.interface_id or line.path.name].append((start_ms, line.text))
    if not streams:
        raise RecordFormatError(f"No flow records in {', '.join(files)}.")
    last_ms = max(start_ms for events in streams.values() for start_ms, _ in events)
    group = LogEvents(name="files", account_id="000000000000")
    for stream, events in sorted(streams.items()):
        times, lines = zip(*events, strict=True)
        group.append(stream, times, lines, ingestion_ms=last_ms)
    return group, last_ms


def _table(frame: pd.DataFrame) -> str:
    return frame.to_string(index=False) if len(frame) else "no rows"


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False).rstrip("\n")


def _json(frame: pd.DataFrame) -> str:
    rows = [row.dropna().to_dict() for _, row in frame.iterrows()]
    return json.dumps(rows, indent=2)


_FORMS: Final[dict[str, Callable[[pd.DataFrame], str]]] = {
    "table": _table,
    "csv": _csv,
    "json": _json,
}
