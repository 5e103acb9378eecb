"""
Logs Insights queries on a schedule: asked by themselves, their runs kept as a history.

The results of a run are those of an ordinary query, and are fetched as such by
the query's id.

Source: CloudWatch Logs API Reference, "CreateScheduledQuery" and its companions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from labkit.endpoint.agenda import source
from labkit.endpoint.insights_store import LANGUAGE
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, operation
from labkit.endpoint.paging import first_of, page_of
from labkit.endpoint.role_policies import Unsupported, allows_somewhere, role_of, trusts
from labkit.endpoint.schedule_expressions import BadSchedule, Cron, Rate, parsed
from labkit.units import ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.operations import Call

SERVICE: Final = "logs.amazonaws.com"
"""Whom the trust policy of the role has to name."""

NEEDED: Final = ("logs:StartQuery", "logs:GetQueryResults")
"""What the role has to allow."""

LOOKS_BACK_S: Final = 3600
"""How far a run looks back if ``startTimeOffset`` is not given [s]."""

MOST_RUNS: Final = 1000
"""How many runs are kept of each query."""

_LATEST_S: Final = 253_402_300_799
_IN_A_PAGE: Final = 50
_GIVEN: Final = (
    "description",
    "timezone",
    "startTimeOffset",
    "endTimeOffset",
    "scheduleStartTime",
    "scheduleEndTime",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: when [Unix s], how it went, the query's id or what was wrong."""

    at_s: float
    status: str
    query_id: str | None = None
    error: str | None = None

    def described(self) -> dict[str, Any]:
        """The run as GetScheduledQueryHistory shows it."""
        return _without_none(
            queryId=self.query_id,
            executionStatus=self.status,
            triggeredTimestamp=ms(self.at_s),
            errorMessage=self.error,
            destinations=[],
        )


@dataclass(frozen=True)
class ScheduledQuery:
    """
    A query on a schedule.

    Args:
        arn: Its ARN.
        region: Where it runs.
        created_s, updated_s: When it was made and last changed [Unix s].
        params: What it was made from, by the API's names.
        runs: What became of it so far, oldest first.
        checked_s: Until when it has been run [Unix s].
    """

    arn: str
    region: str
    created_s: float
    updated_s: float
    params: Mapping[str, Any]
    runs: tuple[Run, ...] = ()
    checked_s: float = field(default=0.0)

    @cached_property
    def schedule(self) -> Rate | Cron:
        """When it is due."""
        return parsed(self.params["scheduleExpression"])

    @cached_property
    def due_s(self) -> float:
        """When it is due next [Unix s]; never is ``inf``."""
        if self.state != "ENABLED":
            return inf
        first_s = self.params.get("scheduleStartTime", 0)
        began_s = max(self.updated_s, first_s)
        zone = ZoneInfo(self.params.get("timezone", "UTC"))
        due_s = self.schedule.after(max(self.checked_s, first_s - 1), began_s, zone)
        last_s = self.params.get("scheduleEndTime", inf)
        return inf if due_s is None or due_s > last_s else due_s

    @property
    def state(self) -> str:
        """ENABLED or DISABLED."""
        return str(self.params.get("state", "ENABLED"))

    def summary(self) -> dict[str, Any]:
        """The query as ListScheduledQueries shows it."""
        last = self.runs[-1] if self.runs else None
        return _without_none(
            scheduledQueryArn=self.arn,
            name=self.params["name"],
            state=self.state,
            scheduleType="CUSTOMER_MANAGED",
            lastTriggeredTime=None if last is None else ms(last.at_s),
            lastExecutionStatus=None if last is None else last.status,
            scheduleExpression=self.params["scheduleExpression"],
            timezone=self.params.get("timezone", "UTC"),
            creationTime=ms(self.created_s),
            lastUpdatedTime=ms(self.updated_s),
        )

    def described(self) -> dict[str, Any]:
        """The query as GetScheduledQuery shows it."""
        return {
            **self.summary(),
            "queryLanguage": LANGUAGE,
            "queryString": self.params["queryString"],
            "executionRoleArn": self.params["executionRoleArn"],
            "logGroupIdentifiers": list(self.params.get("logGroupIdentifiers", [])),
            **{name: self.params[name] for name in _GIVEN if name in self.params},
        }


