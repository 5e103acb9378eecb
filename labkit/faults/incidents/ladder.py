"""
A ladder of ten incidents, two of every level: one that everybody has, and one of one's own.

The first of each level is one that a class can talk about. The second is
drawn from a number, so that neighbours cannot copy, and is as hard as anybody
else's of that level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.errors import LabError, NameNotFound
from labkit.faults.incidents import file as files
from labkit.faults.incidents.desk import close_incident, open_incident, require_whole
from labkit.faults.incidents.levels import LEVELS
from labkit.faults.incidents.plot import draw
from labkit.faults.world import World

if TYPE_CHECKING:
    from labkit.faults.incidents.desk import Incident
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology

# The incident of each level that everybody has.
SHARED: Final = {1: 5, 2: 7, 3: 23, 4: 2, 5: 2}
_PER_LADDER: Final = 100


@dataclass(frozen=True, slots=True)
class Rung:
    """One incident of a ladder: its number from 1, and what it is drawn from."""

    number: int
    level: int
    seed: int


def rungs(topology: Topology, seed: int) -> tuple[Rung, ...]:
    """
    The ten incidents of a ladder, from the easiest to the hardest.

    Args:
        topology: The healthy network that they are for.
        seed: Which ladder; any whole number.

    Raises:
        LabError: The network has no two hosts for it, or not enough that can go wrong.
    """
    found = []
    for level, shared in SHARED.items():
        own = _own(topology, level, shared, seed)
        found += [Rung(2 * level - 1, level, shared), Rung(2 * level, level, own)]
    return tuple(found)


def _own(topology: Topology, level: int, shared: int, seed: int) -> int:
    """The seed of an incident in which something else is wrong than in the shared one."""
    known = draw(topology, shared, level)
    first = (abs(seed) + 1) * _PER_LADDER
    for each in range(first, first + _PER_LADDER):
        plot = draw(topology, each, level)
        if (plot.fault_ids, plot.is_late) != (known.fault_ids, known.is_late):
            return each
    raise LabError(f"Only one incident of level {level} fits this network, and a ladder needs two.")


class Ladder:
    """
    Ten incidents to work on in a lab, one at a time.

    Args:
        lab: A healthy lab with flow logs.
        seed: Which ladder; any whole number. Everybody shares the odd rungs.

    Raises:
        LabError: The seed is no whole number, or the network offers too little for a ladder.
    """

    def __init__(self, lab: CloudLab, seed: int = 0) -> None:
        require_whole(seed=seed)
        self._lab, self.seed = lab, seed
        if files.find(lab) is not None:
            close_incident(lab)
        self.rungs = rungs(lab.topology(), seed)
        self._as_left: World | None = None

    def take(self, number: int) -> Incident:
        """
        The incident of a rung, with any other one closed and everything put back before.

        One that is open, and that nobody has changed anything in, is taken up again.

        Raises:
            NameNotFound: There is no such rung.
        """
        rung = self._rung(number)
        present = files.find(self._lab)
        if present is not None and not self._is_fresh(rung, present):
            close_incident(self._lab)
        incident = open_incident(self._lab, rung.seed, rung.level)
        self._as_left = World.of(self._lab)
        return incident

    def _rung(self, number: int) -> Rung:
        known = {rung.number: rung for rung in self.rungs}
        if number not in known:
            raise NameNotFound("rung", str(number), map(str, known))
        return known[number]

    def _is_fresh(self, rung: Rung, present: files.IncidentFile) -> bool:
        same = (present.plot.seed, present.plot.level) == (rung.seed, rung.level)
        return same and World.of(self._lab) == self._as_left

    def __repr__(self) -> str:
        lines = [f"Ladder {self.seed}"]
        for rung in self.rungs:
            whose = "everybody's" if rung.seed == SHARED[rung.level] else "your own"
            lines.append(f"  {rung.number:2}  {LEVELS[rung.level].says} ({whose})")
        return "\n".join(lines)
