"""A network and a walk in, its consequences out: the answer, the path, the records to come."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from labkit.flowlog.aggregate import SeenPacket, aggregate
from labkit.view import story
from labkit.view.content import interface_name
from labkit.view.grid import Grid, Line
from labkit.view.records import DIRECTIONS
from labkit.view.theme import ACTION_TONES, LOOKS, Tone, action_words
from labkit.view.topology import draw
from labkit.view.trace import verdict_html
from labkit.view.tracks import tone_of

if TYPE_CHECKING:
    from labkit.network.topology import Topology
    from labkit.network.walk import Walk
    from labkit.view.picture import Picture
    from labkit.view.reachability import Pinged

_HEADINGS: Final = ("interface", "direction", "srcaddr", "dstaddr", "packets", "bytes", "action")


@dataclass(frozen=True, slots=True, repr=False)
class Experiment:
    """
    One try of a ping.

    Args:
        topology: The network it went through.
        walk: What one of its packets meets.
        pinged: What ``ping`` printed; None if it was not run.
    """

    topology: Topology
    walk: Walk
    pinged: Pinged | None = None

    @property
    def picture(self) -> Picture:
        """The network with the way of the packet."""
        return draw(self.topology, self.walk)

    @property
    def records(self) -> Grid:
        """The flow records that this ping leaves, if flow logs cover both ends."""
        count = self.pinged.transmitted if self.pinged else 1
        seen = [
            SeenPacket(second, sighting)
            for second in range(count)
            for sighting in self.walk.sightings
        ]
        lines = []
        for record in aggregate(seen, self.topology, interval_s=600):
            interface = self.topology.interfaces[str(record.interface_id)]
            inbound = str(record.dstaddr) in map(str, interface.addresses)
            cells = (
                interface_name(interface),
                DIRECTIONS["ingress" if inbound else "egress"],
                *map(str, (record.srcaddr, record.dstaddr, record.packets, record.bytes)),
                action_words(str(record.action)),
            )
            tone = ACTION_TONES[str(record.action)]
            lines.append(Line(cells, tone if tone is Tone.BAD else None))
        caption = f"Flow records to come: {len(lines)}"
        return Grid(_HEADINGS, tuple(lines), caption, frozenset({4, 5}), frozenset({2, 3}))

    @property
    def silence(self) -> str:
        """Which ends of the way will write nothing, if any: silence is evidence."""
        ends = [end for end in (self.walk.sender_id, self._meant_id()) if end]
        heard = {sighting.interface_id for sighting in self.walk.sightings}
        quiet = [
            interface_name(self.topology.interfaces[end])
            for end in ends
            if end in self.topology.interfaces and end not in heard
        ]
        return f"No record from: {', '.join(quiet)}." if quiet else ""

    def _meant_id(self) -> str | None:
        """The interface that was pinged, whether or not anything got there."""
        owners = [
            each.interface_id
            for each in self.topology.interfaces.values()
            if self.walk.packet.destination in each.addresses
        ]
        return self.walk.receiver_id or next(iter(owners), None)

    @property
    def sentence(self) -> str:
        """How it ended, and what decided."""
        return f"{LOOKS[tone_of(self.walk)].symbol} {story.ending(self.topology, self.walk)}"

    def __repr__(self) -> str:
        pinged = [str(self.pinged)] if self.pinged else []
        quiet = [self.silence] if self.silence else []
        return "\n".join([*pinged, self.sentence, self.records.to_text(), *quiet])

    def _repr_html_(self) -> str:
        return f"{self.picture._repr_html_()}{self.facts_html()}"

    def facts_html(self) -> str:
        """Verdict, ping and records without the picture."""
        pinged = (
            f'<pre style="margin:0;color:inherit;background:none">{escape(str(self.pinged))}</pre>'
            if self.pinged
            else ""
        )
        quiet = f"<p><strong>{escape(self.silence)}</strong></p>" if self.silence else ""
        return (
            f"{verdict_html(tone_of(self.walk), story.ending(self.topology, self.walk))}"
            '<div style="display:flex;flex-wrap:wrap;gap:2em;align-items:flex-start">'
            f"<div>{pinged}</div><div>{self.records.to_html()}{quiet}</div></div>"
        )
