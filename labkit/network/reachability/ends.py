"""The two ends of a path: what their ids stand for, and who stands in beyond a gateway."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, NamedTuple

from labkit.network import edits
from labkit.network.gateways import is_public
from labkit.network.reachability.explanation import Explanation
from labkit.network.routing import blocks
from labkit.network.topology import (
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
    from labkit.network.reachability.question import Path
    from labkit.network.topology import Network, Topology

STAND_IN: Final = "beyond"
"""What ids of those who stand in begin with."""

_ANYWHERE: Final = ip_network("0.0.0.0/0")
# A documentation address (RFC 5737), for whoever is out on the internet.
_SOMEBODY: Final = ip_address("198.51.100.1")


class NoEnd(Exception):
    """An end that leaves a question without a path to look at; *explanation* says why."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__(explanation.code)
        self.explanation = explanation


class Ends(NamedTuple):
    """Sender, addresses and where the path begins and ends; see ``probe.Probe``."""

    topology: Topology
    sender: Interface
    source: Address
    destination: Address
    start: str = ""
    end: str = ""
    receiver_id: str = ""


def found(topology: Topology, path: Path) -> Ends:
    """
    What the two ends of a path stand for.

    Raises:
        NoEnd: One of them is missing, leads nowhere or is of a kind not known.
    """
    if _is_gateway(path.source):
        return _from_gateway(topology, path)
    sender = _interface(topology, path.source, path.at_source.source)
    source = path.at_source.source or _ipv4(sender)
    return _destination(Ends(topology, sender, source, source), path)


def _is_gateway(resource_id: str) -> bool:
    return not resource_id.startswith(("i-", "eni-"))


def _interface(topology: Topology, resource_id: str, address: Address | None) -> Interface:
    """The interface of an id: of an instance's, the one that has the address, or its first."""
    having = [
        each
        for each in topology.interfaces.values()
        if resource_id in (each.interface_id, each.instance_id)
    ]
    if not having:
        raise NoEnd(Explanation("NO_SOURCE_OR_DESTINATION", {"Component": resource_id}))
    return min(
        having,
        key=lambda each: (
            address not in (*each.addresses, each.public_address),
            each.device_index,
            each.interface_id,
        ),
    )


def _ipv4(interface: Interface) -> Address:
    for address in interface.addresses:
        if address.version == 4:
            return address
    about = {"Component": interface.interface_id}
    raise NoEnd(Explanation("UNASSOCIATED_COMPONENT", about))


def _asked(path: Path) -> Address | None:
    return path.at_source.destination or path.at_destination.destination


def _destination(ends: Ends, path: Path) -> Ends:
    """The same with where the packets go, and whom they must reach or what they must pass."""
    goal, asked = path.destination, _asked(path)
    if not goal:
        if asked is None:
            raise NoEnd(Explanation("NO_SOURCE_OR_DESTINATION"))
        return _to_address(ends, asked)
    if not _is_gateway(goal):
        receiver = _interface(ends.topology, goal, asked)
        address = asked or _ipv4(receiver)
        return ends._replace(destination=address, receiver_id=receiver.interface_id)
    if goal.startswith("igw-"):
        return _beyond_internet_gateway(ends, goal, asked)
    if goal.startswith("pcx-"):
        return _beyond_peering(ends, goal, asked)
    raise NoEnd(Explanation("UNSUPPORTED_COMPONENT", {"Component": goal}))


def _to_address(ends: Ends, address: Address) -> Ends:
    topology = _with_somebody(ends.topology, address)
    return ends._replace(topology=topology, destination=address)


def _with_somebody(topology: Topology, address: Address) -> Topology:
    """The network with a host on the internet at an address that nobody in it has."""
    known = {
        a for each in topology.interfaces.values() for a in (*each.addresses, each.public_address)
    }
    if address in known or not is_public(address):
        return topology
    return replace(topology, outside={**topology.outside, address: OutsideHost(address, STAND_IN)})


def _beyond_internet_gateway(ends: Ends, gateway_id: str, asked: Address | None) -> Ends:
    _attached_to(ends.topology, gateway_id)
    if asked is not None and not is_public(asked):
        about = {"InternetGateway": gateway_id}
        raise NoEnd(Explanation("IGW_EXPECTS_PUBLIC_ADDRESS", about, address=asked))
    routed = _routed_to(ends.topology, ends.sender, gateway_id, _ANYWHERE)
    address = asked or next((each for each in routed if is_public(each)), _SOMEBODY)
    return _to_address(ends, address)._replace(end=gateway_id)


