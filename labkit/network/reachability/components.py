"""The stations of a walk as the components of a path: one leg in, AWS's list of it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.network.hops import Leg, Station, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.hops import Hop, Walk
    from labkit.network.packet import Packet
    from labkit.network.topology import (
        Interface,
        NetworkAclEntry,
        Route,
        SecurityGroupRule,
        Topology,
    )

STOPPED: Final = (Verdict.DENY, Verdict.DROP)
"""What a station that lets nothing pass does."""

_FILTERS: Final = (Station.SECURITY_GROUP, Station.NETWORK_ACL, Station.ROUTE_TABLE)


@dataclass(frozen=True, slots=True)
class PathComponent:
    """
    One component on the way.

    Args:
        component_id: What it is.
        hop: The station of the walk, if it is one; an instance and its interface are ends.
        attached_to: The instance of a network interface.
        subnet_id: Where a network interface is.
        vpc_id: The same.
        inbound: The packet as it comes in, where that is worth telling.
        outbound: The packet as it goes out, likewise.
        source_vpc_id: Where what joins two VPCs takes it from.
        destination_vpc_id: And where to.
    """

    component_id: str
    hop: Hop | None = None
    attached_to: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    inbound: Packet | None = None
    outbound: Packet | None = None
    source_vpc_id: str | None = None
    destination_vpc_id: str | None = None

    @property
    def rule(self) -> SecurityGroupRule | NetworkAclEntry | Route | None:
        """The rule or route that let the packet pass."""
        return self.hop.rule if self.hop is not None else None


def components(topology: Topology, walk: Walk, leg: Leg) -> tuple[PathComponent, ...]:
    """
    What a packet passes on one leg, from its sender on, until it arrives or is stopped.

    What stopped it is not among them.
    """
    hops = [hop for hop in walk.hops if hop.leg is leg]
    passed = [hop for hop in hops if hop.verdict not in STOPPED]
    sender_id = walk.sender_id if leg is Leg.REQUEST else walk.receiver_id
    found = list(_sender(topology, sender_id, walk.packet if leg is Leg.REQUEST else walk.reply))
    for number, hop in enumerate(passed):
        follows = passed[number + 1] if number + 1 < len(passed) else None
        found += _of_hop(topology, hop, follows)
    return tuple(found)


def _sender(
    topology: Topology, interface_id: str | None, packet: Packet | None
) -> Iterator[PathComponent]:
    interface = topology.interfaces.get(interface_id or "")
    if interface is None or packet is None:
        return
    if interface.instance_id is not None:
        yield PathComponent(interface.instance_id, outbound=packet)
        packet = None
    yield _interface(interface, outbound=packet)


def _receiver(interface: Interface, packet: Packet | None) -> Iterator[PathComponent]:
    if interface.instance_id is None:
        yield _interface(interface, inbound=packet)
        return
    yield _interface(interface)
    yield PathComponent(interface.instance_id, inbound=packet)


def _interface(
    interface: Interface, inbound: Packet | None = None, outbound: Packet | None = None
) -> PathComponent:
    return PathComponent(
        interface.interface_id,
        attached_to=interface.instance_id,
        subnet_id=interface.subnet_id,
        vpc_id=interface.vpc_id,
        inbound=inbound,
        outbound=outbound,
    )


def _of_hop(topology: Topology, hop: Hop, follows: Hop | None) -> Iterator[PathComponent]:
    if hop.station is Station.HOST:
        interface = topology.interfaces.get(hop.interface_id or "")
        if interface is not None:
            yield from _receiver(interface, hop.packet)
    elif hop.station in _FILTERS:
        if hop.component_ids:  # an interface without security groups has nothing to show
            yield PathComponent(hop.component_ids[0], hop)
    else:
        yield _gateway(topology, hop, follows)


def _gateway(topology: Topology, hop: Hop, follows: Hop | None) -> PathComponent:
    """A gateway, with the packet before and after where it rewrites it, and the VPCs it joins."""
    [gateway_id, *_] = hop.component_ids
    changed = follows is not None and follows.packet != hop.packet
    joins = hop.station is Station.PEERING
    peering = topology.peerings.get(gateway_id)
    return PathComponent(
        gateway_id,
        hop,
        vpc_id=None if joins else hop.vpc_id,
        inbound=hop.packet if not joins else None,
        outbound=follows.packet if follows is not None and changed else None,
        source_vpc_id=hop.vpc_id if joins else None,
        destination_vpc_id=peering.other_side(hop.vpc_id or "") if peering and joins else None,
    )
