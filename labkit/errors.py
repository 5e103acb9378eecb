"""
Everything labkit raises, so that a reader sees at once who has to act.

::

    LabError
    ├── QueryError (ValueError)     the learner: a query is wrong; position, caret, hint
    ├── NameNotFound (KeyError)     the learner: no such name; lists the names that exist
    ├── StepOutOfOrder              the learner: a step is missing; names the call that does it
    ├── FaultRefused                the learner: a fault cannot be applied or repaired now; says why
    ├── PingFailed                  the learner: the probe could not be run at all
    ├── RecordFormatError (ValueError)  a flow log line or format that cannot be read
    ├── TopologyError               describe answers that contradict each other
    ├── NotSimulated                us: AWS can do this, the lab cannot yet
    └── EndpointError               the machine: a port is taken, a server did not answer

An expected outcome is a value, never an exception: a dropped packet is a
``Walk`` with a fate, a query without rows is an empty table. AWS's own
``ClientError`` is never wrapped; reading it is part of the lesson.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class LabError(Exception):
    """Base of all errors labkit raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What notebooks show: the message; it says all there is to know, so no traceback."""
        return [f"{type(self).__name__}: {self}"]


class NameNotFound(LabError, KeyError):
    """
    Nothing goes by this name.

    Args:
        kind: What was looked for, in AWS's words, for example ``instance``.
        name: The name that was asked for.
        known: The names that exist.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.known = tuple(sorted(known))
        super().__init__(name)

    def __str__(self) -> str:
        near = get_close_matches(str(self.name), self.known, n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        listed = ", ".join(self.known) if self.known else "none yet"
        return f"There is no {self.kind} named {self.name!r}.{guess} Known: {listed}."


class StepOutOfOrder(LabError):
    """A building step needs another one first; the message names it."""


class FaultRefused(LabError):
    """A fault cannot be applied or repaired here and now; says why, and what to do."""


class PingFailed(LabError):
    """A probe could not be run at all; says which call failed and what to do."""


class RecordFormatError(LabError, ValueError):
    """A flow log line, field name or format string cannot be read."""


class TopologyError(LabError):
    """Describe answers refer to something that is not among them."""


class NotSimulated(LabError):
    """AWS can do this; the lab cannot, and says so instead of guessing."""


class EndpointError(LabError):
    """The embedded AWS could not be started or reached."""
