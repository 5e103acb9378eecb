"""Logs Insights queries that were started, and definitions that were saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.application import EmbeddedAws
    from labkit.insights.result import Result

RUNNING: Final = "Running"
COMPLETE: Final = "Complete"
CANCELLED: Final = "Cancelled"
FAILED: Final = "Failed"

LANGUAGE: Final = "CWLI"
"""The one query language that is simulated, Logs Insights QL, by AWS's name for it."""

RUNS_AT_MOST_MS: Final = 5_000
"""How long a query counts as running if nobody looks at it."""

KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""How long AWS keeps results."""

MOST_KEPT: Final = 1_000
"""How many queries are kept; the oldest ones make room, as results take memory."""

MOST_ROWS_KEPT: Final = 1_000_000
"""How many rows all results together may have before the oldest make room."""


@dataclass
class Query:
    """
    One StartQuery and its answer.

    The answer is there as soon as the query was started.  So that one can be
    stopped as on AWS, a query counts as running until somebody has asked for its
    results or seen it listed, or a few seconds have passed.

    Args:
        query_id: Its id.
        text: The query.
        group_names: Log groups searched.
        created_ms: When it was started, Unix time [ms].
        duration_ms: How long the answer took [ms].
        result: The answer; None if the engine failed.
    """

    query_id: str
    text: str
    group_names: tuple[str, ...]
    created_ms: int
    duration_ms: int
    result: Result | None
    ended_as: str | None = None

    def status(self, now_ms: int) -> str:
        """How the query stands at a time, which is never before a time asked for earlier."""
        if self.ended_as is None and now_ms > self.created_ms + RUNS_AT_MOST_MS:
            self.finish()
        return self.ended_as or RUNNING

    def finish(self) -> None:
        """Let a query that is running come to its end."""
        self.ended_as = self.ended_as or (COMPLETE if self.result is not None else FAILED)

    @property
    def rows(self) -> int:
        """How many rows the answer has."""
        return len(self.result.rows) if self.result is not None else 0

    def described(self, user: str, now_ms: int) -> dict[str, Any]:
        """The query as DescribeQueries shows it."""
        scanned = self.result.statistics["bytesScanned"] if self.result is not None else 0.0
        return {
            "queryLanguage": LANGUAGE,
            "queryId": self.query_id,
            "queryString": self.text,
            "status": self.status(now_ms),
            "createTime": self.created_ms,
            "queryDuration": self.duration_ms,
            "bytesScanned": scanned,
            "userIdentity": user,
            **({"logGroupName": self.group_names[0]} if self.group_names else {}),
        }


@dataclass(frozen=True)
class SavedQuery:
    """A query definition; ``parameters`` are as PutQueryDefinition takes them."""

    definition_id: str
    name: str
    text: str
    group_names: tuple[str, ...]
    parameters: tuple[dict[str, str], ...]
    modified_ms: int

    def described(self) -> dict[str, Any]:
        """The definition as DescribeQueryDefinitions shows it."""
        return {
            "queryLanguage": LANGUAGE,
            "queryDefinitionId": self.definition_id,
            "name": self.name,
            "queryString": self.text,
            "lastModified": self.modified_ms,
            "logGroupNames": list(self.group_names),
            **({"parameters": list(self.parameters)} if self.parameters else {}),
        }


class Queries:
    """The queries of one Region, in the order they were started."""

    def __init__(self) -> None:
        self._by_id: dict[str, Query] = {}

    def __iter__(self) -> Iterator[Query]:
        return iter(self._by_id.values())

    def get(self, query_id: str) -> Query | None:
        """The query of an id, if it is still kept."""
        return self._by_id.get(query_id)

    def running(self, now_ms: int) -> int:
        """How many queries are running."""
        return sum(query.status(now_ms) == RUNNING for query in self)

    def keep(self, query: Query) -> None:
        """Add a query; those that are too old, and the oldest of too many, are forgotten."""
        self._by_id[query.query_id] = query
        rows = 0
        for number, kept in enumerate(reversed(list(self))):
            rows += kept.rows
            is_old = kept.created_ms < query.created_ms - KEPT_MS
            if number and (is_old or number >= MOST_KEPT or rows > MOST_ROWS_KEPT):
                del self._by_id[kept.query_id]


@dataclass
class OfRegion:
    """What one Region remembers."""

    queries: Queries = field(default_factory=Queries)
    saved: dict[str, SavedQuery] = field(default_factory=dict)


class InsightsStore:
    """All of one application; ``aws.extension(InsightsStore)``."""

    def __init__(self, _aws: EmbeddedAws) -> None:
        self._regions: dict[str, OfRegion] = {}

    def of(self, region: str) -> OfRegion:
        """What a Region remembers."""
        return self._regions.setdefault(region, OfRegion())
