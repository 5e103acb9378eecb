"""Into an interface: the filters on the way in, and the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.hops import Fate, Station, Verdict
from labkit.network.packet import Action, Direction
from labkit.network.stations import filters
from labkit.network.stations.steps import Arrival, Way
from labkit.network.topology import HostState

if TYPE_CHECKING:
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface


def arrive(trail: Trail, way: Way) -> Arrival | Fate:
    """The interface that a packet on its way is for, if it gets there."""
    packet = way.packet
    receiver = trail.topology.interface_at(way.vpc_id, packet.destination)
    if receiver is None:
        trail.hop(Station.INTERFACE, str(packet.destination), Verdict.DROP, vpc_id=way.vpc_id)
        return Fate.NO_SUCH_ADDRESS
    if receiver.host.state is not HostState.RUNNING:
        trail.hop(Station.HOST, host_id(receiver), Verdict.DROP, interface=receiver)
        return Fate.HOST_DOWN
    refused = _filtered(trail, receiver, stayed=way.stayed)
    trail.see(receiver, Direction.INGRESS, Action.REJECT if refused else Action.ACCEPT)
    if refused is not None:
        return refused
    trail.hop(Station.HOST, host_id(receiver), Verdict.DELIVER, interface=receiver)
    return Arrival(receiver, packet)


def _filtered(trail: Trail, receiver: Interface, *, stayed: bool) -> Fate | None:
    refused = None if stayed else filters.network_acl(trail, receiver, Direction.INGRESS)
    return refused or filters.security_groups(trail, receiver, Direction.INGRESS)


def host_id(interface: Interface) -> str:
    """What a host goes by: its instance, or else its interface."""
    return interface.instance_id or interface.interface_id
