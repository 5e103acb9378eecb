"""Opening an incident in a lab, and closing it again, whatever became of it meanwhile."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass, replace
from itertools import permutations
from numbers import Integral
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from labkit.errors import LabError
from labkit.faults import logbook
from labkit.faults.applying import ACROSS, apply, repair_all
from labkit.faults.catalogue import FAULTS
from labkit.faults.incidents import file as files
from labkit.faults.incidents.file import IncidentFile
from labkit.faults.incidents.leftovers import foundations, leftovers
from labkit.faults.incidents.levels import level_numbered
from labkit.faults.incidents.plot import draw
from labkit.faults.parts import (
    DeliveryPolicies,
    DeliveryTrust,
    FlowLogOf,
    Gone,
    as_json,
    is_gone,
)
from labkit.faults.parts.instances import RUNNING, StateOf
from labkit.faults.way import Ends
from labkit.lab.tags import name_of
from labkit.lab.ways import walk_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labkit.faults.applying import Repair
    from labkit.faults.incidents.plot import Noise, Plot
    from labkit.faults.parts import Change, Part, Value
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology

_FLOW_LOG: Final = "vpc-flow-log"
_PINGS: Final = 4
# A page breaks longer lines of what is printed, and anywhere within a word.
_WIDTH: Final = 92


@dataclass(frozen=True, slots=True, repr=False)
class Incident:
    """
    An open incident, as far as whoever works on it may know.

    Args:
        seed: What it was drawn from.
        level: Its level.
        ticket: What somebody wrote.
        ends: Who the ticket is about: who asks, and who is asked.
        begun_s: When it began [Unix s]; records from then on belong to it.
        asked_s: When the ping of the ticket was sent [Unix s].
    """

    seed: int
    level: int
    ticket: str
    ends: Ends
    begun_s: float
    asked_s: float

    def __repr__(self) -> str:
        head = f"Incident {self.seed}, level {self.level}: {level_numbered(self.level).says}"
        return f"{head}\n\n{textwrap.fill(self.ticket, _WIDTH)}"


@dataclass(frozen=True, slots=True, repr=False)
class Closed:
    """What an incident was about, told once it is over."""

    plot: Plot
    repairs: tuple[Repair, ...]
    put_back: tuple[str, ...] = ()

    def __repr__(self) -> str:
        head = f"Incident {self.plot.seed}, level {self.plot.level} is closed."
        told = [
            textwrap.fill(
                f"{name}: {FAULTS[name].says} {FAULTS[name].cause}",
                _WIDTH,
                initial_indent="  ",
                subsequent_indent="    ",
                break_on_hyphens=False,
            )
            for name in self.plot.fault_ids
        ]
        if self.plot.is_late:
            told = ["  Nothing was wrong: AWS delivers records minutes after the packets."]
        left = [f"  {each}" for each in self.put_back]
        if left:
            left.insert(0, "Put back as well, as it was before the incident:")
        return "\n".join([head, *(told or ["  Nothing was wrong."]), *left])


def open_incident(lab: CloudLab, seed: int, level: int) -> Incident:
    """
    Break a healthy lab in a way that nobody is told, and hand over the ticket.

    The same seed and level give the same incident. One that is open already
    is taken up again, also after the kernel died in the middle of it.

    Raises:
        NameNotFound: There is no such level.
        LabError: Another incident is open, the lab is not healthy, or what was
            given is no whole number.
    """
    require_whole(seed=seed, level=level)
    level_numbered(level)
    present = files.find(lab)
    if present is not None:
        if (present.plot.seed, present.plot.level) != (seed, level):
            raise LabError(
                f"Incident {present.plot.seed} of level {present.plot.level} is still open. "
                "Close it first: lab.close_incident()."
            )
        return _as_told(present if present.is_open else _happen(lab, present))
    topology = lab.topology()
    _require_beginning(lab)
    if not level_numbered(level).leads_out:
        _require_health(topology, _across(topology))
    plot = draw(topology, seed, level)
    described = lab.tags.resources(lab.ec2, _FLOW_LOG)
    kept = [{"part": as_json(part), "value": value} for part, value in _kept(lab)]
    file = IncidentFile(plot, lab.answers(), described, lab.clock.now(), kept=kept)
    _require_health(file.healthy, [plot.ends])
    files.write(lab, file)
    return _as_told(_happen(lab, file))


def current(lab: CloudLab) -> IncidentFile:
    """
    The file of the incident that is open.

    Raises:
        LabError: None is.
    """
    found = files.find(lab)
    if found is None or not found.is_open:
        raise LabError(
            "No incident is open. Open one: lab.incident(seed=7, level=1). "
            "On a ladder, take a rung again: ladder.take(2). A check closes the rung it has played."
        )
    return found


def close_incident(lab: CloudLab) -> Closed:
    """
    Put everything back and tell what was wrong; at any time, solved or not.

    Raises:
        LabError: No incident is open.
    """
    found = files.find(lab)
    if found is None:
        raise LabError("No incident is open, so there is none to close.")
    put_back = [*_put_back(lab, _foundations(lab, found))]
    repairs = tuple(repair_all(lab))
    put_back += _put_back(lab, leftovers(found.healthy, lab.topology()))
    put_back += _put_back(lab, _bent(lab, found))
    files.remove(lab)
    return Closed(found.plot, repairs, tuple(put_back))


def _foundations(lab: CloudLab, file: IncidentFile) -> list[Change]:
    """What somebody took away that the repair of a fault needs, and that is no fault itself."""
    of_faults = {each.part for entry in logbook.entries(lab) for each in entry.changed}
    missing = foundations(file.healthy, lab.topology())
    return [change for change in missing if change.part not in of_faults]


def _bent(lab: CloudLab, file: IncidentFile) -> Iterator[Change]:
    """What is kept of flow logs and their role, where it is not so any more."""
    for change in file.kept_parts:
        try:
            if change.part.read(lab) != change.after:
                yield change
        except ClientError as error:
            if not is_gone(error):
                raise
            yield change


def _put_back(lab: CloudLab, changes: Iterable[Change]) -> Iterator[str]:
    """Makes the lab again what it was before the incident, whatever somebody did to it."""
    for change in changes:
        try:
            change.part.write(lab, change.after)
            yield str(change)
        except (Gone, LabError, ClientError) as error:
            gone = isinstance(error, Gone) or is_gone(error)
            why = 'what it is part of is gone. Build it again: lab.build("flow_logs").'
            yield f"{change}: not put back, because {why if gone else error}"


def _as_told(file: IncidentFile) -> Incident:
    plot = file.plot
    return Incident(plot.seed, plot.level, plot.ticket, plot.ends, file.begun_s, file.asked_s)


def require_whole(**numbers: object) -> None:
    """
    Make sure that what incidents are drawn from are whole numbers.

    Raises:
        LabError: One is none.
    """
    for name, value in numbers.items():
        if not isinstance(value, Integral) or isinstance(value, bool):
            raise LabError(
                f"The {name} of an incident is a whole number, and {value!r} is none. "
                "For example: lab.incident(seed=7, level=1)."
            )


def _require_beginning(lab: CloudLab) -> None:
    if not lab.tags.resources(lab.ec2, _FLOW_LOG):
        raise LabError('An incident needs flow logs to look at: lab.build("flow_logs").')
    if logbook.entries(lab):
        raise LabError("Faults are applied to this lab. Put them back first: lab.repair_faults().")


def _require_health(topology: Topology, pairs: Iterable[Ends]) -> None:
    for one, other in pairs:
        if not walk_between(topology, one, other).answered:
            raise LabError(
                f"This lab is not healthy: {one} cannot reach {other}. "
                'Put it right first, or build it anew: lab.build("flow_logs").'
            )


def _across(topology: Topology) -> list[Ends]:
    """
    The way that the guide builds, there and back, as far as its hosts are there.

    Who builds on has hosts that are not to reach each other, such as those of a private subnet.
    """
    names = {each.name for each in topology.interfaces.values() if each.instance_id}
    return [Ends(*pair) for pair in permutations(ACROSS) if names.issuperset(pair)]


def _kept(lab: CloudLab) -> Iterator[tuple[Part, Value]]:
    """What an incident puts back and the network's own description does not tell."""
    watched = {each["ResourceId"] for each in lab.tags.resources(lab.ec2, _FLOW_LOG)}
    parts = [FlowLogOf(each) for each in sorted(watched)]
    for part in (*parts, DeliveryTrust(), DeliveryPolicies()):
        try:
            yield part, part.read(lab)
        except ClientError as error:
            # Whoever delivers with a role of their own looks after it themselves.
            if not is_gone(error):
                raise


