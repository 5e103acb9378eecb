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
    GatewayOf,
    GroupRule,
    GroupsOf,
    NatGatewayIn,
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
from labkit.network.topology import HostState, RouteState, TargetKind

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
        *foundations(before, now),
        *_of_subnets(before, now),
        *_of_interfaces(before, now),
        *_of_groups(before, now),
        *_of_acls(before, now),
        *_of_tables(before, now),
    ]


def foundations(before: Topology, now: Topology) -> list[Change]:
    """Those of the changes that others stand on: routes need gateways, a host's settings a host."""
    return [
        *_of_peerings(before, now),
        *_of_gateways(before, now),
        *_of_nat_gateways(before, now),
        *_of_hosts(before, now),
    ]


def _of_peerings(before: Topology, now: Topology) -> Iterator[Change]:
    were, are = (_live(each) for each in (before, now))
    for ends, peering in {**are, **were}.items():
        was, is_now = were.get(ends), are.get(ends)
        if _described(was) != _described(is_now) and (was is None or was.is_active):
            name = peering.name or peering.peering_id
            part = PeeringOf(peering.requester_vpc_id, peering.accepter_vpc_id, name)
            yield Change(part, ACTIVE if was else None)


def _described(peering: Peering | None) -> tuple[str, str] | None:
    return (peering.status, peering.name) if peering else None


def _live(topology: Topology) -> dict[frozenset[str], Peering]:
    """The living peering connections, by what they join: ids do not survive a repair."""
    return {
        frozenset((each.requester_vpc_id, each.accepter_vpc_id)): each
        for each in topology.peerings.values()
        if each.status in LIVE_STATUSES
    }


def _of_gateways(before: Topology, now: Topology) -> Iterator[Change]:
    lost = set(before.internet_gateways.values()) - set(now.internet_gateways.values())
    for gateway_id, vpc_id in sorted(before.internet_gateways.items()):
        if vpc_id in lost:
            name = before.internet_gateway_names.get(gateway_id) or gateway_id
            yield Change(GatewayOf(vpc_id, name), after=True)


def _of_nat_gateways(before: Topology, now: Topology) -> Iterator[Change]:
    are = {each.subnet_id for each in now.nat_gateways.values() if each.is_available}
    for nat in sorted(before.nat_gateways.values(), key=lambda each: each.nat_gateway_id):
        address = before.interfaces[nat.interface_id].public_address if nat.is_available else None
        if address is not None and nat.subnet_id not in are:
            name = nat.name or nat.nat_gateway_id
            yield Change(NatGatewayIn(nat.subnet_id, name, str(address)), after=True)


def _of_hosts(before: Topology, now: Topology) -> Iterator[Change]:
    for interface_id in sorted(before.interfaces.keys() & now.interfaces.keys()):
        old, new = before.interfaces[interface_id], now.interfaces[interface_id]
        if old.instance_id and old.host.state is not new.host.state is not HostState.ABSENT:
            yield Change(StateOf(old.instance_id), str(old.host.state))


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
            target, _ = was.get(route, (None, None))
            if was.get(route) != is_now.get(route) and _OTHER not in (target or ()):
                yield Change(route, target)


def _routes(
    topology: Topology, table: RouteTable
) -> dict[RouteTo, tuple[dict[str, Any], RouteState]]:
    """
    The IPv4 routes somebody made, each with its target and whether it leads there.

    A target goes by what it joins. A route to the former one of two that join the same differs
    from a route to the present one by that alone.
    """
    return {
        RouteTo(table.route_table_id, str(route.destination)): (
            _target(topology, table, route),
            route.state,
        )
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