def _attached_to(topology: Topology, gateway_id: str) -> str:
    """The VPC of an internet gateway."""
    vpc_id = topology.internet_gateways.get(gateway_id)
    if vpc_id is None:
        raise NoEnd(Explanation("UNASSOCIATED_COMPONENT", {"Component": gateway_id}))
    return vpc_id


def _routed_to(
    topology: Topology, interface: Interface, target_id: str, within: Network
) -> Iterator[Address]:
    """An address of every range, within another, that a subnet routes to a gateway."""
    for route in topology.route_table_of(interface.subnet_id).routes:
        for block in blocks(topology, route) if route.target_id == target_id else ():
            if block == _ANYWHERE:
                yield _SOMEBODY
            elif isinstance(block, IPv4Network) and within.supernet_of(block):  # type: ignore[arg-type]
                yield block[min(1, block.num_addresses - 1)]


# Beyond a peering connection.


def _beyond_peering(ends: Ends, peering_id: str, asked: Address | None) -> Ends:
    topology, far = _stand_in(ends.topology, peering_id, ends.sender, asked)
    return ends._replace(topology=topology, destination=far.addresses[0], end=peering_id)


def _from_gateway(topology: Topology, path: Path) -> Ends:
    gateway_id = path.source
    if not gateway_id.startswith("pcx-"):
        raise NoEnd(Explanation("UNSUPPORTED_COMPONENT", {"Component": gateway_id}))
    if not path.destination or _is_gateway(path.destination):
        raise NoEnd(Explanation("NO_PATH"))
    near = _interface(topology, path.destination, _asked(path))
    topology, far = _stand_in(topology, gateway_id, near, path.at_source.source)
    destination = _asked(path) or _ipv4(near)
    return Ends(
        topology,
        far,
        far.addresses[0],
        destination,
        start=gateway_id,
        receiver_id=near.interface_id,
    )


def _stand_in(
    topology: Topology, peering_id: str, near: Interface, asked: Address | None
) -> tuple[Topology, Interface]:
    """The network with an open interface in the VPC that a peering joins to that of *near*."""
    peering = topology.peerings.get(peering_id)
    if peering is None:
        raise NoEnd(Explanation("NO_SOURCE_OR_DESTINATION", {"Component": peering_id}))
    far_id = peering.other_side(near.vpc_id)
    if far_id is None or far_id not in topology.vpcs:
        about = {"SourceVpc": near.vpc_id, "VpcPeeringConnection": peering_id}
        raise NoEnd(Explanation("DISCONNECTED_VPCS", about))
    [block, *_] = [each for each in topology.vpc(far_id).cidrs if each.version == 4]
    routed = (each for each in _routed_to(topology, near, peering_id, block) if each in block)
    address = asked or next(routed, block[1])
    back = Route(_ANYWHERE, TargetKind.PEERING, peering_id)
    return _with_open_interface(topology, far_id, address, back)


def _with_open_interface(
    topology: Topology, vpc_id: str, address: Address, route: Route
) -> tuple[Topology, Interface]:
    """The network with an interface in a subnet of its own to which everything is allowed."""
    subnet = Subnet(STAND_IN, vpc_id, ())
    group = SecurityGroup(
        STAND_IN, vpc_id, STAND_IN, *[(SecurityGroupRule(None, cidr=_ANYWHERE),)] * 2
    )
    entries = tuple(NetworkAclEntry(1, way, allow=True, cidr=_ANYWHERE) for way in (False, True))
    here = frozenset({STAND_IN})
    interface = Interface(STAND_IN, STAND_IN, vpc_id, (address,), (STAND_IN,))
    changed = replace(
        topology,
        subnets={**topology.subnets, STAND_IN: subnet},
        route_tables={
            **topology.route_tables,
            STAND_IN: RouteTable(STAND_IN, vpc_id, (route,), here),
        },
        security_groups={**topology.security_groups, STAND_IN: group},
        network_acls={
            **topology.network_acls,
            STAND_IN: NetworkAcl(STAND_IN, vpc_id, entries, here),
        },
    )
    return edits.with_interface(changed, interface), interface
