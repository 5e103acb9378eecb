"""
A lesson as its notebook opens it: which edition this is, and how far its exercises are.

Copies of notebooks outlive the package they came with, and the other way
round. So a notebook says which edition it is, and hears if that is not the
one this labkit belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from labkit.checks.advice import advise
from labkit.checks.attempts import watch
from labkit.checks.feedback import LOOKS, as_text
from labkit.checks.sheet import exercises
from labkit.errors import NameNotFound
from labkit.workbook import data_folder, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.checks.feedback import Feedback

_seen: Final[dict[str, Feedback]] = {}


@dataclass(frozen=True, slots=True)
class Objective:
    """What a learner can do after a lesson, and the exercise that shows it."""

    text: str
    exercise: str


@dataclass(frozen=True, slots=True)
class Plan:
    """
    One lesson as ``data/lessons.yaml`` plans it.

    Args:
        name: Of the notebook, for example ``06-routes``.
        title: What it is about, in a few words.
        summary: What a learner will be able to do, in one clause.
        minutes: How long it takes someone new [min].
        edition: Counts up whenever an older copy of the notebook no longer fits.
        needs: Names of lessons to have done before, or other needs in words.
        through: The last step ``Lab.open`` builds for it; empty for none.
        objectives: What one can do afterwards.
        cost: What an hour of it costs on an account of one's own, in words.
    """

    name: str
    title: str
    summary: str
    minutes: int
    edition: int
    needs: tuple[str, ...]
    through: str
    objectives: tuple[Objective, ...]
    cost: str = "about ten US cents"


@cache
def plans() -> Mapping[str, Plan]:
    """Every lesson by its name, in order."""
    planned = read_yaml(data_folder() / "lessons.yaml")
    return {name: _plan(name, of) for name, of in planned.items()}


def _plan(name: str, of: dict[str, Any]) -> Plan:
    objectives = tuple(Objective(**objective) for objective in of.pop("objectives"))
    return Plan(name=name, needs=tuple(of.pop("needs")), objectives=objectives, **of)


@dataclass(frozen=True, slots=True, repr=False)
class Lesson:
    """A lesson that was begun, by the edition its notebook says it is."""

    plan: Plan
    edition: int

    def __repr__(self) -> str:
        head = f"{self.plan.name}, edition {self.edition}: about {self.plan.minutes} minutes"
        if self.edition == self.plan.edition:
            return f"{head}. labkit {_version()}."
        return "\n".join([f"! {head}.", *as_text([("Note", self._mismatch())])])

    def _mismatch(self) -> str:
        known = f"labkit {_version()} comes with edition {self.plan.edition}"
        if self.edition < self.plan.edition:
            return (
                f"this copy of the notebook is older: {known}. Rename your copy, get the new "
                "notebook (git pull, or clone the workbook again), and carry your answers over."
            )
        return (
            f"this labkit is older than the notebook: {known}. Update it (git pull, then "
            "make setup), restart the kernel, and begin again."
        )


def _version() -> str:
    return metadata.version("labkit")


def lesson(name: str, *, edition: int) -> Lesson:
    """
    Begin a lesson; says so if notebook and labkit do not belong together.

    From here on, errors that come from running cells twice or out of order
    are shown with advice, and a check knows when the cell before it failed.

    Raises:
        NameNotFound: There is no lesson of that name; lists them.
    """
    if name not in plans():
        raise NameNotFound("lesson", name, plans())
    advise()
    watch()
    return Lesson(plans()[name], edition)


@dataclass(frozen=True, slots=True, repr=False)
class Progress:
    """The exercises of a lesson, each with the last outcome its check gave."""

    rows: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        width = max((len(title) for title, _ in self.rows), default=0)
        return "\n".join(f"{title:<{width}}  {outcome}" for title, outcome in self.rows)


def progress(name: str) -> Progress:
    """
    How far the exercises of a lesson are, by what its checks said last.

    Raises:
        NameNotFound: There is no lesson of that name; lists them.
    """
    if name not in plans():
        raise NameNotFound("lesson", name, plans())
    own = [each for each in exercises().values() if each.id[:2] == name[:2]]
    return Progress(tuple((each.title, _last(each.id)) for each in own))


def _last(exercise_id: str) -> str:
    if exercise_id not in _seen:
        return "- not checked yet"
    word = _seen[exercise_id].word
    return f"{LOOKS[word].symbol} {word}"


def remember(feedback: Feedback) -> Feedback:
    """The same feedback, kept for ``progress``."""
    _seen[feedback.exercise.id] = feedback
    return feedback
