"""What a query did, command by command, as values; whoever runs queries fills them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from labkit.units import BYTES_PER_GIB

USD_PER_GIB: Final = 0.005
"""An assumption: AWS's price for us-east-1 as secondary sources give it; check before relying."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One command as written, and how many rows go in and come out; None if not counted."""

    command: str
    rows_in: int | None
    rows_out: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    What a query did.

    Attributes:
        query: As asked.
        log_group: Where.
        stages: Its commands, in order.
        rows: Rows of the result.
        scanned: Events looked at by one run.
        scanned_bytes: Their size [B].
        matched: Events that passed the filters before the first ``stats``.
        fields: Names the cloud finds in the group, with the share of events [%] that have each.
        runs: How often the log group was scanned to explain the query.
    """

    query: str
    log_group: str
    stages: tuple[Stage, ...]
    rows: int
    scanned: int
    scanned_bytes: int
    matched: int
    fields: tuple[tuple[str, int], ...]
    runs: int

    @property
    def usd_per_gib(self) -> float:
        """The price that was assumed."""
        return USD_PER_GIB

    @property
    def usd(self) -> float:
        """What AWS would charge for one run, at the assumed price."""
        return self.scanned_bytes / BYTES_PER_GIB * USD_PER_GIB
