"""
Hand-written networks: two VPCs, a transit gateway between them, and one thing wrong.

Source: Amazon VPC User Guide, "Flow log record examples", transit gateway.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from linux_kernel import outward
from linux_kernel.outward import ANYWHERE
from linux_kernel.scenario import (
    ECHOING,
    TRANSIT,
    Attachment,
    Group,
    GroupRule,
    Instance,
    Nat,
    Peering,
    Probe,
    Route,
    RouteTable,
    Scenario,
    Subnet,
    TransitTable,
    Vpc,
    put,
)

if TYPE_CHECKING:
    from linux_kernel.outward import Seen

CLIENT_ADDRESS: Final = "10.20.33.164"
SERVER_ADDRESS: Final = "10.40.2.236"
_NET_A, _NET_B = ip_network("10.20.0.0/16"), ip_network("10.40.0.0/16")
_NET_C, _BEYOND = ip_network("10.60.0.0/16"), "10.60.2.10"
_DOOR_A, _DOOR_B = "10.20.1.175", "10.40.1.175"
_NAT = "10.40.1.220"
_PING = (GroupRule("icmp", ANYWHERE),)

# What each interface sees of a ping that is answered, as `outward.WAY_OUT` has it.
WAY_ACROSS: Final[tuple[Seen, ...]] = (
    ("a1x", "egress", CLIENT_ADDRESS, SERVER_ADDRESS, "", ""),
    ("at", "ingress", CLIENT_ADDRESS, _DOOR_A, "", SERVER_ADDRESS),
    ("bt", "egress", _DOOR_B, SERVER_ADDRESS, CLIENT_ADDRESS, ""),
    ("b1x", "ingress", CLIENT_ADDRESS, SERVER_ADDRESS, "", ""),
    ("b1x", "egress", SERVER_ADDRESS, CLIENT_ADDRESS, "", ""),
    ("bt", "ingress", SERVER_ADDRESS, _DOOR_B, "", CLIENT_ADDRESS),
    ("at", "egress", _DOOR_A, CLIENT_ADDRESS, SERVER_ADDRESS, ""),
    ("a1x", "ingress", SERVER_ADDRESS, CLIENT_ADDRESS, "", ""),
)

# And of a datagram, when the answer passes a NAT gateway on its way to the transit gateway: it
# comes from an address that nobody asked.
WAY_FROM_ELSEWHERE: Final[tuple[Seen, ...]] = (
    *WAY_ACROSS[:5],
    ("b2n", "ingress", SERVER_ADDRESS, _NAT, "", CLIENT_ADDRESS),
    ("b2n", "egress", _NAT, CLIENT_ADDRESS, "", ""),
    ("bt", "ingress", _NAT, _DOOR_B, "", CLIENT_ADDRESS),
    ("at", "egress", _DOOR_A, CLIENT_ADDRESS, _NAT, ""),
    ("a1x", "ingress", _NAT, CLIENT_ADDRESS, "", ""),
)

WAY_ONWARDS: Final[tuple[Seen, ...]] = (
    ("a1x", "egress", CLIENT_ADDRESS, _BEYOND, "", ""),
    ("at", "ingress", CLIENT_ADDRESS, _DOOR_A, "", _BEYOND),
)

ACROSS: Final = Scenario(
    seed="across",
    vpcs=(Vpc("a", (_NET_A,)), Vpc("b", (_NET_B,))),
    subnets=(
        Subnet("a1", "a", (ip_network("10.20.33.0/24"),)),
        Subnet("a2", "a", (ip_network("10.20.1.0/24"),)),
        Subnet("b1", "b", (ip_network("10.40.2.0/24"),)),
        Subnet("b2", "b", (ip_network("10.40.1.0/24"),)),
    ),
    instances=(
        Instance("a1x", "a1", (ip_address(CLIENT_ADDRESS),), ("a-app",)),
        Instance("b1x", "b1", (ip_address(SERVER_ADDRESS),), ("b-app",)),
    ),
    tables=(
        RouteTable("a-main", "a", (Route(_NET_B, TRANSIT),), main=True),
        RouteTable("b-main", "b", (Route(_NET_A, TRANSIT),), main=True),
    ),
    groups=(Group("a-app", "a", _PING, _PING), Group("b-app", "b", _PING, _PING)),
    acls=(),
    peerings=(),
    attachments=(
        Attachment("at", "a2", ip_address(_DOOR_A)),
        Attachment("bt", "b2", ip_address(_DOOR_B)),
    ),
    transit_tables=(
        TransitTable("for-a", ((_NET_B, "bt"),), ("at",)),
        TransitTable("for-b", ((_NET_A, "at"),), ("bt",)),
    ),
    probes=(Probe(1, "a1x", ip_address(SERVER_ADDRESS)),),
)


def unrouted(vpc: str) -> Scenario:
    """The network without a route from a VPC to the transit gateway."""
    tables = tuple(replace(each, routes=()) if each.vpc == vpc else each for each in ACROSS.tables)
    return replace(ACROSS, tables=tables)


def transit(table: str, **changes: tuple[object, ...]) -> Scenario:
    """The network with other routes, or other attachments, in one table of the gateway."""
    changed = replace(_transit_table(table), **changes)  # type: ignore[arg-type]
    return replace(ACROSS, transit_tables=put(ACROSS.transit_tables, changed))


def nowhere(table: str) -> Scenario:
    """The network with routes of the gateway that lead nowhere."""
    routes = _transit_table(table).routes
    return transit(table, routes=tuple((destination, None) for destination, _ in routes))


def _transit_table(name: str) -> TransitTable:
    return next(each for each in ACROSS.transit_tables if each.name == name)


def zoned(subnet: str) -> Scenario:
    """The network with a subnet in a zone that its VPC's attachment is not in."""
    changed = replace(ACROSS.subnet(subnet), zone="b")
    return replace(ACROSS, subnets=put(ACROSS.subnets, changed))


