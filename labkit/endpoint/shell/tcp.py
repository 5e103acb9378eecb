"""TCP and UDP as a client on Linux speaks them: connecting, and giving up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Final

from labkit.network.packet import ACK, FIN, SYN, Packet, Protocol
from labkit.network.walk import Fate

if TYPE_CHECKING:
    from labkit.endpoint.shell.machine import Machine
    from labkit.network.packet import Address
    from labkit.network.walk import Walk

SYN_AT_S: Final = (0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0)
"""When Linux sends SYN and its six repeats [s after the first], with tcp_syn_retries = 6."""

GIVES_UP_S: Final = 127.0
"""When a connect without a limit of its own times out [s]."""

IP_HEADER: Final = {4: 20, 6: 40}
_SYN_BYTES: Final = 40
_SEGMENT_BYTES: Final = 32
UDP_HEADER: Final = 8
_EPHEMERAL: Final = (32768, 60999)


class Outcome(Enum):
    """How an attempt to reach a port ended."""

    CONNECTED = auto()
    REFUSED = auto()
    TIMED_OUT = auto()


@dataclass(frozen=True, slots=True)
class Connection:
    """
    What became of an attempt, and after how long.

    ``opened`` is the walk of its last SYN.
    """

    outcome: Outcome
    took_s: float
    opened: Walk


def connect(machine: Machine, destination: Address, port: int, limit_s: float | None) -> Connection:
    """
    Try to open a TCP connection; the host's clock moves by the time it takes.

    Args:
        machine: The client.
        destination: The server's address.
        port: The server's port.
        limit_s: When the program gives up [s]; None leaves that to the kernel.

    Raises:
        Unreachable: The host has no address of that family.
        TimeUp: The script's time ended first.
    """
    until_s = min(limit_s or GIVES_UP_S, GIVES_UP_S)
    syn = partial(_syn, ports=(ephemeral_port(machine), port))
    sent_s = 0.0
    for at_s in (each for each in SYN_AT_S if each < until_s):
        machine.elapse(at_s - sent_s)
        sent_s = at_s
        opened = machine.probe(destination, syn)
        if opened.answered:
            refused = opened.fate is Fate.CONNECTION_REFUSED
            return Connection(Outcome.REFUSED if refused else Outcome.CONNECTED, at_s, opened)
    machine.elapse(until_s - sent_s)
    return Connection(Outcome.TIMED_OUT, until_s, opened)


def close(machine: Machine, opened: Walk, *, request_bytes: int = 0, reply_bytes: int = 0) -> None:
    """
    Exchange a request and a reply on an open connection, and close it from both ends.

    Args:
        machine: The client.
        opened: The walk of its SYN.
        request_bytes: What the client says [B]; 0 for nothing at all.
        reply_bytes: What the server says [B].
    """
    empty = IP_HEADER[opened.packet.destination.version] + _SEGMENT_BYTES
    segments = [(True, ACK, empty)]
    if request_bytes:
        segments += [(True, ACK, empty + request_bytes), (False, ACK, empty + reply_bytes)]
    segments += [(True, FIN | ACK, empty), (False, FIN | ACK, empty), (True, ACK, empty)]
    machine.wire.continue_flow(opened, machine.now_s, segments)


def ephemeral_port(machine: Machine) -> int:
    """A source port, each one higher than the one before on this host, as if never reused."""
    low, high = _EPHEMERAL
    machine.system.ports_used += 1
    return low + machine.system.ports_used % (high - low)


def _syn(source: Address, destination: Address, *, ports: tuple[int, int]) -> Packet:
    size = IP_HEADER[destination.version] + _SYN_BYTES
    return Packet(source, destination, Protocol.TCP, *ports, tcp_flags=SYN, size_bytes=size)


def datagram(source: Address, destination: Address, *, ports: tuple[int, int], data: int) -> Packet:
    """A UDP datagram with *data* bytes in it."""
    size = IP_HEADER[destination.version] + UDP_HEADER + data
    return Packet(source, destination, Protocol.UDP, *ports, size_bytes=size)
