"""
Random networks in which most things work: the ground that faults are planted in.

Every choice comes from the generator given, so a seed names a network.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from linux_kernel.scenario import (
    DEFAULT_GROUP,
    ECHOING,
    LISTENING,
    Acl,
    AclEntry,
    AclProtocol,
    Address,
    Group,
    GroupProtocol,
    GroupRule,
    Instance,
    Network,
    Outsider,
    Peering,
    Route,
    RouteTable,
    Scenario,
    Subnet,
    Vpc,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

EVERYWHERE: Final = {4: ip_network("0.0.0.0/0"), 6: ip_network("::/0")}
ELSEWHERE: Final = {4: ip_network("203.0.113.0/24"), 6: ip_network("2001:db8:ffff::/48")}
ANY_PORT: Final = (0, 65_535)
EPHEMERAL: Final = (1024, 65_535)
CLOSED: Final = 80  # a TCP port that nobody listens on
DATAGRAM: Final = 5005  # a UDP port that nobody listens on


class Icmp(NamedTuple):
    """How one IP version's ICMP is called in groups and in ACLs, and its types."""

    name: GroupProtocol
    number: AclProtocol
    request: int
    reply: int
    unreachable: int


ICMP: Final = {4: Icmp("icmp", "1", 8, 0, 3), 6: Icmp("icmpv6", "58", 128, 129, 1)}

_RANGES = (
    "10.1.0.0/16",
    "10.2.0.0/16",
    "10.3.0.0/18",
    "10.20.4.0/22",
    "172.16.0.0/20",
    "192.168.7.0/24",
    "192.168.64.0/18",
    "100.64.0.0/16",
)
# Blocks that a VPC of any of these ranges may take on later.
_SECOND_RANGES = ("100.66.0.0/18", "100.67.8.0/22", "100.68.1.0/24")


def healthy(rng: Random, seed: str, outsiders: tuple[Outsider, ...] = ()) -> Scenario:
    """
    A network with routes, groups and ACLs that let pings through along active peerings.

    Its groups and ACLs think of hosts outside, too, if there are any.
    """
    vpcs, peerings = _vpcs(rng)
    # Who has hosts outside to talk to, has room for a public and a private subnet.
    counts = [2] if outsiders else [1, 2, 2]
    subnets = tuple(subnet for vpc in vpcs for subnet in _subnets(rng, vpc, counts))
    instances = tuple(instance for subnet in subnets for instance in _instances(rng, subnet))
    bare = Scenario(seed, vpcs, subnets, instances, (), (), (), peerings, outsiders=outsiders)
    tables, subnets = _tables(rng, bare)
    acls, subnets = _acls(rng, bare, subnets)
    groups = tuple(group for vpc in vpcs for group in _groups(rng, bare, vpc))
    return replace(bare, subnets=subnets, tables=tables, groups=groups, acls=acls)


def near(scenario: Scenario, vpc: str, version: int) -> list[Network]:
    """The ranges of a VPC and of every VPC that it has a peering with, and hosts outside."""
    names = [vpc, *(peering.other(vpc) for peering in scenario.peerings_of(vpc))]
    ranges = [cidr for name in names for cidr in scenario.vpc(name).cidrs]
    ranges += [ip_network(address) for each in scenario.outsiders for address in each.addresses]
    return [cidr for cidr in ranges if cidr.version == version]


def versions(scenario: Scenario, vpc: str) -> list[int]:
    """The IP versions that a VPC speaks."""
    return sorted({cidr.version for cidr in scenario.vpc(vpc).cidrs})


def _vpcs(rng: Random) -> tuple[tuple[Vpc, ...], tuple[Peering, ...]]:
    names = "ab" if rng.random() < 0.25 else "abc"
    ranges: list[Network] = [ip_network(text) for text in rng.sample(_RANGES, len(names))]
    shapes = [["ab"], ["ab", "bc"], ["ab", "bc", "ac"]]
    pairs = shapes[0] if names == "ab" else rng.choice(shapes[1:])
    if names == "abc" and rng.random() < 0.55:
        # Two peers of b with ranges that overlap, which therefore have no peering of their own.
        pairs = ["ab", "bc"]
        half = _pieces(ranges[0], ranges[0].prefixlen + 1)[0]
        ranges[2] = rng.choice([ranges[0], ranges[0], half])
    dual = rng.random() < 0.3
    vpcs = tuple(
        Vpc(name, (cidr, *_more_ranges(rng, number, dual=dual)))
        for number, (name, cidr) in enumerate(zip(names, ranges, strict=True))
    )
    ends = [pair if rng.random() < 0.5 else pair[::-1] for pair in pairs]
    return vpcs, tuple(Peering(f"pcx-{pair}", *end) for pair, end in zip(pairs, ends, strict=True))


