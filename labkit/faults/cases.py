"""
What is known of each fault, as data: how a probe ends, which records it leaves, what shows it.

One file per fault in ``data/faults/``, named like the fault. The tests hold
the lab to them; lessons and grading read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from labkit.errors import LabError
from labkit.faults.catalogue import FAULTS, fault_named
from labkit.workbook import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Ending:
    """
    How a walk ends.

    Args:
        ends: Its fate, in the words of ``network.Fate``.
        leg: The leg on which it ended, ``request`` or ``reply``.
        at: The station that decided, and whose it is.
    """

    ends: str
    leg: str
    at: str


@dataclass(frozen=True, slots=True)
class Case:
    """
    One fault as a table of facts, between ``app-a``, who asks, and ``app-b``.

    Args:
        fault_id: Which fault.
        source: Where the facts come from.
        given: What the network is before: ``healthy``, or what it needs beside that.
        probe: What is tried: ``ping``, or ``tcp`` and a port.
        answered: Whether the probe is answered with the fault applied.
        fate: How the walk of the probe ends.
        configuration_says: How it would end for all that AWS's configuration
            tells, where the host knows better.
        records: Each interface that leaves a record, the direction, and the action.
        query: The Logs Insights query that shows the fault.
        shows: The rows it finds; interfaces go by the name of their instance.
        diagnosis: The cause, in the words of ``diagnose.Cause``.
        look_alikes: Faults that show the same symptom, and that the query tells apart.
        repair: The call to AWS that puts it right.
        fate_after: How the walk ends once repaired.
    """

    fault_id: str
    source: str
    given: str
    probe: str
    answered: bool
    fate: Ending
    configuration_says: str
    records: tuple[tuple[str, str, str], ...]
    query: str
    shows: tuple[Mapping[str, Any], ...]
    diagnosis: str
    look_alikes: tuple[str, ...]
    repair: str
    fate_after: str


def case_of(fault_id: str) -> Case:
    """
    The facts of a fault.

    Raises:
        NameNotFound: There is no such fault; lists those there are.
    """
    return cases()[fault_named(fault_id).fault_id]


@cache
def cases() -> Mapping[str, Case]:
    """
    The facts of every fault, in the order of the catalogue.

    Raises:
        LabError: A fault has no file, a file no fault, or a file lacks a fact.
    """
    import yaml  # noqa: PLC0415  only needed here

    folder = data_folder() / "faults"
    found = {
        path.stem: _case(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in folder.glob("*.yaml")
    }
    odd = found.keys() ^ FAULTS.keys()
    if odd:
        raise LabError(f"Of {', '.join(sorted(odd))} there is a fault or a file, and not both.")
    return {fault_id: found[fault_id] for fault_id in FAULTS}


def _case(name: str, told: dict[str, Any]) -> Case:
    try:
        fate = Ending(**told["fate"])
        return Case(
            fault_id=told["fault"],
            source=told["source"],
            given=told["given"],
            probe=told["probe"],
            answered=told["answered"],
            fate=fate,
            configuration_says=told.get("configuration_says", fate.ends),
            records=tuple(tuple(record) for record in told["records"]),
            query=told["query"],
            shows=tuple(told["shows"]),
            diagnosis=told["diagnosis"],
            look_alikes=tuple(told["look_alikes"]),
            repair=told["repair"],
            fate_after=told["fate_after"],
        )
    except (KeyError, TypeError) as missing:
        raise LabError(
            f"data/faults/{name}.yaml lacks or misspells a fact: {missing}."
        ) from missing
