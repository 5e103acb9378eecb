"""
What happened to a lab, in order: pings, and what its network was like at the time.

A network is looked at anew only after somebody changed it through the lab's own
EC2 client. Changes from elsewhere show with the next change or look.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.lab.ways import walk_between

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.lab.cloud_lab import Clock
    from labkit.network.topology import Topology
    from labkit.network.walk import Walk

_READING: Final = ("Describe", "Get", "List", "Search")
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """
    One thing that happened.

    Args:
        at: Unix time [s].
        what: In a few words.
        topology: The network then.
        walk: The way of the ping, if it was one whose ends are known.
    """

    at: float
    what: str
    topology: Topology
    walk: Walk | None = None


class Journal:
    """
    The moments of one lab.

    Args:
        clock: Tells when.
        look: The network as it stands.
    """

    def __init__(self, clock: Clock, look: Callable[[], Topology]) -> None:
        self._clock = clock
        self._look = look
        self._changes: list[str] = []
        self._changed_at = clock.now()
        self._moments: list[Moment] = []

    def watch(self, ec2: Any) -> None:  # noqa: ANN401  boto3 clients carry no type
        """Take note of every change that is made through a client."""
        ec2.meta.events.register("after-call.ec2", self._called)

    def _called(self, model: Any, parsed: dict[str, Any], **_: object) -> None:  # noqa: ANN401  botocore's
        if "Error" not in parsed and not model.name.startswith(_READING):
            self._changes.append(model.name)
            self._changed_at = self._clock.now()

    def pinged(self, at: float, source: str, target: str) -> None:
        """Take note of a ping that was sent at *at*, Unix time [s]."""
        topology = self._settled()
        walk = None
        # A host name, or an end that is gone: then there is a ping but no way to show.
        with suppress(LabError):
            walk = walk_between(topology, source, target)
        self._moments.append(Moment(at, f"{source} pings {target}", topology, walk))

    def moments(self) -> list[Moment]:
        """Everything up to now, in the order of time."""
        self._settled()
        return sorted(self._moments, key=lambda moment: moment.at)

    def _settled(self) -> Topology:
        """The network as it is, looked at only if it has changed since the last time."""
        if self._changes or not self._moments:
            what = ", ".join(list(dict.fromkeys(self._changes))[:_MOST_NAMED]) or "the first look"
            more = len(set(self._changes)) - _MOST_NAMED
            what = f"{what} and {more} more kinds of change" if more > 0 else what
            self._moments.append(Moment(self._changed_at, what, self._look()))
            self._changes.clear()
        return self._moments[-1].topology
