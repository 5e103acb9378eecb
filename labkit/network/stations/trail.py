"""What a packet leaves behind while it is on its way: hops, sightings, and flows remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from labkit.network.hops import Fate, Hop, Leg, Station, Verdict, Walk
from labkit.network.packet import Action, Direction, Packet, Sighting, TrafficPath

if TYPE_CHECKING:
    from labkit.network.topology import (
        Interface,
        NetworkAclEntry,
        Route,
        SecurityGroupRule,
        Topology,
    )

UnroutableEgress: TypeAlias = Literal["omit", "accept"]


@dataclass
class Trail:
    """
    The walk while it happens.

    Args:
        topology: The network.
        packet: The packet as it is now.
        unroutable_egress: See ``labkit.network.walk``.
        leg: Whether it is the request or the reply that is on its way.
        tracked: What the security groups of each interface let pass on the
            way there, by the interface's id.
    """

    topology: Topology
    packet: Packet
    unroutable_egress: UnroutableEgress
    leg: Leg = Leg.REQUEST
    hops: list[Hop] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    tracked: dict[str, Packet] = field(default_factory=dict)

    def hop(
        self,
        station: Station,
        component_id: str | tuple[str, ...],
        verdict: Verdict,
        *,
        direction: Direction | None = None,
        rule: SecurityGroupRule | NetworkAclEntry | Route | None = None,
        interface: Interface | None = None,
        vpc_id: str | None = None,
    ) -> None:
        """Note what a station did with the packet."""
        ids = (component_id,) if isinstance(component_id, str) else component_id
        at_vpc = interface.vpc_id if interface else vpc_id
        at_subnet = interface.subnet_id if interface else None
        at_interface = interface.interface_id if interface else None
        place = (at_vpc, at_subnet, at_interface)
        self.hops.append(Hop(self.leg, station, ids, verdict, direction, rule, *place, self.packet))

    def see(
        self,
        interface: Interface,
        direction: Direction,
        action: Action,
        path: TrafficPath | None = None,
    ) -> None:
        """Note that an interface saw the packet."""
        seen = Sighting(interface.interface_id, direction, action, self.packet, path)
        self.sightings.append(seen)

    def unroutable(self, sender: Interface, fate: Fate) -> Fate:
        """A packet the router drops; whether the sender's interface logs it is a setting."""
        if self.unroutable_egress == "accept":
            self.see(sender, Direction.EGRESS, Action.ACCEPT)
        return fate

    def finish(
        self,
        packet: Packet,
        reply: Packet | None,
        sender_id: str,
        receiver_id: str | None,
        fate: Fate,
    ) -> Walk:
        """The walk as it will be told."""
        hops, sightings = tuple(self.hops), tuple(self.sightings)
        return Walk(packet, reply, sender_id, receiver_id, hops, sightings, fate, self.leg)
