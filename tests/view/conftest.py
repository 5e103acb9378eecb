"""Networks to draw, from the smallest to the usual one, healthy and broken."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import strategies as st

from labkit.errors import NotSimulated, TopologyError
from labkit.network.packet import echo_request
from labkit.network.topology import (
    Host,
    HostState,
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
    from collections.abc import Callable

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


class Scene(NamedTuple):
    """A network, what a packet met in it, and words of the cause that a learner must see."""

    topology: Topology
    walk: Walk
    cause: str


def scenes() -> dict[str, Scene]:
    """One scene for every way a ping between two peered VPCs is broken in the lessons."""
    two = joined(one_side(1, "a"), one_side(2, "b"))
    whole = peered(two, "a", "b")
    echo_reply = NetworkAclEntry(90, True, False, ip_network("10.1.0.0/16"), 1, None, 0, -1)
    broken = {
        "forward route missing": (unrouted(whole, "a"), "has no route to 10.2.1.10"),
        "return route missing": (unrouted(whole, "b"), "has no route to 10.1.1.10"),
        "group without ICMP": (without_icmp(whole, "b"), "has no rule that allows ingress ICMP"),
        "ACL blocks the reply": (with_entry(whole, "b", echo_reply), "by rule 90"),
        "blackhole": (blackholed(whole), "is a blackhole"),
        "peering pending": (
            peered(two, "a", "b", status="pending-acceptance"),
            "carries nothing: it is pending-acceptance",
        ),
        "host stopped": (stopped(whole, "b"), "is not running"),
    }
    made = {
        name: Scene(topology, ping(topology), cause) for name, (topology, cause) in broken.items()
    }
    made["nobody there"] = Scene(
        whole, ping(whole, destination="10.2.1.99"), "10.2.1.99 belongs to no"
    )
    return made


def blackholed(topology: Topology) -> Topology:
    topology = routed(topology, "a", "b", "pcx-0ab", state=RouteState.BLACKHOLE)
    deleted = {key: replace(each, status="deleted") for key, each in topology.peerings.items()}
    return replace(topology, peerings=deleted)


def stopped(topology: Topology, letter: str) -> Topology:
    key = f"eni-0{letter * 3}"
    asleep = replace(topology.interfaces[key], host=Host(HostState.STOPPED))
    return replace(topology, interfaces={**topology.interfaces, key: asleep})


SCENES = scenes()


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> Scene:
    return SCENES[request.param]


@pytest.fixture
def triangle() -> Topology:
    """Three VPCs, each peered with both others."""
    three = joined(one_side(1, "a"), one_side(2, "b"), one_side(3, "c"))
    return peered(peered(peered(three, "a", "b"), "b", "c"), "a", "c")


# Names as people write them, and as nobody should: empty, long, with markup, in any script.
names = st.one_of(
    st.just(""), st.text(max_size=60), st.sampled_from(["<b>&\"'", "x" * 200, "网络一"])
)
# Networks in which everything is random let no packet far; most parts should work.
often = st.sampled_from([True, True, True, True, False])
_statuses = st.sampled_from(["active"] * 4 + ["pending-acceptance", "deleted", "failed"])


@st.composite
def networks(draw: st.DrawFn) -> Topology:
    """Networks at any stage of being built, and some that are no longer whole."""
    vpcs = {f"vpc-{n}": _vpc(draw, n) for n in range(draw(st.integers(0, 4)))}
    subnets = {
        f"subnet-{n}{s}": Subnet(
            f"subnet-{n}{s}", f"vpc-{n}", (ip_network(f"10.{n}.{s}.0/24"),), draw(names)
        )
        for n in range(len(vpcs))
        for s in range(draw(st.integers(0, 3)))
    }
    groups = {f"sg-{n}": _group(draw, n) for n in range(len(vpcs))}
    interfaces = {
        each.interface_id: each for subnet in subnets.values() for each in _interfaces(draw, subnet)
    }
    peerings = {
        f"pcx-{a}{b}": Peering(f"pcx-{a}{b}", f"vpc-{a}", f"vpc-{b}", draw(_statuses), draw(names))
        for a, b in combinations(range(5), 2)
        if draw(often)
    }
    tables = {f"rtb-{n}": _table(draw, n, sorted(peerings)) for n in range(len(vpcs))}
    acls = {f"acl-{n}": _acl(draw, n, sorted(subnets)) for n in range(len(vpcs))}
    return Topology(vpcs, subnets, interfaces, tables, groups, acls, peerings)


def _vpc(draw: st.DrawFn, n: int) -> Vpc:
    extra = draw(st.sampled_from([(), (ip_network("2001:db8::/56"),)]))
    return Vpc(f"vpc-{n}", (ip_network(f"10.{n}.0.0/16"), *extra), draw(names))


def _group(draw: st.DrawFn, n: int) -> SecurityGroup:
    rules = st.tuples(st.sampled_from([None, 1, 6, 17, 50]), st.sampled_from([ANYWHERE, None]))
    made = tuple(
        SecurityGroupRule(protocol, cidr=cidr, group_id=None if cidr else "sg-0")
        for protocol, cidr in draw(st.lists(rules, max_size=4))
    )
    everything = SecurityGroupRule(None, cidr=ANYWHERE)
    ingress, egress = ((*made, everything) if draw(often) else made for _ in range(2))
    return SecurityGroup(f"sg-{n}", f"vpc-{n}", draw(names), ingress, egress)


def _interfaces(draw: st.DrawFn, subnet: Subnet) -> list[Interface]:
    block = subnet.cidrs[0]
    count = draw(st.integers(0, 3))
    return [
        Interface(
            f"eni-{subnet.subnet_id}-{n}",
            subnet.subnet_id,
            subnet.vpc_id,
            (block.network_address + 10 + n,),
            (f"sg-{subnet.vpc_id[-1]}",),
            draw(names),
            host=Host(HostState.RUNNING if draw(often) else HostState.STOPPED, draw(often)),
        )
        for n in range(count)
    ]


def _table(draw: st.DrawFn, n: int, peering_ids: list[str]) -> RouteTable:
    local = Route(ip_network(f"10.{n}.0.0/16"), TargetKind.LOCAL, "local")
    routes = [
        _route(draw, m, TargetKind.PEERING, each)
        for each in peering_ids
        for m in (int(each[-2]), int(each[-1]))
        if str(n) in each and m != n and draw(often)
    ]
    gateways = ((TargetKind.INTERNET_GATEWAY, "igw-1"), (TargetKind.NAT_GATEWAY, "nat-1"))
    routes += [
        _route(draw, m, *draw(st.sampled_from(gateways)))
        for m in draw(st.lists(st.integers(6, 20), unique=True, max_size=12))
    ]
    return RouteTable(f"rtb-{n}", f"vpc-{n}", (local, *routes), main=draw(often))


def _route(draw: st.DrawFn, m: int, kind: TargetKind, target_id: str) -> Route:
    state = RouteState.ACTIVE if draw(often) else RouteState.BLACKHOLE
    return Route(ip_network(f"10.{m}.0.0/16"), kind, target_id, state)


def _acl(draw: st.DrawFn, n: int, subnet_ids: list[str]) -> NetworkAcl:
    numbers = st.lists(st.integers(90, 32766), unique=True, max_size=10)
    entries = tuple(
        NetworkAclEntry(
            number, number % 2 == 0, draw(st.booleans()), ANYWHERE, draw(st.sampled_from([None, 1]))
        )
        for number in draw(numbers)
    )
    kept = frozenset(each for each in subnet_ids if each[7] == str(n) and draw(often))
    return NetworkAcl(f"acl-{n}", f"vpc-{n}", (*entries, *open_entries()), kept, name=draw(names))


@st.composite
def networks_with_walks(draw: st.DrawFn) -> tuple[Topology, Walk | None]:
    """A network, and a ping through it if it has anyone to send one and can be walked."""
    topology = draw(networks())
    if not topology.interfaces:
        return topology, None
    sender = draw(st.sampled_from(sorted(topology.interfaces)))
    receivers = [str(each.addresses[0]) for each in topology.interfaces.values()]
    target = draw(st.sampled_from([*sorted(receivers) * 3, "10.0.0.99", "10.9.1.1", "8.8.8.8"]))
    try:
        return topology, ping(topology, sender, target)
    except (NotSimulated, TopologyError):
        return topology, None


@pytest.fixture(scope="session")
def any_network() -> st.SearchStrategy[Topology]:
    return networks()


@pytest.fixture(scope="session")
def any_walk() -> st.SearchStrategy[tuple[Topology, Walk | None]]:
    return networks_with_walks()


@pytest.fixture(scope="session")
def send() -> Callable[..., Walk]:
    """A function that pings: (topology, source, destination)."""
    return ping
