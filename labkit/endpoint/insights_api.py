"""
Logs Insights over the API: queries, their answers, records and saved definitions.

Source: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.insights_store import CANCELLED, RUNNING, InsightsStore, Query, SavedQuery
from labkit.endpoint.log_groups import invalid, name_of, the_group
from labkit.endpoint.log_store import LogStore
from labkit.endpoint.moto_seam.log_streams import unix_ms
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, operation
from labkit.insights import engine
from labkit.insights.errors import QueryError
from labkit.units import MILLISECONDS_PER_SECOND, ms

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call
    from labkit.insights.events import LogEvents

LATEST_SECONDS: Final = 100_000_000_000
"""Times from here on are milliseconds: AWS takes them as such, and its own samples send them."""

_MOST_GROUPS: Final = 50
_MOST_ROWS: Final = 100_000
_ROWS_IN_A_PAGE: Final = 10_000
_LONGEST_QUERY: Final = 10_000
_MOST_LISTED: Final = 1000
_FIELDS_AROUND_MS: Final = 8 * 60 * MILLISECONDS_PER_SECOND
_FIELDS_BEFORE_NOW_MS: Final = 15 * 60 * MILLISECONDS_PER_SECOND


@operation("logs", "StartQuery")
def start_query(call: Call) -> dict[str, Any]:
    """
    The id of a query, whose answer is that of this moment.

    Raises:
        AwsError: The query is malformed, a group unknown, a parameter impossible.
    """
    _check_language(call)
    text = call.params["queryString"]
    if len(text) > _LONGEST_QUERY:
        raise invalid(f"queryString is longer than {_LONGEST_QUERY} characters.")
    limit = call.params.get("limit")
    if limit is not None and not 1 <= limit <= _MOST_ROWS:
        raise invalid(f"limit is {limit}; expected 1 to {_MOST_ROWS}.")
    names = _names(call)
    groups = [call.aws.extension(LogStore).group(call.region, name) for name in names]
    start_ms, end_ms = _range(call, groups)
    now_ms = ms(call.aws.clock.now())
    store = call.aws.extension(LogStore)
    try:
        result = engine.run(
            text,
            [store.events(group) for group in groups],
            start_ms=start_ms,
            end_ms=end_ms,
            now_ms=now_ms,
            limit=limit,
            catalog={} if names else _catalog(call),
        )
    except QueryError as malformed:
        raise _malformed(malformed) from malformed
    query = Query(new_request_id(), text, tuple(names), now_ms, result)
    call.aws.extension(InsightsStore).of(call.region).queries[query.query_id] = query
    return {"queryId": query.query_id}


def _check_language(call: Call) -> None:
    language = call.params.get("queryLanguage", "CWLI")
    if language != "CWLI":
        raise invalid(f"Query language {language} is not simulated; CWLI is.")


def _names(call: Call) -> list[str]:
    """The names of the log groups to search; none if the query's text has to say."""
    given = {
        key: [value] if isinstance(value, str) else list(value)
        for key in ("logGroupName", "logGroupNames", "logGroupIdentifiers")
        if (value := call.params.get(key))
    }
    if len(given) > 1:
        raise invalid(f"Give only one of {', '.join(given)}.")
    names = list(dict.fromkeys(name_of(each) for value in given.values() for each in value))
    if len(names) > _MOST_GROUPS:
        raise invalid(f"A query searches at most {_MOST_GROUPS} log groups.")
    if not names and not call.params["queryString"].lstrip().upper().startswith("SOURCE"):
        raise invalid("Name the log groups to search.")
    return names


def _catalog(call: Call) -> dict[str, LogEvents]:
    store = call.aws.extension(LogStore)
    return {name: store.events(group) for name, group in call.backend.groups.items()}


def _range(call: Call, groups: list[Any]) -> tuple[int, int]:
    """First and last millisecond of the time range, both inclusive."""
    start, end = call.params["startTime"], call.params["endTime"]
    if min(start, end) < 0 or end < start:
        raise invalid("startTime and endTime are not a time range: the end is before the start.")
    start_ms = start if start >= LATEST_SECONDS else start * MILLISECONDS_PER_SECOND
    end_ms = end if end >= LATEST_SECONDS else end * MILLISECONDS_PER_SECOND
    oldest_ms = min((unix_ms(group.creation_time) for group in groups), default=0)
    if end_ms < oldest_ms // MILLISECONDS_PER_SECOND * MILLISECONDS_PER_SECOND:
        message = (
            "Query's end date and time is either before the log groups creation time or exceeds "
            "the log groups log retention settings"
        )
        raise AwsError("MalformedQueryException", message)
    return start_ms, end_ms


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
    query.look()
    size = call.params.get("maxItems", _ROWS_IN_A_PAGE)
    first = _offset(call)
    if not 0 <= size <= _ROWS_IN_A_PAGE:
        raise invalid(f"maxItems is {size}; expected 0 to {_ROWS_IN_A_PAGE}.")
    wire = query.result.to_wire()
    rows = wire["results"]
    last = first + (size or _ROWS_IN_A_PAGE)
    follows = {"nextToken": str(last)} if last < len(rows) else {}
    wire["results"] = rows[first:last]
    return {"queryLanguage": "CWLI", **wire, "status": query.status, **follows}


