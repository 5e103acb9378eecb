"""
Addresses that Amazon itself answers on.

Traffic to them is neither filtered by security groups and network ACLs nor
written to flow logs.

Source: Amazon VPC User Guide, "Flow log limitations" and "Network ACLs".
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Subnet, Vpc

_LINK_LOCAL: Final = {
    ip_address("169.254.169.253"): "Amazon DNS",
    ip_address("fd00:ec2::253"): "Amazon DNS",
    ip_address("169.254.169.254"): "instance metadata",
    ip_address("fd00:ec2::254"): "instance metadata",
    ip_address("169.254.169.123"): "Amazon Time Sync",
    ip_address("fd00:ec2::123"): "Amazon Time Sync",
    ip_address("169.254.170.2"): "ECS task metadata",
    ip_address("169.254.169.250"): "Windows licence activation",
    ip_address("169.254.169.251"): "Windows licence activation",
    ip_address("fd00:ec2::250"): "Windows licence activation",
    ip_address("fd00:ec2::251"): "Windows licence activation",
}

_ROUTER_OFFSET: Final = 1
_DNS_OFFSET: Final = 2


def amazon_service(vpc: Vpc, subnet: Subnet, address: Address) -> str | None:
    """What Amazon runs at *address* as seen from *subnet*, or None for an ordinary address."""
    service = _LINK_LOCAL.get(address)
    if service is not None or address.version != 4:
        return service
    if any(cidr.version == 4 and address == cidr[_ROUTER_OFFSET] for cidr in subnet.cidrs):
        return "the subnet's router"
    # The resolver sits at the base of the VPC's primary block plus two.
    primary = next((cidr for cidr in vpc.cidrs if cidr.version == 4), None)
    if primary is not None and address == primary[_DNS_OFFSET]:
        return "Amazon DNS"
    return None
