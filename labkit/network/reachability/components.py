"""The stations of a walk as the components of a path: one leg in, AWS's list of it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.network.hops import Leg, Station, Verdict
from labkit.network.stations.transit_gateway import table_of
from labkit.network.ways_out import TransitRoute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.hops import Hop, Walk
    from labkit.network.packet import Packet
    from labkit.network.reachability.explanation import Rule
    from labkit.network.topology import Interface, Topology

STOPPED: Final = (Verdict.DENY, Verdict.DROP)
"""What a station that lets nothing pass does."""

_NOWHERE: Final = (Station.OUTSIDE_HOST, Station.AMAZON_SERVICE)
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
        transit_gateway_id: The transit gateway of an attachment or route table.
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
    transit_gateway_id: str | None = None

    @property
    def rule(self) -> Rule | None:
        """The rule or route that let the packet pass."""
        return self.hop.rule if self.hop is not None else None


def components(topology: Topology, walk: Walk, leg: Leg) -> tuple[PathComponent, ...]:
    """
    What a packet passes on one leg, from its sender on, until it arrives or is stopped.

    What stopped it is not among them, and neither are hosts outside.
    """
    sender_id = walk.sender_id if leg is Leg.REQUEST else walk.receiver_id
    sent = walk.packet if leg is Leg.REQUEST else walk.reply
    passed = [hop for hop in walk.hops if hop.leg is leg and hop.verdict not in STOPPED]
    # Each station with the packet as it left the one before and as it came to the one after.
    packets = [sent, *(hop.packet for hop in passed)]
    found = list(_sender(topology, sender_id, sent))
    for hop, before, after in zip(passed, packets, [*packets[2:], packets[-1]], strict=False):
        found += _of_hop(topology, hop, before, after)
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


def _of_hop(
    topology: Topology, hop: Hop, before: Packet | None, after: Packet | None
) -> Iterator[PathComponent]:
    if hop.station is Station.HOST:
        interface = topology.interfaces.get(hop.interface_id or "")
        if interface is not None:
            yield from _receiver(interface, hop.packet)
    elif hop.station in _FILTERS:
        if hop.component_ids:  # an interface without security groups has nothing to show
            yield PathComponent(hop.component_ids[0], hop)
    elif hop.station is Station.PEERING:
        yield _peering(topology, hop)
    elif hop.station is Station.TRANSIT_GATEWAY:
        yield from _transit_gateway(topology, hop)
    elif hop.station not in _NOWHERE:
        yield _gateway(hop, before, after)


def _gateway(hop: Hop, before: Packet | None, after: Packet | None) -> PathComponent:
    """A gateway, with the packet before and after where it rewrites it."""
    rewrites = before != after
    return PathComponent(
        hop.component_ids[0],
        hop,
        subnet_id=hop.subnet_id,
        vpc_id=hop.vpc_id,
        inbound=before if rewrites else None,
        outbound=after if rewrites else None,
    )


def _peering(topology: Topology, hop: Hop) -> PathComponent:
    peering = topology.peering(hop.component_ids[0])
    return PathComponent(
        peering.peering_id,
        hop,
        source_vpc_id=hop.vpc_id,
        destination_vpc_id=peering.other_side(hop.vpc_id or ""),
    )


def _transit_gateway(topology: Topology, hop: Hop) -> Iterator[PathComponent]:
    """The attachment a packet comes in by, the route table, and the attachment it leaves by."""
    came_by = topology.attachment_at(hop.interface_id or "")
    if came_by is None or not isinstance(hop.rule, TransitRoute):
        return
    table = table_of(topology, came_by.attachment_id)
    gateway_id = hop.component_ids[0]
    yield PathComponent(came_by.attachment_id, vpc_id=came_by.vpc_id, transit_gateway_id=gateway_id)
    if table is not None:
        yield PathComponent(table.table_id, hop, transit_gateway_id=gateway_id)
    goes_by = topology.transit_attachments[hop.rule.attachment_id]
    yield PathComponent(goes_by.attachment_id, vpc_id=goes_by.vpc_id, transit_gateway_id=gateway_id)
