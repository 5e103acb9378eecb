"""
Configuration and flow records joined: everything that is wrong, ranked, each thing with its proof.

The configuration says all that stands in the way at once. The records say what
really happened, up to the first obstacle; what lies behind that, no packet has
met yet, and only the configuration can know. Where the two disagree, the
records are right: something is at work that AWS's configuration does not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.diagnose.causes import Cause, reason
from labkit.diagnose.evidence import Place, Seen, Sight, sights
from labkit.diagnose.fixes import Fix, proven_fix
from labkit.diagnose.logs import LogFinding, log_findings
from labkit.faults.parts import Change, KernelSetting
from labkit.faults.parts.instances import IGNORE_PINGS
from labkit.network.blockers import Blocker, obstacles, without
from labkit.network.explain import label, sentence, verdict
from labkit.network.hops import Leg
from labkit.network.packet import Action, Direction
from labkit.network.reachability.stand_ins import with_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labkit.diagnose.evidence import Logging
    from labkit.diagnose.question import Question
    from labkit.network.packet import Sighting
    from labkit.network.topology import Topology

_WAY: Final = {Leg.REQUEST: "on the way there", Leg.REPLY: "on the way back"}


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that stands in the way.

    Args:
        cause: What it is.
        leg: On which way it stands.
        component_ids: The table, group, ACL, connection or instance in question.
        says: The rule or route that decided, in one sentence.
        nearly: What nearly let the packet pass, in one sentence; may be empty.
        proof: What the records say of it.
        borne_out: Whether they bear it out; None if they cannot tell.
        fix: The smallest change that takes it away; None if none is known.
        sight: What the records say at the place where it should show; None if
            no packet gets this far.
    """

    cause: Cause
    leg: Leg
    component_ids: tuple[str, ...]
    says: str
    nearly: str
    proof: str
    borne_out: bool | None
    fix: Fix | None
    sight: Sight | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Diagnosis:
    """
    All that is wrong with a way, the first thing first.

    Args:
        question: The packet that was asked about.
        says: One sentence: what is wrong, or that nothing is.
        findings: What stands in the way, in the order in which the packet meets it.
        log_findings: What keeps the records from telling.
        sights: What the records say at the four places that could see the packet.
        proof: What the walk does with all fixes made, on a copy.
        notes: What could not be found out, and why.
    """

    question: Question
    says: str
    findings: tuple[Finding, ...]
    log_findings: tuple[LogFinding, ...]
    sights: tuple[Sight, ...]
    proof: str
    notes: tuple[str, ...] = ()

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause found, each once, those of the network first."""
        found = [each.cause for each in self.findings]
        found += [each.cause for each in self.log_findings]
        return tuple(dict.fromkeys(found))

    @property
    def is_healthy(self) -> bool:
        """Whether nothing stands in the way; the flow logs may still have something wrong."""
        return not self.findings

    def __repr__(self) -> str:
        lines = [f"{self.question}: {self.says}"]
        for number, found in enumerate(self.findings, start=1):
            lines += ["", f"{number}. {found.cause} ({_WAY[found.leg]})", *_indented(_of(found))]
        for log in self.log_findings:
            lines += ["", f"Flow logs: {log.cause}"]
            lines += _indented([log.says, f"Proof: {log.proof}", f"Remedy: {log.remedy}"])
        lines += ["", "Records", *_indented(map(str, self.sights))]
        lines += [f"Note: {note}" for note in self.notes]
        return "\n".join([*lines, self.proof] if self.proof else lines)


def _of(finding: Finding) -> list[str]:
    parts = [finding.says, finding.nearly, f"Proof: {finding.proof}"]
    parts.append(f"Fix: {finding.fix.words}" if finding.fix else "Fix: none that AWS could make.")
    if finding.fix and finding.fix.opens_too:
        parts.append(f"It opens more than needed: {finding.fix.opens_too[0]}")
    return [part for part in parts if part]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"   {line}" for line in lines]


def diagnose(
    topology: Topology,
    question: Question,
    records: Iterable[Mapping[str, Any]],
    logging: Logging,
) -> Diagnosis:
    """
    What is wrong with the way of a packet and its answer.

    Works on what AWS describes, in any account: ``network.read`` makes the
    topology, ``FlowLog.from_answer`` the flow logs.

    Args:
        topology: The network as it stands.
        question: The packet.
        records: Flow records by AWS's field names, of the time that is asked about.
        logging: The flow logs, and where and when the records were read.

    Raises:
        TopologyError: Something the packet meets is missing from *topology*.
    """
    return _Inquiry(topology, question, tuple(records), logging).diagnosis()


class _Inquiry:
    """One diagnosis under way."""

    def __init__(
        self,
        topology: Topology,
        question: Question,
        records: tuple[Mapping[str, Any], ...],
        logging: Logging,
    ) -> None:
        # Of hosts on the internet AWS says nothing; whoever is asked for is taken to be there.
        packet = question.packet
        sockets = frozenset({(packet.protocol, packet.destination_port)})
        topology = with_host(topology, packet.destination, sockets)
        self._topology, self._question, self._logging = topology, question, logging
        self._sights = sights(records, question, topology, logging)
        self._fixes: list[Fix | None] = []
        sender = topology.interfaces[question.sender_id]
        self._found = obstacles(topology, question.packet, sender, self._lift)

    def _lift(self, blocker: Blocker) -> Topology | None:
        """The network with an obstacle taken away as one would really do it, if one can."""
        proven = proven_fix(blocker, reason(blocker, self._topology).cause)
        self._fixes.append(proven[0] if proven else None)
        return proven[1] if proven else without(blocker)

    def diagnosis(self) -> Diagnosis:
        findings = [
            self._finding(blocker, fix, is_first=number == 0)
            for number, (blocker, fix) in enumerate(
                zip(self._found.blockers, self._fixes, strict=True)
            )
        ]
        findings += self._beyond_configuration() if not findings else []
        logs = log_findings(
            self._topology,
            list({each.interface.interface_id: each.interface for each in self._sights}.values()),
            self._logging,
        )
        return Diagnosis(
            self._question,
            self._says(findings),
            tuple(findings),
            logs,
            self._sights,
            self._proof(findings),
            tuple(self._notes(findings)),
        )

    # What the configuration says.

    def _finding(self, blocker: Blocker, fix: Fix | None, *, is_first: bool) -> Finding:
        why = reason(blocker, self._topology)
        ids = blocker.hop.component_ids
        says = sentence(blocker.hop, blocker.walk, blocker.topology)
        proof, borne_out, sight = "No packet gets this far yet.", None, None
        if is_first:
            proof, borne_out, sight = self._proof_of(blocker)
        return Finding(why.cause, blocker.leg, ids, says, why.nearly, proof, borne_out, fix, sight)

    def _proof_of(self, blocker: Blocker) -> tuple[str, bool | None, Sight | None]:
        """What the records say of the first obstacle, which is the one that packets meet."""
        expected = {self._place_of(each): each for each in blocker.walk.sightings}
        last = blocker.walk.sightings[-1] if blocker.walk.sightings else None
        for sight in self._sights:
            told = expected.get(sight.place)
            if told is not None and told is last and told.action is Action.REJECT:
                return (*_agreement(sight, Seen.REJECT), sight)
            if told is None:
                return (*_agreement(sight, Seen.NOTHING), sight)
        return "The records hold all that the configuration lets expect.", True, None

    def _place_of(self, seen: Sighting) -> Place:
        """The place of a sighting. A NAT gateway's interface sees every packet on either leg."""
        if self._topology.nat_gateway_at(seen.interface_id) is None:
            return seen.interface_id, seen.direction, None
        is_reply = seen.packet.source == self._question.packet.destination
        return seen.interface_id, seen.direction, Leg.REPLY if is_reply else Leg.REQUEST

    # What only the records say.

    def _beyond_configuration(self) -> list[Finding]:
        """The host that gets the request and keeps silent: AWS's configuration cannot know."""
        places = {(each.leg, each.direction): each for each in self._sights}
        arrived = places.get((Leg.REQUEST, Direction.INGRESS))
        left = places.get((Leg.REPLY, Direction.EGRESS))
        if arrived is None or left is None or not self._keeps_silent(arrived, left):
            return []
        receiver = self._question.receiver(self._topology)
        if receiver is None:
            return []
        name = label(self._topology, receiver.interface_id)
        instance_id = receiver.instance_id or receiver.interface_id
        fix = None
        if self._question.packet.is_icmp:
            change = Change(KernelSetting(instance_id, IGNORE_PINGS), "0")
            fix = Fix(f"On the host {name}: sysctl -w {IGNORE_PINGS}=0.", (change,))
        return [
            Finding(
                Cause.HOST_SILENT,
                Leg.REQUEST,
                (instance_id,),
                f"The host {name} gets the request and sends no reply.",
                "Routes, security groups and network ACLs allow both.",
                _counted(name, arrived, left),
                borne_out=True,
                fix=fix,
            )
        ]

    def _keeps_silent(self, arrived: Sight, left: Sight) -> bool:
        """
        Whether less goes out than comes in.

        Records do not tell requests from replies, so pings the other way look
        like replies. But each ping that is answered, whichever way, counts as
        many packets in as out.
        """
        if arrived.seen is not Seen.ACCEPT:
            return False
        answered_in_part = self._question.packet.is_icmp and left.packets < arrived.packets
        return left.seen is Seen.NOTHING or (left.seen is Seen.ACCEPT and answered_in_part)

    # All of it.

    def _says(self, findings: list[Finding]) -> str:
        if findings:
            first = findings[0]
            more = len(findings) - 1
            behind = f", and {more} more behind it" if more else ""
            return f"{first.cause} {_WAY[first.leg]}{behind}."
        if self._found.unknown:
            return "the way leads through something that cannot be followed."
        return "nothing stands in the way."

    def _proof(self, findings: list[Finding]) -> str:
        if not findings or self._found.last is None:
            return ""
        if any(each.fix is None for each in findings):
            return "Not everything here has a fix that could be tried on a copy."
        told = verdict(self._found.last, self._found.lifted)
        return f"With all of it fixed, on a copy: {told}"

    def _notes(self, findings: list[Finding]) -> Iterable[str]:
        if self._found.unknown:
            yield self._found.unknown
        seen = [each.seen for each in self._sights]
        if all(each is Seen.NOTHING for each in seen) and not findings:
            yield "The records hold no such packet: send one, wait for the logs, and ask again."
        if not findings and Seen.REJECT in seen:
            yield "The records hold a REJECT that today's configuration does not explain: " + (
                str(Cause.CHANGED_SINCE) + "."
            )


