"""Networks to draw, from the smallest to the usual one, healthy and broken."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest

from labkit.network.packet import echo_request
from labkit.network.topology import (
    Interface,
    NetworkAcl,
    NetworkAclEntry,
    Peering,
    Route,
    RouteState,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    TargetKind,
    Topology,
    Vpc,
)
from labkit.network.walk import walk

if TYPE_CHECKING:
    from labkit.network.walk import Walk

ANYWHERE = ip_network("0.0.0.0/0")
LAST = 32767


def one_side(number: int, letter: str) -> Topology:
    """A VPC with one subnet and one instance, as the lessons build it, without ways out."""
    block = ip_network(f"10.{number}.0.0/16")
    vpc_id, subnet_id, group_id = f"vpc-0{letter * 3}", f"subnet-0{letter * 3}", f"sg-0{letter * 3}"
    interface_id, table_id, acl_id = (
        f"eni-0{letter * 3}",
        f"rtb-0{letter * 3}",
        f"acl-0{letter * 3}",
    )
    return Topology(
        vpcs={vpc_id: Vpc(vpc_id, (block,), f"vpc-{letter}")},
        subnets={
            subnet_id: Subnet(
                subnet_id, vpc_id, (ip_network(f"10.{number}.1.0/24"),), f"subnet-{letter}"
            )
        },
        interfaces={
            interface_id: Interface(
                interface_id,
                subnet_id,
                vpc_id,
                (ip_address(f"10.{number}.1.10"),),
                (group_id,),
                f"app-{letter}",
                f"i-0{letter * 3}",
            )
        },
        route_tables={
            table_id: RouteTable(
                table_id,
                vpc_id,
                (Route(block, TargetKind.LOCAL, "local"),),
                frozenset({subnet_id}),
                name=f"routes-{letter}",
            )
        },
        security_groups={
            group_id: SecurityGroup(
                group_id,
                vpc_id,
                f"ping-{letter}",
                ingress=(SecurityGroupRule(1, cidr=ip_network("10.0.0.0/8")),),
                egress=(SecurityGroupRule(None, cidr=ANYWHERE),),
            )
        },
        network_acls={acl_id: NetworkAcl(acl_id, vpc_id, open_entries(), frozenset({subnet_id}))},
    )


def open_entries() -> tuple[NetworkAclEntry, ...]:
    return tuple(
        NetworkAclEntry(number, egress, allow, ANYWHERE)
        for egress in (False, True)
        for number, allow in ((100, True), (LAST, False))
    )


def joined(*parts: Topology) -> Topology:
    kinds = ("vpcs", "subnets", "interfaces", "route_tables", "security_groups", "network_acls")
    merged = {
        kind: {k: v for part in parts for k, v in getattr(part, kind).items()} for kind in kinds
    }
    return Topology(**merged)


def peered(
    topology: Topology, first: str, second: str, *, status: str = "active", routes: bool = True
) -> Topology:
    """*topology* with a peering connection between two VPCs by letter, and the routes over it."""
    peering_id = f"pcx-0{first}{second}"
    peering = Peering(
        peering_id, f"vpc-0{first * 3}", f"vpc-0{second * 3}", status, f"{first}-to-{second}"
    )
    topology = replace(topology, peerings={**topology.peerings, peering_id: peering})
    if not routes:
        return topology
    topology = routed(topology, first, second, peering_id)
    return routed(topology, second, first, peering_id)


def routed(
    topology: Topology,
    here: str,
    there: str,
    target_id: str,
    *,
    state: RouteState = RouteState.ACTIVE,
) -> Topology:
    table = topology.route_tables[f"rtb-0{here * 3}"]
    block = topology.vpcs[f"vpc-0{there * 3}"].cidrs[0]
    route = Route(block, TargetKind.PEERING, target_id, state)
    routes = (*(each for each in table.routes if each.destination != block), route)
    return with_table(topology, replace(table, routes=routes))


def unrouted(topology: Topology, here: str) -> Topology:
    """*topology* with only the local route left on one side."""
    table = topology.route_tables[f"rtb-0{here * 3}"]
    return with_table(topology, replace(table, routes=table.routes[:1]))


def with_table(topology: Topology, table: RouteTable) -> Topology:
    return replace(topology, route_tables={**topology.route_tables, table.route_table_id: table})


def without_icmp(topology: Topology, here: str) -> Topology:
    group = topology.security_groups[f"sg-0{here * 3}"]
    closed = replace(group, ingress=(SecurityGroupRule(6, 22, 22, cidr=ANYWHERE),))
    return replace(topology, security_groups={**topology.security_groups, group.group_id: closed})


def with_entry(topology: Topology, here: str, entry: NetworkAclEntry) -> Topology:
    acl = topology.network_acls[f"acl-0{here * 3}"]
    stricter = replace(acl, entries=(*acl.entries, entry))
    return replace(topology, network_acls={**topology.network_acls, acl.network_acl_id: stricter})


def ping(topology: Topology, source: str = "app-a", destination: str = "10.2.1.10") -> Walk:
    sender = topology.find_interface(source)
    return walk(topology, echo_request(sender.addresses[0], ip_address(destination)), sender)


@pytest.fixture
def healthy() -> Topology:
    return peered(joined(one_side(1, "a"), one_side(2, "b")), "a", "b")
