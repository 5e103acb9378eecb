"""
The functions that judge exercises, found by the id of the exercise.

Those of lesson NN are in ``labkit.checks.exercises.lesson_NN``, which is
loaded when one of them is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from labkit.errors import NameNotFound

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome

Judge: TypeAlias = "Callable[..., Outcome]"
Kind: TypeAlias = "type | str"
_J = TypeVar("_J", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Judged:
    """
    A judge, and the answers it wants beside the lab.

    Args:
        judge: Takes the lab and the answers; gives back an outcome.
        answers: Name and type of each answer; a type that is heavy to import
            is given by its name, for example ``"DataFrame"``.
    """

    judge: Judge
    answers: dict[str, Kind]


_judged: Final[dict[str, Judged]] = {}


def judge(exercise_id: str, **answers: Kind) -> Callable[[_J], _J]:
    """
    Mark a function as the judge of an exercise.

    It is called with the lab and one value per answer, once these have the
    right type and hold no blank::

        @judge("06-longest-prefix", row_for="callable")
        def longest_prefix(lab: CloudLab, row_for: Callable[..., object]) -> Outcome: ...
    """

    def mark(function: _J) -> _J:
        _judged[exercise_id] = Judged(function, answers)  # type: ignore[arg-type]
        return function

    return mark


def judge_of(exercise_id: str) -> Judged:
    """
    The judge of an exercise.

    Raises:
        NameNotFound: Its lesson's module has none of that id.
    """
    module = f"labkit.checks.exercises.lesson_{exercise_id[:2]}"
    if exercise_id not in _judged and find_spec(module) is not None:
        import_module(module)
    if exercise_id not in _judged:
        raise NameNotFound("judge of an exercise", exercise_id, _judged)
    return _judged[exercise_id]
