"""
Logs Insights over the API: queries, their answers, and what they found looked at closer.

Source: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import duckdb

from labkit.endpoint.callers import owner_arn
from labkit.endpoint.insights_store import (
    CANCELLED,
    LANGUAGE,
    RUNNING,
    InsightsStore,
    Queries,
    Query,
)
from labkit.endpoint.log_groups import invalid, name_in, the_group
from labkit.endpoint.log_store import LogStore
from labkit.endpoint.moto_seam.log_streams import unix_ms
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, operation
from labkit.endpoint.paging import first_of, page_of
from labkit.insights import engine
from labkit.insights.errors import QueryError
from labkit.units import MILLISECONDS_PER_SECOND, ms

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, MotoObject
    from labkit.insights.events import LogEvents
    from labkit.insights.result import Result

LATEST_SECONDS: Final = 100_000_000_000
"""Times from here on are milliseconds: AWS takes them as such, and its own samples send them."""

MOST_AT_ONCE: Final = 100
"""How many queries may run at once."""

_MOST_GROUPS: Final = 50
_ROWS_IN_A_PAGE: Final = 10_000
_QUERIES_IN_A_PAGE: Final = 1000
_GROUPS_IN_A_PAGE: Final = 50
_DAY_S: Final = 24 * 3600
_FIELDS_AROUND_MS: Final = 8 * 60 * MILLISECONDS_PER_SECOND
_FIELDS_BEFORE_NOW_MS: Final = 15 * 60 * MILLISECONDS_PER_SECOND
_OUT_OF_RANGE: Final = (
    "Query's end date and time is either before the log groups creation time or exceeds "
    "the log groups log retention settings"
)
_log = logging.getLogger(__name__)


@operation("logs", "StartQuery")
def start_query(call: Call) -> dict[str, Any]:
    """
    The id of a query, whose answer is that of this moment.

    Raises:
        AwsError: The query is malformed, a group unknown, a parameter impossible.
    """
    refuse_other_languages(call)
    queries, now_ms = _queries(call), _now_ms(call)
    if queries.running(now_ms) >= MOST_AT_ONCE:
        message = f"Account maximum query concurrency limit of [{MOST_AT_ONCE}] reached."
        raise AwsError("LimitExceededException", message)
    try:
        names = _names(call)
        result = _answer(call, names, now_ms)
    except QueryError as malformed:
        raise _malformed(malformed) from malformed
    query = Query(
        new_request_id(),
        call.params["queryString"],
        tuple(names) if result is None else result.groups,
        now_ms,
        _now_ms(call) - now_ms,
        result,
    )
    queries.keep(query)
    return {"queryId": query.query_id}


def refuse_other_languages(call: Call) -> None:
    """Refuse a query that is not in the one language that is simulated."""
    language = call.params.get("queryLanguage", LANGUAGE)
    if language != LANGUAGE:
        raise invalid(f"Not simulated: query language {language}; {LANGUAGE} is.")


def _names(call: Call) -> list[str]:
    """The names of the log groups to search; none if the query says which."""
    given = {
        key: [value] if isinstance(value, str) else list(value)
        for key in ("logGroupName", "logGroupNames", "logGroupIdentifiers")
        if (value := call.params.get(key))
    }
    ways = list(given)
    if engine.names_its_groups(call.params["queryString"]):
        ways.append("SOURCE in the query")
    if len(ways) != 1:
        raise invalid(
            "A query takes its log groups from exactly one of logGroupName, logGroupNames, "
            f"logGroupIdentifiers and SOURCE; this one has {' and '.join(ways) or 'none'}."
        )
    names = list(dict.fromkeys(name_in(call, each) for all_ in given.values() for each in all_))
    if len(names) > _MOST_GROUPS:
        raise invalid(f"A query searches at most {_MOST_GROUPS} log groups; given {len(names)}.")
    return names


def _answer(call: Call, names: list[str], now_ms: int) -> Result | None:
    store = call.aws.extension(LogStore)
    groups = [store.group(call.region, name) for name in names]
    start_ms, end_ms = _range(call, groups)
    try:
        return engine.run(
            call.params["queryString"],
            [store.events(group) for group in groups],
            start_ms=start_ms,
            end_ms=end_ms,
            now_ms=now_ms,
            limit=call.params.get("limit"),
            catalog={} if names else _catalog(call),
        )
    except duckdb.Error:
        _log.exception("query failed: %s", call.params["queryString"])
        return None


def _catalog(call: Call) -> dict[str, LogEvents]:
    store = call.aws.extension(LogStore)
    return {name: store.events(group) for name, group in call.backend.groups.items()}


def _range(call: Call, groups: list[MotoObject]) -> tuple[int, int]:
    """First and last millisecond of the time range, both inclusive."""
    start_ms, _ = _span_ms(call.params["startTime"])
    _, end_ms = _span_ms(call.params["endTime"])
    if end_ms < start_ms:
        raise invalid("startTime and endTime are no time range: the end is before the start.")
    if end_ms < min((_oldest_ms(call, group) for group in groups), default=0):
        raise AwsError("MalformedQueryException", _OUT_OF_RANGE)
    return start_ms, end_ms


def _span_ms(time: int) -> tuple[int, int]:
    """First and last millisecond of a time that may be in seconds or in milliseconds."""
    if time >= LATEST_SECONDS:
        return time, time
    first_ms = time * MILLISECONDS_PER_SECOND
    return first_ms, first_ms + MILLISECONDS_PER_SECOND - 1


def _oldest_ms(call: Call, group: MotoObject) -> int:
    """The time before which a group has nothing to search: its creation, or its retention's end."""
    created_ms = unix_ms(group.creation_time)
    if not group.retention_in_days:
        return created_ms
    return max(created_ms, ms(call.aws.clock.now() - int(group.retention_in_days) * _DAY_S))


