"""
A network in, the same network with one thing changed out: nothing is touched, nothing is asked.

Faults and fixes are tried out here before they reach a cloud. Route states
follow what they depend on, as they do on AWS: a route is a blackhole exactly
as long as its peering connection is not active or its gateway not attached.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labkit.network.packet import Direction
from labkit.network.topology import RouteState

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.topology import (
        Interface,
        Network,
        NetworkAcl,
        NetworkAclEntry,
        Peering,
        Route,
        RouteTable,
        SecurityGroupRule,
        Topology,
    )
    from labkit.network.ways_out import (
        EgressOnlyGateway,
        NatGateway,
        TransitAttachment,
        TransitRouteTable,
    )

# What may still carry, or come to carry, traffic. Source: Amazon VPC Peering Guide, life cycle.
LIVE_STATUSES: Final = ("initiating-request", "pending-acceptance", "provisioning", "active")
# Of a route to something that works, and to something that does not.
_STATES: Final = {True: RouteState.ACTIVE, False: RouteState.BLACKHOLE}


def with_route(topology: Topology, table_id: str, route: Route) -> Topology:
    """The network with a route added to a table, in place of one to the same destination."""
    table = topology.route_tables[table_id]
    kept = _routes_but(table, route.destination)
    return _with_table(topology, replace(table, routes=(*kept, route)))


def without_route(topology: Topology, table_id: str, destination: Network) -> Topology:
    """The network without a table's route to a destination."""
    table = topology.route_tables[table_id]
    return _with_table(topology, replace(table, routes=_routes_but(table, destination)))


def _routes_but(table: RouteTable, destination: Network | None) -> tuple[Route, ...]:
    return tuple(
        route for route in table.routes if destination is None or route.destination != destination
    )


def _with_table(topology: Topology, table: RouteTable) -> Topology:
    tables = {**topology.route_tables, table.route_table_id: table}
    return replace(topology, route_tables=tables)


def with_table_of(topology: Topology, subnet_id: str, table_id: str | None) -> Topology:
    """The network in which a subnet uses a table of its own; None: the main one of its VPC."""
    tables = {
        each.route_table_id: replace(
            each,
            subnet_ids=each.subnet_ids | {subnet_id}
            if each.route_table_id == table_id
            else each.subnet_ids - {subnet_id},
        )
        for each in topology.route_tables.values()
    }
    return replace(topology, route_tables=tables)


def with_rule(
    topology: Topology, group_id: str, direction: Direction, rule: SecurityGroupRule
) -> Topology:
    """The network with a rule in a security group; one that is there already stays single."""
    return _with_rules(
        topology,
        group_id,
        direction,
        lambda rules: rules if rule in rules else (*rules, rule),
    )


def without_rule(
    topology: Topology, group_id: str, direction: Direction, rule: SecurityGroupRule
) -> Topology:
    """The network without a rule of a security group."""
    return _with_rules(
        topology,
        group_id,
        direction,
        lambda rules: tuple(each for each in rules if each != rule),
    )


def _with_rules(
    topology: Topology,
    group_id: str,
    direction: Direction,
    edit: Callable[[tuple[SecurityGroupRule, ...]], tuple[SecurityGroupRule, ...]],
) -> Topology:
    group = topology.security_group(group_id)
    if direction is Direction.INGRESS:
        group = replace(group, ingress=edit(group.ingress))
    else:
        group = replace(group, egress=edit(group.egress))
    return replace(topology, security_groups={**topology.security_groups, group_id: group})


def with_entry(topology: Topology, acl_id: str, entry: NetworkAclEntry) -> Topology:
    """The network with an entry in a network ACL, in place of one of its number and direction."""
    kept = _entries_but(topology.network_acls[acl_id], entry.number, egress=entry.egress)
    return _with_entries(topology, acl_id, (*kept, entry))


def without_entry(topology: Topology, acl_id: str, number: int, *, egress: bool) -> Topology:
    """The network without a numbered entry of a network ACL."""
    kept = _entries_but(topology.network_acls[acl_id], number, egress=egress)
    return _with_entries(topology, acl_id, kept)


def _entries_but(acl: NetworkAcl, number: int, *, egress: bool) -> tuple[NetworkAclEntry, ...]:
    return tuple(each for each in acl.entries if (each.number, each.egress) != (number, egress))


def _with_entries(
    topology: Topology, acl_id: str, entries: tuple[NetworkAclEntry, ...]
) -> Topology:
    acl = replace(topology.network_acls[acl_id], entries=entries)
    return replace(topology, network_acls={**topology.network_acls, acl_id: acl})


def with_acl_of(topology: Topology, subnet_id: str, acl: NetworkAcl) -> Topology:
    """The network in which a subnet uses a network ACL, which may be a new one."""
    acls = {
        each.network_acl_id: replace(each, subnet_ids=each.subnet_ids - {subnet_id})
        for each in topology.network_acls.values()
    }
    acls[acl.network_acl_id] = replace(acl, subnet_ids=acl.subnet_ids | {subnet_id})
    return replace(topology, network_acls=acls)


