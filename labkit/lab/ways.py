"""A network and two ends in, the walk of a ping between them out."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeAlias

from labkit.errors import LabError, NameNotFound
from labkit.network.names import outside_named
from labkit.network.packet import echo_request
from labkit.network.walk import walk
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.network.packet import Address
    from labkit.network.topology import Interface, Topology
    from labkit.network.walk import Walk

    _End: TypeAlias = Interface | OutsideHost


def walk_between(topology: Topology, source: str, target: str) -> Walk:
    """
    The way that an echo request takes in a network, and its reply.

    Args:
        topology: The network.
        source: Name tag of the instance that sends, or name of a host outside.
        target: Name tag of an instance, name of a host outside, or any address,
            whether somebody has it or not. From outside an instance is
            addressed by its public address.

    Raises:
        NameNotFound: Nobody goes by one of the names.
        LabError: The sender has no address of the target's family, or the
            target none that could be addressed from outside.
    """
    senders = _senders(topology, source)
    goals = _goals(topology, target, outside=isinstance(senders[0][0], OutsideHost))
    for sender, near in senders:
        for far in goals:
            if near.version == far.version:
                return walk(topology, echo_request(near, far), sender)
    raise LabError(
        f"{source} has no IPv{goals[0].version} address, and {target} has no other. "
        "Ping an address of the same family."
    )


def _senders(topology: Topology, source: str) -> Sequence[tuple[_End, Address]]:
    """Who sends, with each address that it could send from."""
    interface = _interface(topology, source)
    if interface is None:
        return [(host, host.address) for host in outside_named(topology, source)]
    return [(interface, address) for address in interface.addresses]


def _goals(topology: Topology, target: str, *, outside: bool) -> tuple[Address, ...]:
    with suppress(ValueError):
        return (ip_address(target),)
    interface = _interface(topology, target)
    if interface is None:
        return tuple(host.address for host in outside_named(topology, target))
    if not outside:
        return interface.addresses
    public = (interface.public_address,) if interface.public_address else ()
    known = (*public, *(each for each in interface.addresses if each.version == 6))
    if not known:
        raise LabError(f"{target} has no public address, so nobody outside can address it.")
    return known


def _interface(topology: Topology, name: str) -> Interface | None:
    """
    The interface of a name, or None if a host outside goes by it.

    Raises:
        NameNotFound: Neither does.
    """
    try:
        return topology.find_interface(name)
    except NameNotFound as nobody:
        if outside_named(topology, name):
            return None
        known = {*nobody.known, *(each.name for each in topology.outside.values() if each.name)}
        raise NameNotFound("instance, network interface or host outside", name, known) from None
