"""The paths and analyses of Reachability Analyzer there are, by the Region they are in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.network.reachability import Path


@dataclass(frozen=True, slots=True)
class StoredPath:
    """
    A path that was asked for.

    Args:
        path_id: ``nip-...``.
        created_s: When it was made [Unix s].
        asked: What CreateNetworkInsightsPath was given, as it was given.
        path: The question it stands for.
    """

    path_id: str
    created_s: float
    asked: dict[str, Any]
    path: Path


@dataclass(slots=True)
class StoredAnalysis:
    """
    An analysis of a path in the network as it stood when it was started.

    The answer is there at once. It counts as running until somebody looks, so
    that nobody learns to do without waiting, as on AWS nobody can.

    Args:
        analysis_id: ``nia-...``.
        path_id: The path analyzed.
        started_s: When [Unix s].
        asked: What StartNetworkInsightsAnalysis was given besides.
        result: The answer, its components and reasons as AWS shows them.
    """

    analysis_id: str
    path_id: str
    started_s: float
    asked: dict[str, Any]
    result: dict[str, Any]


@dataclass
class InRegion:
    """What there is in one Region, oldest first."""

    paths: dict[str, StoredPath] = field(default_factory=dict)
    analyses: dict[str, StoredAnalysis] = field(default_factory=dict)


class NetworkInsights:
    """All paths and analyses of one application; ``aws.extension(NetworkInsights)``."""

    def __init__(self, _: object) -> None:
        self._regions: dict[str, InRegion] = defaultdict(InRegion)

    def of(self, region: str) -> InRegion:
        """The paths and analyses of a Region."""
        return self._regions[region]
