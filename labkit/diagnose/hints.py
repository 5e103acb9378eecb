"""
The next thing to look at, worked out from how the lab is now: never a text that was stored.

Three steps: where the trail ends, what stands there, and which one it is. Who
has repaired one thing of two gets the hint about the other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.diagnose.evidence import Seen
from labkit.network.hops import Leg
from labkit.network.packet import Direction

if TYPE_CHECKING:
    from labkit.diagnose.diagnosis import Diagnosis
    from labkit.diagnose.evidence import Sight
    from labkit.diagnose.mending import FixState

STEPS: Final = 3
_THE_LOGS: Final = (
    "Look at the flow logs: what they watch, what they keep, where they write, and how."
)
_OUT, _IN = Direction.EGRESS, Direction.INGRESS
# What lies just before each place of the loop, in the order of the way.
_BEFORE: Final = {
    (Leg.REQUEST, _OUT): "the sender's own security group, its subnet's network ACL, or its route",
    (Leg.REQUEST, _IN): "a route that leads elsewhere, the peering connection, or the host's power",
    (Leg.REPLY, _OUT): "the host itself, or the route for the way back",
    (Leg.REPLY, _IN): "the way back: where does the reply's route lead?",
}
# Which filters can have said no, by place; a security group remembers, and a network ACL does not.
_REFUSED: Final = {
    (Leg.REQUEST, _OUT): "the sender's security group (outbound), or its subnet's network ACL",
    (Leg.REQUEST, _IN): "the receiver's network ACL (inbound), or its security group",
    (Leg.REPLY, _OUT): "the receiver's network ACL (outbound); its security group remembers",
    (Leg.REPLY, _IN): "the sender's network ACL (inbound); its security group remembers",
}


def hint(diagnosis: Diagnosis, state: FixState, step: int) -> str:
    """
    The hint of a step, from 1 to 3.

    Args:
        diagnosis: Of the ticket's ping, with the records of the incident.
        state: How the lab is now.
        step: How much to give away.
    """
    if state.diagnosis.is_healthy and state.answered:
        return _when_answered(state, step)
    if state.diagnosis.is_healthy:
        return _of_host(diagnosis, step)
    return _of_trail(diagnosis, state, step)


def _of_trail(diagnosis: Diagnosis, state: FixState, step: int) -> str:
    """By the place where what stands in the way now should show, and what the records say there."""
    first = diagnosis.findings[0]
    ends_at = first.sight
    if ends_at is not None and ends_at.seen is Seen.UNKNOWN:
        return _of_silence(diagnosis, state, ends_at, step)
    if ends_at is None or not first.borne_out:
        # The records of the incident tell of something that has been repaired since.
        return _of_configuration(state.diagnosis, step)
    refused = ends_at.seen in (Seen.REJECT, Seen.BOTH)
    if step == 1:
        if refused:
            return f"Somebody says no: {ends_at}. Which filters stand there?"
        return f"Follow the trail: {ends_at}. It is the first place without a record."
    if step == 2:
        stands = (_REFUSED if refused else _BEFORE)[ends_at.leg, ends_at.direction]
        return f"What can it be there? {stands[0].upper()}{stands[1:]}."
    return _of_configuration(state.diagnosis, step)


def _of_silence(diagnosis: Diagnosis, state: FixState, sight: Sight, step: int) -> str:
    """The log itself does not tell, so a missing record says nothing."""
    if step == 1:
        return f"Before you believe a missing record: would {sight.interface.name} have written it?"
    if step == 2:
        return _THE_LOGS
    if diagnosis.log_findings:
        return diagnosis.log_findings[0].says
    return _of_configuration(state.diagnosis, step)


def _of_configuration(now: Diagnosis, step: int) -> str:
    finding = now.findings[0]
    way = "there" if finding.leg is Leg.REQUEST else "back"
    if step == 1:
        return f"Something still stands on the way {way}. Ping again, wait, and follow the trail."
    if step == 2:
        return f"The records cannot show it yet. Walk the way {way} by hand, table by table."
    return f"{finding.says} {finding.nearly}".strip()


def _of_host(diagnosis: Diagnosis, step: int) -> str:
    name = diagnosis.question.target
    if step == 1:
        return f"Everything AWS decides lets the ping pass, and {name} does not answer."
    if step == 2:
        return "What lies between a request that came in and a reply that never went out?"
    return f"Ask the host: lab.run_command('{name}', 'sysctl net.ipv4.icmp_echo_ignore_all')."


def _when_answered(state: FixState, step: int) -> str:
    return _after_repair(state)[step - 1]


def _after_repair(state: FixState) -> tuple[str, str, str]:
    """The three hints for whoever has made the ping of the ticket work again."""
    if state.opened:
        return (
            "The ping is answered. But does more pass now than before all this?",
            f"Compare with before what passes {state.opened[0].where}.",
            f"This passes now and did not before: {state.opened[0]}.",
        )
    if state.loosened:
        return (
            "The ping is answered. But did you change one thing only?",
            "Go through what you changed, one after the other: which of it did the ping not need?",
            f"Something is looser than it was: {state.loosened[0]}.",
        )
    if state.logs_wrong:
        return (
            "The network is well. Would the flow logs have told you if it were not?",
            _THE_LOGS,
            state.logs_wrong[0],
        )
    if state.lost:
        return (
            "The ticket's ping is answered. Is every other one that was answered before?",
            "Ping from each host to each other one, in both directions.",
            f"This one is not answered any more: {state.lost[0]}.",
        )
    return (
        "All is well now. Say what it was, and which records show it.",
        "Nothing is left to be changed. What would the records look like with another cause?",
        'Hand in. Where no fault was at work, the cause is one of "nothing" and "too early".',
    )
