"""What one probe led to: the answer, and what every interface saw of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
    """``sightings`` is sorted; a pair of outcomes is equal or a difference to explain."""

    answer: Answer
    sightings: tuple[Sighting, ...]

    def __str__(self) -> str:
        """The outcome as lines for people."""
        rows = [f"    {sighting}" for sighting in self.sightings] or ["    (no record anywhere)"]
        return "\n".join([self.answer, *rows])


def kind(outcome: Outcome, sender: str) -> str:
    """The outcome in one phrase, as a learner would read it off the flow records."""
    if outcome.answer != "no answer":
        return outcome.answer
    rows = outcome.sightings
    rejected = [row for row in rows if row.action == "REJECT"]
    if rejected:
        return _rejection(rejected[0], outcome, sender)
    if not rows:
        return "silent: no way out"
    if len(rows) == 1:
        return "silent: lost on the way there"
    if len(rows) == 2:
        return "silent: no way back"
    return "silent: lost on the way back"


def _rejection(row: Sighting, outcome: Outcome, sender: str) -> str:
    if row.interface == sender:
        return f"REJECT {row.direction} at the sender"
    if any(
        row.interface == sighting.interface and sighting != row for sighting in outcome.sightings
    ):
        return f"REJECT {row.direction} at the receiver"
    requests = [sighting for sighting in outcome.sightings if sighting.source == row.source]
    return f"REJECT ingress at {'the receiver' if len(requests) > 1 else 'a third host'}"
