"""
What the flow records say of one packet and its answer, at the four places that could see them.

A record that is missing is evidence only where one would have been written. So
each place also knows whether its interface is watched, by a flow log that keeps
such records, delivers them, and has had the time to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from labkit.diagnose.causes import Cause
from labkit.network.hops import Leg
from labkit.network.packet import Action, Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labkit.diagnose.question import Question
    from labkit.diagnose.roles import Role
    from labkit.flowlog.flow_log import FlowLog
    from labkit.network.topology import Interface, Topology

# AWS delivers to CloudWatch Logs about five minutes after an interval has closed.
DELIVERY_S: Final = 300
_MARGIN_S: Final = 30
_NEEDED: Final = ("interface-id", "srcaddr", "dstaddr", "protocol", "action")


class Seen(StrEnum):
    """What the records say of one place."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    BOTH = "ACCEPT and REJECT"
    NOTHING = "no record"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Sight:
    """
    One of the four places: an interface, and a packet that crosses it one way.

    Args:
        interface: Whose.
        leg: The request, or the reply.
        direction: Which way it crosses.
        seen: What the records say.
        packets: How many packets they count.
        blind: Why a record could be missing though the packet was there.
    """

    interface: Interface
    leg: Leg
    direction: Direction
    seen: Seen
    packets: int = 0
    blind: Cause | None = None

    @property
    def place(self) -> tuple[str, Direction]:
        return self.interface.interface_id, self.direction

    def __str__(self) -> str:
        """The sight as a line."""
        name = self.interface.name or self.interface.interface_id
        counted = f", {self.packets} packets" if self.packets else ""
        because = f" ({self.blind})" if self.blind and self.seen is Seen.UNKNOWN else ""
        return f"{name} {self.direction} ({self.leg}): {self.seen}{counted}{because}"


@dataclass(frozen=True, slots=True)
class Logging:
    """
    The flow logs of a network, and where and when somebody looks at them.

    Args:
        flow_logs: All of them.
        log_group: The log group that is read; None reads all.
        now_s: When it is read [Unix s].
        asked_s: When the packet was sent [Unix s]; None if that is not known.
        roles: The delivery roles, as far as they are known.
    """

    flow_logs: tuple[FlowLog, ...]
    log_group: str | None
    now_s: float
    asked_s: float | None = None
    roles: tuple[Role, ...] = ()

    def role_of(self, log: FlowLog) -> Role | None:
        """The role that a flow log writes with, if it is known."""
        return next((each for each in self.roles if each.arn == log.role_arn), None)

    def _delivers(self, log: FlowLog) -> bool:
        # What the role allows now decides; the last error may be older than its repair.
        role = self.role_of(log)
        return role.delivers if role is not None else log.delivery_error is None

    def blind(self, interface: Interface, action: Action) -> Cause | None:
        """Why a record with an action may be missing though the interface saw the packet."""
        watching = [each for each in self.flow_logs if each.covers(interface)]
        if not watching:
            return Cause.NO_FLOW_LOG
        here = [each for each in watching if self.log_group in (None, each.log_group)]
        if not here:
            return Cause.LOG_ELSEWHERE
        keeping = [each for each in here if each.keeps(action)]
        if not keeping:
            rejects = here[0].traffic_type == Action.REJECT
            return Cause.LOG_KEEPS_REJECTS if rejects else Cause.LOG_KEEPS_ACCEPTS
        if not any(map(self._delivers, keeping)):
            return Cause.DELIVERY_FAILS
        return Cause.TOO_EARLY if self._too_early(keeping) else None

    def _too_early(self, keeping: list[FlowLog]) -> bool:
        if self.asked_s is None:
            return False
        delay_s = min(each.interval_s for each in keeping) + DELIVERY_S + _MARGIN_S
        return self.now_s < self.asked_s + delay_s


def sights(
    records: Iterable[Mapping[str, Any]],
    question: Question,
    topology: Topology,
    logging: Logging,
) -> tuple[Sight, ...]:
    """
    What the records say at sender out, receiver in, receiver out, sender in.

    Args:
        records: Flow records by AWS's field names, of the time that is asked about.
        question: The packet.
        topology: The network.
        logging: Which flow logs there are, and when the records were read.

    Returns:
        Four sights in the order of the way; the sender's two if nobody has the
        address that was asked for.
    """
    rows = [each for each in records if all(each.get(name) is not None for name in _NEEDED)]
    sender, receiver = topology.interfaces[question.sender_id], question.receiver(topology)
    packet = question.packet
    ends = (str(packet.source), str(packet.destination))
    crossings = [(sender, Leg.REQUEST, Direction.EGRESS), (sender, Leg.REPLY, Direction.INGRESS)]
    if receiver is not None:
        crossings[1:1] = [
            (receiver, Leg.REQUEST, Direction.INGRESS),
            (receiver, Leg.REPLY, Direction.EGRESS),
        ]
    found = []
    for interface, leg, direction in crossings:
        wanted = (*(ends if leg is Leg.REQUEST else reversed(ends)), packet.protocol)
        own = [
            each
            for each in rows
            if each["interface-id"] == interface.interface_id
            and (each["srcaddr"], each["dstaddr"], int(each["protocol"])) == wanted
            and _same_port(each, packet.destination_port, leg)
        ]
        found.append(_sight(own, interface, leg, direction, logging))
    return tuple(found)


def _same_port(record: Mapping[str, Any], port: int, leg: Leg) -> bool:
    """Whether a record is of the connection that is asked about, as far as it tells."""
    field = "dstport" if leg is Leg.REQUEST else "srcport"
    value = record.get(field)
    return value is None or int(value) == port


def _sight(
    rows: list[Mapping[str, Any]],
    interface: Interface,
    leg: Leg,
    direction: Direction,
    logging: Logging,
) -> Sight:
    actions = {Action(each["action"]) for each in rows}
    packets = sum(int(each.get("packets") or 0) for each in rows)
    if len(actions) > 1:
        return Sight(interface, leg, direction, Seen.BOTH, packets)
    if actions:
        return Sight(interface, leg, direction, Seen(actions.pop()), packets)
    blind = logging.blind(interface, Action.ACCEPT) or logging.blind(interface, Action.REJECT)
    seen = Seen.UNKNOWN if blind else Seen.NOTHING
    return Sight(interface, leg, direction, seen, blind=blind)
