"""Records and what happened in, the state of both at any instant out."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final, Protocol

from labkit.view import frames
from labkit.view.grid import Grid, Line
from labkit.view.records import record_table
from labkit.view.theme import ACTION_TONES, LOOKS, Tone
from labkit.view.topology import draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from labkit.network.topology import Topology
    from labkit.network.walk import Walk
    from labkit.view.picture import Picture

ARRIVAL: Final = "@ingestionTime"
MAX_ROWS: Final = 20
_COLUMNS: Final = ("start", "interface-id", "srcaddr", "dstaddr", "protocol", "packets", "action")
_UNDER_WAY: Final = f"{LOOKS[Tone.QUIET].symbol} under way"
_ARRIVED: Final = f"{LOOKS[Tone.GOOD].symbol} in the log"


class Moment(Protocol):
    """One thing that happened: a ping, or a change of the network."""

    @property
    def at(self) -> float:
        """Unix time [s]."""

    @property
    def what(self) -> str:
        """In a few words."""

    @property
    def topology(self) -> Topology:
        """The network then."""

    @property
    def walk(self) -> Walk | None:
        """The way of the ping, if it was one."""


@dataclass(frozen=True, slots=True, repr=False)
class Instant:
    """
    How things stood at one time.

    Args:
        at: The time.
        seen: The records whose packets had been seen by then, arrived or not.
        last: What had happened last; None if nothing had.
    """

    at: pd.Timestamp
    seen: pd.DataFrame
    last: Moment | None

    @property
    def arrived(self) -> int:
        """How many records were in the log group."""
        return int((self.seen[ARRIVAL] <= self.at).sum())

    @property
    def sentence(self) -> str:
        """The instant in one line."""
        under_way = len(self.seen) - self.arrived
        before = f"; last, at {_clock(self.last)}: {self.last.what}" if self.last else ""
        return (
            f"{self.at:%H:%M:%S} UTC: {_records(self.arrived)} in the log, "
            f"{_records(under_way)} under way{before}."
        )

    @property
    def grid(self) -> Grid:
        """The last records, newest first, each with where it is."""
        newest = self.seen.iloc[::-1].head(MAX_ROWS).reset_index(drop=True)
        topology = self.last.topology if self.last else None
        table = record_table(newest, topology, columns=[c for c in _COLUMNS if c in newest])
        states = [_ARRIVED if at <= self.at else _UNDER_WAY for at in newest[ARRIVAL]]
        lines = tuple(
            Line((state, *line.cells), line.tone if state == _ARRIVED else Tone.QUIET)
            for state, line in zip(states, table.grid.lines, strict=True)
        )
        hidden = len(self.seen) - len(newest)
        caption = f"The last {MAX_ROWS} of {len(self.seen)} records" if hidden else ""
        shifted = (
            frozenset(at + 1 for at in each) for each in (table.grid.numeric, table.grid.addresses)
        )
        return Grid(("where", *table.grid.headings), lines, caption, *shifted)

    @property
    def picture(self) -> Picture | None:
        """The network as it was, with the way of the ping if that came last."""
        return draw(self.last.topology, self.last.walk) if self.last else None

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.grid.to_text()}" if len(self.seen) else self.sentence

    def _repr_html_(self) -> str:
        table = self.grid.to_html() if len(self.seen) else ""
        picture = self.picture._repr_html_() if self.picture else ""
        return (
            f'<p style="margin:.4em 0"><strong>{escape(self.sentence)}</strong></p>'
            f'<div style="overflow-x:auto">{table}</div>{picture}'
        )


def _clock(moment: Moment) -> str:
    return f"{frames.moments([moment.at])[0]:%H:%M:%S}"


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


@dataclass(frozen=True, slots=True)
class Past:
    """
    Everything that happened.

    Args:
        records: Flow records with ``start``, ``action`` and ``@ingestionTime``; those
            that say NODATA or SKIPDATA are no packets, and left out.
        moments: Pings and changes, in the order of time.
    """

    records: pd.DataFrame
    moments: Sequence[Moment]

    def instants(self) -> list[pd.Timestamp]:
        """Every time at which something changed, in order; empty if nothing ever happened."""
        happened = frames.moments(moment.at for moment in self.moments)
        times = {*self._traffic["start"], *self._traffic[ARRIVAL], *happened}
        return sorted({time.ceil("s") for time in times})

    @property
    def _traffic(self) -> pd.DataFrame:
        return self.records[self.records["action"].isin(list(ACTION_TONES))]

    def at(self, when: pd.Timestamp) -> Instant:
        """How things stood at *when*."""
        traffic = self._traffic
        seen = traffic[traffic["start"] <= when]
        before = [each for each in self.moments if frames.moments([each.at])[0] <= when]
        return Instant(when, seen, before[-1] if before else None)
