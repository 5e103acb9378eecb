"""
A healthy network of two peered VPCs, ways to break it, and what hypothesis draws for the laws.

Everything reaches a test through a fixture of session scope, so that laws may
draw from it: ``two_vpcs``, ``broken``, ``ping`` and ``drawn``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from labkit.network.packet import Packet, Protocol, echo_request
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
from labkit.network.walk import Walk, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.network.topology import Network

ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
TARGETS = {
    "local": TargetKind.LOCAL,
    "pcx": TargetKind.PEERING,
    "igw": TargetKind.INTERNET_GATEWAY,
    "nat": TargetKind.NAT_GATEWAY,
    "eigw": TargetKind.EGRESS_ONLY_GATEWAY,
    "tgw": TargetKind.TRANSIT_GATEWAY,
    "vgw": TargetKind.VIRTUAL_PRIVATE_GATEWAY,
    "vpce": TargetKind.VPC_ENDPOINT,
    "eni": TargetKind.NETWORK_INTERFACE,
}
PROTOCOLS = {"all": None, "icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}


def route(destination: str, target: str, state: str = "active", **more: Any) -> Route:
    """A route in short, for example ``route("10.2.0.0/16", "pcx-ab", "blackhole")``."""
    kind = TARGETS[target.partition("-")[0]]
    if destination.startswith("pl-"):
        return Route(None, kind, target, RouteState(state), prefix_list_id=destination, **more)
    return Route(ip_network(destination), kind, target, RouteState(state), **more)


def allow(
    protocol: str, first: int = -1, last: int = -1, peer: str = "0.0.0.0/0"
) -> SecurityGroupRule:
    """A rule in short; *peer* is a CIDR block, a group's id or a prefix list's."""
    number = PROTOCOLS[protocol]
    if peer.startswith("sg-"):
        return SecurityGroupRule(number, first, last, group_id=peer)
    if peer.startswith("pl-"):
        return SecurityGroupRule(number, first, last, prefix_list_id=peer)
    return SecurityGroupRule(number, first, last, cidr=ip_network(peer))


def entry(
    number: int,
    direction: str,
    action: str,
    protocol: str = "all",
    cidr: str = "0.0.0.0/0",
    **more: Any,
) -> NetworkAclEntry:
    """An ACL entry in short, for example ``entry(90, "in", "deny", "icmp", icmp_type=8)``."""
    block = ip_network(cidr)
    return NetworkAclEntry(
        number, direction == "out", action == "allow", block, PROTOCOLS[protocol], **more
    )


OPEN_ACL = tuple(
    NetworkAclEntry(number, egress, True, cidr)
    for egress in (False, True)
    for number, cidr in ((100, ANYWHERE[0]), (101, ANYWHERE[1]))
)
ALL_OUT = tuple(SecurityGroupRule(None, cidr=cidr) for cidr in ANYWHERE)
PING_IN = (allow("icmp", 8), allow("icmpv6", 128, peer="::/0"))
LISTENING = Host(listening=frozenset({(6, 22), (17, 53)}))


def _by_id(*resources: Any) -> dict[str, Any]:
    keys = {
        Vpc: "vpc_id",
        Subnet: "subnet_id",
        Interface: "interface_id",
        RouteTable: "route_table_id",
        SecurityGroup: "group_id",
        NetworkAcl: "network_acl_id",
        Peering: "peering_id",
    }
    return {getattr(resource, keys[type(resource)]): resource for resource in resources}


def _interface(name: str, subnet: str, host_number: int, public: str | None = None) -> Interface:
    """An interface of a host in ``subnet-<vpc><n>``, at the same place in IPv4 and IPv6."""
    vpc, n = subnet[-2], subnet[-1]
    second = {"a": 1, "b": 2}[vpc]
    return Interface(
        f"eni-{name}",
        subnet,
        f"vpc-{vpc}",
        (
            ip_address(f"10.{second}.{n}.{host_number}"),
            ip_address(f"2001:db8:{vpc}:{n}::{host_number}"),
        ),
        (f"sg-{vpc}",),
        name=name,
        instance_id=f"i-{name}",
        public_address=ip_address(public) if public else None,
        host=LISTENING,
    )


HEALTHY = Topology(
    vpcs=_by_id(
        Vpc("vpc-a", (ip_network("10.1.0.0/16"), ip_network("2001:db8:a::/56")), "vpc a"),
        Vpc("vpc-b", (ip_network("10.2.0.0/16"), ip_network("2001:db8:b::/56")), "vpc b"),
    ),
    subnets=_by_id(
        *(
            Subnet(
                f"subnet-{vpc}{n}",
                f"vpc-{vpc}",
                (ip_network(f"10.{second}.{n}.0/24"), ip_network(f"2001:db8:{vpc}:{n}::/64")),
                f"subnet {vpc}{n}",
            )
            for vpc, second in (("a", 1), ("b", 2))
            for n in (1, 2)
        )
    ),
    interfaces=_by_id(
        _interface("app-a", "subnet-a1", 10),
        _interface("near-a", "subnet-a1", 20),
        _interface("far-a", "subnet-a2", 10),
        _interface("app-b", "subnet-b1", 10),
    ),
    route_tables=_by_id(
        RouteTable(
            "rtb-a",
            "vpc-a",
            (
                route("10.1.0.0/16", "local"),
                route("2001:db8:a::/56", "local"),
                route("10.2.0.0/16", "pcx-ab"),
                route("2001:db8:b::/56", "pcx-ab"),
            ),
            main=True,
            name="table a",
        ),
        RouteTable(
            "rtb-b",
            "vpc-b",
            (
                route("10.2.0.0/16", "local"),
                route("2001:db8:b::/56", "local"),
                route("10.1.0.0/16", "pcx-ab"),
                route("2001:db8:a::/56", "pcx-ab"),
            ),
            main=True,
            name="table b",
        ),
    ),
    security_groups=_by_id(
        SecurityGroup("sg-a", "vpc-a", "group a", PING_IN, ALL_OUT),
        SecurityGroup("sg-b", "vpc-b", "group b", PING_IN, ALL_OUT),
    ),
    network_acls=_by_id(
        NetworkAcl(
            "acl-a", "vpc-a", OPEN_ACL, frozenset({"subnet-a1", "subnet-a2"}), True, "acl a"
        ),
        NetworkAcl(
            "acl-b", "vpc-b", OPEN_ACL, frozenset({"subnet-b1", "subnet-b2"}), True, "acl b"
        ),
    ),
    peerings=_by_id(Peering("pcx-ab", "vpc-a", "vpc-b", "active", "a to b")),
    internet_gateways={"igw-a": "vpc-a", "igw-b": "vpc-b"},
)


# Ways to change a network. Each takes a topology and gives a new one.


def with_routes(topology: Topology, table_id: str, *routes: Route) -> Topology:
    """Only the local routes of a table, and then *routes*."""
    table = topology.route_tables[table_id]
    local = tuple(each for each in table.routes if each.target is TargetKind.LOCAL)
    changed = {**topology.route_tables, table_id: replace(table, routes=(*local, *routes))}
    return replace(topology, route_tables=changed)


def with_group(
    topology: Topology, group_id: str, **rules: tuple[SecurityGroupRule, ...]
) -> Topology:
    """*rules*, ``ingress`` or ``egress``, in place of a group's own."""
    group = replace(topology.security_groups[group_id], **rules)
    return replace(topology, security_groups={**topology.security_groups, group_id: group})


