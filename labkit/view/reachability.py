"""A network in, who can ping whom out: by its configuration, and by real pings where asked."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import permutations, product
from typing import TYPE_CHECKING, Final, Protocol

from labkit.errors import NameNotFound
from labkit.network.packet import echo_request
from labkit.network.walk import Leg, walk
from labkit.view.content import interface_name
from labkit.view.grid import Grid, Line
from labkit.view.theme import LOOKS, Tone
from labkit.view.tracks import tone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.network.packet import Packet
    from labkit.network.topology import Interface, Topology
    from labkit.network.walk import Walk


class Pinged(Protocol):
    """What a ping says of itself."""

    @property
    def transmitted(self) -> int:
        """How many echo requests were sent."""

    @property
    def received(self) -> int:
        """How many echo replies came back."""


_WAYS: Final = {Leg.REQUEST: "there", Leg.REPLY: "back"}


@dataclass(frozen=True, slots=True)
class Pair:
    """One way between two instances: what the configuration says, and what a ping said."""

    walk: Walk
    pinged: Pinged | None = None

    @property
    def agree(self) -> bool:
        """Whether the ping, if there was one, went as the configuration says it should."""
        return self.pinged is None or self.walk.answered == (self.pinged.received > 0)

    @property
    def tone(self) -> Tone:
        return tone_of(self.walk) if self.agree else Tone.OPEN

    @property
    def words(self) -> str:
        """
        The result with its symbol, for example ``✗ no route, on the way back``.

        Where a ping disagrees it has the last word: something is at work that
        the configuration does not show.
        """
        way = "" if self.walk.answered else f", on the way {_WAYS[self.walk.leg]}"
        words = f"{LOOKS[tone_of(self.walk)].symbol} {self.walk.fate}{way}"
        if self.pinged is None:
            return words
        counts = f"ping {self.pinged.received} of {self.pinged.transmitted}"
        return f"{words}; {counts}" if self.agree else f"≠ {counts}, but predicted: {words}"


@dataclass(frozen=True, slots=True, repr=False)
class Reachability:
    """
    Every ordered pair of instances.

    Args:
        names: The instances, sorted.
        pairs: By name of sender and name of receiver.
    """

    names: tuple[str, ...]
    pairs: Mapping[tuple[str, str], Pair]

    @property
    def description(self) -> str:
        """One sentence: how many pairs are answered, and which are not."""
        if not self.pairs:
            return "There are no two instances to try."
        lost = [f"{a} to {b}" for (a, b), pair in self.pairs.items() if pair.tone is not Tone.GOOD]
        answered = len(self.pairs) - len(lost)
        listed = ", ".join(lost[:4]) + (f" and {len(lost) - 4} more" if len(lost) > 4 else "")
        rest = f"; not: {listed}" if lost else ""
        return f"{answered} of {len(self.pairs)} pairs are answered{rest}."

    def pair(self, source: str, target: str) -> Pair:
        """
        What became of one ping.

        Raises:
            NameNotFound: There is no instance of that name, or none to try from there.
        """
        if source not in self.names:
            raise NameNotFound("instance", source, self.names)
        tried = {b: pair for (a, b), pair in self.pairs.items() if a == source}
        if target not in tried:
            raise NameNotFound(f"instance that {source} can try", target, tried)
        return tried[target]

    @property
    def grid(self) -> Grid:
        """One line per sender, one column per receiver."""
        lines = []
        for source in self.names:
            found = [self.pairs.get((source, target)) for target in self.names]
            cells = (source, *(pair.words if pair else "-" for pair in found))
            tones = (None, *(pair.tone if pair else Tone.QUIET for pair in found))
            lines.append(Line(cells, tones=tones))
        return Grid(("from ↓ to →", *self.names), tuple(lines))

    def __repr__(self) -> str:
        return f"{self.description}\n{self.grid.to_text()}" if self.pairs else self.description

    def _repr_html_(self) -> str:
        table = f'<div style="overflow-x:auto">{self.grid.to_html()}</div>' if self.pairs else ""
        return f'<p style="margin:.4em 0">{escape(self.description)}</p>{table}'


def reachability(
    topology: Topology, ping: Callable[[str, str], Pinged] | None = None
) -> Reachability:
    """
    Who can ping whom in *topology*.

    Two instances without addresses of one family cannot even try; such a pair is left out.

    Args:
        topology: The network.
        ping: Sends a real ping from one instance to another, by name; called
            for every pair. Without it the configuration alone is asked.

    Raises:
        NotSimulated: A packet would meet something the walk does not know.
    """
    interfaces = _instances(topology)
    pairs: dict[tuple[str, str], Pair] = {}
    for source, target in permutations(interfaces, 2):
        packet = _packet(interfaces[source], interfaces[target])
        if packet is not None:
            walked = walk(topology, packet, interfaces[source])
            pairs[source, target] = Pair(walked, ping(source, target) if ping else None)
    return Reachability(tuple(interfaces), pairs)


def _instances(topology: Topology) -> dict[str, Interface]:
    """The primary interface of every instance by a name that only it has, sorted."""
    firsts: dict[str, Interface] = {}
    order = sorted(topology.interfaces.values(), key=lambda e: (e.device_index, e.interface_id))
    for each in order:
        if each.instance_id:
            firsts.setdefault(each.instance_id, each)
    names = [interface_name(each) for each in firsts.values()]
    named = {
        interface_name(each) if names.count(interface_name(each)) == 1 else instance_id: each
        for instance_id, each in firsts.items()
    }
    return dict(sorted(named.items()))


def _packet(sender: Interface, receiver: Interface) -> Packet | None:
    """The ping from one to the other, by the first family of addresses that both have."""
    ends = product(sender.addresses, receiver.addresses)
    return next((echo_request(*pair) for pair in ends if pair[0].version == pair[1].version), None)
