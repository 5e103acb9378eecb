"""
How much memory a function may take before Python says that there is none left.

Linux alone can be asked for this; elsewhere nothing is bounded.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

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
    A span in which this process may grow by so much and no more.

    Args:
        memory_mb: By how much [MB], beside the slack.
    """

    def __init__(self, memory_mb: int) -> None:
        self._more_bytes = (memory_mb + SLACK_MB) * _MB
        self._outside: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        if sys.platform == "linux":
            self._outside = resource.getrlimit(resource.RLIMIT_AS)
            self._set(_size_bytes() + self._more_bytes)
        return self

    def __exit__(self, *_: object) -> None:
        self._put_back()

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """A span within, in which nothing is bounded: the lab itself is at work."""
        if sys.platform != "linux":
            yield
            return
        within = resource.getrlimit(resource.RLIMIT_AS)
        self._put_back()
        try:
            yield
        finally:
            self._set(within[0])

    def _set(self, limit_bytes: int) -> None:
        if sys.platform == "linux" and self._outside is not None:
            most = self._outside[1]
            soft = limit_bytes if most == resource.RLIM_INFINITY else min(limit_bytes, most)
            resource.setrlimit(resource.RLIMIT_AS, (soft, most))

    def _put_back(self) -> None:
        if sys.platform == "linux" and self._outside is not None:
            resource.setrlimit(resource.RLIMIT_AS, self._outside)


def _size_bytes() -> int:
    """How much this process has mapped."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
