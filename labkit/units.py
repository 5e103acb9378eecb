"""Named conversions, so that no bare 1000 stands for a unit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

MILLISECONDS_PER_SECOND: Final = 1000
SECONDS_PER_MINUTE: Final = 60
BYTES_PER_GIB: Final = 1024**3


def ms(seconds: float) -> int:
    """
    Whole milliseconds for Unix time or a span in seconds.

    >>> ms(1.5)
    1500
    """
    return round(seconds * MILLISECONDS_PER_SECOND)


def utc(unix_s: float) -> datetime:
    """
    Aware UTC datetime for Unix time [s].

    >>> utc(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return datetime.fromtimestamp(unix_s, tz=UTC)
