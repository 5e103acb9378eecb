"""
NAT gateways on paper: which one a VPC goes out by, and a network without it or with it again.

Source: Amazon VPC User Guide, "NAT gateways".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labkit.network import edits
from labkit.network.gateways import is_public

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Topology
    from labkit.network.ways_out import NatGateway


def leaves_the_lab(topology: Topology, address: Address) -> bool:
    """Whether an address is one out on the internet, and no interface's of the network."""
    if address.version != 4 or not is_public(address):
        return False
    return not any(
        address in (*each.addresses, each.public_address) for each in topology.interfaces.values()
    )


def nat_gateway_of(topology: Topology, vpc_id: str) -> NatGateway | None:
    """A public NAT gateway of a VPC, one that works before any other; of several, the first."""
    own = (each for each in topology.nat_gateways.values() if each.vpc_id == vpc_id and each.public)
    return min(own, key=lambda nat: (not nat.is_available, nat.nat_gateway_id), default=None)


def without_nat_gateway(topology: Topology, nat: NatGateway) -> Topology:
    """The network in which a NAT gateway was deleted, and its interface and routes with it."""
    kept = {key: each for key, each in topology.interfaces.items() if key != nat.interface_id}
    gone = replace(nat, state="deleted", interface_id="")
    return edits.with_nat_gateway(replace(topology, interfaces=kept), gone)
