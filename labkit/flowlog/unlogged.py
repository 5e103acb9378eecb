"""Traffic that no flow log ever shows, however it is configured."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import TYPE_CHECKING, Final

from labkit.network.packet import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.network.packet import Address, Packet
    from labkit.network.topology import Interface, Network, Subnet, Topology, Vpc

_DNS: Final = "traffic to and from the Amazon DNS server is never logged"
_METADATA: Final = "traffic to and from the instance metadata service is never logged"
_TIME: Final = "traffic to and from the Amazon Time Sync Service is never logged"
_LICENCE: Final = "Windows licence activation with Amazon is never logged"
_DHCP: Final = "DHCP is never logged"
_ROUTER: Final = "traffic to and from the VPC router's reserved address is never logged"
_LOAD_BALANCER: Final = (
    "traffic between an endpoint's interface and a Network Load Balancer's is never logged"
)

_ROUTER_OFFSET: Final = 1
_DNS_OFFSET: Final = 2
_DHCP_PORTS: Final = (frozenset({67, 68}), frozenset({546, 547}))
_BALANCED_ENDPOINT: Final = {"vpc_endpoint", "network_load_balancer"}

# The IPv6 addresses are those of Nitro instances, as the Amazon EC2 User Guide gives them.
SERVICE_ADDRESSES: Final = {
    ip_address(text): reason
    for reason, addresses in {
        _DNS: ("169.254.169.253", "fd00:ec2::253"),
        _METADATA: ("169.254.169.254", "fd00:ec2::254"),
        _TIME: ("169.254.169.123", "fd00:ec2::123"),
        _LICENCE: ("169.254.169.250", "169.254.169.251", "fd00:ec2::250", "fd00:ec2::251"),
    }.items()
    for text in addresses
}


def dns_address(vpc: Vpc) -> IPv4Address | None:
    """
    Where the Amazon DNS server answers in a VPC: base of its primary IPv4 range plus two.

    Source:
        Amazon VPC User Guide, "DNS attributes for your VPC".
    """
    return _reserved(vpc.cidrs, _DNS_OFFSET)


def router_address(subnet: Subnet) -> IPv4Address | None:
    """
    The address a subnet's default router keeps for itself: base of its IPv4 range plus one.

    Source:
        Amazon VPC User Guide, "Subnet CIDR blocks".
    """
    return _reserved(subnet.cidrs, _ROUTER_OFFSET)


def is_dhcp(packet: Packet) -> bool:
    """Whether both ends of a datagram use DHCP's ports, for IPv4 or IPv6."""
    ports = {packet.source_port, packet.destination_port}
    return packet.protocol == Protocol.UDP and any(ports <= pair for pair in _DHCP_PORTS)


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
    'traffic to and from the instance metadata service is never logged'
    """
    if is_dhcp(packet):
        return _DHCP
    for address in (packet.destination, packet.source):
        reason = SERVICE_ADDRESSES.get(address) or _reserved_in_vpc(address, interface, topology)
        if reason is not None:
            return reason
    return _LOAD_BALANCER if _is_load_balancing(packet, interface, topology) else None


def _reserved(cidrs: Iterable[Network], offset: int) -> IPv4Address | None:
    primary = next((cidr for cidr in cidrs if isinstance(cidr, IPv4Network)), None)
    return None if primary is None else primary[offset]


def _reserved_in_vpc(address: Address, interface: Interface, topology: Topology) -> str | None:
    vpc = topology.vpcs.get(interface.vpc_id)
    if vpc is not None and address == dns_address(vpc):
        return _DNS
    at_router = any(
        address == router_address(subnet)
        for subnet in topology.subnets.values()
        if subnet.vpc_id == interface.vpc_id
    )
    return _ROUTER if at_router else None


def _is_load_balancing(packet: Packet, interface: Interface, topology: Topology) -> bool:
    far = packet.source if packet.destination in interface.addresses else packet.destination
    other = topology.interface_at(interface.vpc_id, far)
    kinds = {interface.interface_type, other.interface_type if other is not None else ""}
    return kinds == _BALANCED_ENDPOINT
