"""What one probe led to: the answer, and what every interface saw of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from linux_kernel.scenario import Scenario

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

    @classmethod
    def of_way(
        cls, way: Iterable[Sighting], rows: int, last: str, *, answered: bool = False
    ) -> Outcome:
        """The outcome with so many records of a way, the last one with the given action."""
        actions = ["ACCEPT"] * (rows - 1) + [last] * min(rows, 1)
        sightings = [
            replace(seen, action=action) for seen, action in zip(way, actions, strict=False)
        ]
        return cls("answered" if answered else "no answer", tuple(sorted(sightings)))

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


def kinds(scenario: Scenario, outcomes: Mapping[int, Outcome]) -> Counter[str]:
    """How often each kind of outcome occurs among a scenario's probes."""
    nats = {nat.name for nat in scenario.nats}
    return Counter(_kind(outcomes[each.number], each.source, nats) for each in scenario.probes)


def _kind(outcome: Outcome, sender: str, nats: set[str]) -> str:
    """The outcome in one phrase, as a learner would read it off the flow records."""
    seen = [row for row in outcome.sightings if row.interface in nats]
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
