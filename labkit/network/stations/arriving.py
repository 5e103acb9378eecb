"""Into an interface: the filters on the way in, and whoever stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction
from labkit.network.stations import filters, nat_gateway, transit_gateway
from labkit.network.stations.steps import Arrival, Handover, Step, Way
from labkit.network.topology import HostState
from labkit.network.ways_out import NatGateway

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface


def arrive(trail: Trail, way: Way) -> Step:
    """The interface that a packet on its way is for, if it gets there."""
    trail.packet = way.packet
    destination = way.packet.destination
    receiver = trail.topology.interface_at(way.vpc_id, destination)
    if receiver is None:
        trail.hop(Station.INTERFACE, str(destination), Verdict.DROP, vpc_id=way.vpc_id)
        return Fate.NO_SUCH_ADDRESS
    gateway = trail.topology.nat_gateway_at(receiver.interface_id)
    if gateway is not None and gateway.is_available:
        refused = _entered(trail, receiver, stayed=way.stayed)
        return refused or nat_gateway.receive(trail, gateway, receiver, None)
    return _host(trail, receiver, stayed=way.stayed)


def hand_over(trail: Trail, handover: Handover) -> Step:
    """
    What a gateway makes of a packet that a route sent to its interface.

    Such a packet goes by way of the router, so it passes the network ACL even
    where its sender is in the same subnet.
    """
    _, sender, interface, gateway = handover
    refused = _entered(trail, interface, stayed=False)
    if refused is not None:
        return refused
    if isinstance(gateway, NatGateway):
        return nat_gateway.receive(trail, gateway, interface, sender)
    return transit_gateway.receive(trail, gateway, interface)


def _entered(trail: Trail, gateway: Interface, *, stayed: bool) -> Fate | None:
    """The filters before a gateway's interface, which has no security groups."""
    refused = None if stayed else filters.network_acl(trail, gateway, Direction.INGRESS)
    trail.see(gateway, Direction.INGRESS, Action.REJECT if refused else Action.ACCEPT)
    return refused


def _host(trail: Trail, receiver: Interface, *, stayed: bool) -> Arrival | Fate:
    if receiver.host.state is not HostState.RUNNING:
        trail.hop(Station.HOST, host_id(receiver), Verdict.DROP, interface=receiver)
        return Fate.HOST_DOWN
    refused = None if stayed else filters.network_acl(trail, receiver, Direction.INGRESS)
    refused = refused or filters.security_groups(trail, receiver, Direction.INGRESS)
    trail.see(receiver, Direction.INGRESS, Action.REJECT if refused else Action.ACCEPT)
    if refused is not None:
        return refused
    trail.hop(Station.HOST, host_id(receiver), Verdict.DELIVER, interface=receiver)
    return Arrival(receiver, trail.packet)


def host_id(interface: Interface) -> str:
    """What a host goes by: its instance, or else its interface."""
    return interface.instance_id or interface.interface_id