def _query(call: Call) -> Query:
    query_id = call.params["queryId"]
    found = call.aws.extension(InsightsStore).of(call.region).queries.get(query_id)
    if found is None:
        message = f"Query with id {query_id} does not exist."
        raise AwsError("ResourceNotFoundException", message)
    return found


def _offset(call: Call) -> int:
    token = call.params.get("nextToken") or "0"
    if not token.isdecimal():
        raise invalid("The specified nextToken is invalid.")
    return int(token)


@operation("logs", "StopQuery")
def stop_query(call: Call) -> dict[str, Any]:
    """Whether the query was stopped; one that has ended cannot be."""
    query = _query(call)
    if query.status != RUNNING:
        raise invalid("The specified query is not running.")
    query.status = CANCELLED
    return {"success": True}


@operation("logs", "DescribeQueries")
def describe_queries(call: Call) -> dict[str, Any]:
    """The queries started, newest first."""
    wanted_group, wanted_status = call.params.get("logGroupName"), call.params.get("status")
    user = f"arn:aws:iam::{call.account_id}:root"
    found = []
    for query in reversed(call.aws.extension(InsightsStore).of(call.region).queries.values()):
        query.look()
        if wanted_group in (None, *query.group_names) and wanted_status in (None, query.status):
            found.append(query.described(user))
    return _listed(call, "queries", found)


def _listed(call: Call, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    first = _offset(call)
    last = first + call.params.get("maxResults", _MOST_LISTED)
    return {key: items[first:last], **({"nextToken": str(last)} if last < len(items) else {})}


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
        end_ms = ms(call.aws.clock.now())
        start_ms = end_ms - _FIELDS_BEFORE_NOW_MS
    else:
        at_ms = time if time >= LATEST_SECONDS else time * MILLISECONDS_PER_SECOND
        start_ms, end_ms = at_ms - _FIELDS_AROUND_MS, at_ms + _FIELDS_AROUND_MS
    return {"logGroupFields": engine.group_fields(events, start_ms, end_ms)}


@operation("logs", "PutQueryDefinition")
def put_query_definition(call: Call) -> dict[str, Any]:
    """The id of a definition that is now saved; one with an id replaces the definition it names."""
    _check_language(call)
    saved = call.aws.extension(InsightsStore).of(call.region).saved
    definition_id = call.params.get("queryDefinitionId")
    if definition_id is not None and definition_id not in saved:
        raise _no_definition(definition_id)
    definition = SavedQuery(
        definition_id or new_request_id(),
        call.params["name"],
        call.params["queryString"],
        tuple(call.params.get("logGroupNames") or ()),
        ms(call.aws.clock.now()),
    )
    saved[definition.definition_id] = definition
    return {"queryDefinitionId": definition.definition_id}


@operation("logs", "DescribeQueryDefinitions")
def describe_query_definitions(call: Call) -> dict[str, Any]:
    """The saved definitions, by name."""
    prefix = call.params.get("queryDefinitionNamePrefix", "")
    saved = call.aws.extension(InsightsStore).of(call.region).saved.values()
    found = [each for each in saved if each.name.startswith(prefix)]
    found.sort(key=lambda each: (each.name, each.definition_id))
    return _listed(call, "queryDefinitions", [each.described() for each in found])


@operation("logs", "DeleteQueryDefinition")
def delete_query_definition(call: Call) -> dict[str, Any]:
    """Whether the definition is gone."""
    saved = call.aws.extension(InsightsStore).of(call.region).saved
    definition_id = call.params["queryDefinitionId"]
    if saved.pop(definition_id, None) is None:
        raise _no_definition(definition_id)
    return {"success": True}


def _no_definition(definition_id: str) -> AwsError:
    message = f"Query definition {definition_id} does not exist."
    return AwsError("ResourceNotFoundException", message)
