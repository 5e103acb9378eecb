"""Logs Insights queries that were started, and definitions that were saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from labkit.endpoint.application import EmbeddedAws
    from labkit.insights.result import Result

RUNNING: Final = "Running"
COMPLETE: Final = "Complete"
CANCELLED: Final = "Cancelled"


@dataclass
class Query:
    """
    One StartQuery and its answer.

    The answer is there as soon as the query was started.  A query counts as
    running until somebody looks, so that one can be stopped as on AWS.
    """

    query_id: str
    text: str
    group_names: tuple[str, ...]
    created_ms: int
    result: Result
    status: str = RUNNING

    def look(self) -> None:
        """Notice that a query which was running has come to its end."""
        if self.status == RUNNING:
            self.status = COMPLETE

    def described(self, user: str) -> dict[str, Any]:
        """The query as DescribeQueries shows it."""
        return {
            "queryLanguage": "CWLI",
            "queryId": self.query_id,
            "queryString": self.text,
            "status": self.status,
            "createTime": self.created_ms,
            "logGroupName": self.group_names[0] if self.group_names else "",
            "queryDuration": 0,
            "bytesScanned": self.result.statistics["bytesScanned"],
            "userIdentity": user,
        }


@dataclass
class SavedQuery:
    """A query definition."""

    definition_id: str
    name: str
    text: str
    group_names: tuple[str, ...]
    modified_ms: int

    def described(self) -> dict[str, Any]:
        """The definition as DescribeQueryDefinitions shows it."""
        return {
            "queryLanguage": "CWLI",
            "queryDefinitionId": self.definition_id,
            "name": self.name,
            "queryString": self.text,
            "lastModified": self.modified_ms,
            "logGroupNames": list(self.group_names),
        }


@dataclass
class OfRegion:
    """What one Region remembers, in the order it was made."""

    queries: dict[str, Query] = field(default_factory=dict)
    saved: dict[str, SavedQuery] = field(default_factory=dict)


class InsightsStore:
    """All of one application; ``aws.extension(InsightsStore)``."""

    def __init__(self, _aws: EmbeddedAws) -> None:
        self._regions: dict[str, OfRegion] = {}

    def of(self, region: str) -> OfRegion:
        """What a Region remembers."""
        return self._regions.setdefault(region, OfRegion())
