"""
What the flow records say of one packet and its answer, at the places that could see them.

There are four: either end, both ways. A NAT gateway on the way out sees either
packet twice, under addresses of its own.

A record that is missing is evidence only where one would have been written. So
each place also knows whether its interface is watched, by a flow log that keeps
such records, delivers them, and has had the time to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from labkit.diagnose.causes import Cause
from labkit.network.hops import Leg
from labkit.network.outward import leaves_the_lab, nat_gateway_of
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
Place: TypeAlias = tuple[str, Direction, Leg | None]
"""An interface and a direction; at a NAT gateway also which way it is."""

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
    One of the places: an interface, and a packet that crosses it one way.

    Args:
        interface: Whose.
        leg: The request, or the reply.
        direction: Which way it crosses.
        seen: What the records say.
        packets: How many packets they count.
        blind: Why a record could be missing though the packet was there.
        at_nat_gateway: Whether it is a NAT gateway's, where legs share a place.
    """

    interface: Interface
    leg: Leg
    direction: Direction
    seen: Seen
    packets: int = 0
    blind: Cause | None = None
    at_nat_gateway: bool = False

    @property
    def place(self) -> Place:
        leg = self.leg if self.at_nat_gateway else None
        return self.interface.interface_id, self.direction, leg

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
        Four sights in the order of the way, and a NAT gateway's between them on
        the way out; the sender's two if nobody has the address that was asked for.
    """
    rows = [each for each in records if all(each.get(name) is not None for name in _NEEDED)]
    found = []
    for crossing in _crossings(question, topology):
        wanted = (*crossing.ends, question.packet.protocol)
        interface, leg = crossing.interface, crossing.leg
        own = [
            each
            for each in rows
            if each["interface-id"] == interface.interface_id
            and (each["srcaddr"], each["dstaddr"], int(each["protocol"])) == wanted
            and _same_port(each, question.packet.destination_port, leg)
        ]
        sight = _sight(own, interface, leg, crossing.direction, logging)
        found.append(replace(sight, at_nat_gateway=crossing.at_nat_gateway))
    return tuple(found)


class _Crossing(NamedTuple):
    """A place, and the addresses that a record of it holds."""

    interface: Interface
    leg: Leg
    direction: Direction
    ends: tuple[str, str]
    at_nat_gateway: bool = False


def _crossings(question: Question, topology: Topology) -> list[_Crossing]:
    sender, receiver = topology.interfaces[question.sender_id], question.receiver(topology)
    source, target = str(question.packet.source), str(question.packet.destination)
    there, back = (source, target), (target, source)
    crossings = [
        _Crossing(sender, Leg.REQUEST, Direction.EGRESS, there),
        _Crossing(sender, Leg.REPLY, Direction.INGRESS, back),
    ]
    if receiver is not None:
        crossings[1:1] = [
            _Crossing(receiver, Leg.REQUEST, Direction.INGRESS, there),
            _Crossing(receiver, Leg.REPLY, Direction.EGRESS, back),
        ]
    elif sender.public_address is None and leaves_the_lab(topology, question.packet.destination):
        crossings[1:1] = _at_nat_gateway(topology, sender, *there)
    return crossings


def _at_nat_gateway(
    topology: Topology, sender: Interface, source: str, target: str
) -> list[_Crossing]:
    """Where a NAT gateway sees the packets: addressed to itself inside, sent by itself outside."""
    nat = nat_gateway_of(topology, sender.vpc_id)
    interface = topology.interfaces.get(nat.interface_id) if nat is not None else None
    if interface is None:
        return []
    own = str(interface.addresses[0])
    ways = (
        (Leg.REQUEST, Direction.INGRESS, (source, own)),
        (Leg.REQUEST, Direction.EGRESS, (own, target)),
        (Leg.REPLY, Direction.INGRESS, (target, own)),
        (Leg.REPLY, Direction.EGRESS, (own, source)),
    )
    return [_Crossing(interface, *way, at_nat_gateway=True) for way in ways]


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
