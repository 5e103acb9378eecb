"""``nc`` in OpenBSD's version: port scans with ``-z``, and listeners in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from labkit.endpoint.hosts import TCP, UDP, Service
from labkit.endpoint.shell import tcp
from labkit.endpoint.shell.machine import Unreachable
from labkit.endpoint.shell.options import UsageError, parsed
from labkit.endpoint.shell.words import NotSimulatedWord
from labkit.network.walk import Fate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine
    from labkit.network.packet import Address

# A few of /etc/services, as nc prints them.
SERVICE_NAMES: Final = {
    20: "ftp-data",
    21: "ftp",
    22: "ssh",
    23: "telnet",
    25: "smtp",
    53: "domain",
    80: "http",
    110: "pop3",
    123: "ntp",
    143: "imap2",
    443: "https",
    3306: "mysql",
    5432: "postgresql",
    8080: "http-alt",
}
_UDP_TEST_DATAGRAMS: Final = 4
_LARGEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class _Scan:
    target: str
    ports: range
    protocol: str
    limit_s: float | None
    verbose: bool
    numeric: bool
    version: int | None


def nc(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``nc``: 0 if any scanned port answered, or if it now listens.

    Raises:
        UsageError: It was called wrongly.
        NotSimulatedWord: It is neither a scan nor a lasting listener.
        TimeUp: The script's time ended first.
    """
    given, rest = parsed("nc", arguments, "zvuw:nlkp:46")
    if "-l" in given:
        return _listen(machine, given, rest)
    if "-z" not in given:
        raise NotSimulatedWord("nc without -z", "connections that carry data are not")
    if len(rest) != 2:
        raise UsageError("usage: nc -z [-46nuv] [-w timeout] destination port", 1)
    return _scan_all(machine, _scan(given, rest))


def _listen(machine: Machine, given: dict[str, str], rest: list[str]) -> int:
    if "-k" not in given or not machine.command.background:
        raise NotSimulatedWord("nc -l", "a listener has to last: nc -lk PORT &")
    ports = _ports(given.get("-p") or (rest[-1] if rest else ""))
    protocol = UDP if "-u" in given else TCP
    if not machine.system.listen(protocol, ports.start, Service.NETCAT):
        machine.complain("nc: Address already in use")
    return 0


def _scan(given: dict[str, str], rest: list[str]) -> _Scan:
    try:
        limit_s = float(given["-w"]) if "-w" in given else None
    except ValueError:
        limit_s = 0.0
    if limit_s is not None and not limit_s >= 1:
        raise UsageError(f"nc: timeout too small: {given['-w']}", 1)
    return _Scan(
        target=rest[0],
        ports=_ports(rest[1]),
        protocol="udp" if "-u" in given else "tcp",
        limit_s=limit_s,
        verbose="-v" in given,
        numeric="-n" in given,
        version=next((int(option[1]) for option in ("-4", "-6") if option in given), None),
    )


def _ports(text: str) -> range:
    """The ports of ``80`` or ``20-25``, service names included."""
    by_name = {name: number for number, name in SERVICE_NAMES.items()}
    if text in by_name:
        return range(by_name[text], by_name[text] + 1)
    first, dash, last = text.partition("-")
    bounds = [int(each) for each in (first, last if dash else first) if each.isdecimal()]
    if len(bounds) != 2 or not all(1 <= each <= _LARGEST_PORT for each in bounds):
        raise UsageError(f"nc: port number invalid: {text}", 1)
    return range(min(bounds), max(bounds) + 1)


def _scan_all(machine: Machine, scan: _Scan) -> int:
    destination = machine.resolve(scan.target, scan.version)
    if destination is None:
        raise UsageError(
            f'nc: getaddrinfo for host "{scan.target}" port {scan.ports.start}: '
            "Name or service not known",
            1,
        )
    reach = _udp if scan.protocol == "udp" else _tcp
    reached = [reach(machine, scan, destination, port) for port in scan.ports]
    return 0 if any(reached) else 1


def _tcp(machine: Machine, scan: _Scan, destination: Address, port: int) -> bool:
    try:
        connection = tcp.connect(machine, destination, port, scan.limit_s)
    except Unreachable:
        return _failed(machine, scan, port, "Network is unreachable")
    if connection.outcome is tcp.Outcome.CONNECTED:
        tcp.close(machine, connection.opened)
        return _succeeded(machine, scan, port)
    refused = connection.outcome is tcp.Outcome.REFUSED
    if refused:
        return _failed(machine, scan, port, "Connection refused")
    # nc's own -w ends an attempt that is still under way; else the kernel's patience ends first.
    if scan.limit_s is not None:
        return _failed(machine, scan, port, "Operation now in progress", verb="timed out")
    return _failed(machine, scan, port, "Connection timed out")


def _udp(machine: Machine, scan: _Scan, destination: Address, port: int) -> bool:
    """UDP has no handshake: nc counts a port as open unless an ICMP error comes back."""
    make = partial(tcp.datagram, ports=(tcp.ephemeral_port(machine), port), data=1)
    try:
        for _ in range(_UDP_TEST_DATAGRAMS):
            if machine.probe(destination, make).fate is Fate.CONNECTION_REFUSED:
                return False
            machine.elapse(1.0)
    except Unreachable:
        return _failed(machine, scan, port, "Network is unreachable")
    return _succeeded(machine, scan, port)


def _succeeded(machine: Machine, scan: _Scan, port: int) -> bool:
    if scan.verbose:
        name = "*" if scan.numeric else SERVICE_NAMES.get(port, "*")
        machine.complain(
            f"Connection to {scan.target} {port} port [{scan.protocol}/{name}] succeeded!"
        )
    return True


def _failed(machine: Machine, scan: _Scan, port: int, reason: str, *, verb: str = "failed") -> bool:
    if scan.verbose:
        machine.complain(
            f"nc: connect to {scan.target} port {port} ({scan.protocol}) {verb}: {reason}"
        )
    return False