def with_entries(topology: Topology, acl_id: str, *entries: NetworkAclEntry) -> Topology:
    """*entries* beside those an ACL has."""
    acl = topology.network_acls[acl_id]
    changed = replace(acl, entries=(*acl.entries, *entries))
    return replace(topology, network_acls={**topology.network_acls, acl_id: changed})


def with_interface(topology: Topology, interface_id: str, **changes: Any) -> Topology:
    interface = replace(topology.interfaces[interface_id], **changes)
    return replace(topology, interfaces={**topology.interfaces, interface_id: interface})


def with_host(topology: Topology, interface_id: str, **changes: Any) -> Topology:
    host = replace(topology.interfaces[interface_id].host, **changes)
    return with_interface(topology, interface_id, host=host)


def with_peering(topology: Topology, peering_id: str, **changes: Any) -> Topology:
    peering = replace(topology.peerings[peering_id], **changes)
    return replace(topology, peerings={**topology.peerings, peering_id: peering})


def probe(
    topology: Topology, sender: str, destination: str, packet: Packet | None = None, **options: Any
) -> Walk:
    """The walk of a ping, or of *packet*, from a named interface to a name or an address."""
    interface = topology.find_interface(sender)
    try:
        target = ip_address(destination)
    except ValueError:
        target = topology.find_interface(destination).addresses[0]
    source = next(each for each in interface.addresses if each.version == target.version)
    sent = replace(packet, source=source, destination=target) if packet else None
    return walk(topology, sent or echo_request(source, target), interface, **options)


