"""
The smallest change that takes an obstacle away, tried on a copy before it is shown.

A fix is proven twice: with it the packet gets past the obstacle, and nothing
passes that need not. Of several fixes the one that opens least is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.diagnose.cause import Cause
from labkit.diagnose.outward import ways_out
from labkit.diagnose.transit import over_transit
from labkit.errors import NotSimulated
from labkit.faults.parts import (
    AclEntry,
    Change,
    GroupRule,
    KernelSetting,
    PeeringOf,
    RouteTo,
    StateOf,
    TableOf,
)
from labkit.faults.parts.instances import IGNORE_PINGS, RUNNING
from labkit.faults.parts.network_acls import described
from labkit.faults.parts.peerings import ACTIVE
from labkit.faults.parts.routes import to_peering
from labkit.faults.world import World
from labkit.network.blockers import (
    Blocker,
    block_of,
    home_of,
    needed_entry,
    needed_rule,
    without,
)
from labkit.network.edits import peering_between
from labkit.network.explain import entry_text, label, rule_text
from labkit.network.hops import Station
from labkit.network.openings import openings
from labkit.network.outward import leaves_the_lab
from labkit.network.topology import NetworkAclEntry, Route
from labkit.network.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.lab import CloudLab
    from labkit.network.hops import Walk
    from labkit.network.openings import Opening
    from labkit.network.packet import Direction
    from labkit.network.topology import Peering, RouteTable, Topology, Vpc

_PEERING_CAUSES: Final = (Cause.PEERING_GONE, Cause.PEERING_PENDING, Cause.NO_PEERING)
_STEP: Final = 100
_LAST_NUMBER: Final = 32766


@dataclass(frozen=True, slots=True)
class Fix:
    """
    A change that takes an obstacle away.

    Args:
        words: What to do, in one sentence.
        changes: The same for ``apply``.
        opens_too: What it opens beyond what the packet needs; empty at best.
    """

    words: str
    changes: tuple[Change, ...]
    opens_too: tuple[Opening, ...] = ()

    def apply(self, lab: CloudLab) -> None:
        """
        Make the change in a lab.

        Raises:
            ClientError: AWS refused it.
        """
        for change in self.changes:
            before = change.part.read(lab)
            change.part.write(lab, change.part.settled(before, change.after))


def proven_fix(blocker: Blocker, cause: Cause) -> tuple[Fix, Topology] | None:
    """
    The smallest fix for an obstacle, and the network with it; None if there is none to propose.

    Only what is not AWS's to change, such as an address that nobody has, has none.
    """
    proven = []
    for words, changes in _candidates(blocker, cause):
        fixed = World(blocker.topology).with_changes(changes).topology
        if _gets_past(blocker, fixed):
            too = tuple(openings(without(blocker) or blocker.topology, fixed))
            proven.append((len(too), Fix(words, changes, too), fixed))
    if not proven:
        return None
    _, fix, fixed = min(proven, key=lambda each: each[0])
    return fix, fixed


def _gets_past(blocker: Blocker, fixed: Topology) -> bool:
    """Whether the packet's walk no longer ends where it did."""
    try:
        sender = fixed.interfaces[blocker.walk.sender_id]
        walked = walk(fixed, blocker.walk.packet, sender)
    except NotSimulated:
        return False
    return walked.answered or len(walked.hops) > len(blocker.walk.hops) or _differs(walked, blocker)


def _differs(walked: Walk, blocker: Blocker) -> bool:
    last = walked.hops[-1]
    place = (last.leg, last.station, last.component_ids, last.direction)
    hop = blocker.hop
    return place != (hop.leg, hop.station, hop.component_ids, hop.direction)


_Candidate = tuple[str, tuple[Change, ...]]


def _candidates(blocker: Blocker, cause: Cause) -> Iterator[_Candidate]:
    if cause in (Cause.HOST_DOWN, Cause.HOST_SILENT):
        yield from _of_host(blocker, cause)
    elif blocker.hop.station is Station.SECURITY_GROUP and blocker.hop.direction:
        yield from _of_group(blocker, blocker.hop.direction)
    elif blocker.hop.station is Station.NETWORK_ACL and blocker.hop.direction:
        yield from _of_acl(blocker, blocker.hop.direction)
    elif leaves_the_lab(blocker.topology, blocker.packet.destination):
        yield from ways_out(blocker, cause)
    elif blocker.packet.destination.version == 4:
        home = home_of(blocker.topology, blocker.packet.destination, blocker.interface.vpc_id)
        if home is not None and home.vpc_id != blocker.interface.vpc_id:
            yield from _of_route(blocker, cause, home)
        if cause not in _PEERING_CAUSES:
            yield from over_transit(blocker)


