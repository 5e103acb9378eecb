"""
Invocations nobody waits for: SNS with a notification, CloudWatch Logs with events, and others.

They are made by the agenda, each at its instant.  An event whose function fails
is tried twice more, after one minute and after two, as Lambda does.  A function
that keeps causing itself to be invoked is stopped.

Source: AWS Lambda Developer Guide, "Asynchronous invocation" and "Use Lambda
recursive loop detection to prevent infinite loops".
"""

from __future__ import annotations

import heapq
import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.agenda import source
from labkit.endpoint.functions.function import Functions
from labkit.endpoint.functions.invoking import Runner
from labkit.endpoint.functions.permissions import Caller, may_invoke
from labkit.endpoint.functions.reporting import Reports, log
from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.functions.function import Function
    from labkit.endpoint.functions.outcome import Outcome

LONGEST_CHAIN: Final = 16
"""How many invocations may cause one another before Lambda takes that for a loop."""

RETRIES_AFTER_S: Final = (60.0, 120.0)
"""How long after a failure an event is tried again [s]."""

NOT_RUN: Final = (
    "this endpoint runs no code it was sent. Start it with labkit serve --run-functions to let it, "
    "in the server's own process and with its rights."
)
"""Why functions are not run where that was not asked for."""

_links: ContextVar[int] = ContextVar("links", default=0)


@dataclass(order=True, frozen=True, slots=True)
class Event:
    """
    An event that waits.

    Args:
        due_s: When it is to be handed over [Unix s].
        number: Sorts events that are due together.
        arn: The function.
        content: What the function gets.
        caller: The service that sends it; None for whoever called Invoke.
        links: How many invocations led to it.
        attempt: How often it was tried before.
        undelivered: Told why, if the function cannot be invoked at all.
    """

    due_s: float
    number: int
    arn: str = field(compare=False)
    content: Any = field(compare=False)
    caller: Caller | None = field(compare=False)
    links: int = field(compare=False)
    attempt: int = field(compare=False, default=0)
    undelivered: Callable[[str], None] | None = field(compare=False, default=None)


@source
class Invocations:
    """The invocations to be made in one application; ``aws.extension(Invocations)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._waiting: list[Event] = []
        self._number = 0

    def send(
        self,
        arn: str,
        content: object,
        caller: Caller | None = None,
        *,
        at_s: float | None = None,
        undelivered: Callable[[str], None] | None = None,
    ) -> None:
        """
        Have a function invoked with an event, without waiting for what comes of it.

        Args:
            arn: The function; it need not be there any more when the time has come.
            content: The event; JSON can say it.
            caller: The service that sends it, which the function's policy has to let in.
            at_s: When it is due [Unix s]; by default as soon as all have done what they are at.
            undelivered: Told why, if the function is not there or does not let the caller in.
        """
        due_s = self._aws.clock.now() if at_s is None else at_s
        text = json.dumps(content)  # a copy, which nobody changes while it waits
        self._number += 1
        waiting = Event(
            due_s, self._number, arn, text, caller, _links.get() + 1, undelivered=undelivered
        )
        heapq.heappush(self._waiting, waiting)

    def next_due_s(self) -> float:
        """When the next event is due [Unix s]."""
        return self._waiting[0].due_s if self._waiting else inf

    def run(self, at_s: float, until_s: float) -> None:  # noqa: ARG002  one event at a time
        """Hand the next event over."""
        event = heapq.heappop(self._waiting)
        function = self._aws.extension(Functions).get(event.arn)
        if function is None:
            self._not_delivered(event, f"there is no function {event.arn}.")
            return
        if event.caller is not None and not may_invoke(function, event.caller):
            why = f"{function.name} does not let {event.caller.service} invoke it for "
            self._not_delivered(event, f"{why}{event.caller.source_arn}.")
            return
        self._hand_over(event, function)

    def _hand_over(self, event: Event, function: Function) -> None:
        reports = self._aws.extension(Reports)
        if event.links > LONGEST_CHAIN:
            why = f"it was in a loop: {LONGEST_CHAIN} invocations had each led to the next."
            reports.dropped(function, "RecursiveInvocationsDropped", why)
        elif not self._aws.settings.run_functions:
            reports.dropped(function, "AsyncEventsDropped", NOT_RUN)
        elif function.reserved == 0:
            reports.dropped(function, "Throttles", "its reserved concurrency is 0.")
        else:
            with links(event.links):
                outcome = self._aws.extension(Runner).run(function, json.loads(event.content))
            if outcome.failed:
                self._try_again(event, function)

    def _try_again(self, event: Event, function: Function) -> None:
        retries = len(RETRIES_AFTER_S) if function.retries is None else function.retries
        if event.attempt < retries:
            due_s = self._aws.clock.now() + RETRIES_AFTER_S[event.attempt]
            self._number += 1
            again = replace(event, due_s=due_s, number=self._number, attempt=event.attempt + 1)
            heapq.heappush(self._waiting, again)
            return
        times = "once" if retries == 0 else f"{retries + 1} times"
        why = f"the function failed {times}."
        self._aws.extension(Reports).dropped(function, "AsyncEventsDropped", why)

    def _not_delivered(self, event: Event, why: str) -> None:
        if event.undelivered is not None:
            event.undelivered(why)
        else:
            log.warning("An event was dropped: %s", why)


@contextmanager
def links(count: int) -> Iterator[None]:
    """A span in which what is sent has been led to by so many invocations."""
    outside = _links.set(count)
    try:
        yield
    finally:
        _links.reset(outside)


def invoke_now(
    aws: EmbeddedAws, function: Function, content: object, client_context: object
) -> Outcome:
    """
    What comes of an event whose sender waits.

    Raises:
        AwsError: The function is not to be run, or causes itself to be invoked.
    """
    if not aws.settings.run_functions:
        message = f"The function {function.name} was not invoked: {NOT_RUN}"
        raise AwsError("AccessDeniedException", message, 403)
    if function.reserved == 0:
        raise AwsError(
            "TooManyRequestsException",
            "Rate Exceeded.",
            429,
            Type="User",
            Reason="ReservedFunctionConcurrentInvocationLimitExceeded",
        )
    count = _links.get() + 1
    if count > LONGEST_CHAIN:
        raise AwsError(
            "RecursiveInvocationException",
            "Lambda has detected your function being invoked in a recursive loop with other AWS "
            "resources and stopped your function's invocation.",
            Type="User",
        )
    with links(count):
        return aws.extension(Runner).run(function, content, client_context)