def seen(walked: Walk) -> list[str]:
    """Sightings as ``eni-app-a out ACCEPT``, in order."""
    ways = {"ingress": "in", "egress": "out"}
    return [f"{s.interface_id} {ways[s.direction]} {s.action}" for s in walked.sightings]


@pytest.fixture(scope="session")
def two_vpcs() -> Callable[[], Topology]:
    """Makes the healthy network: two peered VPCs, four hosts, everything answers pings."""
    return lambda: HEALTHY


@pytest.fixture(scope="session")
def broken() -> Mapping[str, Any]:
    """Ways to change a topology, and short forms of what they put in."""
    return SimpleNamespace(
        routes=with_routes,
        group=with_group,
        entries=with_entries,
        interface=with_interface,
        host=with_host,
        peering=with_peering,
        route=route,
        allow=allow,
        entry=entry,
    )


@pytest.fixture(scope="session")
def ping() -> Callable[..., Walk]:
    """Walks a ping, or another packet, between named interfaces."""
    return probe


@pytest.fixture(scope="session")
def sightings_of() -> Callable[[Walk], list[str]]:
    return seen


# What hypothesis draws: a network of three VPCs in which everything answers, and up to six changes
# to it. VPC n has 10.n.0.0/16, two subnets and three hosts, each with a public address.


@dataclass(frozen=True)
class Scenario:
    """A network, and a packet about to leave one of its interfaces."""

    topology: Topology
    packet: Packet
    sender: Interface

    def walk(self, topology: Topology | None = None, **options: Any) -> Walk:
        return walk(topology or self.topology, self.packet, self.sender, **options)


OCTETS = st.integers(1, 3)
ADDRESSES = st.builds(
    lambda vpc, subnet, host: ip_address(f"10.{vpc}.{subnet}.{host}"),
    OCTETS,
    st.integers(1, 2),
    st.sampled_from((10, 20, 30)),
)
CIDRS: st.SearchStrategy[Network] = st.one_of(
    st.just(ANYWHERE[0]),
    st.builds(
        lambda address, length: ip_network((address, length), strict=False),
        ADDRESSES,
        st.sampled_from((8, 12, 16, 20, 24, 28, 31, 32)),
    ),
)
PORTS = st.sampled_from((22, 53, 80, 443, 40000))
PORT_RANGES = st.tuples(PORTS, PORTS).map(sorted).map(tuple)
ICMP_SCOPES = st.sampled_from(((-1, -1), (8, -1), (8, 0), (0, -1), (0, 0), (3, -1)))
GROUP_IDS = st.builds("sg-{}{}".format, OCTETS, st.sampled_from("xy"))
PEERS = st.one_of(
    CIDRS.map(lambda cidr: {"cidr": cidr}), GROUP_IDS.map(lambda group: {"group_id": group})
)


def _rule(
    protocol: int | None, scope: tuple[int, int], peer: Mapping[str, Any]
) -> SecurityGroupRule:
    return SecurityGroupRule(protocol, *scope, **peer)


RULES = st.one_of(
    st.just(SecurityGroupRule(None, cidr=ANYWHERE[0])),
    st.builds(_rule, st.none(), st.just((-1, -1)), PEERS),
    st.builds(_rule, st.just(1), ICMP_SCOPES, PEERS),
    st.builds(_rule, st.sampled_from((6, 17)), PORT_RANGES, PEERS),
)
RULE_LISTS = st.lists(RULES, max_size=4).map(tuple)
ENTRY_BODIES = st.one_of(
    st.builds(lambda cidr: {"cidr": cidr}, CIDRS),
    st.builds(
        lambda cidr, scope: {
            "cidr": cidr,
            "protocol": 1,
            "icmp_type": scope[0],
            "icmp_code": scope[1],
        },
        CIDRS,
        ICMP_SCOPES,
    ),
    st.builds(
        lambda cidr, protocol, ports: {"cidr": cidr, "protocol": protocol, "ports": ports},
        CIDRS,
        st.sampled_from((6, 17)),
        PORT_RANGES,
    ),
)


@st.composite
def acl_entries(draw: st.DrawFn) -> tuple[NetworkAclEntry, ...]:
    """Entries whose numbers are unique in each direction, in any order; mostly open at the end."""
    drawn = [
        NetworkAclEntry(number, egress, draw(st.booleans()), **draw(ENTRY_BODIES))
        for egress in (False, True)
        for number in draw(st.lists(st.integers(1, 99), max_size=2, unique=True))
    ]
    if draw(st.integers(0, 4)):
        drawn += OPEN_ACL
    return tuple(draw(st.permutations(drawn)))