def _counted(name: str, arrived: Sight, left: Sight) -> str:
    if left.seen is Seen.NOTHING:
        return f"{name} records the request coming in as ACCEPT, and no reply going out."
    return (
        f"{name} records {arrived.packets} packets coming in and {left.packets} going out, and "
        "these are pings of its own."
    )


def _agreement(sight: Sight, expected: Seen) -> tuple[str, bool | None]:
    """Whether the records bear out what the configuration says of a place, in words and at all."""
    place = f"{sight.interface.name or sight.interface.interface_id} {sight.direction}"
    # Pings the other way leave records that look like those of this one's replies.
    if sight.seen is expected or (sight.seen, expected) == (Seen.BOTH, Seen.REJECT):
        count = f" ({sight.packets} packets)" if sight.packets else ""
        return f"The records agree: {sight.leg} at {place}: {sight.seen}{count}.", True
    if sight.seen is Seen.UNKNOWN:
        return f"The records cannot tell about the {sight.leg} at {place}: {sight.blind}.", None
    if sight.seen is Seen.NOTHING:
        words = f"No record of the {sight.leg} at {place} yet: send one, and wait for the logs."
        return words, None
    words = (
        f"The records say {sight.seen} for the {sight.leg} at {place}, where the configuration "
        f"of now lets expect {expected}: {Cause.CHANGED_SINCE}."
    )
    return words, False
