"""A walk as a table: every hop with what decided there, numbered as in the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from labkit.network.names import short
from labkit.network.walk import Station, Verdict
from labkit.view import story
from labkit.view.content import interface_name
from labkit.view.grid import Grid, Line
from labkit.view.theme import LOOKS, Tone
from labkit.view.tracks import tone_of

if TYPE_CHECKING:
    from labkit.network.topology import Topology
    from labkit.network.walk import Hop, Walk

_HEADINGS: Final = ("#", "leg", "station", "which", "verdict", "why")
_WHY_WIDTH: Final = 76
_STOPS: Final = (Verdict.DENY, Verdict.DROP)


@dataclass(frozen=True, slots=True, repr=False)
class Trace:
    """
    The hop trace of one walk.

    Args:
        grid: One line per hop.
        ending: How the walk ended and, if it failed, the cause.
        tone: How good the news is.
    """

    grid: Grid
    ending: str
    tone: Tone

    def __repr__(self) -> str:
        rows = self.grid.to_text(last_width=_WHY_WIDTH)
        return f"{rows}\n{LOOKS[self.tone].symbol} {self.ending}"

    def _repr_html_(self) -> str:
        return f"{self.grid.to_html()}{verdict_html(self.tone, self.ending)}"


def verdict_html(tone: Tone, words: str) -> str:
    """How a walk ended, with its symbol."""
    look = LOOKS[tone]
    return (
        f'<p style="margin:.4em 0;padding:.3em .7em;border-left:4px solid {look.colour}">'
        f"<strong>{look.symbol}</strong> {escape(words)}</p>"
    )


def trace_table(walk: Walk, topology: Topology) -> Trace:
    """
    The walk hop by hop: number, leg, station, which one, verdict, and why.

    The last line gives the verdict on the whole walk.
    """
    lines = tuple(
        _line(number, hop, walk, topology) for number, hop in enumerate(walk.hops, start=1)
    )
    caption = f"Hop by hop: {story.question(topology, walk)}"
    ending = story.ending(topology, walk)
    if story.has_changed(topology, walk):
        ending = f"{ending} {story.CHANGED}"
    return Trace(Grid(_HEADINGS, lines, caption, frozenset({0})), ending, tone_of(walk))


def _line(number: int, hop: Hop, walk: Walk, topology: Topology) -> Line:
    tone = _tone(number, hop, walk)
    verdict = f"{LOOKS[tone].symbol} {hop.verdict}"
    parts = ", ".join(short(topology, component) for component in hop.component_ids)
    why = story.reason_by_name(topology, walk, hop).removeprefix(f"{hop.station} {parts} ")
    station = f"{hop.station} {hop.direction}" if hop.direction else str(hop.station)
    cells = (str(number), str(hop.leg), station, _which(hop, topology), verdict, why)
    return Line(cells, None if tone is Tone.GOOD else tone)


def _tone(number: int, hop: Hop, walk: Walk) -> Tone:
    if hop.verdict in _STOPS:
        return Tone.BAD
    return tone_of(walk) if number == len(walk.hops) else Tone.GOOD


def _which(hop: Hop, topology: Topology) -> str:
    interface = topology.interfaces.get(hop.interface_id or "")
    if hop.station in (Station.HOST, Station.INTERFACE) and interface:
        return interface_name(interface)
    return ", ".join(short(topology, component) for component in hop.component_ids)