def _more_ranges(rng: Random, number: int, *, dual: bool) -> Iterator[Network]:
    if rng.random() < 0.25:
        yield ip_network(_SECOND_RANGES[number])
    if dual:
        yield ip_network(f"2001:db8:{number + 1}00::/56")


def _subnets(rng: Random, vpc: Vpc, counts: Sequence[int]) -> Iterator[Subnet]:
    """One or two subnets, sometimes one as large as its VPC, and one in its second range."""
    count = rng.choice(counts)
    cidr, *others = vpc.cidrs
    if count == 1 and rng.random() < 0.3:
        pieces = [cidr]
    else:
        length = 24 if cidr.prefixlen <= 21 else min(cidr.prefixlen + 2, 28)
        pieces = rng.sample(_pieces(cidr, length)[:4], count)
    pieces += [_pieces(other, 26)[1] for other in others if other.version == 4]
    for number, piece in enumerate(pieces, start=1):
        sixes = (_pieces(other, 64)[number] for other in others if other.version == 6)
        yield Subnet(f"{vpc.name}{number}", vpc.name, (piece, *sixes))


def _pieces(cidr: Network, length: int) -> list[Network]:
    return [piece for piece in cidr.subnets(new_prefix=length)]  # noqa: C416  keeps the type


def _instances(rng: Random, subnet: Subnet) -> Iterator[Instance]:
    """One to three instances, at a few favourite addresses, so that twins of other VPCs occur."""
    offsets = rng.sample([10, 11, 14, 24], rng.choice([1, 1, 2, 2, 3]))
    for letter, offset in zip("xyz", offsets, strict=False):
        addresses: list[Address] = [cidr.network_address + offset for cidr in subnet.cidrs]
        groups = rng.choices(
            [("app",), ("web",), ("app", "web"), (DEFAULT_GROUP,)], [50, 30, 12, 8]
        )[0]
        named = tuple(f"{subnet.vpc}-{group}" for group in groups)
        yield Instance(f"{subnet.name}{letter}", subnet.name, tuple(addresses), named)


def _tables(rng: Random, bare: Scenario) -> tuple[tuple[RouteTable, ...], tuple[Subnet, ...]]:
    """Main tables, and custom ones for some or all subnets; each in use knows every peer."""
    tables: list[RouteTable] = []
    subnets: list[Subnet] = []
    for vpc in bare.vpcs:
        style = rng.choice(["main", "one each", "shared"])
        own = bare.subnets_of(vpc.name)
        if style == "main":
            subnets += own
        for number, subnet in enumerate(own if style != "main" else [], start=1):
            name = f"{vpc.name}-rt{number if style == 'one each' else ''}"
            subnets.append(_using(subnet, table=name))
            if not any(table.name == name for table in tables):
                tables.append(RouteTable(name, vpc.name, _routes(rng, bare, vpc.name)))
        routes = _routes(rng, bare, vpc.name) if style == "main" or rng.random() < 0.3 else ()
        tables.append(RouteTable(f"{vpc.name}-main", vpc.name, routes, main=True))
    return tuple(tables), tuple(subnets)


def _using(subnet: Subnet, *, table: str | None = None, acl: str | None = None) -> Subnet:
    return Subnet(subnet.name, subnet.vpc, subnet.cidrs, table or subnet.table, acl or subnet.acl)


def _routes(rng: Random, bare: Scenario, vpc: str) -> tuple[Route, ...]:
    """Routes to every peer; where two peers overlap, the later one gets what is still free."""
    routes: dict[Network, str] = {}
    peerings = bare.peerings_of(vpc)
    for peering in rng.sample(peerings, len(peerings)):
        peer = peering.other(vpc)
        for version in versions(bare, vpc):
            whole, parts, hosts = destinations(bare, peer, version)
            styles = [whole, whole, parts, hosts]
            style = parts if set(whole) & set(routes) else rng.choice(styles)
            for destination in style:
                routes.setdefault(destination, peering.name)
    return tuple(Route(destination, target) for destination, target in routes.items())


