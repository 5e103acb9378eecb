"""``ping`` as Linux's iputils has it: what it sends, how long it waits, what it prints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from math import ceil, sqrt
from typing import TYPE_CHECKING, Final, TypeAlias

from labkit.endpoint.shell.machine import Unreachable
from labkit.endpoint.shell.options import UsageError, parsed, seconds, whole_number
from labkit.endpoint.shell.words import NotSimulatedWord
from labkit.network.packet import echo_request
from labkit.network.walk import Fate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine
    from labkit.network.packet import Address
    from labkit.network.topology import Interface

_Way: TypeAlias = "tuple[Interface, Address]"

COUNT_WITHOUT_C: Final = 4
"""Echo requests sent when nothing bounds them; Linux would send them until stopped."""

_LINGER_S: Final = 10.0
_SHORTEST_INTERVAL_S: Final = 0.2
_MOST_DATA_BYTES: Final = 8973 - 28
_BYTES_OF_A_TIMESTAMP: Final = 16
_LARGEST_COUNT: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Request:
    """
    What ping was asked to do.

    ``linger_s`` is how long it waits after its last packet for a first reply.
    """

    target: str
    count: int | None
    interval_s: float
    linger_s: float
    deadline_s: float | None
    data_bytes: int
    quiet: bool
    numeric: bool
    version: int | None
    device: str | None


def ping(machine: Machine, arguments: Sequence[str], version: int | None = None) -> int:
    """
    Exit code of ``ping``: 0 with a reply, 1 without, 2 if it could not send.

    Raises:
        UsageError: It was called wrongly.
        NotSimulatedWord: An option is not acted out.
        TimeUp: The script's time ended first.
    """
    request = _request(arguments, version)
    destination = machine.resolve(request.target, request.version)
    if destination is None:
        raise UsageError(f"ping: {request.target}: Name or service not known", 2)
    try:
        return _run(machine, request, destination)
    except Unreachable:
        raise UsageError("ping: connect: Network is unreachable", 2) from None


def _request(arguments: Sequence[str], version: int | None) -> _Request:
    given, rest = parsed("ping", arguments, "c:i:W:w:s:I:qnv46")
    if not rest:
        raise UsageError("ping: usage error: Destination address required", 1)
    if len(rest) > 1:
        raise NotSimulatedWord(f"ping {rest[1]}", "more than one destination is not")
    if "-4" in given or "-6" in given:
        version = 4 if "-4" in given else 6
    number = partial(whole_number, "ping")
    return _Request(
        target=rest[0],
        count=number(given["-c"], 1, _LARGEST_COUNT) if "-c" in given else None,
        interval_s=_interval(given.get("-i", "1")),
        linger_s=seconds("ping", given["-W"]) if "-W" in given else _LINGER_S,
        deadline_s=number(given["-w"], 1, 2**31 - 1) if "-w" in given else None,
        data_bytes=_data_bytes(given.get("-s", "56")),
        quiet="-q" in given,
        numeric="-n" in given,
        version=version,
        device=given.get("-I"),
    )


def _way(machine: Machine, request: _Request, destination: Address) -> _Way | None:
    """Interface and source address that ``-I`` asks for by the name of either."""
    if request.device is None:
        return None
    for name, interface in machine.devices.items():
        own = [each for each in interface.addresses if each.version == destination.version]
        if request.device == name:
            if not own:
                raise Unreachable
            return interface, own[0]
        if request.device in map(str, own):
            return interface, ip_address(request.device)
    raise UsageError(f"ping: unknown iface: {request.device}", 2)


def _interval(text: str) -> float:
    interval_s = seconds("ping", text)
    if interval_s < _SHORTEST_INTERVAL_S:
        raise NotSimulatedWord(f"ping -i {text}", "flooding is not; 0.2 s is the shortest")
    return interval_s


def _data_bytes(text: str) -> int:
    data_bytes = whole_number("ping", text, 0, 127992)
    if data_bytes > _MOST_DATA_BYTES:
        raise NotSimulatedWord(f"ping -s {text}", "fragments are not")
    return data_bytes


def _run(machine: Machine, request: _Request, destination: Address) -> int:
    if request.count is None and request.deadline_s is None:
        machine.complain(f"labkit: ping without -c stops after {COUNT_WITHOUT_C} packets here.")
    packet_from = partial(echo_request, data_bytes=request.data_bytes)
    way = _way(machine, request, destination)
    first = machine.probe(destination, packet_from, way=way)
    _print_header(machine, request, destination, way)
    if first.fate is Fate.LEFT_FOR_INTERNET:
        machine.complain("labkit: the lab knows no host at this address; it knows *.example.")
    sent = _how_many(request, answered=first.answered)
    replies: list[float] = []
    times_ms = machine.round_trips_ms(destination, min(sent, _affordable(machine, request)))
    for number in range(1, sent + 1):
        if number > 1:
            machine.elapse(request.interval_s)
            machine.probe(destination, packet_from, way=way)
        if first.answered:
            replies.append(times_ms[number - 1])
            _print_reply(machine, request, destination, number, times_ms[number - 1])
    machine.elapse(_wait_after_last(request, sent, answered=first.answered))
    _print_statistics(machine, request, sent, replies)
    wanted = request.count if request.deadline_s is not None and request.count else 1
    return 0 if len(replies) >= wanted else 1


def _how_many(request: _Request, *, answered: bool) -> int:
    """
    Echo requests sent in all.

    Under a deadline, ping goes on until it has its replies or the time is up.
    """
    if request.deadline_s is None:
        return request.count or COUNT_WITHOUT_C
    until_deadline = ceil(request.deadline_s / request.interval_s)
    if answered and request.count is not None:
        return min(request.count, until_deadline)
    return until_deadline


def _affordable(machine: Machine, request: _Request) -> int:
    """How many requests fit into the time the script has left, at most."""
    return int((machine.deadline_s - machine.now_s) / request.interval_s) + 1


def _wait_after_last(request: _Request, sent: int, *, answered: bool) -> float:
    """Time from the last request until ping ends [s]."""
    if request.deadline_s is not None:
        full = answered and request.count is not None and sent >= request.count
        return 0.0 if full else request.deadline_s - (sent - 1) * request.interval_s
    return 0.0 if answered else request.linger_s


def _print_header(
    machine: Machine, request: _Request, destination: Address, way: _Way | None
) -> None:
    device = request.device if request.device in machine.devices else ""
    source = f"from {way[1]} {device}: " if way else ""
    if destination.version == 6:
        size = f"{request.data_bytes} data bytes"
        machine.say(f"PING {request.target}({destination}) {source}{size}")
        return
    sizes = f"{request.data_bytes}({request.data_bytes + 28})"
    machine.say(f"PING {request.target} ({destination}) {source}{sizes} bytes of data.")


def _print_reply(
    machine: Machine, request: _Request, destination: Address, number: int, time_ms: float
) -> None:
    if request.quiet:
        return
    name = None
    if not request.numeric and request.target != str(destination):
        name = machine.name_of(destination)
    source = f"{name} ({destination})" if name else str(destination)
    left = machine.time_to_live(destination)
    line = f"{request.data_bytes + 8} bytes from {source}: icmp_seq={number} ttl={left}"
    timed = request.data_bytes >= _BYTES_OF_A_TIMESTAMP
    machine.say(f"{line} time={_time(time_ms)} ms" if timed else line)


def _time(time_ms: float) -> str:
    """
    A round-trip time with as many digits as ping gives it.

    >>> _time(0.5), _time(1.5), _time(62.04), _time(150.2)
    ('0.500', '1.50', '62.0', '150')
    """
    decimals = 3 - sum(time_ms >= limit for limit in (1, 10, 100))
    return f"{time_ms:.{decimals}f}"


def _print_statistics(
    machine: Machine, request: _Request, sent: int, replies: Sequence[float]
) -> None:
    loss = (sent - len(replies)) * 100 / sent
    lasted_ms = round((sent - 1) * request.interval_s * 1000)
    machine.say()
    machine.say(f"--- {request.target} ping statistics ---")
    machine.say(
        f"{sent} packets transmitted, {len(replies)} received, "
        f"{loss:g}% packet loss, time {lasted_ms}ms"
    )
    if replies and request.data_bytes >= _BYTES_OF_A_TIMESTAMP:
        machine.say(f"rtt min/avg/max/mdev = {_spread(replies)} ms")
    else:
        machine.say()


def _spread(times_ms: Sequence[float]) -> str:
    mean = sum(times_ms) / len(times_ms)
    deviation = sqrt(max(0.0, sum(time * time for time in times_ms) / len(times_ms) - mean * mean))
    return "/".join(f"{value:.3f}" for value in (min(times_ms), mean, max(times_ms), deviation))