def denied(subnet: str, peer: str, *, egress: bool) -> Scenario:
    """The network with an ACL that refuses one subnet what goes to a peer, or comes from there."""
    return outward.denied(subnet, peer, egress=egress, base=ACROSS)


def onwards() -> Scenario:
    """The network with a third VPC, which has a peering with the second one alone."""
    b_main = replace(ACROSS.tables[1], routes=(*ACROSS.tables[1].routes, Route(_NET_C, "pcx-bc")))
    a_main = replace(ACROSS.tables[0], routes=(Route(_NET_C, TRANSIT),))
    c_main = RouteTable("c-main", "c", (Route(_NET_A, "pcx-bc"),), main=True)
    server = Instance("c1x", "c1", (ip_address(_BEYOND),), ("c-app",))
    return replace(
        transit("for-a", routes=((_NET_C, "bt"),)),
        vpcs=(*ACROSS.vpcs, Vpc("c", (_NET_C,))),
        subnets=(*ACROSS.subnets, Subnet("c1", "c", (ip_network("10.60.2.0/24"),))),
        instances=(*ACROSS.instances, server),
        tables=(a_main, b_main, c_main),
        groups=(*ACROSS.groups, Group("c-app", "c", _PING, _PING)),
        peerings=(Peering("pcx-bc", "b", "c"),),
        probes=(Probe(1, "a1x", ip_address(_BEYOND)),),
    )


def answered_from_elsewhere() -> Scenario:
    """The network with a NAT gateway that the server sends its answers to; it is asked by UDP."""
    datagrams = (GroupRule("udp", ANYWHERE, 0, 65_535),)
    sent_away = RouteTable("b-nat", "b", (Route(_NET_A, "b2n"),))
    return replace(
        ACROSS,
        subnets=put(ACROSS.subnets, replace(ACROSS.subnet("b1"), table=sent_away.name)),
        tables=(*ACROSS.tables, sent_away),
        groups=tuple(replace(each, ingress=datagrams, egress=datagrams) for each in ACROSS.groups),
        nats=(Nat("b2n", "b2", ip_address(_NAT)),),
        probes=(Probe(1, "a1x", ip_address(SERVER_ADDRESS), ECHOING, udp=True),),
    )
