"""``check`` and ``hint``: what a learner calls."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from labkit.checks import attempts, sheet
from labkit.checks.blank import is_blank
from labkit.checks.feedback import Feedback
from labkit.checks.hints import Hint
from labkit.checks.judges import judge_of
from labkit.checks.lessons import remember
from labkit.checks.outcome import not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.theirs import NotBack, Raised, StillBlank, call
from labkit.errors import LabError, NameNotFound, StepOutOfOrder, TopologyError
from labkit.lab import CloudLab

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labkit.checks.judges import Judged, Kind
    from labkit.checks.outcome import Outcome

# What pandas and numpy hand out counts as a number too.
_WIDER: Final[Mapping[object, type]] = {int: Integral, float: Real}
_NAMES: Final[Mapping[object, str]] = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    list: "a list",
    dict: "a dict",
    "callable": "a function",
    "DataFrame": "a table (DataFrame), as lab.insights gives it",
}


def check(exercise_id: str, lab: CloudLab | None = None, *answers: object) -> Feedback:
    """
    How far an exercise is, from the state of the lab and the answers given.

    Args:
        exercise_id: For example ``"06-return-route"``.
        lab: The lab to look at.
        answers: What the exercise asks for, in its order.

    Raises:
        NameNotFound: There is no such exercise; names the nearest.
        LabError: The call does not fit the exercise; says how to write it.
    """
    attempts.asking()
    about = sheet.exercise(exercise_id)
    judged = judge_of(exercise_id)
    if not isinstance(lab, CloudLab) or len(answers) != len(judged.answers):
        wanted = ", ".join([f'"{exercise_id}"', "lab", *judged.answers])
        raise LabError(f"This exercise is checked like this: check({wanted}).")
    given = dict(zip(judged.answers, answers, strict=True))
    return remember(Feedback(about, attempts.tried(_outcome(judged, lab, given))))


def _outcome(judged: Judged, lab: CloudLab, given: Mapping[str, object]) -> Outcome:
    try:
        return call(_misfit, judged, given, what="your answer") or judged.judge(
            lab, *given.values()
        )
    except StillBlank:
        return _fill_in(given)
    except NotBack as late:
        return _not_back(late)
    except Raised as raised:
        return _learners_own(raised)
    except (NameNotFound, StepOutOfOrder, TopologyError, ClientError) as missing:
        return _lab_changed(missing)


def _misfit(judged: Judged, given: Mapping[str, object]) -> Outcome | None:
    """What keeps the answers from being judged at all."""
    blank = [name for name, value in given.items() if is_blank(value)]
    if blank:
        return _fill_in(blank)
    for name, value in given.items():
        if not _fits(value, judged.answers[name]):
            return _wrong_type(name, value, judged.answers[name])
    return None


def _fill_in(names: Iterable[str]) -> Outcome:
    wanted = ", ".join(f"`{name}`" for name in names)
    return not_attempted(f"Replace ____ in the cell of this exercise ({wanted}), and run it.")


def _fits(value: object, kind: Kind) -> bool:
    if kind == "callable":
        return callable(value)
    if isinstance(kind, str):
        return any(each.__name__ == kind for each in type(value).__mro__)
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, _WIDER.get(kind, kind))


def _wrong_type(name: str, value: object, kind: Kind) -> Outcome:
    return not_yet(
        observed=f"`{name}` is {shown(value)}, of type {type(value).__name__}.",
        expected=f"{_NAMES.get(kind, str(kind))}.",
        look=f"the line that sets `{name}`.",
    )


def _learners_own(raised: Raised) -> Outcome:
    return not_yet(
        observed=str(raised),
        expected=f"{raised.what} to run to its end.",
        look="the last line of the message above; the traceback says where it happened.",
        folded=raised.frames,
    )


def _not_back(late: NotBack) -> Outcome:
    return not_yet(
        observed=str(late),
        expected=f"{late.what} to come to its end.",
        look="a loop that goes on for ever: what would have to become true for it to end? The "
        "traceback says where it was.",
        folded=late.frames,
    )


def _lab_changed(missing: Exception) -> Outcome:
    """Something the lesson built is gone: deleted, or the lab is another one."""
    return not_yet(
        observed=str(missing),
        expected="the lab as the first cells of this lesson opened it.",
        look="what was deleted or renamed since. To start afresh: Kernel, Restart Kernel, and run "
        "the notebook from its first cell.",
    )


def hint(exercise_id: str, number: int = 1) -> Hint:
    """
    A hint for an exercise; the first nudges, the third nearly tells.

    Raises:
        NameNotFound: There is no such exercise; names the nearest.
        LabError: There is no hint of that number.
    """
    attempts.asking()
    about = sheet.exercise(exercise_id)
    if number not in range(1, sheet.HINTS + 1):
        raise LabError(f"Each exercise has hints 1 to {sheet.HINTS}; there is no {number!r}.")
    another = f'There is another: `hint("{about.id}", {number + 1})`'
    last = "This was the last one. Run the check again: it says what it sees."
    return Hint(
        f"Hint {number} of {sheet.HINTS}: {about.title}",
        about.hints[number - 1],
        last if number == sheet.HINTS else another,
    )