def _malformed(error: QueryError) -> AwsError:
    location = {"startCharOffset": error.span.start, "endCharOffset": error.span.end}
    return AwsError(
        "MalformedQueryException",
        error.aws_message,
        queryCompileError={"location": location, "message": error.message},
    )


@operation("logs", "GetQueryResults")
def get_query_results(call: Call) -> dict[str, Any]:
    """A page of a query's rows, with what it scanned."""
    query = _query(call)
    query.finish()
    answer = {"queryLanguage": LANGUAGE, "status": query.status(_now_ms(call))}
    if query.result is None:
        return {**answer, "results": []}
    size = call.params.get("maxItems") or _ROWS_IN_A_PAGE
    rows, token = page_of(query.result.rows, first_of(call), size)
    return {**answer, **replace(query.result, rows=rows).to_wire(), **token}


def _queries(call: Call) -> Queries:
    return call.aws.extension(InsightsStore).of(call.region).queries


def _query(call: Call) -> Query:
    query_id = call.params["queryId"]
    found = _queries(call).get(query_id)
    if found is None:
        message = f"Query with id {query_id} does not exist."
        raise AwsError("ResourceNotFoundException", message)
    return found


def _now_ms(call: Call) -> int:
    return ms(call.aws.clock.now())


@operation("logs", "StopQuery")
def stop_query(call: Call) -> dict[str, Any]:
    """Whether the query was stopped; one that has ended cannot be."""
    query = _query(call)
    if query.status(_now_ms(call)) != RUNNING:
        raise invalid("The specified query is not running.")
    query.ended_as = CANCELLED
    return {"success": True}


@operation("logs", "DescribeQueries")
def describe_queries(call: Call) -> dict[str, Any]:
    """The queries started, newest first; one that is running has ended by the next time."""
    refuse_other_languages(call)
    wanted_group, wanted_status = call.params.get("logGroupName"), call.params.get("status")
    user, now_ms = owner_arn(call.account_id), _now_ms(call)
    found = [
        query.described(user, now_ms)
        for query in reversed(list(_queries(call)))
        if wanted_group in (None, *query.group_names)
        and wanted_status in (None, query.status(now_ms))
    ]
    size = call.params.get("maxResults", _QUERIES_IN_A_PAGE)
    shown, token = page_of(found, first_of(call), size)
    for query in _queries(call):
        query.finish()
    return {"queries": shown, **token}


@operation("logs", "ListLogGroupsForQuery")
def list_log_groups_for_query(call: Call) -> dict[str, Any]:
    """The names of the log groups a query searched, whoever named them."""
    size = call.params.get("maxResults", _GROUPS_IN_A_PAGE)
    names, token = page_of(_query(call).group_names, first_of(call), size)
    return {"logGroupIdentifiers": names, **token}


@operation("logs", "GetLogRecord")
def get_log_record(call: Call) -> dict[str, Any]:
    """All fields of the event that a ``@ptr`` points to."""
    try:
        found = engine.record(list(_catalog(call).values()), call.params["logRecordPointer"])
    except KeyError:
        raise invalid("The specified logRecordPointer points to no log event.") from None
    return {"logRecord": found}


@operation("logs", "GetLogGroupFields")
def get_log_group_fields(call: Call) -> dict[str, Any]:
    """The fields found in a group's events around a time, or in the last quarter of an hour."""
    events = call.aws.extension(LogStore).events(the_group(call))
    time = call.params.get("time")
    if time is None:
        start_ms, end_ms = _now_ms(call) - _FIELDS_BEFORE_NOW_MS, _now_ms(call)
    else:
        at_ms, _ = _span_ms(time)
        start_ms, end_ms = at_ms - _FIELDS_AROUND_MS, at_ms + _FIELDS_AROUND_MS
    return {"logGroupFields": engine.group_fields(events, start_ms, end_ms)}
