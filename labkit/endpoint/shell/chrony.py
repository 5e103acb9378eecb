"""``chronyc``: where the host has its time from, which is the Amazon Time Sync Service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.shell.words import NotSimulatedWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine

TIME_SERVER: Final = "169.254.169.123"

_SOURCES: Final = (
    "MS Name/IP address         Stratum Poll Reach LastRx Last sample               ",
    "===============================================================================",
    f"^* {TIME_SERVER}               3   4   377     7  +2841ns[+4012ns] +/-  374us",
)


def chronyc(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``chronyc sources``; asking for the time leaves no flow record.

    Raises:
        NotSimulatedWord: It is asked for anything else.
    """
    if list(arguments) not in (["sources"], ["-n", "sources"]):
        raise NotSimulatedWord(f"chronyc {' '.join(arguments)}".strip(), "chronyc sources is")
    for line in _SOURCES:
        machine.say(line)
    return 0
