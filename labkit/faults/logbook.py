"""
What was changed, written down before it is changed, where a dead kernel cannot take it along.

Each applied fault is a parameter of Systems Manager, ``/<lab>/faults/<number>``:
it costs nothing, belongs to the lab by its tag, and any process on the same
cloud finds it. It holds each part that the fault changes, with what stood
there before. Tags on the resources themselves would not do: some faults take
the resource away, and with it its tags.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.faults.parts import Part, Value, as_json, from_json
from labkit.faults.way import Ends

if TYPE_CHECKING:
    from labkit.lab import CloudLab

# AWS allows a standard parameter so many characters. Source: SSM API Reference, PutParameter.
MOST_CHARACTERS: Final = 4096
_PLAIN: Final = "{"


@dataclass(frozen=True, slots=True)
class Changed:
    """A part, what stood there before a fault, and what the fault makes of it."""

    part: Part
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One applied fault.

    Args:
        number: Its place in the order of application, from 1.
        fault_id: Which fault.
        ends: Between whom.
        changed: What it changes, in the order in which it does.
        sealed: Whether it is kept from a passing glance, as in an incident.
    """

    number: int
    fault_id: str
    ends: Ends
    changed: tuple[Changed, ...]
    sealed: bool = False

    def to_text(self) -> str:
        """
        The entry as the parameter holds it.

        Sealing hides it from a glance at the console, not from somebody who
        wants to know.
        """
        changed = [
            {"part": as_json(each.part), "before": each.before, "after": each.after}
            for each in self.changed
        ]
        stored = {"fault": self.fault_id, "between": list(self.ends), "changed": changed}
        text = json.dumps(stored, sort_keys=True)
        if not self.sealed and len(text) <= MOST_CHARACTERS:
            return text
        return b64encode(zlib.compress(text.encode(), 9)).decode()

    @classmethod
    def from_text(cls, number: int, text: str) -> Entry:
        """The entry that a parameter holds."""
        sealed = not text.startswith(_PLAIN)
        stored: dict[str, Any] = json.loads(zlib.decompress(b64decode(text)) if sealed else text)
        changed = tuple(
            Changed(from_json(each["part"]), each["before"], each["after"])
            for each in stored["changed"]
        )
        return cls(number, stored["fault"], Ends(*stored["between"]), changed, sealed)


def entries(lab: CloudLab) -> list[Entry]:
    """The faults that are applied to a lab now, in the order in which they were."""
    pages = lab.ssm.get_paginator("get_parameters_by_path").paginate(Path=_path(lab))
    found = [
        Entry.from_text(int(each["Name"].rpartition("/")[2]), each["Value"])
        for page in pages
        for each in page["Parameters"]
    ]
    return sorted(found, key=lambda entry: entry.number)


def write(lab: CloudLab, entry: Entry) -> None:
    """Put an entry down."""
    lab.ssm.put_parameter(
        Name=_name(lab, entry),
        Description="What labkit changed, so that it can put it back",
        Type="String",
        Value=entry.to_text(),
        Tags=lab.tags.of(f"fault-{entry.number}"),
    )


def strike(lab: CloudLab, entry: Entry) -> None:
    """Take an entry out: what it tells of has been put back."""
    lab.ssm.delete_parameter(Name=_name(lab, entry))


def _path(lab: CloudLab) -> str:
    return f"/{lab.name}/faults"


def _name(lab: CloudLab, entry: Entry) -> str:
    return f"{_path(lab)}/{entry.number:03d}"