def destinations(
    scenario: Scenario, vpc: str, version: int
) -> tuple[list[Network], list[Network], list[Network]]:
    """A VPC's ranges, those of its subnets, and its instances one by one."""
    whole = scenario.vpc(vpc).cidrs
    parts = (cidr for subnet in scenario.subnets_of(vpc) for cidr in subnet.cidrs)
    hosts = (
        ip_network(address)
        for instance in scenario.instances_of(vpc)
        for address in instance.addresses
    )
    one, two, three = (
        [network for network in networks if network.version == version]
        for networks in (whole, parts, hosts)
    )
    return one, two, three


def _groups(rng: Random, bare: Scenario, vpc: Vpc) -> Iterator[Group]:
    spoken = versions(bare, vpc.name)
    everything = tuple(GroupRule("-1", EVERYWHERE[version]) for version in spoken)
    default = f"{vpc.name}-{DEFAULT_GROUP}"
    yield Group(default, vpc.name, (GroupRule("-1", default),), everything)
    reachable = [vpc.name, *(peering.other(vpc.name) for peering in bare.peerings_of(vpc.name))]
    members = [f"{name}-{role}" for name in reachable for role in ("app", "web")]
    for role in ("app", "web"):
        ingress: list[GroupRule] = []
        egress: list[GroupRule] = []
        for version in spoken:
            ranges = near(bare, vpc.name, version)
            ingress += _rules(rng, version, ranges, members, open_share=0.1)
            ingress += rng.sample(_noise(version), rng.choice([0, 0, 1, 2]))
            egress += _rules(rng, version, ranges, members, open_share=0.45)
        # A reference stands for both versions, so it may have been drawn twice.
        yield Group(
            f"{vpc.name}-{role}",
            vpc.name,
            tuple(dict.fromkeys(ingress)),
            tuple(dict.fromkeys(egress)),
        )


def _rules(
    rng: Random,
    version: int,
    ranges: Sequence[Network],
    members: Sequence[str],
    *,
    open_share: float,
) -> list[GroupRule]:
    """Rules that let pings and connections of near VPCs through, in one of the usual ways."""
    name, request = ICMP[version].name, ICMP[version].request
    everywhere = EVERYWHERE[version]
    if rng.random() < open_share:
        return [GroupRule("-1", everywhere)]
    distinct = list(dict.fromkeys(ranges))
    pings = rng.choice(
        [
            [GroupRule(name, everywhere)],
            [GroupRule(name, everywhere, request, rng.choice([-1, 0]))],
            [GroupRule(name, cidr, request, -1) for cidr in distinct],
            [GroupRule("-1", cidr) for cidr in distinct],
            [GroupRule("-1", member) for member in members],
            [GroupRule(name, member, request, -1) for member in members],
        ]
    )
    connections = rng.choice(
        [
            [GroupRule("tcp", everywhere, LISTENING, LISTENING)],
            [GroupRule("tcp", everywhere, *ANY_PORT)],
            [GroupRule("tcp", cidr, LISTENING, CLOSED) for cidr in distinct],
            [GroupRule("tcp", member, *ANY_PORT) for member in members],
            [],
        ]
    )
    datagrams = rng.choice(
        [
            [GroupRule("udp", everywhere, *ANY_PORT)],
            [GroupRule("udp", cidr, ECHOING, DATAGRAM) for cidr in distinct],
            [],
        ]
    )
    return pings + connections + datagrams


def _noise(version: int) -> list[GroupRule]:
    icmp = ICMP[version]
    everywhere = EVERYWHERE[version]
    return [
        GroupRule("tcp", everywhere, 443, 443),
        GroupRule("udp", everywhere, 123, 123),
        GroupRule(icmp.name, everywhere, icmp.unreachable, -1),
    ]


