"""
The time the embedded AWS lives in: a virtual clock for notebooks, the wall clock for servers.

What happens by itself as time passes is caught up with when somebody looks.
While it is, the clock shows the instant at which it was due, and to nobody
else: see :meth:`Clock.at`.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_NAP_S: Final = 0.1
_really_sleep = time.sleep  # while a function runs, that name leads to the lab's clock

FIRST_INSTANT_S: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp()
"""Where a virtual clock starts [Unix s]: a Monday morning, the same in every run."""


class Clock(Protocol):
    """Something that knows what time it is and can let time pass."""

    def now(self) -> float:
        """Unix time [s]; outside of :meth:`at` never less than it was before."""

    def sleep(self, seconds: float) -> None:
        """Let *seconds* [s] pass; negative spans count as none."""

    def nap(self, until_s: float) -> None:
        """
        Let time pass while waiting for something, to *until_s* [Unix s] at most.

        Where time jumps that is all of it; else a moment, in which others may act.
        """

    def at(self, instant_s: float) -> AbstractContextManager[None]:
        """
        A span in which it is *instant_s* [Unix s], for whoever is inside.

        Time that passes within passes from there on.  A thread started within
        is inside if it runs in a copy of the starter's ``contextvars`` context.
        """


@dataclass
class _Moment:
    """An instant a clock has been taken back to, and how far time went on from there."""

    clock: object
    now_s: float


_moment: ContextVar[_Moment | None] = ContextVar("moment", default=None)


def _moment_of(clock: object) -> _Moment | None:
    moment = _moment.get()
    return moment if moment is not None and moment.clock is clock else None


@contextmanager
def _taken_back(clock: object, instant_s: float) -> Iterator[None]:
    outside = _moment.set(_Moment(clock, instant_s))
    try:
        yield
    finally:
        _moment.reset(outside)


class VirtualClock:
    """
    A clock that moves only when told to, and then at once.

    Args:
        start_s: First instant [Unix s].

    >>> clock = VirtualClock(start_s=100)
    >>> clock.sleep(2.5)
    >>> clock.now()
    102.5
    """

    def __init__(self, start_s: float = FIRST_INSTANT_S) -> None:
        self._now_s = float(start_s)
        self._moving = threading.Lock()

    def now(self) -> float:
        """Unix time [s]."""
        moment = _moment_of(self)
        return self._now_s if moment is None else moment.now_s

    def sleep(self, seconds: float) -> None:
        """Move *seconds* [s] ahead and return at once."""
        with self._moving:
            self._move_to(self.now() + max(0.0, seconds))

    def advance_to(self, instant_s: float) -> None:
        """Move ahead to *instant_s* [Unix s]; an instant in the past changes nothing."""
        with self._moving:
            self._move_to(instant_s)

    def nap(self, until_s: float) -> None:
        """Move to *until_s* [Unix s]."""
        self.advance_to(until_s)

    def at(self, instant_s: float) -> AbstractContextManager[None]:
        """See :meth:`Clock.at`."""
        return _taken_back(self, instant_s)

    def _move_to(self, instant_s: float) -> None:
        moment = _moment_of(self)
        if moment is not None:
            moment.now_s = max(moment.now_s, instant_s)
        self._now_s = max(self._now_s, instant_s)


class WallClock:
    """
    The machine's own clock, or one that starts with it and runs faster.

    Args:
        speed: How many seconds it counts in each of the machine's.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._started_s = time.time()

    def now(self) -> float:
        """Unix time [s]."""
        moment = _moment_of(self)
        return self._present() if moment is None else moment.now_s

    def sleep(self, seconds: float) -> None:
        """Wait *seconds* [s] for real, as far as they are not over already."""
        moment = _moment_of(self)
        if moment is None:
            self._wait(seconds)
        else:
            moment.now_s += max(0.0, seconds)
            self._wait(moment.now_s - self._present())

    def nap(self, until_s: float) -> None:
        """Wait for a moment, or until *until_s* [Unix s] if that is sooner."""
        self.sleep(min(until_s - self.now(), _NAP_S * self.speed))

    def at(self, instant_s: float) -> AbstractContextManager[None]:
        """See :meth:`Clock.at`."""
        return _taken_back(self, instant_s)

    def _present(self) -> float:
        now_s = time.time()
        return now_s + (now_s - self._started_s) * (self.speed - 1)

    def _wait(self, seconds: float) -> None:
        _really_sleep(max(0.0, seconds) / self.speed)
