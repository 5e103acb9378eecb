"""
A part of a lab that a fault can change: read it, write it, and try it on paper.

A part is an address, such as "the route to 10.2.0.0/16 in this table". What
stands there is a value that JSON can hold, or None where nothing does. So a
change is two values, and undoing it is writing the first one again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from labkit.faults.world import World
    from labkit.lab import CloudLab

Value: TypeAlias = Any  # whatever JSON can hold; each part says which


class Part(ABC):
    """
    What every kind of part offers; each is a frozen dataclass of strings and numbers.

    ``write`` may be called again after it was cut off anywhere: it looks first
    and does only what is left to do.
    """

    __slots__ = ()

    @abstractmethod
    def read(self, lab: CloudLab) -> Value:
        """
        What stands here now.

        Raises:
            Gone: The resource that the part belongs to is not there any more;
                AWS's own errors may say so too, see ``is_gone``.
        """

    @abstractmethod
    def write(self, lab: CloudLab, value: Value) -> None:
        """Make *value* stand here, through boto3."""

    @abstractmethod
    def on(self, world: World, value: Value) -> World:
        """The world on paper with *value* here."""

    @abstractmethod
    def words(self, value: Value) -> str:
        """The part with *value* in it, for people."""

    def settled(self, before: Value, after: Value) -> Value:  # noqa: ARG002  some kinds need both
        """What really stands here after a change that may name only what differs."""
        return after


@dataclass(frozen=True, slots=True)
class Change:
    """What a fault, or a fix, makes of a part."""

    part: Part
    after: Value

    def __str__(self) -> str:
        return self.part.words(self.after)


class Gone(Exception):
    """The resource that a part belongs to does not exist any more."""


_MEANS_GONE: Final = ("NotFound", "NoSuchEntity", "NoSuchEntityException")


def is_gone(error: Exception) -> bool:
    """Whether AWS says that what was asked about does not exist."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    return str(code).endswith(_MEANS_GONE)
