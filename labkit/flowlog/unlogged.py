"""Traffic that no flow log ever shows, however it is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.network.packet import Protocol
from labkit.network.reserved import amazon_service
from labkit.network.topology import Subnet, Vpc

if TYPE_CHECKING:
    from labkit.network.packet import Address, Packet
    from labkit.network.topology import Interface, Topology

_DHCP_PORTS: Final = (frozenset({67, 68}), frozenset({546, 547}))
_BALANCED_ENDPOINT: Final = {"vpc_endpoint", "network_load_balancer"}


def never_logged(packet: Packet, interface: Interface, topology: Topology) -> str | None:
    """
    Why this packet leaves no record at an interface, in words; None if it does leave one.

    Traffic to a DNS server of one's own is logged; so is anything a security
    group or network ACL refuses. ARP has no IP packet, so it cannot get here.

    Source:
        Amazon VPC User Guide, "Flow log limitations".

    >>> from ipaddress import ip_address
    >>> from labkit.network.packet import Packet
    >>> from labkit.network.topology import Interface, Topology
    >>> query = Packet(ip_address("10.0.0.9"), ip_address("169.254.169.254"), 6, 40000, 80)
    >>> eni = Interface("eni-1", "subnet-1", "vpc-1", (query.source,), ())
    >>> never_logged(query, eni, Topology())
    'traffic to and from instance metadata is never logged'
    """
    if is_dhcp(packet):
        return "DHCP is never logged"
    for address in (packet.destination, packet.source):
        service = _service_at(address, interface, topology)
        if service is not None:
            return f"traffic to and from {service} is never logged"
    if _is_load_balancing(packet, interface, topology):
        return "traffic between a VPC endpoint and a Network Load Balancer is never logged"
    return None


def is_dhcp(packet: Packet) -> bool:
    """Whether both ends of a datagram use DHCP's ports, for IPv4 or IPv6."""
    ports = {packet.source_port, packet.destination_port}
    return packet.protocol == Protocol.UDP and any(ports <= pair for pair in _DHCP_PORTS)


def _service_at(address: Address, interface: Interface, topology: Topology) -> str | None:
    # Link-local services answer everywhere, so a snapshot without the VPC will still do.
    vpc = topology.vpcs.get(interface.vpc_id) or Vpc(interface.vpc_id, ())
    subnet = topology.subnets.get(interface.subnet_id) or Subnet(interface.subnet_id, "", ())
    return amazon_service(vpc, subnet, address)


def _is_load_balancing(packet: Packet, interface: Interface, topology: Topology) -> bool:
    far = packet.source if packet.destination in interface.addresses else packet.destination
    other = topology.interface_at(interface.vpc_id, far)
    kinds = {interface.interface_type, other.interface_type if other is not None else ""}
    return kinds == _BALANCED_ENDPOINT
