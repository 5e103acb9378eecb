"""The steps of one leg: what a packet is about to do, or what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from labkit.network.hops import Fate

if TYPE_CHECKING:
    from labkit.network.packet import Packet, TrafficPath
    from labkit.network.topology import Interface


class Departure(NamedTuple):
    """A packet that is about to leave an interface."""

    packet: Packet
    interface: Interface


class Way(NamedTuple):
    """
    A packet on its way to an address inside a VPC.

    Args:
        packet: The packet as it will arrive.
        vpc_id: The VPC it enters, or never left.
        path: How flow logs code the way it took.
        stayed: Whether it never left the subnet of its sender.
    """

    packet: Packet
    vpc_id: str
    path: TrafficPath
    stayed: bool = False


class Arrival(NamedTuple):
    """The interface whose host received a packet, and the packet as it arrived."""

    interface: Interface
    packet: Packet


Step: TypeAlias = Departure | Way | Arrival | Fate
