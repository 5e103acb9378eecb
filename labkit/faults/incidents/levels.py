"""What makes an incident hard: one table, so that all incidents of a level are equally so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.errors import NameNotFound
from labkit.faults.cases import cases
from labkit.faults.catalogue import FAULTS
from labkit.faults.fault import Breaks

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Final = "nothing"
TOO_EARLY: Final = "too early"


@dataclass(frozen=True, slots=True)
class Level:
    """
    One level of difficulty.

    Args:
        number: From 1, the easiest.
        says: What is hard about it, without giving anything away.
        pools: From each of these one thing is drawn: names of faults, or of
            what only looks like one.
        noise: How many other commands the hosts run meanwhile.
        leads_out: Whether it is the way out to the internet that is lost, and
            not the way to another VPC.
    """

    number: int
    says: str
    pools: tuple[tuple[str, ...], ...]
    noise: int
    leads_out: bool = False


def level_numbered(number: int) -> Level:
    """
    A level by its number.

    Raises:
        NameNotFound: There is none; lists those there are.
    """
    levels = {**LEVELS, **LEVELS_OUT}
    if number not in levels:
        raise NameNotFound("level", str(number), map(str, levels))
    return levels[number]


def _pings_lost() -> list[str]:
    return [
        name
        for name, fault in FAULTS.items()
        if fault.breaks is Breaks.PING and not fault.leads_out
    ]


def _is_loud(name: str) -> bool:
    return any(action == "REJECT" for _, _, action in cases()[name].records)


def _levels() -> Mapping[int, Level]:
    lost = _pings_lost()
    loud = tuple(name for name in lost if _is_loud(name))
    silent = tuple(name for name in lost if not _is_loud(name))
    in_log = tuple(name for name, fault in FAULTS.items() if fault.breaks is Breaks.LOG)
    # A host that keeps silent leaves no trace once something else has lost the reply as well.
    seen = [name for name in lost if name != "host-ignores-ping"]
    there = tuple(name for name in seen if cases()[name].fate.leg == "request")
    back = tuple(name for name in seen if cases()[name].fate.leg == "reply")
    innocent = (NOTHING, TOO_EARLY, "instance-stopped", "host-ignores-ping", *in_log)
    half_told = "one thing hides behind another, and the log tells half"
    levels = (
        Level(1, "one thing is wrong, and it says so", (loud,), 2),
        Level(2, "one thing is wrong, and it keeps silent", (silent,), 4),
        Level(3, "the network may be innocent", (innocent,), 4),
        Level(4, "one thing hides behind another", (there, back), 6),
        Level(5, half_told, (there, back, in_log), 6),
    )
    return {level.number: level for level in levels}


LEVELS: Final = _levels()


def _levels_out() -> Mapping[int, Level]:
    lost = [name for name, fault in FAULTS.items() if fault.breaks is Breaks.PING]
    out = tuple(name for name in lost if FAULTS[name].leads_out)
    before = tuple(name for name in out if not name.startswith(("nat-acl-", "nat-subnet-")))
    behind = tuple(name for name in out if name not in before)
    levels = (
        Level(6, "a private subnet has lost the internet", (out,), 4, leads_out=True),
        Level(7, "two things stand in the way out", (before, behind), 6, leads_out=True),
    )
    return {level.number: level for level in levels}


LEVELS_OUT: Final = _levels_out()
"""Levels for a lab with gateways, beside those that every lab has."""
