"""
What is written about each exercise: title, objective, hints and explanation.

The texts lie in ``data/exercises/NN-lesson.yaml``, one file per lesson and one
entry per exercise, so that a lesson can be added without touching another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from labkit.errors import LabError, NameNotFound
from labkit.workbook import data_folder, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_T = TypeVar("_T")

HINTS: Final = 3
_NEEDED: Final = frozenset({"title", "objective", "hints", "explanation"})


@dataclass(frozen=True, slots=True)
class Exercise:
    """
    The texts of one exercise.

    Args:
        id: Number of the lesson and a name, for example ``06-return-route``.
        title: What to do, in a few words.
        objective: What a learner shows with it, starting with a verb.
        hints: Three, from a nudge to nearly the answer.
        explanation: Why the solution works; shown with it.
    """

    id: str
    title: str
    objective: str
    hints: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Question:
    """
    Something to predict before it is run.

    Args:
        id: Number of the lesson and a name.
        question: What is asked, in words.
        choices: The answers to choose from; empty when any will do.
        because: Why it turns out as it does; shown when it is revealed.
    """

    id: str
    question: str
    choices: tuple[object, ...]
    because: str


def exercise(exercise_id: str) -> Exercise:
    """
    The texts of an exercise.

    Raises:
        NameNotFound: There is none of that id; names the nearest.
    """
    return _find(_all()[0], "exercise", exercise_id)


def question(question_id: str) -> Question:
    """
    What is written about a prediction.

    Raises:
        NameNotFound: There is none of that id; names the nearest.
    """
    return _find(_all()[1], "prediction", question_id)


def exercises() -> dict[str, Exercise]:
    """Every exercise by its id, in order of lessons."""
    return dict(_all()[0])


def questions() -> dict[str, Question]:
    """Every prediction by its id, in order of lessons."""
    return dict(_all()[1])


def _find(of_all: Mapping[str, _T], kind: str, name: object) -> _T:
    found = of_all.get(name) if isinstance(name, str) else None
    if found is None:
        of_lesson = [known for known in of_all if known[:2] == str(name)[:2]]
        raise NameNotFound(kind, str(name), of_lesson or of_all)
    return found


@cache
def _all() -> tuple[dict[str, Exercise], dict[str, Question]]:
    exercises: dict[str, Exercise] = {}
    questions: dict[str, Question] = {}
    for path in sorted((data_folder() / "exercises").glob("*.yaml")):
        sheet = _read(path)
        exercises |= {id_: _exercise(path, id_, of) for id_, of in sheet["exercises"].items()}
        questions |= {id_: _question(id_, of) for id_, of in sheet["predictions"].items()}
    return exercises, questions


def _read(path: Path) -> dict[str, dict[str, Any]]:
    sheet = read_yaml(path)
    return {key: sheet.get(key) or {} for key in ("exercises", "predictions")}


def _exercise(path: Path, exercise_id: str, of: dict[str, Any]) -> Exercise:
    if of.keys() != _NEEDED or len(of["hints"]) != HINTS:
        raise LabError(
            f"{path.name}: {exercise_id} has {', '.join(sorted(of))}. It needs "
            f"{', '.join(sorted(_NEEDED))}, and {HINTS} hints."
        )
    texts = {key: _one_line(of[key]) for key in ("title", "objective", "explanation")}
    return Exercise(exercise_id, hints=tuple(map(_one_line, of["hints"])), **texts)


def _question(question_id: str, of: dict[str, Any]) -> Question:
    choices = tuple(of.get("choices") or ())
    return Question(question_id, _one_line(of["question"]), choices, _one_line(of["because"]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
