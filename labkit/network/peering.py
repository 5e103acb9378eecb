"""
What a peering connection carries, and what it does not.

A peering joins two VPCs and no others. It hands a packet over only when the
packet is for an address of the VPC it enters, so nothing passes *through* a
VPC to a third one, to its internet gateway or to its NAT device.

Source: Amazon VPC Peering Guide, "Unsupported VPC peering configurations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.errors import TopologyError

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Peering, Topology, Vpc


def entered_vpc(topology: Topology, peering: Peering, from_vpc_id: str) -> Vpc:
    """
    The VPC a packet from *from_vpc_id* would enter.

    Raises:
        TopologyError: *from_vpc_id* is at neither end, or the far VPC is not in the snapshot.
    """
    vpc_id = peering.other_side(from_vpc_id)
    if vpc_id is None:
        raise TopologyError(f"{peering.peering_id} does not touch {from_vpc_id}.")
    return topology.vpc(vpc_id)


def carries(vpc: Vpc, destination: Address) -> bool:
    """Whether a peering into *vpc* takes a packet for *destination*."""
    return vpc.holds(destination)
