"""
Everything that stands in a packet's way and its answer's, not only the first.

A walk ends at the first thing that stops it, and what lies behind stays
hidden. Here each obstacle is lifted on paper, as narrowly as can be, and the
packet is sent on, until its answer is home or nothing more can be lifted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.errors import NotSimulated
from labkit.network.blocker import Blocker
from labkit.network.detours import block_of, home_of
from labkit.network.lifting import EPHEMERAL_PORTS, needed_entry, needed_rule, without
from labkit.network.walk import walk
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.packet import Packet
    from labkit.network.stations.steps import End
    from labkit.network.topology import Topology
    from labkit.network.walk import Walk

__all__ = [
    "EPHEMERAL_PORTS",
    "Blocker",
    "Obstacles",
    "block_of",
    "home_of",
    "needed_entry",
    "needed_rule",
    "obstacles",
    "without",
]

# No network has so many obstacles one behind the other; a loop would be a bug.
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Obstacles:
    """
    All obstacles on a way, in the order in which a packet meets them.

    Args:
        blockers: Each one, with those before it lifted.
        last: The walk once all of them were lifted.
        lifted: The network in which it went.
        unknown: Why the way could not be followed further; empty if it could.
    """

    blockers: tuple[Blocker, ...]
    last: Walk | None
    lifted: Topology
    unknown: str = ""


def obstacles(
    topology: Topology,
    packet: Packet,
    sender: End,
    lift: Callable[[Blocker], Topology | None] | None = None,
) -> Obstacles:
    """
    What stops *packet*, and its answer, on the way from *sender* and back.

    Args:
        topology: The network as it stands.
        packet: What the sender's host puts on the wire.
        sender: The interface it leaves by, or the outside host that sends it.
        lift: Gives the network without an obstacle, None if nothing lifts it;
            ``without`` if not given.

    Raises:
        TopologyError: Something the packet meets is missing from *topology*.
    """
    found: list[Blocker] = []
    for _ in range(_MOST):
        try:
            walked = walk(topology, packet, _present(topology, sender))
        except NotSimulated as unknown:
            return Obstacles(tuple(found), None, topology, str(unknown))
        if walked.answered:
            return Obstacles(tuple(found), walked, topology)
        if any(_end(each.walk) == _end(walked) for each in found):
            # What one obstacle needs brings another back, and the other way round: no way out.
            return Obstacles(tuple(found), walked, topology)
        blocker = Blocker(walked, topology)
        found.append(blocker)
        lifted = (lift or without)(blocker)
        if lifted is None or lifted == topology:
            return Obstacles(tuple(found), walked, topology)
        topology = lifted
    return Obstacles(tuple(found), None, topology, f"more than {_MOST} obstacles")


def _end(walked: Walk) -> tuple[object, ...]:
    """How a walk ended, at which station, and with what packet."""
    last = walked.hops[-1]
    return walked.fate, walked.leg, last.component_ids, last.direction, last.packet


def _present(topology: Topology, sender: End) -> End:
    """The sender as it is in a network that was changed meanwhile."""
    return sender if isinstance(sender, OutsideHost) else topology.interfaces[sender.interface_id]
