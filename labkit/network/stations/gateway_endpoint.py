"""
A gateway endpoint: from a VPC straight to S3 or DynamoDB, TCP and echo requests only.

It has no interface, so nothing of it shows in flow logs but the traffic path
of its clients. Sources keep their private addresses on this way, and nobody
from outside the VPC may use it.

Source: AWS PrivateLink Guide, "Gateway endpoints"; Reachability Analyzer,
code VPCE_GATEWAY_PROTOCOL_RESTRICTION.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.hops import Fate, Station
from labkit.network.packet import Action, Direction, Protocol, TrafficPath
from labkit.network.stations.steps import Outside, Way
from labkit.network.stations.trail import Flow

if TYPE_CHECKING:
    from labkit.network.packet import Packet
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface, Route
    from labkit.network.ways_out import GatewayEndpoint


def take(trail: Trail, sender: Interface, route: Route) -> Outside | Fate:
    """To the service, if the endpoint takes such a packet."""
    packet, topology = trail.packet, trail.topology
    endpoint = topology.gateway_endpoints.get(route.target_id)
    if endpoint is None:
        why = "The cloud told of no gateway endpoint by that id (ec2:DescribeVpcEndpoints)."
        raise trail.not_simulated(route, why)
    trail.see(sender, Direction.EGRESS, Action.ACCEPT, TrafficPath.GATEWAY_ENDPOINT)
    own = topology.vpc(sender.vpc_id).holds(packet.source)
    taken = own and endpoint.is_available and carries(packet)
    _hop(trail, endpoint, Direction.EGRESS, taken=taken)
    if not taken:
        return Fate.REFUSED_BY_GATEWAY_ENDPOINT
    if trail.outside_host(packet.destination) is None:
        return Fate.LEFT_FOR_SERVICE
    trail.flows.append(Flow(endpoint.endpoint_id, packet, packet))
    return Outside(packet)


def bring_in(trail: Trail, outside: Outside) -> Way | None:
    """Back into the VPC, what answers a packet that went out by an endpoint; else None."""
    endpoints = trail.topology.gateway_endpoints
    flow = trail.flow_of(outside.packet, endpoints)
    if flow is None:
        return None
    endpoint = endpoints[flow.gateway_id]
    _hop(trail, endpoint, Direction.INGRESS, taken=True)
    return Way(outside.packet, endpoint.vpc_id)


def carries(packet: Packet) -> bool:
    """Whether endpoints take packets of such a kind at all."""
    return packet.protocol == Protocol.TCP or packet.is_echo_request


def _hop(trail: Trail, endpoint: GatewayEndpoint, direction: Direction, *, taken: bool) -> None:
    place = (endpoint.endpoint_id, endpoint.vpc_id, direction)
    trail.at_gateway(Station.GATEWAY_ENDPOINT, *place, taken=taken)
