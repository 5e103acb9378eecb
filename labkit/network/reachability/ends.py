"""The two ends of a path: what their ids stand for, and who stands in beyond a gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labkit.network.gateways import is_public
from labkit.network.reachability import stand_ins
from labkit.network.reachability.explanation import Explanation
from labkit.network.reachability.stand_ins import Beyond
from labkit.network.topology import TargetKind
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.reachability.question import Path
    from labkit.network.stations.steps import End
    from labkit.network.topology import Interface, Topology
    from labkit.network.ways_out import TransitAttachment


class NoEnd(Exception):
    """An end that leaves a question without a path to look at; *explanation* says why."""

    def __init__(self, code: str, address: Address | None = None, **about: str) -> None:
        super().__init__(code)
        self.explanation = Explanation(code, about, address=address)


class Ends(NamedTuple):
    """
    Sender, addresses, and where the path begins and ends.

    Args:
        topology: The network, with those who stand in.
        sender: Who sends.
        source: The packets' source.
        destination: Their destination.
        start: The gateway at which the path begins; empty if at the sender.
        end: The gateway at which it ends; empty if at the receiver.
        receiver_id: The interface that must be reached; empty if anybody's will do.
    """

    topology: Topology
    sender: End
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
    return _destination(Ends(topology, sender, source, source), sender, path)


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
        raise NoEnd("NO_SOURCE_OR_DESTINATION", Component=resource_id)
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
    raise NoEnd("UNASSOCIATED_COMPONENT", Component=interface.interface_id)


def _asked(path: Path) -> Address | None:
    return path.at_source.destination or path.at_destination.destination


# Where to.


def _destination(ends: Ends, near: Interface, path: Path) -> Ends:
    """The same with where the packets go, and whom they must reach or what they must pass."""
    goal, asked = path.destination, _asked(path)
    if not goal:
        if asked is None:
            raise NoEnd("NO_SOURCE_OR_DESTINATION")
        return _to_address(ends, asked)
    if not _is_gateway(goal):
        receiver = _interface(ends.topology, goal, asked)
        address = asked or _ipv4(receiver)
        return ends._replace(destination=address, receiver_id=receiver.interface_id)
    if goal.startswith("igw-"):
        return _to_internet(ends, near, goal, asked)
    if goal in ends.topology.gateway_endpoints:
        return _to_service(ends, near, goal, asked)
    place = _beyond(ends.topology, goal, near, asked)
    address = asked or stand_ins.address_beyond(ends.topology, near, place.gateway_id, place)
    topology, _ = stand_ins.with_interface(ends.topology, place, address)
    return ends._replace(topology=topology, destination=address, end=goal)


def _to_address(ends: Ends, address: Address) -> Ends:
    topology = stand_ins.with_host(ends.topology, address)
    return ends._replace(topology=topology, destination=address)


def _to_internet(ends: Ends, near: Interface, gateway_id: str, asked: Address | None) -> Ends:
    _attached_to(ends.topology, gateway_id)
    if asked is not None and not is_public(asked):
        raise NoEnd("IGW_EXPECTS_PUBLIC_ADDRESS", asked, InternetGateway=gateway_id)
    routed = stand_ins.routed_to(ends.topology, near, gateway_id)
    address = asked or next(filter(is_public, routed), stand_ins.SOMEBODY)
    return _to_address(ends, address)._replace(end=gateway_id)


def _attached_to(topology: Topology, gateway_id: str) -> str:
    """The VPC of an internet gateway."""
    if gateway_id not in topology.internet_gateways:
        raise NoEnd("UNASSOCIATED_COMPONENT", Component=gateway_id)
    return topology.internet_gateways[gateway_id]


def _to_service(ends: Ends, near: Interface, endpoint_id: str, asked: Address | None) -> Ends:
    routed = stand_ins.routed_to(ends.topology, near, endpoint_id)
    address = asked or next(routed, None)
    if address is None:
        table = ends.topology.route_table_of(near.subnet_id).route_table_id
        raise NoEnd("NO_ROUTE_TO_DESTINATION", RouteTable=table, Destination=endpoint_id)
    return _to_address(ends, address)._replace(end=endpoint_id)


# Where from.


def _from_gateway(topology: Topology, path: Path) -> Ends:
    gateway_id = path.source
    if not path.destination or _is_gateway(path.destination):
        raise NoEnd("NO_PATH")
    near = _interface(topology, path.destination, _asked(path))
    if gateway_id.startswith("igw-"):
        return _from_internet(topology, path, near)
    place = _beyond(topology, gateway_id, near, path.at_source.source)
    address = path.at_source.source or stand_ins.address_beyond(
        topology, near, place.gateway_id, place
    )
    topology, far = stand_ins.with_interface(topology, place, address)
    ends = Ends(topology, far, address, _asked(path) or _ipv4(near))
    return ends._replace(start=gateway_id, receiver_id=near.interface_id)


def _from_internet(topology: Topology, path: Path, near: Interface) -> Ends:
    """From a host outside to the public address of an interface in the gateway's VPC."""
    source = path.at_source.source or stand_ins.SOMEBODY
    public = _asked(path) or near.public_address
    about = {"InternetGateway": path.source, "NetworkInterface": near.interface_id}
    if _attached_to(topology, path.source) != near.vpc_id or public is None:
        raise NoEnd("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", None, **about)
    for address in (source, public):
        if not is_public(address):
            raise NoEnd("IGW_EXPECTS_PUBLIC_ADDRESS", address, **about)
    ends = Ends(topology, OutsideHost(source, stand_ins.STAND_IN), source, public)
    return ends._replace(start=path.source, receiver_id=near.interface_id)


# Beyond what joins VPCs.


def _beyond(topology: Topology, gateway_id: str, near: Interface, asked: Address | None) -> Beyond:
    """The place of a stand-in beyond a peering connection or a transit gateway."""
    if gateway_id in topology.peerings:
        peering = topology.peerings[gateway_id]
        far_id = peering.other_side(near.vpc_id)
        if far_id is None or far_id not in topology.vpcs:
            raise NoEnd("DISCONNECTED_VPCS", SourceVpc=near.vpc_id, VpcPeeringConnection=gateway_id)
        return Beyond(far_id, TargetKind.PEERING, gateway_id)
    attachments = _attachments(topology, gateway_id, near)
    if not attachments:
        raise NoEnd(
            "UNSUPPORTED_COMPONENT" if gateway_id.startswith("v") else "DISCONNECTED_VPCS",
            Component=gateway_id,
        )
    having = attachments
    if asked is not None:
        having = [each for each in attachments if topology.vpc(each.vpc_id).holds(asked)]
    [first, *_] = having or attachments
    zone = topology.subnet(first.subnet_ids[0]).zone if first.subnet_ids else ""
    return Beyond(first.vpc_id, TargetKind.TRANSIT_GATEWAY, first.transit_gateway_id, zone)


def _attachments(topology: Topology, gateway_id: str, near: Interface) -> list[TransitAttachment]:
    """The attachments of other VPCs that a transit gateway's id, or their own, stands for."""
    return [
        each
        for _, each in sorted(topology.transit_attachments.items())
        if gateway_id in (each.attachment_id, each.transit_gateway_id)
        and each.vpc_id != near.vpc_id
    ]
