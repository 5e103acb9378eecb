"""
Somebody to whom everything is allowed, beyond the gateway at which a path begins or ends.

The analyzer says of such a path what happens on this side of the gateway. So the
one on the other side is in nobody's way: an interface in a subnet, with a
table, a network ACL and a group of its own, or a host on the internet.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, NamedTuple

from labkit.network import edits
from labkit.network.outward import leaves_the_lab
from labkit.network.routing import blocks
from labkit.network.topology import (
    Host,
    Interface,
    NetworkAcl,
    NetworkAclEntry,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    TargetKind,
)
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.packet import Address
    from labkit.network.topology import Topology

STAND_IN: Final = "stand-in"
"""What all that is added goes by; none of it ever shows in a path."""

ANYWHERE: Final = ip_network("0.0.0.0/0")
# A documentation address (RFC 5737), for whoever is out on the internet.
SOMEBODY: Final = ip_address("198.51.100.1")


class Beyond(NamedTuple):
    """
    The place of a stand-in inside another VPC.

    Args:
        vpc_id: The VPC.
        target: The kind of gateway that leads back.
        gateway_id: That gateway.
        zone: The Availability Zone to be in.
    """

    vpc_id: str
    target: TargetKind
    gateway_id: str
    zone: str = ""


def with_interface(
    topology: Topology, place: Beyond, address: Address
) -> tuple[Topology, Interface]:
    """The network with an open interface beyond a gateway, in place of one of that address."""
    vpc_id, here = place.vpc_id, frozenset({STAND_IN})
    back = Route(ANYWHERE, place.target, place.gateway_id)
    everything = (SecurityGroupRule(None, cidr=ANYWHERE),)
    entries = tuple(NetworkAclEntry(1, way, allow=True, cidr=ANYWHERE) for way in (False, True))
    interface = Interface(STAND_IN, STAND_IN, vpc_id, (address,), (STAND_IN,))
    subnet = Subnet(STAND_IN, vpc_id, (), zone=place.zone)
    table = RouteTable(STAND_IN, vpc_id, (back,), here)
    group = SecurityGroup(STAND_IN, vpc_id, STAND_IN, everything, everything)
    acl = NetworkAcl(STAND_IN, vpc_id, entries, here)
    changed = replace(
        topology,
        subnets={**topology.subnets, STAND_IN: subnet},
        route_tables={**topology.route_tables, STAND_IN: table},
        security_groups={**topology.security_groups, STAND_IN: group},
        network_acls={**topology.network_acls, STAND_IN: acl},
    )
    return edits.with_interface(changed, interface), interface


def with_host(
    topology: Topology, address: Address, sockets: frozenset[tuple[int, int]] = frozenset()
) -> Topology:
    """
    The network with a host on the internet, if that IPv4 address is public and nobody's yet.

    Args:
        topology: The network.
        address: The host's address.
        sockets: Protocol number and port of what it listens on.
    """
    if address in topology.outside or not leaves_the_lab(topology, address):
        return topology
    somebody = OutsideHost(address, host=Host(listening=sockets))
    return replace(topology, outside={**topology.outside, address: somebody})


def address_beyond(topology: Topology, near: Interface, gateway_id: str, place: Beyond) -> Address:
    """An address of a VPC, one that the subnet of *near* routes to the gateway if there is any."""
    [block, *_] = [each for each in topology.vpc(place.vpc_id).cidrs if each.version == 4]
    routed = (each for each in routed_to(topology, near, gateway_id) if each in block)
    return next(routed, block[1])


def routed_to(topology: Topology, near: Interface, target_id: str) -> Iterator[Address]:
    """One address of each IPv4 range that the subnet of *near* routes to a gateway."""
    for route in topology.route_table_of(near.subnet_id).routes:
        for block in blocks(topology, route) if route.target_id == target_id else ():
            if block == ANYWHERE:
                yield SOMEBODY
            elif isinstance(block, IPv4Network):
                yield block[min(1, block.num_addresses - 1)]