ROUTE_TARGETS = st.sampled_from(("pcx-12", "pcx-13", "pcx-23", "igw-1", "local"))
ROUTES = st.builds(
    lambda cidr, target, state, propagated: route(
        str(cidr), target, state, propagated=propagated and target != "local"
    ),
    CIDRS,
    ROUTE_TARGETS,
    st.sampled_from(("active", "active", "blackhole")),
    st.booleans(),
)
ROUTE_TABLES = st.lists(ROUTES, max_size=6, unique_by=lambda each: each.destination).map(
    lambda routes: RouteTable("rtb", "vpc-1", tuple(routes))
)


def _full_mesh() -> Topology:
    """Three VPCs, each pair joined by an active peering connection with routes; all is allowed."""
    vpcs = (1, 2, 3)
    places = [(vpc, subnet) for vpc in vpcs for subnet in (1, 2)]
    pairs = ((1, 2), (1, 3), (2, 3))
    return Topology(
        vpcs=_by_id(*(Vpc(f"vpc-{n}", (ip_network(f"10.{n}.0.0/16"),)) for n in vpcs)),
        subnets=_by_id(
            *(
                Subnet(f"subnet-{n}{s}", f"vpc-{n}", (ip_network(f"10.{n}.{s}.0/24"),))
                for n, s in places
            )
        ),
        interfaces=_by_id(
            *(
                Interface(
                    f"eni-{n}{s}{host}",
                    f"subnet-{n}{s}",
                    f"vpc-{n}",
                    (ip_address(f"10.{n}.{s}.{host}"),),
                    (f"sg-{n}x",),
                    name=f"host {n}{s}{host}",
                    public_address=ip_address(f"54.{n}.{s}.{host}"),
                    host=LISTENING,
                )
                for n in vpcs
                for s, host in ((1, 10), (1, 20), (2, 10))
            )
        ),
        route_tables=_by_id(
            *(
                RouteTable(
                    f"rtb-{n}{s}",
                    f"vpc-{n}",
                    (
                        route(f"10.{n}.0.0/16", "local"),
                        *(
                            route(f"10.{low + high - n}.0.0/16", f"pcx-{low}{high}")
                            for low, high in pairs
                            if n in (low, high)
                        ),
                    ),
                    frozenset({f"subnet-{n}{s}"}) if s == 2 else frozenset(),
                    main=s == 1,
                )
                for n, s in places
            )
        ),
        security_groups=_by_id(
            *(
                SecurityGroup(f"sg-{n}{letter}", f"vpc-{n}", letter, ALL_OUT, ALL_OUT)
                for n in vpcs
                for letter in "xy"
            )
        ),
        network_acls=_by_id(
            *(
                NetworkAcl(f"acl-{n}{s}", f"vpc-{n}", OPEN_ACL, frozenset({f"subnet-{n}{s}"}))
                for n, s in places
            )
        ),
        peerings=_by_id(
            *(
                Peering(f"pcx-{low}{high}", f"vpc-{low}", f"vpc-{high}", "active")
                for low, high in pairs
            )
        ),
        internet_gateways={f"igw-{n}": f"vpc-{n}" for n in vpcs},
    )


MESH = _full_mesh()
GROUPS = st.sampled_from(sorted(MESH.security_groups))
INTERFACES = st.sampled_from(sorted(MESH.interfaces))
TABLES = st.sampled_from(sorted(MESH.route_tables))
ACLS = st.sampled_from(sorted(MESH.network_acls))
PEERINGS = st.sampled_from(sorted(MESH.peerings))


@st.composite
def _new_rules(draw: st.DrawFn, topology: Topology) -> Topology:
    way = draw(st.sampled_from(("ingress", "ingress", "egress")))
    return with_group(topology, draw(GROUPS), **{way: draw(RULE_LISTS)})


@st.composite
def _new_groups(draw: st.DrawFn, topology: Topology) -> Topology:
    interface = topology.interfaces[draw(INTERFACES)]
    vpc = interface.vpc_id[-1]
    groups = draw(st.sampled_from((("y",), ("x", "y"), ("y", "x"))))
    ids = tuple(f"sg-{vpc}{letter}" for letter in groups)
    return with_interface(topology, interface.interface_id, group_ids=ids)


@st.composite
def _new_acl(draw: st.DrawFn, topology: Topology) -> Topology:
    acl = topology.network_acls[draw(ACLS)]
    changed = replace(acl, entries=draw(acl_entries()))
    return replace(topology, network_acls={**topology.network_acls, acl.network_acl_id: changed})


