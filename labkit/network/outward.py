"""
NAT gateways on paper: which one a VPC goes out by, and a network without it or with it again.

Source: Amazon VPC User Guide, "NAT gateways".
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from itertools import islice
from typing import TYPE_CHECKING, Final

from labkit.network import edits
from labkit.network.gateways import is_public
from labkit.network.topology import Host, HostState, Interface

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Topology
    from labkit.network.ways_out import NatGateway

# The router, the resolver and one for later. Source: Amazon VPC User Guide, "Subnet sizing".
_KEPT_ADDRESSES: Final = 3
_PAPER_ADDRESSES: Final = ip_network("192.0.2.0/24")


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


def nat_gateway_anew(topology: Topology, gateway: NatGateway) -> Topology | None:
    """The network in which a NAT gateway works, by an interface on paper if it lost its own."""
    if gateway.interface_id not in topology.interfaces:
        own = (f"interface of {gateway.nat_gateway_id}", gateway.subnet_id, gateway.vpc_id)
        address = _free_address(topology, gateway.subnet_id)
        if address is None:
            return None
        interface = Interface(
            *own,
            (address,),
            (),
            public_address=unused_address(topology) if gateway.public else None,
            requester_managed=True,
            interface_type="nat_gateway",
            host=Host(state=HostState.ABSENT),
        )
        topology = edits.with_interface(topology, interface)
        gateway = replace(gateway, interface_id=interface.interface_id)
    return edits.with_nat_gateway(topology, replace(gateway, state="available"))


def _free_address(topology: Topology, subnet_id: str) -> Address | None:
    """An IPv4 address of a subnet that nobody has, past those that AWS keeps to itself."""
    subnet = topology.subnet(subnet_id)
    block = next((cidr for cidr in subnet.cidrs if cidr.version == 4), None)
    hosts = islice(block.hosts(), _KEPT_ADDRESSES, None) if block is not None else ()
    return next((each for each in hosts if not topology.interface_at(subnet.vpc_id, each)), None)


def unused_address(topology: Topology) -> Address:
    """A public address that nobody has, for an interface on paper."""
    taken = {each.public_address for each in topology.interfaces.values()}
    return next(each for each in _PAPER_ADDRESSES.hosts() if each not in taken)
