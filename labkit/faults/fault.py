"""
What a fault is: a name, four paragraphs for people, and a plan of changes.

A fault is written as a function from a way to changes, marked with ``@fault``.
Its name becomes the fault's id, its docstring the four paragraphs; so what is
told about a fault stands beside what it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from inspect import getdoc
from typing import Any, Final, TypeAlias

from labkit.errors import LabError
from labkit.faults.parts import Change
from labkit.faults.way import Way
from labkit.faults.way_out import WayOut

AnyWay: TypeAlias = Way | WayOut
Plan: TypeAlias = Callable[[Any], Iterable[Change]]  # takes the kind of way that its fault breaks

SECTIONS: Final = ("Symptom", "Evidence", "Cause", "Repair")
_SECTION: Final = re.compile(r"^\*\*(\w+)\*\* ", re.MULTILINE)


class Breaks(StrEnum):
    """What a fault spoils."""

    PING = "ping"
    TCP = "TCP"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One entry of the catalogue.

    Args:
        fault_id: Its name, words joined by hyphens.
        family: The module it stands in: what kind of thing is wrong.
        says: What is wrong, in one sentence.
        symptom: What somebody notices.
        evidence: What the flow records show, and what they do not.
        cause: Why it is so.
        repair: What puts it right.
        breaks: What it spoils.
        way: The kind of way it breaks: to another instance, or out to the internet.
        plan: The changes that make it so on a way of that kind.
            It raises FaultRefused where the network has nothing to break.
    """

    fault_id: str
    family: str
    says: str
    symptom: str
    evidence: str
    cause: str
    repair: str
    breaks: Breaks
    way: type[AnyWay]
    plan: Plan

    @property
    def leads_out(self) -> bool:
        """Whether it breaks the way out to the internet."""
        return self.way is WayOut


def fault(breaks: Breaks, way: type[AnyWay] = Way) -> Callable[[Plan], Fault]:
    """Makes a plan a fault: its name the id, its docstring what is told of it."""

    def made(plan: Plan) -> Fault:
        name = getattr(plan, "__name__", "").replace("_", "-")
        family = plan.__module__.rpartition(".")[2]
        says, symptom, evidence, cause, repair = _told(name, plan)
        told = says, symptom, evidence, cause, repair
        return Fault(name, family, *told, breaks, way, plan)

    return made


def _told(name: str, plan: Plan) -> tuple[str, ...]:
    """The first sentence of a docstring, and its four paragraphs, in their order."""
    says, *told = _SECTION.split(getdoc(plan) or "")
    if tuple(told[::2]) != SECTIONS:
        raise LabError(f"{name}: its docstring must have {', '.join(SECTIONS)}, in this order.")
    return tuple(" ".join(text.split()) for text in (says, *told[1::2]))
