"""``curl`` of plain HTTP URLs: whether a server can be reached, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from labkit.endpoint.hosts import TCP, Service
from labkit.endpoint.outside import page_for, site_at
from labkit.endpoint.shell import tcp
from labkit.endpoint.shell.machine import Unreachable
from labkit.endpoint.shell.options import UsageError, parsed, seconds
from labkit.endpoint.shell.words import NotSimulatedWord
from labkit.network.walk import Leg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.outside import Site
    from labkit.endpoint.shell.machine import Machine
    from labkit.network.packet import Address

BODY: Final = "".join(
    f"{line}\n"
    for line in (
        "<!DOCTYPE HTML>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        "<title>Directory listing for /</title>",
        "</head>",
        "<body>",
        "<h1>Directory listing for /</h1>",
        "<hr>",
        "<ul>",
        "</ul>",
        "<hr>",
        "</body>",
        "</html>",
    )
)
"""What ``python3 -m http.server`` says of an empty directory."""

_HEADERS: Final = (
    "HTTP/1.0 200 OK",
    "Server: SimpleHTTP/0.6 Python/3.9.16",
    "Content-type: text/html; charset=utf-8",
    f"Content-Length: {len(BODY)}",
    "",
)
_REQUEST_BYTES: Final = 78
_WRITE_OUT: Final = re.compile(r"%\{([a-z_]+)\}")
_LONG: Final = (
    "silent",
    "show-error",
    "head",
    "fail",
    "max-time=",
    "connect-timeout=",
    "output=",
    "write-out=",
)
_SHORT: Final = {
    "--silent": "-s",
    "--show-error": "-S",
    "--head": "-I",
    "--fail": "-f",
    "--max-time": "-m",
    "--output": "-o",
    "--write-out": "-w",
}

# Exit codes from curl's manual.
_UNSUPPORTED_PROTOCOL: Final = 1
_NO_SUCH_HOST: Final = 6
_NO_CONNECTION: Final = 7
_TIMED_OUT: Final = 28


@dataclass(frozen=True, slots=True)
class _Fetch:
    host: str
    port: int
    options: dict[str, str]

    @property
    def limit_s(self) -> float | None:
        """The shorter of --connect-timeout and --max-time [s]."""
        given = (self.options.get(name) for name in ("--connect-timeout", "-m"))
        return min((seconds("curl", text) for text in given if text), default=None)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: str
    headers: tuple[str, ...]
    body: str


class _Failed(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def curl(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``curl`` for one http URL: 0, 6 unknown host, 7 no connection, 28 too late.

    Raises:
        UsageError: It was called wrongly.
        NotSimulatedWord: A protocol or option is not acted out.
        TimeUp: The script's time ended first.
    """
    fetch = _fetch(arguments)
    status = "000"
    code = 0
    try:
        status = _get(machine, fetch)
    except _Failed as failed:
        code = failed.code
        if "-s" not in fetch.options or "-S" in fetch.options:
            machine.complain(f"curl: ({code}) {failed}")
    _write_out(machine, fetch, status)
    return code


def _fetch(arguments: Sequence[str]) -> _Fetch:
    given, rest = parsed("curl", arguments, "sSIfm:o:w:", _LONG)
    if not rest:
        raise UsageError("curl: try 'curl --help' or 'curl --manual' for more information", 2)
    if len(rest) > 1:
        raise NotSimulatedWord(f"curl {rest[1]}", "more than one URL is not")
    try:
        url = urlsplit(rest[0] if "://" in rest[0] else f"http://{rest[0]}")
        port = url.port or 80
    except ValueError:
        raise UsageError("curl: (3) URL using bad/illegal format or missing URL", 3) from None
    if url.scheme != "http":
        raise NotSimulatedWord(f"curl {url.scheme}://", "only http:// is")
    if given.get("-o", "/dev/null") != "/dev/null":
        raise NotSimulatedWord(f"curl -o {given['-o']}", "files are not; /dev/null is")
    options = {_SHORT.get(name, name): value for name, value in given.items()}
    return _Fetch(url.hostname or "", port, options)


def _get(machine: Machine, fetch: _Fetch) -> str:
    """Prints what the server says; the status of it."""
    destination = machine.resolve(fetch.host)
    if destination is None:
        raise _Failed(_NO_SUCH_HOST, f"Could not resolve host: {fetch.host}")
    connection = _connected(machine, fetch, destination)
    reply = _reply(machine, connection, fetch.port)
    sent = reply.headers if "-I" in fetch.options else (*reply.headers, reply.body)
    tcp.close(
        machine,
        connection.opened,
        request_bytes=_REQUEST_BYTES,
        reply_bytes=sum(len(line) + 2 for line in sent),
    )
    if "-o" not in fetch.options:
        for line in reply.headers if "-I" in fetch.options else reply.body.splitlines():
            machine.say(line)
    return reply.status


def _reply(machine: Machine, connection: tcp.Connection, port: int) -> _Reply:
    """What the server says; one that does not speak HTTP ends the connection."""
    site = site_at(connection.opened.packet.destination)
    if site is not None and site.speaks_http:
        return _reply_of(site, machine, connection)
    service = None if site is not None else _service_behind(machine, connection, port)
    if service is Service.HTTP:
        return _Reply("200", _HEADERS, BODY)
    tcp.close(machine, connection.opened, request_bytes=_REQUEST_BYTES, reply_bytes=21)
    if service is Service.SSH:
        raise _Failed(_UNSUPPORTED_PROTOCOL, "Received HTTP/0.9 when not allowed")
    raise _Failed(52, "Empty reply from server")


def _reply_of(site: Site, machine: Machine, connection: tcp.Connection) -> _Reply:
    opened = connection.opened
    arrived = [hop.packet for hop in opened.hops if hop.leg is Leg.REQUEST and hop.packet]
    body = page_for(site, machine.region, arrived[-1].source)
    headers = (f"HTTP/1.1 {site.status}", f"Content-Length: {len(body)}", "")
    return _Reply(site.status.partition(" ")[0], headers, body)


def _connected(machine: Machine, fetch: _Fetch, destination: Address) -> tcp.Connection:
    where = f"{fetch.host} port {fetch.port}"
    try:
        connection = tcp.connect(machine, destination, fetch.port, fetch.limit_s)
    except Unreachable:
        raise _Failed(_NO_CONNECTION, f"Couldn't connect to {where}: Network unreachable") from None
    took_ms = round(connection.took_s * 1000)
    failed = f"Failed to connect to {where} after {took_ms} ms: Could not connect to server"
    if connection.outcome is tcp.Outcome.REFUSED:
        raise _Failed(_NO_CONNECTION, failed)
    if connection.outcome is tcp.Outcome.TIMED_OUT:
        late = f"Connection timed out after {took_ms} milliseconds"
        raise _Failed(_TIMED_OUT, late if fetch.limit_s else failed)
    return connection


def _service_behind(machine: Machine, connection: tcp.Connection, port: int) -> Service | None:
    receiver = machine.topology.interfaces[connection.opened.receiver_id or ""]
    return machine.hosts.of(receiver.instance_id or "").listeners.get((TCP, port))


def _write_out(machine: Machine, fetch: _Fetch, status: str) -> None:
    text = fetch.options.get("-w", "").replace("\\n", "\n")
    known = {"http_code": status, "response_code": status}
    for name in _WRITE_OUT.findall(text):
        if name not in known:
            raise NotSimulatedWord(f"curl -w %{{{name}}}")
    if text:
        machine.say(_WRITE_OUT.sub(lambda match: known[match[1]], text).removesuffix("\n"))
