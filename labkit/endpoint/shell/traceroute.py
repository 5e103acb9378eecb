"""
``traceroute`` as Linux has it.

A VPC's routers neither count down the time to live nor answer, so the first
hop that shows is the destination, or nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from labkit.endpoint.shell import tcp
from labkit.endpoint.shell.machine import Unreachable
from labkit.endpoint.shell.options import UsageError, parsed, seconds, whole_number
from labkit.endpoint.shell.words import NotSimulatedWord
from labkit.network.packet import SYN, Packet, Protocol, echo_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine
    from labkit.network.packet import Address

_FIRST_PORT: Final = 33434
_PACKET_BYTES: Final = 60
_AT_ONCE: Final = 16
_WAIT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Request:
    target: str
    hops: int
    probes: int
    wait_s: float
    numeric: bool
    method: str
    port: int
    version: int | None


def traceroute(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``traceroute``, 0 whoever answered; 2 if the name is unknown.

    Raises:
        UsageError: It was called wrongly.
        NotSimulatedWord: An option is not acted out.
        TimeUp: The script's time ended first.
    """
    request = _request(arguments)
    destination = machine.resolve(request.target, request.version)
    if destination is None:
        message = f"{request.target}: Name or service not known"
        raise UsageError(f"{message}\nCannot handle `host' cmdline arg `{request.target}'", 2)
    machine.say(
        f"traceroute to {request.target} ({destination}), "
        f"{request.hops} hops max, {_PACKET_BYTES} byte packets"
    )
    try:
        _trace(machine, request, destination)
    except Unreachable:
        raise UsageError("connect: Network is unreachable", 1) from None
    return 0


def _request(arguments: Sequence[str]) -> _Request:
    given, rest = parsed("traceroute", arguments, "nITUm:q:w:p:46")
    if not rest:
        raise UsageError("Usage: traceroute [-nIT46] [-m max_ttl] [-q nqueries] [-w wait] host", 2)
    if len(rest) > 1:
        raise NotSimulatedWord(f"traceroute {rest[1]}", "packet lengths are not")
    method = next((option for option in ("-I", "-T") if option in given), "-U")
    default_port = str(80 if method == "-T" else _FIRST_PORT)
    number = partial(whole_number, "traceroute")
    return _Request(
        target=rest[0],
        hops=number(given.get("-m", "30"), 1, 255),
        probes=number(given.get("-q", "3"), 1, 10),
        wait_s=seconds("traceroute", given.get("-w", str(_WAIT_S))),
        numeric="-n" in given,
        method=method,
        port=number(given.get("-p", default_port), 1, 65535 - 255 * 10),
        version=next((int(option[1]) for option in ("-4", "-6") if option in given), None),
    )


def _trace(machine: Machine, request: _Request, destination: Address) -> None:
    answered = [_probe(machine, request, destination, number) for number in range(request.probes)]
    if any(answered):
        _print_destination(machine, request, destination, answered)
        return
    sent = request.probes
    for number in range(request.probes, request.hops * request.probes):
        if number % _AT_ONCE == 0:
            machine.elapse(request.wait_s)
        _probe(machine, request, destination, number)
        sent += 1
    machine.elapse(request.wait_s)
    for hop in range(1, sent // request.probes + 1):
        machine.say(f"{hop:2}  {' '.join('*' * request.probes)}")


def _probe(machine: Machine, request: _Request, destination: Address, number: int) -> bool:
    if request.method == "-I":
        make = partial(echo_request, data_bytes=_PACKET_BYTES - 28)
    elif request.method == "-T":
        make = partial(_syn, ports=(tcp.ephemeral_port(machine), request.port))
    else:
        ports = (tcp.ephemeral_port(machine), request.port + number)
        data = _PACKET_BYTES - tcp.IP_HEADER[destination.version] - tcp.UDP_HEADER
        make = partial(tcp.datagram, ports=ports, data=data)
    return machine.probe(destination, make).answered


def _syn(source: Address, destination: Address, *, ports: tuple[int, int]) -> Packet:
    return Packet(
        source, destination, Protocol.TCP, *ports, tcp_flags=SYN, size_bytes=_PACKET_BYTES
    )


def _print_destination(
    machine: Machine, request: _Request, destination: Address, answered: list[bool]
) -> None:
    times = iter(machine.round_trips_ms(destination, len(answered)))
    shown = [
        f"{time:.3f} ms" if heard else "*" for heard, time in zip(answered, times, strict=True)
    ]
    name = machine.name_of(destination) or str(destination)
    host = str(destination) if request.numeric else f"{name} ({destination})"
    machine.say(f" 1  {host}  {'  '.join(shown)}")
