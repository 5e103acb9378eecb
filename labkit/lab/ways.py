"""A network and two ends in, the walk of a ping between them out."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

from labkit.errors import LabError
from labkit.network.packet import echo_request
from labkit.network.walk import walk

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Interface, Topology
    from labkit.network.walk import Walk


def walk_between(topology: Topology, source: str, target: str) -> Walk:
    """
    The way that an echo request takes in a network, and its reply.

    Args:
        topology: The network.
        source: Name tag of the instance that sends.
        target: Name tag of an instance, name of a known host on the internet, or any address,
            whether somebody has it or not.

    Raises:
        NameNotFound: No interface goes by one of the names.
        LabError: The sender has no address of the target's family.
    """
    sender = topology.find_interface(source)
    return walk(topology, echo_request(*_ends(topology, sender, target)), sender)


def _ends(topology: Topology, sender: Interface, target: str) -> tuple[Address, Address]:
    """The address to send from and the one to send to, both IPv4 or both IPv6."""
    goals = _addresses(topology, target)
    for near in sender.addresses:
        for far in goals:
            if near.version == far.version:
                return near, far
    raise LabError(
        f"{sender.name or sender.interface_id} has no IPv{goals[0].version} address, "
        f"and {target} has no other. Ping an address of the same family."
    )


def _addresses(topology: Topology, target: str) -> tuple[Address, ...]:
    with suppress(ValueError):
        return (ip_address(target),)
    outside = [each.address for each in topology.outside.values() if each.name == target]
    if outside:
        return tuple(outside)
    return topology.find_interface(target).addresses
