"""What AWS says of a packet that a gateway does not take, by the kind of gateway."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from labkit.network.gateways import is_public
from labkit.network.hops import Leg, Station
from labkit.network.packet import Protocol
from labkit.network.reachability.explanation import Explanation
from labkit.network.stations.gateway_endpoint import carries
from labkit.network.stations.nat_gateway import TRANSLATED
from labkit.network.stations.transit_gateway import attachment_of, table_of
from labkit.network.topology import TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labkit.network.blocker import Blocker
    from labkit.network.topology import Route, Topology

_SHARED: Final = ip_network("100.64.0.0/10")
_BY_ENDPOINT: Final = (Protocol.ICMP, Protocol.TCP)


def bad_state(topology: Topology, route: Route) -> Iterator[Explanation]:
    """What is said of the component behind a route that leads nowhere, if it is still known."""
    target_id = route.target_id
    states = {
        "VpcPeeringConnection": (topology.peerings.get(target_id), "status"),
        "NatGateway": (topology.nat_gateways.get(target_id), "state"),
        "TransitGateway": (topology.transit_gateways.get(target_id), "state"),
        "VpcEndpoint": (topology.gateway_endpoints.get(target_id), "state"),
    }
    for role, (resource, attribute) in states.items():
        if resource is not None:
            state = str(getattr(resource, attribute))
            yield Explanation("BAD_STATE", {"Component": target_id, role: target_id}, state=state)
    if route.target is TargetKind.INTERNET_GATEWAY:
        about = {"Component": target_id, "InternetGateway": target_id}
        yield Explanation("BAD_STATE", about, state="detached")


def peering(blocker: Blocker) -> Iterator[Explanation]:
    """Of a peering connection that is not active."""
    [peering_id] = blocker.hop.component_ids
    about = {"Component": peering_id, "VpcPeeringConnection": peering_id}
    yield Explanation("BAD_STATE", about, state=blocker.topology.peering(peering_id).status)


def not_for_peer(blocker: Blocker) -> Iterator[Explanation]:
    """Of an address that is none of the VPC behind a peering connection."""
    [peering_id] = blocker.hop.component_ids
    entered = blocker.topology.peering(peering_id).other_side(blocker.hop.vpc_id or "") or ""
    yield Explanation(
        "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
        {"VpcPeeringConnection": peering_id, "Vpc": entered},
        address=blocker.packet.destination,
        cidrs=tuple(map(str, blocker.topology.vpc(entered).cidrs)),
    )


def internet_gateway(blocker: Blocker) -> Iterator[Explanation]:
    """Of what an internet gateway does not take out: private addresses, at either end."""
    packet, interface = blocker.packet, blocker.interface
    about = {"InternetGateway": blocker.hop.component_ids[0], "Vpc": blocker.hop.vpc_id or ""}
    if not is_public(packet.destination):
        block = "RFC6598" if packet.destination in _SHARED else "RFC1918"
        code = f"IGW_DESTINATION_ADDRESS_NOT_IN_{block}_EGRESS"
        yield Explanation(code, about, address=packet.destination)
    about |= {"NetworkInterface": interface.interface_id}
    if packet.source not in interface.addresses:
        yield Explanation("GATEWAY_REJECTS_SPOOFED_TRAFFIC", about, address=packet.source)
    elif interface.public_address is None or packet.source != interface.addresses[0]:
        yield Explanation("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", about, address=packet.source)


def left(blocker: Blocker) -> Iterator[Explanation]:
    """Of a public address that no interface of the VPC has."""
    igws = (
        hop.component_ids[0]
        for hop in reversed(blocker.walk.hops)
        if hop.station is Station.INTERNET_GATEWAY
    )
    about = {"InternetGateway": next(igws, "")}
    address = blocker.packet.destination
    yield Explanation("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", about, address=address)


def nat_gateway(blocker: Blocker) -> Iterator[Explanation]:
    """Of what a NAT gateway does not take: other protocols, and sources outside of its VPC."""
    [gateway_id] = blocker.hop.component_ids
    vpc = blocker.topology.vpc(blocker.hop.vpc_id or "")
    about = {"NatGateway": gateway_id, "Vpc": vpc.vpc_id}
    if blocker.packet.protocol not in TRANSLATED:
        yield Explanation("PROTOCOL_RESTRICTION", about, protocols=_names(TRANSLATED))
        return
    yield Explanation(
        "NGW_REQUIRES_SOURCE_IN_VPC",
        about,
        address=blocker.packet.source,
        cidrs=tuple(map(str, vpc.cidrs)),
    )


def nat_gateway_down(blocker: Blocker) -> Iterator[Explanation]:
    """Of a NAT gateway that is not there yet, or no more."""
    [gateway_id] = blocker.hop.component_ids
    state = blocker.topology.nat_gateway(gateway_id).state
    about = {"Component": gateway_id, "NatGateway": gateway_id}
    yield Explanation("BAD_STATE", about, state=state)


def no_nat_flow(blocker: Blocker) -> Iterator[Explanation]:
    """Of what is meant for a NAT gateway itself, which answers nobody."""
    about = {"NatGateway": blocker.hop.component_ids[0]}
    yield Explanation("NO_POSSIBLE_DESTINATION", about, address=blocker.packet.destination)


def gateway_endpoint(blocker: Blocker) -> Iterator[Explanation]:
    """Of what a gateway endpoint does not take."""
    [endpoint_id] = blocker.hop.component_ids
    endpoint = blocker.topology.gateway_endpoint(endpoint_id)
    about = {"VpcEndpoint": endpoint_id, "Vpc": endpoint.vpc_id}
    if not endpoint.is_available:
        about |= {"Component": endpoint_id}
        yield Explanation("BAD_STATE", about, state=endpoint.state)
    if not carries(blocker.packet):
        names = _names(_BY_ENDPOINT)
        yield Explanation("VPCE_GATEWAY_PROTOCOL_RESTRICTION", about, protocols=names)
    if not blocker.topology.vpc(endpoint.vpc_id).holds(blocker.packet.source):
        yield Explanation("GATEWAY_REJECTS_SPOOFED_TRAFFIC", about, address=blocker.packet.source)


def _names(protocols: Iterable[Protocol]) -> tuple[str, ...]:
    return tuple(each.name.lower() for each in protocols)


def not_attached(blocker: Blocker) -> Iterator[Explanation]:
    """Of a transit gateway that a packet cannot get to, or not out of again."""
    topology, hop = blocker.topology, blocker.hop
    [gateway_id] = hop.component_ids
    came_by = topology.attachment_at(hop.interface_id or "")
    if came_by is not None:  # it came in, and the attachment it is to leave by does not work
        about = {"TransitGateway": gateway_id, "TransitGatewayAttachment": came_by.attachment_id}
        yield Explanation("BAD_STATE_ATTACHMENT", about, rule=hop.rule)
        return
    sender = blocker.interface
    attachment = attachment_of(topology, gateway_id, sender.vpc_id)
    if attachment is None:
        about = {"TransitGateway": gateway_id, "Vpc": sender.vpc_id}
        yield Explanation("BAD_STATE_ATTACHMENT", about)
        return
    zone = topology.subnet(sender.subnet_id).zone
    about = {
        "TransitGateway": gateway_id,
        "TransitGatewayAttachment": attachment.attachment_id,
        "Subnet": sender.subnet_id,
    }
    yield Explanation("TGW_ROUTE_AZ_RESTRICTION", about, zones=(zone,) if zone else ())


def transit_route(blocker: Blocker) -> Iterator[Explanation]:
    """Of a packet for which a transit gateway has no table, no route, or a blackhole."""
    topology, hop = blocker.topology, blocker.hop
    came_by = topology.attachment_at(hop.interface_id or "")
    attachment_id = came_by.attachment_id if came_by else ""
    table = table_of(topology, attachment_id)
    about = {"TransitGateway": hop.component_ids[0]}
    if table is None:
        about |= {"TransitGatewayAttachment": attachment_id}
        yield Explanation("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", about)
        return
    about |= {"TransitGatewayRouteTable": table.table_id}
    code = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT" if hop.rule is None else "TGW_RTB_BAD_STATE_ROUTE"
    yield Explanation(code, about, rule=hop.rule, address=blocker.packet.destination)


def from_elsewhere(blocker: Blocker) -> Iterator[Explanation]:
    """Of an answer whose source a NAT gateway changed, so that nobody knows it for one."""
    for hop in blocker.walk.hops:
        if (hop.leg, hop.station) == (Leg.REPLY, Station.NAT_GATEWAY):
            about = {"NatGateway": hop.component_ids[0]}
            address = blocker.packet.source
            yield Explanation("NGW_SOURCE_ADDRESS_REASSIGN", about, address=address)