@st.composite
def _new_route(draw: st.DrawFn, topology: Topology) -> Topology:
    """A default route to the VPC's internet gateway, or a route to a peer replaced or lost."""
    table = topology.route_tables[draw(TABLES)]
    routes = {each.destination: each for each in table.routes}
    peers = [each for each in table.routes if each.target is TargetKind.PEERING]
    kind = draw(st.sampled_from(("default", "default", "lose", "blackhole", "narrow", "cross")))
    if kind == "default":
        added = route("0.0.0.0/0", f"igw-{table.vpc_id[-1]}")
    elif not peers:
        return topology
    else:
        old = draw(st.sampled_from(peers))
        del routes[old.destination]
        added = {
            "lose": None,
            "blackhole": replace(old, state=RouteState.BLACKHOLE),
            "narrow": replace(old, destination=next(old.destination.subnets(new_prefix=23))),
            "cross": replace(old, target_id=draw(st.sampled_from(peers)).target_id),
        }[kind]
    if added is not None:
        routes[added.destination] = added
    changed = replace(table, routes=tuple(routes.values()))
    return replace(topology, route_tables={**topology.route_tables, table.route_table_id: changed})


@st.composite
def _new_peering_state(draw: st.DrawFn, topology: Topology) -> Topology:
    status = draw(st.sampled_from(("pending-acceptance", "deleted")))
    return with_peering(topology, draw(PEERINGS), status=status)


@st.composite
def _new_hosts(draw: st.DrawFn, topology: Topology) -> Topology:
    """All hosts of one VPC stopped, or made silent, or without open ports."""
    changes = ({"state": HostState.STOPPED}, {"answers_echo": False}, {"listening": frozenset()})
    change = draw(st.sampled_from(changes))
    vpc_id = draw(st.sampled_from(sorted(topology.vpcs)))
    for interface in topology.interfaces.values():
        if interface.vpc_id == vpc_id:
            topology = with_host(topology, interface.interface_id, **change)
    return topology


@st.composite
def _no_gateway(draw: st.DrawFn, topology: Topology) -> Topology:
    if draw(st.booleans()):
        return with_interface(topology, draw(INTERFACES), public_address=None)
    kept = {f"igw-{n}": f"vpc-{n}" for n in (1, 2, 3) if draw(st.booleans())}
    return replace(topology, internet_gateways=kept)


CHANGES = (
    _new_rules,
    _new_rules,
    _new_groups,
    _new_acl,
    _new_acl,
    _new_route,
    _new_route,
    _new_peering_state,
    _new_hosts,
    _no_gateway,
)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    topology = MESH
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=6)):
        topology = draw(change(topology))
    return topology


@st.composite
def packets(draw: st.DrawFn, source: Any, destination: Any) -> Packet:
    """Mostly pings; sometimes a TCP connection attempt or a UDP datagram."""
    protocol = draw(st.sampled_from((1, 1, 6, 17)))
    if protocol == Protocol.ICMP:
        return echo_request(source, destination)
    return Packet(
        source,
        destination,
        protocol,
        source_port=40000,
        destination_port=draw(PORTS),
        tcp_flags=2 if protocol == Protocol.TCP else 0,
    )


PRIVATE = [each.addresses[0] for each in MESH.interfaces.values()]
PUBLIC = [each.public_address for each in MESH.interfaces.values()]
NOBODYS = [ip_address("10.2.1.99"), ip_address("203.0.113.7"), ip_address("10.9.9.9")]


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A changed network, and a packet from one of its hosts to another or to nobody."""
    topology = draw(topologies())
    sender = topology.interfaces[draw(INTERFACES)]
    pool = draw(st.sampled_from((PRIVATE, PRIVATE, PRIVATE, PUBLIC, NOBODYS)))
    destination = draw(st.sampled_from([each for each in pool if each not in sender.addresses]))
    return Scenario(topology, draw(packets(sender.addresses[0], destination)), sender)


@pytest.fixture(scope="session")
def drawn() -> SimpleNamespace:
    """Hypothesis strategies, for ``data.draw(drawn.scenarios)`` and its like."""
    return SimpleNamespace(
        addresses=ADDRESSES,
        cidrs=CIDRS,
        rules=RULES,
        entry_bodies=ENTRY_BODIES,
        acl_entries=acl_entries(),
        route_tables=ROUTE_TABLES,
        topologies=topologies(),
        scenarios=scenarios(),
    )
