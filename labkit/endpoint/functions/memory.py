"""
How much memory a function may take before Python says that there is none left.

Linux alone can be asked for this; elsewhere nothing is bounded.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "linux":
    import resource

_MB: Final = 1024 * 1024

SLACK_MB: Final = 512
"""
What a function gets beyond its own, as the lab's own threads take from it, too.

It is there to keep a runaway function from taking the kernel down, not to
measure; on Lambda what the runtime and boto3 take counts as well.
"""


class Allowance:
    """
    How much this process may grow by during one invocation.

    Args:
        memory_mb: By how much [MB], beside the slack.
    """

    def __init__(self, memory_mb: int) -> None:
        self._more_bytes = (memory_mb + SLACK_MB) * _MB
        self._changing = threading.Lock()
        self._lifted = 0
        self._outside = self._within = (-1, -1)
        self._is_over = False

    @contextmanager
    def bounding(self) -> Iterator[None]:
        """A span in which the process may grow by so much and no more."""
        if sys.platform != "linux":
            yield
            return
        self._outside = soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = [each for each in (soft, hard) if each != resource.RLIM_INFINITY]
        self._within = min([_size_bytes() + self._more_bytes, *most]), hard
        try:
            self._apply(self._within)
            yield
        finally:
            with self._changing:
                self._is_over = True
                self._apply(self._outside)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """
        A span within, in which nothing is bounded: the lab itself is at work.

        Several threads may be in one at once, and still be in it when the invocation is over.
        """
        self._lift(1)
        try:
            yield
        finally:
            self._lift(-1)

    def _lift(self, by: int) -> None:
        with self._changing:
            was_bounding = not self._lifted
            self._lifted += by
            if not self._is_over and was_bounding is not (not self._lifted):
                self._apply(self._outside if self._lifted else self._within)

    def _apply(self, limit: tuple[int, int]) -> None:
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, limit)


def _size_bytes() -> int:
    """How much this process has mapped."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