def _acls(
    rng: Random, bare: Scenario, subnets: tuple[Subnet, ...]
) -> tuple[tuple[Acl, ...], tuple[Subnet, ...]]:
    """ACLs for some subnets, or one for all of a VPC, or other entries in the default one."""
    acls: dict[str, Acl] = {}
    chosen = []
    styles = {vpc.name: rng.choice(["one each", "one each", "shared"]) for vpc in bare.vpcs}
    for vpc in bare.vpcs:
        if rng.random() < 0.2:
            name = f"{vpc.name}-default"
            acls[name] = Acl(name, vpc.name, acl_entries(rng, bare, vpc.name), default=True)
    for subnet in subnets:
        if rng.random() < 0.45:
            chosen.append(subnet)
            continue
        name = f"{subnet.name if styles[subnet.vpc] == 'one each' else subnet.vpc}-acl"
        if name not in acls:
            acls[name] = Acl(name, subnet.vpc, acl_entries(rng, bare, subnet.vpc))
        chosen.append(_using(subnet, acl=name))
    return tuple(acls.values()), tuple(chosen)


def acl_entries(rng: Random, bare: Scenario, vpc: str) -> tuple[AclEntry, ...]:
    """Entries that let probes and answers pass, among others that do not matter to them."""
    entries = []
    for egress in (False, True):
        drafts = [
            draft
            for version in versions(bare, vpc)
            for draft in _drafts(rng, version, near(bare, vpc, version), egress=egress)
        ]
        numbers = sorted(rng.sample(range(10, 32_000), len(drafts)))
        entries += [AclEntry(number, *draft) for number, draft in zip(numbers, drafts, strict=True)]
    return tuple(rng.sample(entries, len(entries)))


# Direction, verdict, range, protocol, type and code, ports.
_Draft: TypeAlias = tuple[bool, bool, Network, AclProtocol, int, int, tuple[int, int]]


def _draft(
    cidr: Network,
    protocol: AclProtocol,
    kind: tuple[int, int] = (-1, -1),
    ports: tuple[int, int] = ANY_PORT,
    *,
    egress: bool,
    allow: bool = True,
) -> _Draft:
    return (egress, allow, cidr, protocol, *kind, ports)


def _drafts(rng: Random, version: int, ranges: Sequence[Network], *, egress: bool) -> list[_Draft]:
    """Entries without their numbers, in the order in which they are to be tried."""
    allow = partial(_draft, egress=egress)
    deny = partial(_draft, egress=egress, allow=False)
    icmp = ICMP[version]
    everywhere, elsewhere = EVERYWHERE[version], ELSEWHERE[version]
    before = [
        deny(everywhere, "6", ports=(3389, 3389)),
        deny(elsewhere, "-1"),
        deny(everywhere, icmp.number, (icmp.unreachable, -1)),
        allow(elsewhere, icmp.number, (icmp.request, -1)),
    ]
    pings = rng.choice(
        [
            [allow(everywhere, "-1")],
            [allow(everywhere, icmp.number)],
            [allow(everywhere, icmp.number, (kind, -1)) for kind in (icmp.request, icmp.reply)],
            [
                allow(cidr, icmp.number, (kind, 0))
                for cidr in ranges
                for kind in (icmp.reply, icmp.request)
            ],
            [allow(cidr, "-1") for cidr in ranges],
        ]
    )
    connections = rng.choice(
        [
            [allow(everywhere, "6")],
            [allow(everywhere, "6", ports=ports) for ports in ((LISTENING, CLOSED), EPHEMERAL)],
            [allow(everywhere, "6", ports=ports) for ports in ((LISTENING, LISTENING), EPHEMERAL)],
            [],
        ]
    )
    datagrams = rng.choice(
        [
            [allow(everywhere, "17")],
            [
                allow(everywhere, "17", ports=(ECHOING, DATAGRAM)),
                allow(everywhere, icmp.number, (icmp.unreachable, rng.choice([-1, 3, 4]))),
            ],
            [],
        ]
    )
    after = [
        deny(everywhere, "-1"),
        deny(ranges[0], icmp.number),
        allow(everywhere, "17"),
    ]
    middle = [*pings, *connections, *datagrams]
    return [
        *rng.sample(before, rng.choice([0, 0, 1, 2])),
        *rng.sample(middle, len(middle)),
        *rng.sample(after, rng.choice([0, 1, 2])),
    ]
