"""
Scenes: somebody changes the network, and does not say what.

A lesson with a mystery has a scene. ``stage`` plays it; the check of the same
exercise then judges what the learner found out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from labkit.checks import sheet
from labkit.checks.judges import judge_of
from labkit.errors import NameNotFound

if TYPE_CHECKING:
    from labkit.lab import CloudLab

Scene: TypeAlias = "Callable[[CloudLab], None]"
_S = TypeVar("_S", bound=Callable[..., None])

_scenes: Final[dict[str, Scene]] = {}
_staged_at: Final[dict[str, float]] = {}


@dataclass(frozen=True, slots=True)
class Staged:
    """A scene that was played."""

    title: str

    def __repr__(self) -> str:
        return f"Staged: {self.title}. Something in the network has changed."


def scene(exercise_id: str) -> Callable[[_S], _S]:
    """Mark a function as the scene of an exercise; it changes the lab, whatever state it is in."""

    def mark(function: _S) -> _S:
        _scenes[exercise_id] = function
        return function

    return mark


def stage(exercise_id: str, lab: CloudLab) -> Staged:
    """
    Play the scene of an exercise; playing it again starts it afresh.

    Raises:
        NameNotFound: There is no such exercise, or it has no scene.
    """
    about = sheet.exercise(exercise_id)
    judge_of(exercise_id)
    if exercise_id not in _scenes:
        raise NameNotFound("scene", exercise_id, _scenes)
    _scenes[exercise_id](lab)
    _staged_at[exercise_id] = lab.clock.now()
    return Staged(about.title)


def staged_at(exercise_id: str) -> float | None:
    """When a scene was last played [Unix s], or None."""
    return _staged_at.get(exercise_id)
