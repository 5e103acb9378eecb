"""
Evidence and causes judged by what they do, never by comparing them with a stored answer.

Evidence is tried in worlds that differ in their cause: it must not say the same
in two of them. A cause is put into the healthy network on paper: it must leave
the very records that there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from labkit.diagnose.causes import reason
from labkit.diagnose.question import Question
from labkit.diagnose.rehearsal import WINDOW_END_S, Line, Sent, rehearse, rehearsed
from labkit.errors import FaultRefused
from labkit.faults.applying import in_order, planned
from labkit.faults.cases import cases
from labkit.faults.catalogue import FAULTS
from labkit.faults.world import World
from labkit.flowlog import DEFAULT_FORMAT, FlowRecord
from labkit.network.blockers import obstacles
from labkit.network.outward import leaves_the_lab

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from labkit.faults.incidents import IncidentFile
    from labkit.insights.result import Row
    from labkit.network.packet import Address
    from labkit.network.topology import Topology

# What anybody would think of first, for an incident in which nothing is wrong.
_SUSPECTS: Final = (
    "forward-route-missing",
    "return-route-missing",
    "icmp-rule-missing",
    "acl-denies-reply-out",
)
# What of a record tells whose packet it was, where it was seen, and what became of it.
_TELLING: Final = ("interface-id", "srcaddr", "dstaddr", "protocol", "action")
_PINGS: Final = 4
HEALTHY: Final = "nothing wrong"
AND: Final = " and "
"""Between the faults of a world, where it goes by what is wrong in it."""


class Rehearsals:
    """
    The worlds in which answers to an incident are tried out.

    Args:
        file: The incident.
        log_group: The log group that is looked at.
    """

    def __init__(self, file: IncidentFile, log_group: str) -> None:
        self._file, self.log_group = file, log_group
        self.healthy = World(file.healthy, file.healthy_logs)
        self._traffic = traffic(file)
        true = self.world(file.plot.fault_ids)
        if true is None:
            raise FaultRefused("This incident does not fit the network that it was drawn for.")
        self.true = true
        self._lines: dict[int, tuple[World, list[Line]]] = {}

    def world(self, fault_ids: Iterable[str]) -> World | None:
        """The healthy world with some faults in it; None where they do not go together."""
        world = self.healthy
        for name in in_order(fault_ids):
            try:
                changes = planned(world.topology, FAULTS[name], self._file.plot.ends)
            except FaultRefused:
                return None
            world = world.with_changes(changes)
        return world

    def lines(self, world: World) -> list[Line]:
        """What the log group would hold of the incident in a world."""
        if id(world) not in self._lines:
            until_s = self._file.asked_s + WINDOW_END_S
            lines = rehearse(world, self._traffic, self.log_group, until_s)
            # The world is kept as well, so that no other one can get its id.
            self._lines[id(world)] = (world, lines)
        return self._lines[id(world)][1]

    @property
    def fault_ids(self) -> tuple[str, ...]:
        """The faults of the incident, by name."""
        return self._file.plot.fault_ids

    @property
    def question(self) -> Question:
        """The ping of the ticket."""
        return Question.of(self.healthy.topology, *self._file.plot.ends)

    def rows(self, world: World) -> list[dict[str, Any]]:
        """The same lines as records by AWS's field names."""
        log_format = next((log.log_format for log in world.flow_logs), DEFAULT_FORMAT)
        return [
            dict(FlowRecord.from_line(line.text, log_format).to_dict(log_format))
            for line in self.lines(world)
        ]

    def answer(self, world: World, query: str) -> list[Row]:
        """
        What a query would find in a world.

        Raises:
            QueryError: The query cannot be run.
        """
        return rehearsed(query, self.lines(world), self._file.asked_s + WINDOW_END_S)

    def wrong(self, world: World) -> tuple[object, ...]:
        """All that is wrong in a world, host and flow logs included, by cause and by place."""
        return _wrong(world, self._file)

    @cached_property
    def look_alikes(self) -> dict[str, World]:
        """
        Worlds with other causes that leave other records, by what is wrong in them.

        Those that leave the very same records are left out: no evidence from
        the log could tell them apart.
        """
        own = self.lines(self.true)
        worlds = {HEALTHY: self.healthy} if self._file.plot.fault_ids else {}
        for names in self._other_causes():
            world = self.world(names)
            if world is not None:
                worlds[AND.join(names)] = world
        return {name: world for name, world in worlds.items() if self.lines(world) != own}

    def _other_causes(self) -> list[tuple[str, ...]]:
        """The faults of the incident with one of them replaced by one that looks like it."""
        present = self._file.plot.fault_ids
        if not present:
            return [(name,) for name in _SUSPECTS]
        return [
            tuple(dict.fromkeys(other if name == replaced else name for name in present))
            for replaced in present
            for other in cases()[replaced].look_alikes
        ]


