"""What a packet leaves behind while it is on its way: hops, sightings, and flows remembered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from labkit.errors import NotSimulated
from labkit.network.answering import answers
from labkit.network.hops import Fate, Hop, Leg, Station, Verdict, Walk
from labkit.network.packet import Action, Direction, Packet, Sighting, TrafficPath

if TYPE_CHECKING:
    from collections.abc import Container

    from labkit.network.packet import Address
    from labkit.network.topology import (
        Interface,
        NetworkAclEntry,
        Route,
        SecurityGroupRule,
        Topology,
    )
    from labkit.network.ways_out import OutsideHost, TransitRoute

_INSIDE: Final = (
    TrafficPath.SAME_VPC,
    TrafficPath.INTRA_REGION_PEERING,
    TrafficPath.INTER_REGION_PEERING,
)

UnroutableEgress: TypeAlias = Literal["omit", "accept"]


class Flow(NamedTuple):
    """
    A flow that a gateway remembers, to know its answers by.

    Args:
        gateway_id: The gateway.
        inner: The packet that opened it, as it came from inside.
        outer: The same packet as the gateway sent it on.
    """

    gateway_id: str
    inner: Packet
    outer: Packet


@dataclass
class Trail:
    """
    The walk while it happens.

    Args:
        topology: The network.
        packet: The packet as it is now.
        unroutable_egress: See ``labkit.network.walk``.
        caller: The outside host that sent the request, if one did.
        leg: Whether it is the request or the reply that is on its way.
        tracked: What the security groups of each interface let pass on the
            way there, by the interface's id.
        flows: What gateways remember that do not take everything in.
        passed: Interfaces that gateways sent a packet on from, on this leg.
    """

    topology: Topology
    packet: Packet
    unroutable_egress: UnroutableEgress
    caller: OutsideHost | None = None
    leg: Leg = Leg.REQUEST
    hops: list[Hop] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    tracked: dict[str, list[Packet]] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    passed: set[tuple[str, Packet]] = field(default_factory=set)

    def hop(
        self,
        station: Station,
        component_id: str | tuple[str, ...],
        verdict: Verdict,
        *,
        direction: Direction | None = None,
        rule: SecurityGroupRule | NetworkAclEntry | Route | TransitRoute | None = None,
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

    def at_gateway(
        self, station: Station, gateway_id: str, vpc_id: str, direction: Direction, *, taken: bool
    ) -> None:
        """Note whether a gateway at the edge of a VPC took a packet out of it, or into it."""
        verdict = Verdict.FORWARD if taken else Verdict.DROP
        self.hop(station, gateway_id, verdict, direction=direction, vpc_id=vpc_id)

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

    def begin(self, leg: Leg, packet: Packet) -> None:
        """Set out with a packet on one of the two legs."""
        self.leg, self.packet = leg, packet
        self.passed.clear()

    def flow_of(self, packet: Packet, gateway_ids: Container[str]) -> Flow | None:
        """
        The flow that a packet answers, as one of some gateways remembers it.

        Others may know it, too: a NAT gateway's packet can go on through an endpoint.
        """
        own = (flow for flow in self.flows if flow.gateway_id in gateway_ids)
        return next((flow for flow in own if answers(packet, flow.outer)), None)

    def outside_host(self, address: Address) -> OutsideHost | None:
        """The host outside that has an address, be it the one that sent the request."""
        if self.caller is not None and address == self.caller.address:
            return self.caller
        return self.topology.outside.get(address)

    def not_simulated(self, route: Route, why: str) -> NotSimulated:
        """The error to raise where the route just taken leads where the lab cannot follow."""
        table = self.hops[-1].component_ids[0]
        way = f"Route {self.packet.destination} in {table} leads to {route.target_id}."
        return NotSimulated(f"{way} {why}")

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
        hops, sightings = tuple(self.hops), tuple(_with_next_hops(self.sightings))
        return Walk(packet, reply, sender_id, receiver_id, hops, sightings, fate, self.leg)


def _with_next_hops(sightings: list[Sighting]) -> list[Sighting]:
    """Sightings, with those told of each other that are the two ends of one hop inside VPCs."""
    told = list(sightings)
    for place, (near, far) in enumerate(pairwise(sightings)):
        one_hop = (near.direction, far.direction) == (Direction.EGRESS, Direction.INGRESS)
        if one_hop and near.traffic_path in _INSIDE and near.packet == far.packet:
            told[place] = replace(near, next_hop_id=far.interface_id)
            told[place + 1] = replace(far, next_hop_id=near.interface_id)
    return told
