"""The time the embedded AWS lives in: a virtual clock for notebooks, the wall clock for servers."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Final, Protocol

FIRST_INSTANT_S: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp()
"""Where a virtual clock starts [Unix s]: a Monday morning, the same in every run."""


class Clock(Protocol):
    """Something that knows what time it is and can let time pass."""

    def now(self) -> float:
        """Unix time [s]; never less than it was before."""

    def sleep(self, seconds: float) -> None:
        """Let *seconds* [s] pass; negative spans count as none."""


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
        return self._now_s

    def sleep(self, seconds: float) -> None:
        """Move *seconds* [s] ahead and return at once."""
        with self._moving:
            self._now_s += max(0.0, seconds)

    def advance_to(self, instant_s: float) -> None:
        """Move ahead to *instant_s* [Unix s]; an instant in the past changes nothing."""
        with self._moving:
            self._now_s = max(self._now_s, instant_s)


class WallClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Unix time [s]."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait *seconds* [s] for real."""
        time.sleep(max(0.0, seconds))