def _of_host(blocker: Blocker, cause: Cause) -> Iterator[_Candidate]:
    instance_id = blocker.interface.instance_id
    if instance_id is None:
        return
    name = label(blocker.topology, blocker.interface.interface_id)
    if cause is Cause.HOST_DOWN:
        yield f"Start the instance of {name}.", (Change(StateOf(instance_id), RUNNING),)
    elif blocker.walk.packet.is_icmp:
        words = f"On the host {name}: sysctl -w {IGNORE_PINGS}=0."
        yield words, (Change(KernelSetting(instance_id, IGNORE_PINGS), "0"),)


def _of_group(blocker: Blocker, direction: Direction) -> Iterator[_Candidate]:
    rule = needed_rule(blocker.packet, direction)
    for group_id in blocker.interface.group_ids[:1]:
        name = label(blocker.topology, group_id)
        words = f"Add the {direction} rule {rule_text(rule)} to the security group {name}."
        yield words, (Change(GroupRule.of(group_id, direction, rule), after=True),)


def _of_acl(blocker: Blocker, direction: Direction) -> Iterator[_Candidate]:
    [acl_id] = blocker.hop.component_ids
    number = _free_number(blocker, acl_id)
    if number is None:
        return
    entry = needed_entry(blocker.packet, direction, number)
    words = f"Add the {direction} entry {entry_text(entry)} to {label(blocker.topology, acl_id)}."
    yield words, (Change(AclEntry.of(acl_id, entry), described(entry)),)


def _free_number(blocker: Blocker, acl_id: str) -> int | None:
    """A number that is tried before the entry that decides, or any round one if none does."""
    egress = blocker.hop.direction == "egress"
    entries = blocker.topology.network_acls[acl_id].entries
    taken = {each.number for each in entries if each.egress is egress}
    decided = blocker.hop.rule
    if isinstance(decided, NetworkAclEntry) and decided.number <= _LAST_NUMBER:
        below = (each for each in range(decided.number - 1, 0, -1) if each not in taken)
        return next(below, None)
    return next(each for each in range(_STEP, _LAST_NUMBER) if each not in taken)


def _of_route(blocker: Blocker, cause: Cause, home: Vpc) -> Iterator[_Candidate]:
    topology, near = blocker.topology, blocker.interface.vpc_id
    if cause in _PEERING_CAUSES:
        yield _peering(topology, near, home.vpc_id, cause)
        return
    subnet_id = blocker.interface.subnet_id
    table = topology.route_table_of(subnet_id)
    if cause is Cause.SUBNET_ON_MAIN_TABLE:
        yield from _other_tables(topology, table, subnet_id)
    destination = blocker.packet.destination
    asked = [hop.rule for hop in blocker.walk.hops if hop.station is Station.ROUTE_TABLE]
    astray = asked[-1] if asked and isinstance(asked[-1], Route) else None
    to_home = to_peering(near, home.vpc_id)
    name, block = label(topology, table.route_table_id), block_of(home, destination)
    if astray is not None and astray.destination and astray.destination.prefixlen:
        at = RouteTo(table.route_table_id, str(astray.destination))
        yield f"Delete the route to {astray.destination} in {name}.", (Change(at, None),)
        words = f"Lead the route to {astray.destination} in {name} to the peering connection."
        yield words, (Change(at, to_home),)
    words = f"Add a route to {block} through the peering connection in {name}."
    yield words, (Change(RouteTo(table.route_table_id, str(block)), to_home),)


def _peering(topology: Topology, near: str, far: str, cause: Cause) -> _Candidate:
    peering = peering_between(topology, near, far)
    former = peering or next(
        (each for each in topology.peerings.values() if {near, far} == _ends(each)), None
    )
    ends = (near, far)
    name = f"{topology.vpc(near).name or near}-to-{topology.vpc(far).name or far}"
    if former is not None:
        ends = (former.requester_vpc_id, former.accepter_vpc_id)
        name = former.name or former.peering_id
    words = {
        Cause.PEERING_PENDING: f"Accept the peering connection {name}.",
        Cause.PEERING_GONE: (
            f"Make the peering connection {name} anew, accept it, and lead the routes to it."
        ),
    }.get(cause, f"Make a peering connection between {near} and {far}, and accept it.")
    return words, (Change(PeeringOf(*ends, name), ACTIVE),)


def _ends(peering: Peering) -> set[str]:
    return {peering.requester_vpc_id, peering.accepter_vpc_id}


def _other_tables(topology: Topology, table: RouteTable, subnet_id: str) -> Iterator[_Candidate]:
    for other in topology.route_tables.values():
        if other.vpc_id == table.vpc_id and other != table:
            name = label(topology, other.route_table_id)
            words = f"Associate the subnet {label(topology, subnet_id)} with {name}."
            yield words, (Change(TableOf(subnet_id), other.route_table_id),)
