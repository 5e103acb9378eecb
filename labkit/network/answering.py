"""How the host behind an interface answers a packet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labkit.network.packet import ACK, ECHO_REPLY, FIN, RST, SYN, Packet, Protocol
from labkit.network.topology import HostState

if TYPE_CHECKING:
    from labkit.network.topology import Host

# A SYN-ACK with the usual options, and a bare RST: IP header plus TCP header.
_SYN_ACK_BYTES: Final = {4: 60, 6: 80}
_RST_BYTES: Final = {4: 40, 6: 60}
# An ICMP error has an IP and an ICMP header, and quotes the packet it complains about until the
# whole is as long as every link must be able to carry.
_ERROR_HEADER_BYTES: Final = {4: 20 + 8, 6: 40 + 8}
_ERROR_MAX_BYTES: Final = {4: 576, 6: 1280}
_PORT_UNREACHABLE: Final = {4: (Protocol.ICMP, 3, 3), 6: (Protocol.ICMPV6, 1, 4)}


def answer(host: Host, packet: Packet) -> Packet | None:
    """
    The packet a Linux host sends back, or None when it keeps silent.

    Echo requests get an echo reply unless the host's own firewall drops them.
    A SYN gets SYN-ACK from a listening port and RST from a closed one; a
    segment of a connection that never was gets RST, and RST gets nothing. UDP
    gets a datagram of the same size from a listening port and an ICMP "port
    unreachable" from a closed one.
    """
    if host.state is not HostState.RUNNING or _dropped(host, packet):
        return None
    if packet.is_echo_request:
        if not host.answers_echo:
            return None
        reply_type = ECHO_REPLY[Protocol(packet.protocol)]
        return replace(_turned(packet), icmp_type=reply_type)
    if packet.protocol == Protocol.TCP:
        return _tcp_answer(host, packet)
    if packet.protocol == Protocol.UDP:
        return _udp_answer(host, packet)
    return None


def answers(packet: Packet, request: Packet) -> bool:
    """
    Whether a packet belongs to the flow that a request opened, as connection trackers see it.

    An answer comes from where the request went. An ICMP error about it may come
    from anybody on the way.
    """
    if packet.destination != request.source:
        return False
    if packet.protocol != request.protocol:
        return packet.is_icmp
    if packet.is_echo_request:
        return False
    turned = _turned(request)
    return (packet.source, packet.source_port, packet.destination_port) == (
        turned.source,
        turned.source_port,
        turned.destination_port,
    )


def _dropped(host: Host, packet: Packet) -> bool:
    kinds = {(packet.protocol, None), (packet.protocol, packet.destination_port)}
    return not kinds.isdisjoint(host.drops)


def _turned(packet: Packet) -> Packet:
    return replace(
        packet,
        source=packet.destination,
        destination=packet.source,
        source_port=packet.destination_port,
        destination_port=packet.source_port,
    )


def _tcp_answer(host: Host, packet: Packet) -> Packet | None:
    version = packet.destination.version
    if packet.tcp_flags & RST:
        return None
    if packet.tcp_flags & (ACK | FIN):
        return replace(_turned(packet), tcp_flags=RST, size_bytes=_RST_BYTES[version])
    if (Protocol.TCP, packet.destination_port) in host.listening:
        return replace(_turned(packet), tcp_flags=SYN | ACK, size_bytes=_SYN_ACK_BYTES[version])
    return replace(_turned(packet), tcp_flags=RST | ACK, size_bytes=_RST_BYTES[version])


def _udp_answer(host: Host, packet: Packet) -> Packet:
    if (Protocol.UDP, packet.destination_port) in host.listening:
        return _turned(packet)
    version = packet.destination.version
    protocol, icmp_type, icmp_code = _PORT_UNREACHABLE[version]
    return Packet(
        packet.destination,
        packet.source,
        protocol,
        icmp_type=icmp_type,
        icmp_code=icmp_code,
        size_bytes=min(_ERROR_HEADER_BYTES[version] + packet.size_bytes, _ERROR_MAX_BYTES[version]),
    )
