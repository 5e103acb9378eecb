"""
Hand-written networks: a private subnet, a NAT gateway in a public one, and one thing wrong.

The addresses are those of AWS's example of records at a NAT gateway.

Source: Amazon VPC User Guide, "Flow log record examples".
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

from linux_kernel.scenario import (
    INTERNET,
    Acl,
    AclEntry,
    Group,
    GroupRule,
    Instance,
    Nat,
    Outsider,
    Probe,
    Route,
    RouteTable,
    Scenario,
    Subnet,
    Vpc,
    put,
)

if TYPE_CHECKING:
    from linux_kernel.scenario import Address

ANYWHERE: Final = ip_network("0.0.0.0/0")
CLIENT: Final = "a2x"
NAT: Final = "a1n"
SITE: Final = "site"
CLIENT_ADDRESS: Final = "10.0.1.5"
NAT_ADDRESS: Final = "10.0.0.220"
NAT_MOVED: Final = "10.0.1.220"  # its address once it is in the private subnet
SITE_ADDRESS: Final = "203.0.113.5"
PUBLIC_ADDRESS: Final = "198.18.7.1"

# What each interface sees of a ping that is answered: interface, direction, srcaddr, dstaddr,
# and pkt-srcaddr and pkt-dstaddr where they differ.
Seen: TypeAlias = tuple[str, str, str, str, str, str]
WAY_OUT: Final[tuple[Seen, ...]] = (
    (CLIENT, "egress", CLIENT_ADDRESS, SITE_ADDRESS, "", ""),
    (NAT, "ingress", CLIENT_ADDRESS, NAT_ADDRESS, "", SITE_ADDRESS),
    (NAT, "egress", NAT_ADDRESS, SITE_ADDRESS, "", ""),
    (NAT, "ingress", SITE_ADDRESS, NAT_ADDRESS, "", ""),
    (NAT, "egress", NAT_ADDRESS, CLIENT_ADDRESS, SITE_ADDRESS, ""),
    (CLIENT, "ingress", SITE_ADDRESS, CLIENT_ADDRESS, "", ""),
)
TO_THE_NAT: Final[tuple[Seen, ...]] = (
    (CLIENT, "egress", CLIENT_ADDRESS, NAT_ADDRESS, "", ""),
    (NAT, "ingress", CLIENT_ADDRESS, NAT_ADDRESS, "", ""),
)
# A NAT gateway in the private subnet sends to itself what it sends out.
IN_A_LOOP: Final[tuple[Seen, ...]] = (
    (CLIENT, "egress", CLIENT_ADDRESS, SITE_ADDRESS, "", ""),
    (NAT, "ingress", CLIENT_ADDRESS, NAT_MOVED, "", SITE_ADDRESS),
    (NAT, "egress", NAT_MOVED, SITE_ADDRESS, "", ""),
    (NAT, "ingress", NAT_MOVED, NAT_MOVED, "", SITE_ADDRESS),
)
TO_A_NEIGHBOUR: Final[tuple[Seen, ...]] = (
    (CLIENT, "egress", CLIENT_ADDRESS, NAT_MOVED, "", ""),
    (NAT, "ingress", CLIENT_ADDRESS, NAT_MOVED, "", ""),
)
UNASKED: Final[tuple[Seen, ...]] = ((NAT, "ingress", SITE_ADDRESS, NAT_ADDRESS, "", ""),)
FROM_OUTSIDE: Final[tuple[Seen, ...]] = (
    (CLIENT, "ingress", SITE_ADDRESS, CLIENT_ADDRESS, "", ""),
    (CLIENT, "egress", CLIENT_ADDRESS, SITE_ADDRESS, "", ""),
    (NAT, "ingress", CLIENT_ADDRESS, NAT_ADDRESS, "", SITE_ADDRESS),
)

OUTWARD: Final = Scenario(
    seed="outward",
    vpcs=(Vpc("a", (ip_network("10.0.0.0/16"),), gateway="attached"),),
    subnets=(
        Subnet("a1", "a", (ip_network("10.0.0.0/24"),), table="a-public"),
        Subnet("a2", "a", (ip_network("10.0.1.0/24"),)),
    ),
    instances=(Instance(CLIENT, "a2", (ip_address(CLIENT_ADDRESS),), ("a-app",)),),
    tables=(
        RouteTable("a-main", "a", (Route(ANYWHERE, NAT),), main=True),
        RouteTable("a-public", "a", (Route(ANYWHERE, INTERNET),)),
    ),
    groups=(Group("a-app", "a", (GroupRule("icmp", ANYWHERE),), (GroupRule("icmp", ANYWHERE),)),),
    acls=(),
    peerings=(),
    nats=(Nat(NAT, "a1", ip_address(NAT_ADDRESS), ip_address(PUBLIC_ADDRESS)),),
    outsiders=(Outsider(SITE, (ip_address(SITE_ADDRESS),)),),
    probes=(Probe(1, CLIENT, ip_address(SITE_ADDRESS)),),
)


def asking(source: str, destination: str, base: Scenario = OUTWARD) -> Scenario:
    """A network with another ping."""
    return replace(base, probes=(Probe(1, source, ip_address(destination)),))


def routed(table: str, *targets: str) -> Scenario:
    """The network with another default route in one of its two tables, or none."""
    routes = tuple(Route(ANYWHERE, target) for target in targets)
    changed = replace(OUTWARD.table(table), routes=routes)
    return replace(OUTWARD, tables=put(OUTWARD.tables, changed))


def grouped(*, ingress: bool) -> Scenario:
    """The network with a group that lets nothing in, or nothing out."""
    [group] = OUTWARD.groups
    closed = replace(group, ingress=()) if ingress else replace(group, egress=())
    return replace(OUTWARD, groups=(closed,))


def denied(subnet: str, peer: str, *, egress: bool, base: Scenario = OUTWARD) -> Scenario:
    """A network with an ACL that refuses one subnet what goes to a peer, or comes from there."""
    name = f"{subnet}-acl"
    entries = tuple(AclEntry(100, way, True, ANYWHERE) for way in (False, True))
    denial = AclEntry(50, egress, False, ip_network(peer))
    subnets = put(base.subnets, replace(base.subnet(subnet), acl=name))
    acl = Acl(name, base.subnet(subnet).vpc, (*entries, denial))
    return replace(base, subnets=subnets, acls=(acl,))


def translated(*, public: bool = True, deleted: bool = False) -> Scenario:
    """The network with another kind of NAT gateway, or one that is gone."""
    [nat] = OUTWARD.nats
    address: Address | None = nat.public if public else None
    return replace(OUTWARD, nats=(replace(nat, public=address, deleted=deleted),))


def in_private() -> Scenario:
    """The network with its NAT gateway in the private subnet."""
    [nat] = OUTWARD.nats
    moved = replace(nat, subnet="a2", address=ip_address(NAT_MOVED))
    return replace(OUTWARD, nats=(moved,))


def silent() -> Scenario:
    """The network with a host outside that does not answer."""
    [site] = OUTWARD.outsiders
    return replace(OUTWARD, outsiders=(replace(site, host="silent"),))


def exposed(base: Scenario) -> Scenario:
    """A network whose client has a public address itself, and is asked at it from outside."""
    address = IPv4Address(PUBLIC_ADDRESS) + 1
    [client] = base.instances
    exposed = replace(base, instances=(replace(client, public=address),))
    return asking(SITE, str(address), exposed)


def detached(base: Scenario) -> Scenario:
    """A network whose internet gateway is no longer attached; public addresses stay."""
    [vpc] = base.vpcs
    return replace(base, vpcs=(replace(vpc, gateway="detached"),))
