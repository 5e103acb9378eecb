"""
What an internet gateway lets out and in, and how it rewrites addresses on the way.

Outside, an interface goes by its public IPv4 address; the interface itself
only ever sees its private one. IPv6 addresses are the same on both sides.

Source: Amazon VPC User Guide, "Internet gateways"; Reachability Analyzer's
explanation codes that begin with IGW, which name RFC 1918 and RFC 6598.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from labkit.network.packet import Address, Packet
    from labkit.network.topology import Interface, Topology

# The IPv6 unique local range is the counterpart of RFC 1918. Link-local addresses are never
# forwarded, and a VPC carries multicast through no gateway.
_NOT_PUBLIC: Final = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "fc00::/7",
            "fe80::/10",
            "ff00::/8",
        ),
    )
)


def is_public(address: Address) -> bool:
    """Whether an internet gateway takes *address* as a destination."""
    return not any(address in block for block in _NOT_PUBLIC)


def sent_out(packet: Packet, sender: Interface) -> Packet | None:
    """
    *packet* as the internet sees it, or None when the gateway refuses it.

    It refuses destinations that are not public, and sources that the sending
    interface has no public address for, its own or a spoofed one.
    """
    source = _outer_address(packet.source, sender)
    if source is None or not is_public(packet.destination):
        return None
    return replace(packet, source=source)


def _outer_address(address: Address, interface: Interface) -> Address | None:
    if address not in interface.addresses:
        return None
    if address.version == 6:
        return address if is_public(address) else None
    return interface.public_address if address == interface.addresses[0] else None


def owner_of(topology: Topology, address: Address) -> tuple[Interface, Address] | None:
    """The interface that goes by *address* on the internet, and its own address for it."""
    for _, interface in sorted(topology.interfaces.items()):
        for own in interface.addresses:
            if _outer_address(own, interface) == address:
                return interface, own
    return None


def brought_in(topology: Topology, packet: Packet) -> tuple[Packet, str, Interface] | None:
    """
    *packet* as its receiver sees it, with the gateway it enters by and that receiver.

    None when its destination is no public address of an interface whose VPC
    has an internet gateway attached: then it is out in the world for good.
    """
    owner = owner_of(topology, packet.destination)
    if owner is None:
        return None
    interface, address = owner
    gateways = {vpc_id: gateway for gateway, vpc_id in sorted(topology.internet_gateways.items())}
    gateway = gateways.get(interface.vpc_id)
    return (replace(packet, destination=address), gateway, interface) if gateway else None