def _happen(lab: CloudLab, file: IncidentFile) -> IncidentFile:
    """Everything of an incident, from the healthy minutes before it to the ticket."""
    plot = file.plot
    half = len(plot.noise) // 2
    applied = {(each.fault_id, each.ends) for each in logbook.entries(lab)}
    if not applied:
        lab.ping(*plot.ends, _PINGS)
        _make(lab, plot.noise[:half])
        lab.wait_for_logs()
    for fault_id in plot.fault_ids:
        if (fault_id, plot.ends) not in applied:
            apply(lab, fault_id, plot.ends, sealed=True)
    _make(lab, plot.noise[half:])
    asked_s = lab.clock.now()
    lab.ping(*plot.ends, _PINGS)
    if not plot.is_late:
        lab.wait_for_logs()
    until_s = lab.clock.now()
    records = count_records(lab, file.begun_s, until_s)
    opened = replace(file, asked_s=asked_s, records=records, until_s=until_s)
    files.write(lab, opened)
    return opened


def _make(lab: CloudLab, noise: Iterable[Noise]) -> None:
    """Runs what hosts run meanwhile; one that is stopped runs nothing."""
    described = lab.tags.resources(lab.ec2, "instance")
    ids = {name_of(each): each["InstanceId"] for each in described}
    for each in noise:
        lab.clock.sleep(each.pause_s)
        if StateOf(ids[each.source]).read(lab) == RUNNING:
            lab.run_command(each.source, each.command)


def count_records(lab: CloudLab, since_s: float, until_s: float) -> dict[str, int]:
    """How many events of a time the lab's log group holds, by stream; none if it is not there."""
    pages = lab.logs.get_paginator("filter_log_events").paginate(
        logGroupName=lab.log_group, startTime=int(since_s * 1000), endTime=int(until_s * 1000)
    )
    try:
        return dict(Counter(each["logStreamName"] for page in pages for each in page["events"]))
    except lab.logs.exceptions.ResourceNotFoundException:
        return {}