def traffic(file: IncidentFile) -> list[Sent]:
    """What is sent from the moment of the faults on: the noise, then the ping of the ticket."""
    topology, plot = file.healthy, file.plot
    later = plot.noise[len(plot.noise) // 2 :]
    at_s, sent = file.asked_s - sum(each.pause_s for each in later), []
    for each in later:
        at_s += each.pause_s
        question = Question.of(topology, each.source, each.address, each.port)
        sent.append(Sent(at_s, question, each.packets))
    sent.append(Sent(file.asked_s, Question.of(topology, *plot.ends), _PINGS))
    return sent


# Evidence.


def not_told_apart(rehearsals: Rehearsals, query: str) -> list[str]:
    """
    The other causes for which a query would find the same as for the true one.

    Raises:
        QueryError: The query cannot be run; says where and why.
    """
    own = _plain(rehearsals.answer(rehearsals.true, query))
    return [
        name
        for name, world in rehearsals.look_alikes.items()
        if _plain(rehearsals.answer(world, query)) == own
    ]


def difference(rehearsals: Rehearsals, other: str) -> str:
    """What the world of a look-alike, by its name, leaves that is not there; or the other way."""
    there, here = rehearsals.look_alikes[other], rehearsals.true
    return _difference(rehearsals.lines(there), rehearsals.lines(here), there.topology)


def _plain(rows: Iterable[Row]) -> list[Row]:
    """Rows without the pointers that every event has of its own."""
    return [[(name, value) for name, value in row if name != "@ptr"] for row in rows]


def flows(
    rows: Iterable[Mapping[str, Any]], question: Question, topology: Topology
) -> frozenset[tuple[str, str, str, str]]:
    """
    What some records say of a packet and its answers: interface, addresses and action.

    Args:
        rows: Flow records by AWS's field names.
        question: The packet; records of other traffic are passed over.
        topology: The network, for the addresses of its NAT gateways, which
            stand in records of theirs for one end or the other.
    """
    ends = {str(question.packet.source), str(question.packet.destination)}
    if leaves_the_lab(topology, question.packet.destination):
        ends |= {str(each) for each in _addresses_of_nat_gateways(topology)}
    protocol = str(question.packet.protocol)
    texts = ({name: str(row.get(name)) for name in _TELLING} for row in rows)
    return frozenset(
        (row["interface-id"], row["srcaddr"], row["dstaddr"], row["action"])
        for row in texts
        if {row["srcaddr"], row["dstaddr"]} <= ends and row["protocol"] == protocol
    )


def _addresses_of_nat_gateways(topology: Topology) -> Iterator[Address]:
    for gateway in topology.nat_gateways.values():
        interface = topology.interfaces.get(gateway.interface_id)
        yield from interface.addresses if interface is not None else ()


def records_not_told_apart(
    rehearsals: Rehearsals, rows: Iterable[Mapping[str, Any]]
) -> tuple[bool, list[str]]:
    """Whether records are all that there are of the ping, and other causes that leave the same."""
    question, network = rehearsals.question, rehearsals.healthy.topology
    claimed = flows(rows, question, network)
    true = flows(rehearsals.rows(rehearsals.true), question, network)
    others = [
        name
        for name, world in rehearsals.look_alikes.items()
        if flows(rehearsals.rows(world), question, network) == claimed
    ]
    return claimed == true, others


# Cause.


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    How well a claimed cause accounts for an incident.

    Args:
        fits: Whether such a thing can be wrong in this network at all.
        same_records: Whether it would leave the records that there are.
        same_cause: Whether the configuration bears it out.
        first_difference: A record that it would leave and that is not there,
            or the other way round, in words; empty if there is none.
    """

    fits: bool
    same_records: bool = False
    same_cause: bool = False
    first_difference: str = ""


def explanation(rehearsals: Rehearsals, fault_ids: Sequence[str]) -> Explanation:
    """How well some faults account for an incident, tried in the healthy network on paper."""
    world = rehearsals.world(fault_ids)
    if world is None:
        return Explanation(fits=False)
    claimed, true = rehearsals.lines(world), rehearsals.lines(rehearsals.true)
    return Explanation(
        fits=True,
        same_records=claimed == true,
        same_cause=rehearsals.wrong(world) == rehearsals.wrong(rehearsals.true),
        first_difference=_difference(claimed, true, world.topology),
    )


def superfluous(rehearsals: Rehearsals, fault_ids: Sequence[str]) -> str:
    """One of some faults without which the others account for an incident as well; or nothing."""
    for name in fault_ids:
        rest = explanation(rehearsals, [each for each in fault_ids if each != name])
        if rest.same_records and rest.same_cause:
            return name
    return ""


def _wrong(world: World, file: IncidentFile) -> tuple[object, ...]:
    """All that is wrong in a world, host and flow logs included, by cause and by place."""
    question = Question.of(world.topology, *file.plot.ends)
    sender = world.topology.interfaces[question.sender_id]
    found = obstacles(world.topology, question.packet, sender).blockers
    causes = [(reason(each).cause, each.leg, each.hop.component_ids) for each in found]
    return (*causes, world.flow_logs)


def _difference(claimed: Sequence[Line], true: Sequence[Line], topology: Topology) -> str:
    extra, missing = (
        sorted(set(one) - set(other), key=lambda line: (line.start_s, line.text))
        for one, other in ((claimed, true), (true, claimed))
    )
    if extra:
        return f"then there would be {_told(extra[0], topology)}, and there is none"
    if missing:
        return f"then there would not be {_told(missing[0], topology)}, and there is"
    return ""


def _told(line: Line, topology: Topology) -> str:
    """A default-format line by what matters: whose, from where to where, and the action."""
    words = line.text.split()
    names = {each.interface_id: each.name for each in topology.interfaces.values()}
    name = next((names[word] for word in words if names.get(word)), line.stream)
    if "NODATA" in words:
        return f"a NODATA row of {name}"
    ends = next(
        (f"{one} > {other}" for one, other in pairwise(words) if _are_addresses(one, other)), ""
    )
    action = "REJECT" if "REJECT" in words else "ACCEPT"
    # A record with another number of packets is another record, and looks the same otherwise.
    plural = "" if words[8:9] == ["1"] else "s"
    counted = f" of {words[8]} packet{plural}" if len(words) == len(DEFAULT_FORMAT.fields) else ""
    return f"a record of {name}, {ends} {action}{counted}".replace(",  ", ", ")


def _are_addresses(one: str, other: str) -> bool:
    return all(word.count(".") == 3 or ":" in word for word in (one, other))
