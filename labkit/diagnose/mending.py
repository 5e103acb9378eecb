"""What a lab is like after somebody put it right, or tried to: what passes, and what is told."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from labkit.diagnose.asking import diagnose_lab, read_policy, read_role
from labkit.diagnose.causes import Cause
from labkit.diagnose.judging import Rehearsals
from labkit.diagnose.loosening import loosened, wider_permissions, wider_trust
from labkit.errors import LabError
from labkit.faults import logbook
from labkit.faults.incidents import count_records
from labkit.faults.parts import DeliveryPolicies, DeliveryTrust, Gone
from labkit.faults.world import World
from labkit.lab.ways import walk_between
from labkit.network.explain import label
from labkit.network.openings import openings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.diagnose.diagnosis import Diagnosis
    from labkit.faults.incidents import IncidentFile
    from labkit.lab import CloudLab
    from labkit.network.openings import Opening
    from labkit.network.topology import Topology


@dataclass(frozen=True, slots=True)
class FixState:
    """
    What a lab is like after somebody put it right, or tried to.

    Args:
        diagnosis: What still stands in the way of the ping of the ticket.
        answered: Whether the ping is answered, tried on the instance itself.
        lost: Pairs of instances that could reach each other before and cannot now.
        opened: What passes now and did not while all was well.
        loosened: What else is looser now than it was, in sentences.
        shut: What passed while all was well and does not now.
        logs_wrong: What is wrong with the flow logs, in sentences.
        records_lost: How many records of the incident are gone.
        is_untouched: Whether everything that was broken is still as it was left.
    """

    diagnosis: Diagnosis
    answered: bool
    lost: tuple[str, ...]
    opened: tuple[Opening, ...]
    loosened: tuple[str, ...]
    shut: tuple[Opening, ...]
    logs_wrong: tuple[str, ...]
    records_lost: int
    is_untouched: bool


def fix_state(lab: CloudLab, file: IncidentFile) -> FixState:
    """How a lab with an open incident is now; sends one ping, and changes nothing."""
    topology, ends = lab.topology(), file.plot.ends
    asked_s = lab.clock.now()
    answered = _answered(lab, file)
    now = diagnose_lab(lab, *ends, asked_s=asked_s)
    broken = Rehearsals(file, lab.log_group).true.topology
    opened, looser = openings(file.healthy, topology), list(loosened(file.healthy, topology))
    if not answered:
        # What the faults themselves have opened is not the doing of who works on them.
        of_faults = openings(file.healthy, broken)
        opened = [each for each in opened if each not in of_faults]
        looser = [each for each in looser if each not in set(loosened(file.healthy, broken))]
    return FixState(
        now,
        answered,
        tuple(_lost(file.healthy, topology)),
        tuple(opened),
        (*looser, *_wider_role(lab, file)),
        tuple(openings(topology, file.healthy)),
        (*_said(now), *_logs_that_differ(lab, file)),
        _records_lost(lab, file),
        _is_untouched(lab, broken, topology),
    )


def _records_lost(lab: CloudLab, file: IncidentFile) -> int:
    """How many records are gone; those that somebody's own pings left since make up for none."""
    left = count_records(lab, file.begun_s, file.until_s)
    return sum(max(0, number - left.get(stream, 0)) for stream, number in file.records.items())


def _wider_role(lab: CloudLab, file: IncidentFile) -> Iterator[str]:
    """What the delivery role may do now beyond what it might while all was well."""
    were = {change.part: change.after for change in file.kept_parts}
    if DeliveryTrust() not in were:
        return
    policies = were[DeliveryPolicies()]
    managed = (read_policy(lab, arn) for arn in policies["attached"])
    permissions = [*policies["inline"].values(), *managed]
    for arn in sorted({log.role_arn for log in file.healthy_logs if log.role_arn}):
        role = read_role(lab, arn)
        yield from wider_trust(were[DeliveryTrust()], role.trust)
        yield from wider_permissions(permissions, role.permissions)


def gone(lab: CloudLab, file: IncidentFile) -> str:
    """Which of the two hosts that the ticket is about is not there any more; empty if none."""
    names = {each.name for each in lab.topology().interfaces.values()}
    were = {each.name for each in file.healthy.interfaces.values()}
    return next((each for each in file.plot.ends if each in were - names), "")


def _answered(lab: CloudLab, file: IncidentFile) -> bool:
    try:
        return lab.ping(*file.plot.ends, 1).answered
    except ClientError as error:
        # Systems Manager runs nothing on an instance that is stopped.
        if error.response["Error"]["Code"] != "InvalidInstanceId":
            raise
        return False


def _is_untouched(lab: CloudLab, broken: Topology, now: Topology) -> bool:
    """Whether what was broken is as it was left, and the network lets the same pass as then."""
    if openings(broken, now) or openings(now, broken):
        return False
    changed = [each for entry in logbook.entries(lab) for each in entry.changed]
    try:
        return bool(changed) and all(each.part.read(lab) == each.after for each in changed)
    except (Gone, ClientError, LabError):
        # It cannot even be read any more, so somebody did something to it.
        return False


def _lost(healthy: Topology, now: Topology) -> Iterator[str]:
    """Pairs of instances between which a ping was answered, and is not or cannot be any more."""
    hosts = (each for each in healthy.interfaces.values() if each.instance_id)
    names = sorted(each.name for each in hosts if each.name)
    left = {each.name for each in now.interfaces.values()}
    for one, other in permutations(names, 2):
        if not walk_between(healthy, one, other).answered:
            continue
        if not {one, other} <= left or not walk_between(now, one, other).answered:
            yield f"{one} to {other}"


def _said(now: Diagnosis) -> Iterator[str]:
    """What the diagnosis says of the flow logs; that one cannot know yet is no fault of theirs."""
    return (each.says for each in now.log_findings if each.cause is not Cause.TOO_EARLY)


def _logs_that_differ(lab: CloudLab, file: IncidentFile) -> Iterator[str]:
    now = {log.resource_id: log for log in World.of(lab).flow_logs}
    for log in file.healthy_logs:
        present = now.get(log.resource_id)
        name = label(file.healthy, log.resource_id)
        if present is None:
            yield f"The flow log of {name} is gone."
        elif present.log_format != log.log_format:
            yield f"The flow log of {name} has another format than before."
