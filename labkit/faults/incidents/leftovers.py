"""
What somebody who worked on an incident left behind: found by comparing, and put back.

The faults themselves go by the logbook. This is about everything else: the
rule that was too wide, the route in the wrong table, the instance that was
stopped to see what happens. Without it, each incident would be drawn in the
remains of the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.faults.parts import (
    AclEntry,
    AclOf,
    Change,
    GroupRule,
    GroupsOf,
    PeeringOf,
    RouteTo,
    StateOf,
    TableOf,
)
from labkit.faults.parts.network_acls import described
from labkit.faults.parts.peerings import ACTIVE
from labkit.faults.parts.routes import to_gateway, to_nat_gateway, to_peering
from labkit.network.edits import LIVE_STATUSES
from labkit.network.packet import Direction
from labkit.network.topology import HostState, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.topology import (
        NetworkAcl,
        Peering,
        Route,
        RouteTable,
        SecurityGroup,
        Topology,
    )

_OWN_OF_AWS: Final = 32767
_OTHER: Final = "another target"


def leftovers(before: Topology, now: Topology) -> list[Change]:
    """
    The changes that make a network again what it was, as far as parts can be changed back.

    What was made or deleted as a whole, such as an instance or a security
    group, is passed over: ``lab.build`` makes it again.

    Args:
        before: The network as it was.
        now: The network as it is.
    """
    return [
        *_of_peerings(before, now),
        *_of_subnets(before, now),
        *_of_interfaces(before, now),
        *_of_groups(before, now),
        *_of_acls(before, now),
        *_of_tables(before, now),
    ]


def _of_peerings(before: Topology, now: Topology) -> Iterator[Change]:
    were, are = (_live(each) for each in (before, now))
    for ends, peering in {**were, **are}.items():
        was, is_now = were.get(ends), are.get(ends)
        if (was and was.status) != (is_now and is_now.status) and (was is None or was.is_active):
            part = PeeringOf(peering.requester_vpc_id, peering.accepter_vpc_id, peering.name)
            yield Change(part, ACTIVE if was else None)


def _live(topology: Topology) -> dict[frozenset[str], Peering]:
    """The living peering connections, by what they join: ids do not survive a repair."""
    return {
        frozenset((each.requester_vpc_id, each.accepter_vpc_id)): each
        for each in topology.peerings.values()
        if each.status in LIVE_STATUSES
    }


def _of_subnets(before: Topology, now: Topology) -> Iterator[Change]:
    for subnet_id in sorted(before.subnets.keys() & now.subnets.keys()):
        tables = [_own_table(each, subnet_id) for each in (before, now)]
        if tables[0] != tables[1]:
            yield Change(TableOf(subnet_id), tables[0])
        acls = [each.network_acl_of(subnet_id).network_acl_id for each in (before, now)]
        if acls[0] != acls[1] and acls[0] in now.network_acls:
            yield Change(AclOf(subnet_id), acls[0])


def _own_table(topology: Topology, subnet_id: str) -> str | None:
    """The table that a subnet is associated with; None if it uses the main one."""
    tables = topology.route_tables.values()
    return next((each.route_table_id for each in tables if subnet_id in each.subnet_ids), None)


def _of_interfaces(before: Topology, now: Topology) -> Iterator[Change]:
    for interface_id in sorted(before.interfaces.keys() & now.interfaces.keys()):
        old, new = before.interfaces[interface_id], now.interfaces[interface_id]
        known = set(old.group_ids) <= now.security_groups.keys()
        if sorted(old.group_ids) != sorted(new.group_ids) and known:
            yield Change(GroupsOf(interface_id), list(old.group_ids))
        if old.instance_id and old.host.state is not new.host.state is not HostState.ABSENT:
            yield Change(StateOf(old.instance_id), str(old.host.state))


def _of_groups(before: Topology, now: Topology) -> Iterator[Change]:
    for group_id in sorted(before.security_groups.keys() & now.security_groups.keys()):
        was, is_now = (_rules(each.security_groups[group_id]) for each in (before, now))
        for rule in sorted(was ^ is_now, key=repr):
            yield Change(rule, after=rule in was)


def _rules(group: SecurityGroup) -> set[GroupRule]:
    sides = ((Direction.INGRESS, group.ingress), (Direction.EGRESS, group.egress))
    return {
        GroupRule.of(group.group_id, direction, rule) for direction, side in sides for rule in side
    }


def _of_acls(before: Topology, now: Topology) -> Iterator[Change]:
    for acl_id in sorted(before.network_acls.keys() & now.network_acls.keys()):
        was, is_now = (_entries(each.network_acls[acl_id]) for each in (before, now))
        for entry in sorted(was.keys() | is_now.keys(), key=repr):
            if was.get(entry) != is_now.get(entry):
                yield Change(entry, was.get(entry))


def _entries(acl: NetworkAcl) -> dict[AclEntry, dict[str, Any]]:
    own = (each for each in acl.entries if each.number < _OWN_OF_AWS)
    return {AclEntry.of(acl.network_acl_id, each): described(each) for each in own}


def _of_tables(before: Topology, now: Topology) -> Iterator[Change]:
    for table_id in sorted(before.route_tables.keys() & now.route_tables.keys()):
        was, is_now = (_routes(each, each.route_tables[table_id]) for each in (before, now))
        for route in sorted(was.keys() | is_now.keys(), key=repr):
            target = was.get(route)
            if target != is_now.get(route) and _OTHER not in (target or ()):
                yield Change(route, target)


def _routes(topology: Topology, table: RouteTable) -> dict[RouteTo, dict[str, Any]]:
    """The IPv4 routes somebody made, each with its target."""
    return {
        RouteTo(table.route_table_id, str(route.destination)): _target(topology, table, route)
        for route in table.routes
        if route.target is not TargetKind.LOCAL
        and route.destination is not None
        and route.destination.version == 4
    }


def _target(topology: Topology, table: RouteTable, route: Route) -> dict[str, Any]:
    peering = topology.peerings.get(route.target_id)
    if peering is not None:
        return to_peering(peering.requester_vpc_id, peering.accepter_vpc_id)
    if route.target is TargetKind.INTERNET_GATEWAY:
        return to_gateway(table.vpc_id)
    nat = topology.nat_gateways.get(route.target_id)
    if nat is not None:
        return to_nat_gateway(nat.subnet_id)
    return {_OTHER: route.target_id}
