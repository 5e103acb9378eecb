"""Commands about the host itself: its name, its addresses, its routes; and the plain ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.hosts import TCP, Service
from labkit.endpoint.shell.options import UsageError, parsed, span_s, whole_number
from labkit.endpoint.shell.words import NotSimulatedWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine

_HTTP_SERVER_PORT: Final = 8000


def hostname(machine: Machine, arguments: Sequence[str]) -> int:
    """The name EC2 gave the host; -f with its domain, -s without, -I and -i its addresses."""
    given, rest = parsed("hostname", arguments, "fsiId")
    if rest:
        raise NotSimulatedWord(f"hostname {rest[0]}", "renaming is not")
    full = f"{machine.hostname}.{machine.domain}"
    addresses = " ".join(str(own) for each in machine.interfaces for own in each.addresses)
    answers = {
        "-s": machine.hostname,
        "-i": str(machine.interfaces[0].addresses[0]),
        "-I": f"{addresses} ",
        "-d": machine.domain,
        "-f": full,
    }
    machine.say(next((answers[option] for option in given), full))
    return 0


def echo(machine: Machine, arguments: Sequence[str]) -> int:
    """The words, with blanks between."""
    if arguments and arguments[0] in ("-n", "-e"):
        raise NotSimulatedWord(f"echo {arguments[0]}")
    machine.say(" ".join(arguments))
    return 0


def true(_machine: Machine, _arguments: Sequence[str]) -> int:
    """Nothing, with success."""
    return 0


def false(_machine: Machine, _arguments: Sequence[str]) -> int:
    """Nothing, with failure."""
    return 1


def sleep(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Nothing, for a while.

    Raises:
        TimeUp: The script's time ended first.
    """
    if not arguments:
        raise UsageError("sleep: missing operand", 1)
    for text in arguments:
        machine.elapse(span_s("sleep", text, 1))
    return 0


def python3(machine: Machine, arguments: Sequence[str]) -> int:
    """A web server in the background, the one thing the lab does with Python."""
    if list(arguments[:2]) != ["-m", "http.server"] or not machine.command.background:
        raise NotSimulatedWord("python3", "only python3 -m http.server PORT & is")
    _, rest = parsed("python3 -m http.server", arguments[2:], "")
    port = whole_number("python3", rest[0], 1, 65535) if rest else _HTTP_SERVER_PORT
    if not machine.system.listen(TCP, port, Service.HTTP):
        machine.complain("OSError: [Errno 98] Address already in use")
    return 0


def pkill(machine: Machine, arguments: Sequence[str]) -> int:
    """The end of all listeners of a program: nc or python3; 1 if there were none."""
    _, rest = parsed("pkill", arguments, "f")
    closable = {service.value: service for service in (Service.NETCAT, Service.HTTP)}
    if len(rest) != 1 or rest[0] not in closable:
        raise NotSimulatedWord(f"pkill {' '.join(rest)}", "only pkill nc and pkill python3 are")
    return 0 if machine.system.close(closable[rest[0]]) else 1
