"""Logs Insights through boto3: start, wait, and read the rows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.units import ms

if TYPE_CHECKING:
    import pandas as pd

    from labkit.lab.cloud_lab import Clock

DAY_S: Final = 86_400
_POLL_S: Final = 1.0
_UNDER_WAY: Final = ("Scheduled", "Running")


def run(
    logs: Any,  # noqa: ANN401  boto3 clients carry no type
    clock: Clock,
    query: str,
    log_group: str,
    window_s: tuple[int, int],
) -> pd.DataFrame:
    """
    The finished rows of a query.

    Notes on what AWS passes over in silence, such as a name that no event has,
    are printed and kept as ``attrs["notes"]`` of the table.

    Raises:
        QueryError: The cloud refused the query as malformed, and we know better
            how to say why; AWS's own exception is its cause.
        ClientError: The cloud refused it for another reason.
        LabError: The query ended, but not as Complete.
    """
    rows, _ = finished(logs, clock, query, log_group, window_s)
    table = _table(rows)
    table.attrs["notes"] = _notes(logs, query, log_group, window_s[1], found=bool(len(table)))
    sys.stdout.writelines(f"Note: {note}\n" for note in table.attrs["notes"])
    return table


def finished(
    logs: Any,  # noqa: ANN401  boto3 clients carry no type
    clock: Clock,
    query: str,
    log_group: str,
    window_s: tuple[int, int],
) -> tuple[list[list[dict[str, str]]], dict[str, float]]:
    """
    The rows of a query as the wire has them, from all pages, and its statistics.

    Raises:
        QueryError: As `run`.
        ClientError: As `run`.
        LabError: As `run`.
    """
    query_id = _started(logs, query, log_group, window_s)
    answer = logs.get_query_results(queryId=query_id)
    while answer["status"] in _UNDER_WAY:
        clock.sleep(_POLL_S)
        answer = logs.get_query_results(queryId=query_id)
    if answer["status"] != "Complete":
        raise LabError(f"The query ended as {answer['status']}, so its rows are not all there.")
    rows, statistics = list(answer["results"]), dict(answer.get("statistics", {}))
    while token := answer.get("nextToken"):
        answer = logs.get_query_results(queryId=query_id, nextToken=token)
        rows += answer["results"]
    return rows, statistics


def _started(logs: Any, query: str, log_group: str, window_s: tuple[int, int]) -> str:  # noqa: ANN401
    from labkit.insights.engine import check  # noqa: PLC0415  a compiler loads when first asked
    from labkit.insights.errors import QueryError  # noqa: PLC0415

    start_s, end_s = window_s
    try:
        started = logs.start_query(
            logGroupName=log_group, startTime=start_s, endTime=end_s, queryString=query
        )
    except logs.exceptions.MalformedQueryException as refusal:
        try:
            check(query)
        except QueryError as better:
            raise better from refusal
        raise
    query_id: str = started["queryId"]
    return query_id


def _notes(logs: Any, query: str, log_group: str, end_s: int, *, found: bool) -> tuple[str, ...]:  # noqa: ANN401
    """
    Remarks on a query that has run.

    The cloud is asked for the group's fields only if a name is none of a flow
    log's, or nothing was found; remarks are no reason to fail.
    """
    from labkit.insights.errors import QueryError  # noqa: PLC0415  a compiler loads when asked
    from labkit.insights.notes import notes, unfamiliar  # noqa: PLC0415

    try:
        if found and not unfamiliar(query):
            return notes(query)
        return notes(query, _fields(logs, log_group, end_s))
    except QueryError:  # AWS knows more commands than we do
        return ()


def _fields(logs: Any, log_group: str, end_s: int) -> list[str]:  # noqa: ANN401
    """Names of the fields the cloud finds in a log group; none if it does not say."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  loads with the first client

    try:
        answer = logs.get_log_group_fields(logGroupName=log_group, time=end_s)
    except ClientError:
        return []
    return [str(field["name"]) for field in answer["logGroupFields"]]


def sql(
    query: str, dialect: str, table: str | None, window_s: tuple[float | None, float | None]
) -> str:
    """A query as SQL over a table of flow records; needs no cloud."""
    from labkit.insights.elsewhere.export import to_sql  # noqa: PLC0415  as above
    from labkit.insights.elsewhere.table import TABLE  # noqa: PLC0415

    start_ms, end_ms = (None if each is None else ms(each) for each in window_s)
    return to_sql(query, dialect, table_name=table or TABLE, start_ms=start_ms, end_ms=end_ms)


def _table(rows: list[list[dict[str, str]]]) -> pd.DataFrame:
    """
    Rows of a wire answer as a table; a cell that AWS left out is missing.

    The pointer of each event, ``@ptr``, is left out: it is for GetLogRecord, not for people.
    """
    from labkit.insights.result import to_frame  # noqa: PLC0415  loads with pandas

    return to_frame(rows).drop(columns="@ptr", errors="ignore")