@source
class ScheduledQueries:
    """The scheduled queries of one application; ``aws.extension(ScheduledQueries)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._by_arn: dict[str, ScheduledQuery] = {}

    def of_region(self, region: str) -> Iterator[ScheduledQuery]:
        """The queries of a Region, by name."""
        found = (each for each in self._by_arn.values() if each.region == region)
        return iter(sorted(found, key=lambda each: str(each.params["name"])))

    def keep(self, query: ScheduledQuery) -> None:
        """Add a query, or put it in the place of what it was."""
        self._by_arn[query.arn] = query

    def remove(self, query: ScheduledQuery) -> None:
        """Take a query away, with its history."""
        del self._by_arn[query.arn]

    def next_due_s(self) -> float:
        """When the next query is due [Unix s]."""
        return min((each.due_s for each in self._by_arn.values()), default=inf)

    def run(self, at_s: float, until_s: float) -> None:  # noqa: ARG002  one run at a time
        """Run the query that is due."""
        query = min(self._by_arn.values(), key=lambda each: each.due_s)
        self.keep(replace(query, checked_s=at_s))
        run = self._run(query, at_s)
        self.keep(replace(self._by_arn[query.arn], runs=(*query.runs, run)[-MOST_RUNS:]))

    def _run(self, query: ScheduledQuery, at_s: float) -> Run:
        params = query.params
        objection = self._objection(params["executionRoleArn"], query.arn)
        if objection is not None:
            return Run(at_s, "Failed", error=objection)
        groups = list(params.get("logGroupIdentifiers", []))
        asked: dict[str, Any] = {"logGroupIdentifiers": groups} if groups else {}
        try:
            started = self._aws.invoke(
                "logs",
                "StartQuery",
                region=query.region,
                queryString=params["queryString"],
                startTime=int(at_s - params.get("startTimeOffset", LOOKS_BACK_S)),
                endTime=int(at_s - params.get("endTimeOffset", 0)),
                **asked,
            )
        except AwsError as refused:
            bad_query = refused.code == "MalformedQueryException"
            return Run(at_s, "InvalidQuery" if bad_query else "Failed", error=refused.message)
        return Run(at_s, "Complete", query_id=started["queryId"])

    def _objection(self, role_arn: str, query_arn: str) -> str | None:
        """Why the role does not let the query run, if it does not."""
        account_id = self._aws.settings.account_id
        circumstances = {"aws:sourceaccount": account_id, "aws:sourcearn": query_arn}
        with self._aws.active("GetRole"):
            role = role_of(self._aws, role_arn)
            if role is None:
                return f"The role {role_arn} does not exist."
            try:
                if not trusts(role, SERVICE, circumstances):
                    return f"The trust policy of {role.name} does not let {SERVICE} assume it."
                missing = [each for each in NEEDED if not allows_somewhere(role, each)]
            except Unsupported as unknown:
                return str(unknown)
        return f"The role {role.name} does not allow {missing[0]}." if missing else None


@operation("logs", "CreateScheduledQuery")
def create_scheduled_query(call: Call) -> dict[str, Any]:
    """
    The ARN of a query that will be run by its schedule.

    Raises:
        AwsError: A parameter cannot be, or there is one of that name.
    """
    queries, name = call.aws.extension(ScheduledQueries), call.params["name"]
    params = _checked(call)
    if any(each.params["name"] == name for each in queries.of_region(call.region)):
        raise AwsError("ConflictException", f"A scheduled query named {name} already exists.")
    now_s = call.aws.clock.now()
    arn = f"arn:aws:logs:{call.region}:{call.account_id}:scheduled-query:{new_request_id()}"
    made = ScheduledQuery(arn, call.region, now_s, now_s, params, checked_s=now_s)
    queries.keep(made)
    return {"scheduledQueryArn": arn, "state": made.state}


@operation("logs", "UpdateScheduledQuery")
def update_scheduled_query(call: Call) -> dict[str, Any]:
    """The query with everything but its name and history replaced."""
    found = _found(call)
    given = {name: each for name, each in _checked(call).items() if name != "identifier"}
    now_s = call.aws.clock.now()
    params = {**given, "name": found.params["name"]}
    changed = ScheduledQuery(
        found.arn, found.region, found.created_s, now_s, params, found.runs, checked_s=now_s
    )
    call.aws.extension(ScheduledQueries).keep(changed)
    return changed.described()


@operation("logs", "GetScheduledQuery")
def get_scheduled_query(call: Call) -> dict[str, Any]:
    """A query, with how its last run went."""
    return _found(call).described()


@operation("logs", "ListScheduledQueries")
def list_scheduled_queries(call: Call) -> dict[str, Any]:
    """A page of the queries of a Region, by name."""
    wanted = call.params.get("state")
    theirs = call.params.get("scheduleType", "CUSTOMER_MANAGED") == "CUSTOMER_MANAGED"
    found = [
        each.summary()
        for each in call.aws.extension(ScheduledQueries).of_region(call.region)
        if wanted in (None, each.state) and theirs
    ]
    page, token = page_of(found, first_of(call), call.params.get("maxResults", _IN_A_PAGE))
    return {"scheduledQueries": page, **token}


@operation("logs", "DeleteScheduledQuery")
def delete_scheduled_query(call: Call) -> dict[str, Any]:
    """Nothing: the query is gone."""
    call.aws.extension(ScheduledQueries).remove(_found(call))
    return {}


@operation("logs", "GetScheduledQueryHistory")
def get_scheduled_query_history(call: Call) -> dict[str, Any]:
    """A page of the runs in a span of time [Unix s], newest first."""
    found, params = _found(call), call.params
    first_s, last_s = (_seconds(params[name]) for name in ("startTime", "endTime"))
    wanted = params.get("executionStatuses") or ()
    runs = [
        each.described()
        for each in reversed(found.runs)
        if first_s <= each.at_s <= last_s and (not wanted or each.status in wanted)
    ]
    page, token = page_of(runs, first_of(call), params.get("maxResults", _IN_A_PAGE))
    return {
        "name": found.params["name"],
        "scheduledQueryArn": found.arn,
        "triggerHistory": page,
        **token,
    }


def _found(call: Call) -> ScheduledQuery:
    identifier = call.params["identifier"]
    for each in call.aws.extension(ScheduledQueries).of_region(call.region):
        if identifier in (each.arn, each.params["name"]):
            return each
    message = f"The scheduled query {identifier} does not exist."
    raise AwsError("ResourceNotFoundException", message)


def _checked(call: Call) -> dict[str, Any]:
    """The parameters of a call, if such a query can be."""
    params = dict(call.params)
    if params["queryLanguage"] != LANGUAGE:
        raise _invalid(f"Not simulated: query language {params['queryLanguage']}; {LANGUAGE} is.")
    if params.get("destinationConfiguration"):
        raise _invalid(
            "Not simulated: destinationConfiguration. The results of each run are kept: "
            "GetScheduledQueryHistory names its queryId, for GetQueryResults."
        )
    try:
        parsed(params["scheduleExpression"])
        ZoneInfo(params.get("timezone", "UTC"))
    except BadSchedule as wrong:
        raise _invalid(f"Invalid scheduleExpression: {wrong}.") from wrong
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise _invalid(f"Invalid timezone: {params['timezone']}.") from unknown
    for name in ("scheduleStartTime", "scheduleEndTime"):
        if name in params:
            params[name] = _seconds(params[name])
            if params[name] > _LATEST_S:
                raise _invalid(f"Invalid {name}: {params[name]} is beyond the year 9999.")
    if params.get("scheduleEndTime", inf) <= params.get("scheduleStartTime", -inf):
        raise _invalid("scheduleEndTime is not after scheduleStartTime.")
    if params.get("startTimeOffset", LOOKS_BACK_S) <= params.get("endTimeOffset", 0):
        raise _invalid("startTimeOffset has to reach further back than endTimeOffset.")
    return params


def _seconds(time: int) -> int:
    """A time in seconds; AWS takes milliseconds as such."""
    return time // 1000 if time >= 100_000_000_000 else time


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def _without_none(**members: object) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
