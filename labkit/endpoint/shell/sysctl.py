"""``sysctl`` on the one setting that decides whether a host answers pings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.shell.options import UsageError, parsed
from labkit.endpoint.shell.words import NotSimulatedWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine

IGNORE_PINGS: Final = "net.ipv4.icmp_echo_ignore_all"
_ALIASES: Final = ("net/ipv4/icmp_echo_ignore_all",)


def sysctl(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``sysctl [-n] KEY`` and ``sysctl [-n] -w KEY=VALUE``.

    Raises:
        UsageError: It is asked for nothing, or given a value that the kernel refuses.
        NotSimulatedWord: It is asked for another setting.
    """
    given, rest = parsed("sysctl", arguments, "nw")
    if not rest:
        raise UsageError("sysctl: no variables specified", 1)
    for word in rest:
        key, equals, value = word.partition("=")
        if key not in (IGNORE_PINGS, *_ALIASES):
            raise NotSimulatedWord(f"sysctl {key}", f"only {IGNORE_PINGS} is")
        if equals:
            _set(machine, value)
        elif "-w" in given:
            raise UsageError(f'sysctl: "{word}" must be of the form name=value', 1)
        shown = str(int(machine.system.ignores_pings))
        machine.say(shown if "-n" in given else f"{IGNORE_PINGS} = {shown}")
    return 0


def _set(machine: Machine, value: str) -> None:
    if value not in ("0", "1"):
        raise UsageError(f'sysctl: setting key "{IGNORE_PINGS}": Invalid argument', 255)
    machine.system.ignore_pings(value == "1")
