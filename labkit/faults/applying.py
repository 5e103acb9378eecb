"""
Applying faults to a lab and taking them back, whatever happens in between.

Before anything is changed, the logbook holds what stands there. So a fault can
be repaired by any process on the same cloud, also after the one that applied
it died half-way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from labkit.errors import FaultRefused, LabError
from labkit.faults import logbook
from labkit.faults.catalogue import fault_named
from labkit.faults.fault import Breaks, Fault
from labkit.faults.logbook import Changed, Entry
from labkit.faults.parts import Gone, is_gone
from labkit.faults.way import Ends
from labkit.faults.world import World
from labkit.steps import gateways
from labkit.steps.plan import A, B

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labkit.faults.parts import Change
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology

ACROSS: Final = Ends(A.instance, B.instance)
"""From one VPC to the other: the way that faults break if nothing else is said."""

OUT: Final = Ends(gateways.PRIVATE.instance, "198.51.100.80")
"""From the private subnet to www.example: the way that faults of gateways break."""

# Most faults need a working peering connection, or a working way to the NAT gateway.
_LAST: Final = ("peering-", "private-", "nat-gateway-")


def usual_ends(fault: Fault) -> Ends:
    """Between whom a fault is applied if nothing is said."""
    return OUT if fault.leads_out else ACROSS


def in_order(fault_ids: Iterable[str]) -> list[str]:
    """Faults in an order in which they can be applied: what others need to work goes last."""
    return sorted(fault_ids, key=lambda name: name.startswith(_LAST))


@dataclass(frozen=True, slots=True)
class AppliedFault:
    """A fault that is applied to a lab now, and how to take it back."""

    fault: Fault
    ends: Ends

    def __repr__(self) -> str:
        name, (source, target) = self.fault.fault_id, self.ends
        return (
            f"{name} is applied between {source} and {target}.\n"
            f'To put it back: lab.repair_fault("{name}")'
        )


def apply(
    lab: CloudLab, fault_id: str, ends: Ends | None = None, *, sealed: bool = False
) -> AppliedFault:
    """
    Break a lab on purpose.

    Args:
        lab: What to break.
        fault_id: Name of a fault of the catalogue.
        ends: Who asks, and who is asked: two instances, or an instance and an
            address on the internet. The usual ones if not given.
        sealed: Whether the logbook is kept from a passing glance.

    Raises:
        NameNotFound: There is no such fault, or no such instance; lists those there are.
        FaultRefused: It is applied already, meets another fault, or does not fit the network.
        ClientError: AWS refused a change; those before it have been taken back.
    """
    fault = fault_named(fault_id)
    ends = ends or usual_ends(fault)
    present = logbook.entries(lab)
    _refuse_second(fault, ends, present)
    changed = _planned(lab, fault, ends)
    _refuse_collision(fault, changed, present)
    number = max((entry.number for entry in present), default=0) + 1
    entry = Entry(number, fault.fault_id, ends, changed, sealed)
    logbook.write(lab, entry)
    try:
        for each in changed:
            each.part.write(lab, each.after)
    except (BotoCoreError, ClientError, LabError):
        _put_back(lab, entry)
        raise
    return AppliedFault(fault, ends)


def applied(lab: CloudLab) -> list[AppliedFault]:
    """The faults that are applied to a lab now, in the order in which they were."""
    return [AppliedFault(fault_named(each.fault_id), each.ends) for each in logbook.entries(lab)]


def planned(
    topology: Topology, fault: Fault, ends: Ends | None = None, *, lab_name: str = "labkit"
) -> tuple[Change, ...]:
    """
    What a fault would change in a network; nothing is touched.

    Raises:
        FaultRefused: The fault does not fit the network, or would not break the way.
    """
    ends = ends or usual_ends(fault)
    way = fault.way.between(topology, ends, lab_name)
    changes = tuple(fault.plan(way))
    broken = World(topology).with_changes(changes).topology
    if fault.breaks is Breaks.PING and way.walked_in(broken).answered:
        raise FaultRefused(
            f"{fault.fault_id} would not stop the ping from {ends.source} to {ends.target}: "
            "something else in this network lets it pass as well."
        )
    return changes


def _planned(lab: CloudLab, fault: Fault, ends: Ends) -> tuple[Changed, ...]:
    """The changes with what stands there now; what would stay as it is left out."""
    changed = []
    for change in planned(lab.topology(), fault, ends, lab_name=lab.name):
        before = _read(lab, change)
        after = change.part.settled(before, change.after)
        if before != after:
            changed.append(Changed(change.part, before, after))
    if not changed:
        raise FaultRefused(f"{fault.fault_id} changes nothing: the lab is like that already.")
    return tuple(changed)


def _read(lab: CloudLab, change: Change) -> object:
    try:
        return change.part.read(lab)
    except ClientError as error:
        if is_gone(error):
            raise FaultRefused(
                f"This fault changes what the lab does not have yet: {change}. "
                'Build it first: lab.build("flow_logs").'
            ) from error
        raise


def _refuse_second(fault: Fault, ends: Ends, present: Sequence[Entry]) -> None:
    if any((each.fault_id, each.ends) == (fault.fault_id, ends) for each in present):
        raise FaultRefused(
            f"{fault.fault_id} is applied already between {ends.source} and {ends.target}. "
            f'Put it back first: lab.repair_fault("{fault.fault_id}").'
        )


def _refuse_collision(fault: Fault, changed: Iterable[Changed], present: Sequence[Entry]) -> None:
    """Two faults on one part could not be told apart, nor taken back one by one."""
    holders = {each.part: entry for entry in present for each in entry.changed}
    for each in changed:
        holder = holders.get(each.part)
        if holder is not None:
            what = "another fault has" if holder.sealed else f"{holder.fault_id} has"
            raise FaultRefused(
                f"{fault.fault_id} would change what {what} changed already "
                f"({each.part.words(each.before)}). Repair that first: lab.repair_faults()."
            )


class Outcome(StrEnum):
    """What was found where a fault had changed something, and done about it."""

    PUT_BACK = "put back"
    WAS_BACK = "was back already"
    CHANGED_BY_HAND = "had been changed by hand; put back"
    GONE = "is gone"


@dataclass(frozen=True, slots=True, repr=False)
class Repair:
    """
    How a fault was taken back.

    Args:
        fault_id: Which fault.
        outcomes: For each part it had changed, last change first: what stands
            there now, in words, and what was found there.
    """

    fault_id: str
    outcomes: tuple[tuple[str, Outcome], ...]

    def __repr__(self) -> str:
        lines = [f"  {outcome}: {words}" for words, outcome in self.outcomes]
        advice = []
        if any(outcome is Outcome.GONE for _, outcome in self.outcomes):
            advice = ['  What is gone can be built again: lab.build("flow_logs").']
        return "\n".join([f"{self.fault_id} is repaired.", *lines, *advice])


def repair(lab: CloudLab, fault_id: str) -> Repair:
    """
    Take one fault back, between whomever it was applied; its latest application if several.

    Raises:
        NameNotFound: There is no such fault; lists those there are.
        FaultRefused: It is not applied, or another one has to be repaired first.
    """
    fault = fault_named(fault_id)
    present = logbook.entries(lab)
    mine = [entry for entry in present if entry.fault_id == fault.fault_id]
    if not mine:
        names = ", ".join(entry.fault_id for entry in present if not entry.sealed)
        raise FaultRefused(f"{fault_id} is not applied. Applied now: {names or 'none'}.")
    return _put_back(lab, mine[-1])


def repair_all(lab: CloudLab) -> list[Repair]:
    """
    Take every fault back, the latest first.

    What was changed by hand meanwhile is put back as well, and named.
    """
    return [_put_back(lab, entry) for entry in reversed(logbook.entries(lab))]


def _put_back(lab: CloudLab, entry: Entry) -> Repair:
    outcomes = tuple(_restore(lab, each) for each in reversed(entry.changed))
    logbook.strike(lab, entry)
    return Repair(entry.fault_id, outcomes)


def _restore(lab: CloudLab, changed: Changed) -> tuple[str, Outcome]:
    part, before = changed.part, changed.before
    try:
        found = part.read(lab)
        part.write(lab, before)
    except Gone:
        return part.words(before), Outcome.GONE
    except ClientError as error:
        if not is_gone(error):
            raise
        return part.words(before), Outcome.GONE
    if found == before:
        return part.words(before), Outcome.WAS_BACK
    if found == changed.after:
        return part.words(before), Outcome.PUT_BACK
    return f"{part.words(before)} (found: {part.words(found)})", Outcome.CHANGED_BY_HAND
