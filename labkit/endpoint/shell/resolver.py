"""
What the Amazon DNS answers: names of hosts in the VPC, of public addresses, and on the internet.

Asking it leaves no flow record, and no security group or network ACL can stop
the question.

Source: Amazon VPC User Guide, "DNS attributes for your VPC"; EC2 User Guide,
"EC2 instance hostnames".
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from labkit.endpoint.dns_names import private_domain, public_domain
from labkit.endpoint.outside import name_in, site_at, site_named

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Topology

_PUBLIC_LABEL: Final = re.compile(r"ec2-(\d+)-(\d+)-(\d+)-(\d+)")


def host_label(address: Address) -> str:
    """
    The name EC2 gives a host after its address.

    >>> host_label(ip_address("10.1.1.10"))
    'ip-10-1-1-10'
    """
    return f"ip-{str(address).replace('.', '-').replace(':', '-')}"


class Resolver:
    """
    The resolver of one VPC.

    Args:
        topology: The network as it stands.
        vpc_id: The VPC that asks.
        region: Its Region.
    """

    def __init__(self, topology: Topology, vpc_id: str, region: str) -> None:
        self._topology = topology
        self._vpc_id = vpc_id
        self._region = region

    @property
    def domain(self) -> str:
        """What private DNS names of the Region end with."""
        return private_domain(self._region)

    @property
    def server(self) -> Address:
        """Its own address: the base of the VPC's primary block plus two."""
        cidrs = self._topology.vpc(self._vpc_id).cidrs
        return next((cidr[2] for cidr in cidrs if cidr.version == 4), ip_address("fd00:ec2::253"))

    def addresses_of(self, name: str) -> list[Address]:
        """The addresses a name stands for, none if nobody knows it; case does not matter."""
        wanted = name.removesuffix(".").lower()
        if wanted == "localhost":
            return [ip_address("127.0.0.1"), ip_address("::1")]
        site = site_named(wanted, self._region)
        if site is not None:
            return [ip_address(text) for text in site.addresses]
        label, _, domain = wanted.partition(".")
        if domain == public_domain(self._region):
            return self._public(label)
        return self._private(label) if domain in ("", self.domain) else []

    def name_of(self, address: Address) -> str | None:
        """The name a reverse look-up gives, if any."""
        site = site_at(address)
        if site is not None:
            return name_in(site, self._region)
        if address.version == 4 and self._topology.interface_at(self._vpc_id, address) is not None:
            return f"{host_label(address)}.{self.domain}"
        return None

    def _private(self, label: str) -> list[Address]:
        return [
            address
            for interface in self._topology.interfaces.values()
            if interface.vpc_id == self._vpc_id
            for address in interface.addresses
            if address.version == 4 and host_label(address) == label
        ]

    def _public(self, label: str) -> list[Address]:
        """A public name: within its own VPC it stands for the private address."""
        parts = _PUBLIC_LABEL.fullmatch(label)
        if parts is None:
            return []
        public = ip_address(".".join(parts.groups()))
        owners = [
            each for each in self._topology.interfaces.values() if each.public_address == public
        ]
        if owners and owners[0].vpc_id == self._vpc_id:
            return [owners[0].addresses[0]]
        return [public]