def with_peering(topology: Topology, peering: Peering) -> Topology:
    """The network with a peering connection as given; routes through it follow its state."""
    peerings = {**topology.peerings, peering.peering_id: peering}
    return _with_states(
        replace(topology, peerings=peerings), peering.peering_id, works=peering.is_active
    )


def with_routes_to(topology: Topology, peering: Peering) -> Topology:
    """The network in which routes to a former peering of the same two VPCs lead to this one."""
    ends = {peering.requester_vpc_id, peering.accepter_vpc_id}
    former = {
        each.peering_id
        for each in topology.peerings.values()
        if {each.requester_vpc_id, each.accepter_vpc_id} == ends
    }
    return _with_each_route(
        topology,
        lambda route: (
            replace(route, target_id=peering.peering_id) if route.target_id in former else route
        ),
    )


def with_gateway(
    topology: Topology, gateway_id: str, vpc_id: str | None, name: str = ""
) -> Topology:
    """The network with an internet gateway attached to a VPC, or to none; its routes follow."""
    names = {gateway_id: name} if name else {}
    names = {**topology.internet_gateway_names, **names}
    others = {each: of for each, of in topology.internet_gateways.items() if each != gateway_id}
    gateways = others if vpc_id is None else {**others, gateway_id: vpc_id}
    return _with_states(
        replace(topology, internet_gateways=gateways, internet_gateway_names=names),
        gateway_id,
        works=vpc_id is not None,
    )


def with_nat_gateway(topology: Topology, gateway: NatGateway) -> Topology:
    """The network with a NAT gateway as given; routes to it follow its state."""
    gateways = {**topology.nat_gateways, gateway.nat_gateway_id: gateway}
    works = gateway.state in ("pending", "available")
    return _with_states(
        replace(topology, nat_gateways=gateways), gateway.nat_gateway_id, works=works
    )


def with_egress_only_gateway(
    topology: Topology, gateway_id: str, gateway: EgressOnlyGateway | None
) -> Topology:
    """The network with an egress-only gateway as given, or without it; its routes follow."""
    gateways = {
        each: of for each, of in topology.egress_only_gateways.items() if each != gateway_id
    }
    if gateway is not None:
        gateways[gateway_id] = gateway
    return _with_states(
        replace(topology, egress_only_gateways=gateways), gateway_id, works=gateway is not None
    )


def with_attachment(topology: Topology, attachment: TransitAttachment) -> Topology:
    """
    The network with a VPC's attachment to a transit gateway as given.

    Routes to it follow its state: those of the VPC's tables, and the transit gateway's own.
    """
    attachments = {**topology.transit_attachments, attachment.attachment_id: attachment}
    works, gateway_id = attachment.is_available, attachment.transit_gateway_id
    topology = _with_states(
        replace(topology, transit_attachments=attachments),
        gateway_id,
        works=works,
        vpc_id=attachment.vpc_id,
    )
    for table in topology.transit_route_tables.values():
        routes = tuple(
            replace(route, state=_STATES[works])
            if route.attachment_id == attachment.attachment_id
            else route
            for route in table.routes
        )
        topology = with_transit_table(topology, replace(table, routes=routes))
    return topology


def with_transit_table(topology: Topology, table: TransitRouteTable) -> Topology:
    """The network with a route table of a transit gateway as given."""
    tables = {**topology.transit_route_tables, table.table_id: table}
    return replace(topology, transit_route_tables=tables)


def _with_states(
    topology: Topology, target_id: str, *, works: bool, vpc_id: str | None = None
) -> Topology:
    """The network whose routes to a target, in all VPCs or in one, tell whether it works."""
    return _with_each_route(
        topology,
        lambda route: (
            replace(route, state=_STATES[works]) if route.target_id == target_id else route
        ),
        vpc_id,
    )


def _with_each_route(
    topology: Topology, edit: Callable[[Route], Route], vpc_id: str | None = None
) -> Topology:
    tables = {
        table_id: replace(table, routes=tuple(map(edit, table.routes)))
        if vpc_id in (None, table.vpc_id)
        else table
        for table_id, table in topology.route_tables.items()
    }
    return replace(topology, route_tables=tables)


def with_interface(topology: Topology, interface: Interface) -> Topology:
    """The network with an interface, or what is known of it, in place of the one of its id."""
    interfaces = {**topology.interfaces, interface.interface_id: interface}
    return replace(topology, interfaces=interfaces)


def peering_between(topology: Topology, one_vpc_id: str, other_vpc_id: str) -> Peering | None:
    """The peering connection that joins two VPCs, an active one before any other."""
    found = [
        each
        for each in topology.peerings.values()
        if {each.requester_vpc_id, each.accepter_vpc_id} == {one_vpc_id, other_vpc_id}
    ]
    alive = [each for each in found if each.status in LIVE_STATUSES]
    ordered = sorted(alive, key=lambda each: (not each.is_active, each.peering_id))
    return ordered[0] if ordered else None
