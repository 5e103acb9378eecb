"""IPv6 addresses of interfaces: those asked for, so many of the subnet's own, or none."""

# ruff: noqa: ANN401  moto's objects are untyped

from __future__ import annotations

from ipaddress import IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

from moto.ec2.utils import random_private_ip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def ipv6_block(subnet: Any) -> IPv6Network | None:
    """The IPv6 block that *subnet* has now, if it has one."""
    blocks = subnet.ipv6_cidr_block_associations.values()
    held = (each for each in blocks if each["ipv6CidrBlockState"]["State"] == "associated")
    return next((IPv6Network(each["ipv6CidrBlock"]) for each in held), None)


def used_ipv6(subnet: Any) -> set[str]:
    """IPv6 addresses that interfaces in *subnet* have."""
    return {
        address
        for interface in subnet.ec2_backend.enis.values()
        if interface.subnet.id == subnet.id
        for address in interface.ipv6_addresses
    }


def give_ipv6(interface: Any, addresses: Iterable[str], count: int) -> list[str]:
    """Give *interface* the addresses, and so many others of its subnet; the answer is all these."""
    given = list(dict.fromkeys(str(ip_address(each)) for each in addresses))
    block, taken = ipv6_block(interface.subnet), used_ipv6(interface.subnet).union(given)
    for _ in range(count):
        fresh = random_private_ip(str(block), ipv6=True)
        while fresh in taken:
            fresh = random_private_ip(str(block), ipv6=True)
        taken.add(fresh)
        given.append(fresh)
    interface.ipv6_addresses += given
    return given


def give_ipv6_as_asked(interface: Any, asked: Mapping[str, Any]) -> None:
    """
    Give a new interface what was asked for it in AWS's words.

    One for which nothing was asked gets an address if its subnet gives one to all.
    """
    addresses = [each["Ipv6Address"] for each in asked.get("Ipv6Addresses") or ()]
    count = int(asked.get("Ipv6AddressCount") or 0)
    if not addresses and "Ipv6AddressCount" not in asked:
        count = int(_gives_to_all(interface.subnet))
    give_ipv6(interface, addresses, count)


def _gives_to_all(subnet: Any) -> bool:
    # moto keeps the attribute as the text it came in, or as a truth value.
    wanted = str(subnet.assign_ipv6_address_on_creation).lower() == "true"
    return wanted and not subnet.ipv6_native and ipv6_block(subnet) is not None
