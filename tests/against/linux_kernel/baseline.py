"""Hand-written networks: A in one VPC, B in another, and one thing wrong."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final, Literal

from linux_kernel.scenario import (
    Acl,
    AclEntry,
    Group,
    GroupRule,
    Instance,
    Peering,
    Probe,
    Route,
    RouteTable,
    Scenario,
    Subnet,
    Vpc,
)

if TYPE_CHECKING:
    from linux_kernel.scenario import Network

ANYWHERE: Final = ip_network("0.0.0.0/0")
NET_A: Final = ip_network("10.1.0.0/16")
NET_B: Final = ip_network("10.2.0.0/16")
A: Final = "a1x"
B: Final = "b1x"
NEIGHBOUR: Final = "a1y"
ADDRESS: Final = {A: "10.1.1.10", B: "10.2.1.10"}

_ALL_OUT = (GroupRule("-1", ANYWHERE),)
_PING_IN = (GroupRule("icmp", ANYWHERE, 8, -1),)
_OPEN = tuple(AclEntry(100, egress=egress, allow=True, cidr=ANYWHERE) for egress in (False, True))

BASELINE: Final = Scenario(
    seed="baseline",
    vpcs=(Vpc("a", (NET_A,)), Vpc("b", (NET_B,))),
    subnets=(
        Subnet("a1", "a", (ip_network("10.1.1.0/24"),)),
        Subnet("b1", "b", (ip_network("10.2.1.0/24"),)),
    ),
    instances=(
        Instance(A, "a1", (ip_address(ADDRESS[A]),), ("a-app",)),
        Instance(B, "b1", (ip_address(ADDRESS[B]),), ("b-app",)),
    ),
    tables=(
        RouteTable("a-main", "a", (Route(NET_B, "pcx-ab"),), main=True),
        RouteTable("b-main", "b", (Route(NET_A, "pcx-ab"),), main=True),
    ),
    groups=(
        Group("a-app", "a", _PING_IN, _ALL_OUT),
        Group("b-app", "b", _PING_IN, _ALL_OUT),
    ),
    acls=(),
    peerings=(Peering("pcx-ab", "a", "b"),),
    probes=(Probe(1, A, ip_address(ADDRESS[B])),),
)


def routed(vpc: str, *routes: tuple[Network, str], gateway: bool = False) -> Scenario:
    """The baseline with other routes in a VPC's main table, and an internet gateway if wanted."""
    tables = tuple(
        replace(each, routes=tuple(Route(*route) for route in routes)) if each.vpc == vpc else each
        for each in BASELINE.tables
    )
    vpcs = tuple(
        replace(each, gateway="attached") if gateway and each.name == vpc else each
        for each in BASELINE.vpcs
    )
    return replace(BASELINE, vpcs=vpcs, tables=tables)


def grouped(
    vpc: str, way: Literal["ingress", "egress"], *rules: GroupRule, base: Scenario = BASELINE
) -> Scenario:
    """A network with other rules for one direction in a VPC's security group."""
    groups = tuple(
        _with_rules(each, way, rules) if each.vpc == vpc else each for each in base.groups
    )
    return replace(base, groups=groups)


def _with_rules(
    group: Group, way: Literal["ingress", "egress"], rules: tuple[GroupRule, ...]
) -> Group:
    if way == "ingress":
        return replace(group, ingress=rules)
    return replace(group, egress=rules)


def denied(vpc: str, way: Literal["in", "out"], base: Scenario = BASELINE) -> Scenario:
    """A network with an ACL that lets everything pass in a VPC, but refuses ICMP one way first."""
    denial = AclEntry(50, egress=way == "out", allow=False, cidr=ANYWHERE, protocol="1")
    return _filtered(base, vpc, *_OPEN, denial)


def allowed(vpc: str, way: Literal["in", "out"], icmp_type: int, icmp_code: int) -> Scenario:
    """The baseline with an ACL in a VPC that lets one kind of ICMP pass one way."""
    other = tuple(entry for entry in _OPEN if entry.egress != (way == "out"))
    entry = AclEntry(
        50, way == "out", True, ANYWHERE, "1", icmp_type=icmp_type, icmp_code=icmp_code
    )
    return _filtered(BASELINE, vpc, *other, entry)


def _filtered(base: Scenario, vpc: str, *entries: AclEntry) -> Scenario:
    acl = Acl(f"{vpc}-acl", vpc, entries)
    subnets = tuple(
        replace(each, acl=acl.name) if each.vpc == vpc else each for each in base.subnets
    )
    return replace(base, acls=(*base.acls, acl), subnets=subnets)


def peered(state: Literal["pending", "deleted", "rejected"]) -> Scenario:
    """The baseline with its peering in another state; the routes to it stay."""
    return replace(BASELINE, peerings=(replace(BASELINE.peerings[0], state=state),))


def in_one_subnet(base: Scenario) -> Scenario:
    """The network with another instance, next to A, and A asking that one."""
    neighbour = Instance(NEIGHBOUR, "a1", (ip_address("10.1.1.20"),), ("a-app",))
    return replace(
        base,
        instances=(*base.instances, neighbour),
        probes=(Probe(1, A, neighbour.addresses[0]),),
    )
