"""What one probe led to: the answer, and what every interface saw of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

Answer: TypeAlias = Literal["answered", "refused", "no answer"]


@dataclass(frozen=True, order=True)
class Sighting:
    """
    One flow record's worth: a direction of a flow at an interface, and the verdict there.

    ``source`` and ``destination`` are what the record has as srcaddr and
    dstaddr; ``packet_source`` and ``packet_destination`` are given where the
    packet itself had another address, as it may at a NAT gateway.

    A ping is one packet each way. How many packets a connection takes is left
    to whoever opens it, so theirs are not counted.
    """

    interface: str
    direction: str
    source: str
    destination: str
    action: str
    packets: int = 0
    bytes: int = 0
    packet_source: str = ""
    packet_destination: str = ""

    def __str__(self) -> str:
        """The sighting as a row for people."""
        return (
            f"{self.interface:6s} {self.direction:7s} {_both(self.source, self.packet_source)}"
            f" > {_both(self.destination, self.packet_destination)}"
            f"  {self.action}  {self.packets}/{self.bytes}"
        )


def real_addresses(
    source: object, destination: object, real_source: object, real_destination: object
) -> tuple[str, str]:
    """A packet's own source and destination, each empty where the record shows it anyway."""
    return (
        "" if real_source == source else str(real_source),
        "" if real_destination == destination else str(real_destination),
    )


def _both(shown: str, real: str) -> str:
    return f"{shown} ({real})" if real else shown


@dataclass(frozen=True)
class Outcome:
    """
    A pair of outcomes is equal or a difference to explain.

    ``sightings`` is sorted, and so is ``crossings``: what gateways to the
    internet let pass, which no flow record tells of.
    """

    answer: Answer
    sightings: tuple[Sighting, ...]
    crossings: tuple[Sighting, ...] = ()

    @property
    def logged(self) -> Outcome:
        """As much of the outcome as flow records tell."""
        return replace(self, crossings=())

    def __str__(self) -> str:
        """The outcome as lines for people."""
        rows = [f"    {sighting}" for sighting in self.sightings] or ["    (no record anywhere)"]
        rows += [f"    not logged: {crossing}" for crossing in self.crossings]
        return "\n".join([self.answer, *rows])


_SILENT = (
    "silent: no way out",
    "silent: lost on the way there",
    "silent: no way back",
    "silent: lost on the way back",
)


def kind(outcome: Outcome, sender: str, middleboxes: Collection[str] = ()) -> str:
    """
    The outcome in one phrase, as a learner would read it off the flow records.

    ``middleboxes`` are the names of the NAT gateways there are.
    """
    seen = [row for row in outcome.sightings if row.interface in middleboxes]
    if seen:
        return _at_middlebox(outcome, seen, sender)
    if outcome.answer != "no answer":
        return outcome.answer
    rows = outcome.sightings
    rejected = [row for row in rows if row.action == "REJECT"]
    if rejected:
        return _rejection(rejected[0], outcome, sender)
    return _SILENT[min(len(rows), 3)]


def _at_middlebox(outcome: Outcome, seen: list[Sighting], sender: str) -> str:
    if outcome.answer != "no answer":
        return f"{outcome.answer} through a NAT gateway"
    rejected = [row for row in outcome.sightings if row.action == "REJECT"]
    if rejected and rejected[0] in seen:
        return f"REJECT {rejected[0].direction} at a NAT gateway"
    if rejected:
        return _rejection(rejected[0], outcome, sender)
    if len(seen) == 1:
        return "silent: stopped at a NAT gateway"
    return "silent: lost beyond a NAT gateway"


def _rejection(row: Sighting, outcome: Outcome, sender: str) -> str:
    if row.interface == sender:
        return f"REJECT {row.direction} at the sender"
    if any(
        row.interface == sighting.interface and sighting != row for sighting in outcome.sightings
    ):
        return f"REJECT {row.direction} at the receiver"
    requests = [sighting for sighting in outcome.sightings if sighting.source == row.source]
    return f"REJECT ingress at {'the receiver' if len(requests) > 1 else 'a third host'}"
