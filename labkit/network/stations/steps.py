"""The steps of one leg: what a packet is about to do, or what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from labkit.network.hops import Fate

if TYPE_CHECKING:
    from labkit.network.packet import Packet
    from labkit.network.topology import Interface
    from labkit.network.ways_out import NatGateway, OutsideHost, TransitAttachment

    End: TypeAlias = Interface | OutsideHost


class Departure(NamedTuple):
    """
    A packet that is about to leave an interface.

    ``forwarded`` says that a gateway sends it on: gateways have no security
    groups, and send what is not their own.
    """

    packet: Packet
    interface: Interface
    forwarded: bool = False


class Way(NamedTuple):
    """
    A packet on its way to an address inside a VPC.

    ``stayed`` says that it never left the subnet of its sender.
    """

    packet: Packet
    vpc_id: str
    stayed: bool = False


class Handover(NamedTuple):
    """
    A packet that a route sends to a gateway that has an interface in the VPC.

    Args:
        packet: The packet.
        sender: The interface whose subnet's route it was.
        interface: The gateway's interface.
        gateway: The NAT gateway, or the attachment of the transit gateway.
    """

    packet: Packet
    sender: Interface
    interface: Interface
    gateway: NatGateway | TransitAttachment


class Outside(NamedTuple):
    """
    A packet out on the internet, as the internet sees it.

    ``sent_there`` says that an outside host sent it, and no gateway of the lab.
    """

    packet: Packet
    sent_there: bool = False


class Arrival(NamedTuple):
    """Who received a packet, an interface or an outside host, and the packet as it arrived."""

    end: End
    packet: Packet


Step: TypeAlias = Departure | Way | Handover | Outside | Arrival | Fate
