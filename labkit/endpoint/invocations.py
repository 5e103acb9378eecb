"""
Functions that other services call: SNS with a notification, CloudWatch Logs with events.

Such calls are asynchronous on AWS: nobody waits for what the function returns.
Here they are an item of the agenda, so a function runs outside of everybody
else's work, at the instant it was called, and may call AWS itself.  What it
takes to run one is registered once, by whoever knows functions::

    @runs_functions
    def run(aws: EmbeddedAws, invocation: Invocation) -> None: ...
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

from labkit.endpoint.agenda import source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.endpoint.application import EmbeddedAws


@dataclass(frozen=True, slots=True)
class Invocation:
    """
    One asynchronous call of a function.

    Args:
        function_arn: The function, with or without a version or alias.
        event: What it is called with.
        principal: The service that calls, as in ``sns.amazonaws.com``.
        source_arn: On whose behalf: a topic, an alarm, a log group.
        at_s: When [Unix s].
    """

    function_arn: str
    event: Mapping[str, Any]
    principal: str
    source_arn: str
    at_s: float


if TYPE_CHECKING:
    Run: TypeAlias = Callable[[EmbeddedAws, Invocation], None]

_runners: list[Run] = []


def runs_functions(run: Run) -> Run:
    """A decorator that has *run* carry out every invocation; it raises nothing."""
    _runners.append(run)
    return run


@source
class Invocations:
    """The calls of functions that are to be made; ``aws.extension(Invocations)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._waiting: deque[Invocation] = deque()

    def add(
        self, function_arn: str, event: Mapping[str, Any], *, principal: str, source_arn: str
    ) -> None:
        """Call a function as soon as everybody has done what they are at."""
        now_s = self._aws.clock.now()
        self._waiting.append(Invocation(function_arn, event, principal, source_arn, now_s))

    def next_due_s(self) -> float:
        """When the next call is to be made [Unix s]."""
        return min((each.at_s for each in self._waiting), default=inf)

    def run(self, at_s: float, until_s: float) -> None:  # noqa: ARG002  one call at a time
        """Make the first call that is due."""
        chosen = next(each for each in self._waiting if each.at_s <= at_s)
        self._waiting.remove(chosen)
        for run in _runners:
            run(self._aws, chosen)
