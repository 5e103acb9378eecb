"""
The packets that answer a question, and the network they are sent through.

The analyzer looks at networks, not into hosts, so here every instance that runs
answers whatever reaches it, and so does an interface that is attached to
nothing. Where a path begins or ends at a gateway, somebody to whom everything
is allowed stands in for whoever is beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

from labkit.network.packet import SYN, Packet, Protocol, echo_request
from labkit.network.pieces import Scope, Span, kinds
from labkit.network.reachability import ends
from labkit.network.topology import Host, HostState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.packet import Address
    from labkit.network.reachability.question import Path
    from labkit.network.stations.steps import End
    from labkit.network.topology import Topology

# Linux takes this one first of those a client may have for its own end of a connection.
_SOURCE_PORTS: Final = (32768, 32768)
_ALL_PORTS: Final = (0, 65535)
_SYN_BYTES: Final = 60


@dataclass(frozen=True, slots=True)
class Probe:
    """
    What to send from where, and where it must pass.

    Args:
        topology: The network in which hosts answer, with those who stand in.
        sender: Who sends, with a host as it really is.
        packets: Any of them will do.
        start: The gateway at which the path begins; empty if at the sender.
        end: The gateway at which it ends; empty if at the receiver.
        receiver_id: The interface that must be reached; empty if anybody's will do.
    """

    topology: Topology
    sender: End
    packets: tuple[Packet, ...]
    start: str
    end: str
    receiver_id: str


def probe(topology: Topology, path: Path) -> Probe:
    """
    The packets that tell whether there is such a path.

    Raises:
        NoEnd: The question has no answer, as an end of it is missing or not known.
    """
    found = ends.found(topology, path)
    chosen = tuple(_packets(found.topology, path, found.source, found.destination))
    answering = _answering(found.topology, chosen, found.sender)
    return Probe(answering, found.sender, chosen, found.start, found.end, found.receiver_id)


def _answering(topology: Topology, packets: tuple[Packet, ...], sender: End) -> Topology:
    """
    The network whose hosts answer, all that run and the sender's.

    So does an interface that is attached to nothing, but not one of a gateway's.
    """
    sockets = frozenset((each.protocol, each.destination_port) for each in packets)
    host = Host(listening=sockets)
    interfaces = {
        interface_id: each
        if (each.host.state is HostState.STOPPED or each.requester_managed) and each != sender
        else replace(each, host=host)
        for interface_id, each in topology.interfaces.items()
    }
    outside = {address: replace(each, host=host) for address, each in topology.outside.items()}
    return replace(topology, interfaces=interfaces, outside=outside)


def _packets(
    topology: Topology, path: Path, source: Address, destination: Address
) -> Iterator[Packet]:
    if path.protocol == Protocol.ICMP:
        yield echo_request(source, destination)
        return
    ports = partial(_ports, topology, path.protocol)
    there = _common(path.at_source.destination_ports, path.at_destination.destination_ports)
    here = _common(path.at_source.source_ports, path.at_destination.source_ports)
    for to_port, from_port in product(ports(there or _ALL_PORTS), ports(here or _SOURCE_PORTS)):
        flags = SYN if path.protocol == Protocol.TCP else 0
        yield Packet(
            source,
            destination,
            path.protocol,
            from_port,
            to_port,
            tcp_flags=flags,
            size_bytes=_SYN_BYTES,
        )


def _common(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    """The ports of both spans; those of the first if they have none in common."""
    if one is None or other is None:
        return one or other
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else one


def _ports(topology: Topology, protocol: int, span: tuple[int, int]) -> list[int]:
    """One port of each piece of a span within which no rule tells two ports apart."""
    if span[0] == span[1]:
        return [span[0]]
    scopes = [each for each in _scopes(topology) if each.protocol == protocol]
    pieces = [each.scope for each in kinds(scopes) if each.protocols == Span(protocol, protocol)]
    # Port 0 is in nobody's use, so it stands for others only where it is asked for by itself.
    firsts = {max(each.low or 1, span[0]) for each in pieces}
    return sorted(each for each in firsts if each <= span[1])


def _scopes(topology: Topology) -> Iterator[Scope]:
    for group in topology.security_groups.values():
        for rule in (*group.ingress, *group.egress):
            yield Scope.of(rule.protocol, rule.from_port, rule.to_port)
    for acl in topology.network_acls.values():
        for entry in acl.entries:
            if entry.ports is not None:
                yield Scope.of(entry.protocol, *entry.ports)
