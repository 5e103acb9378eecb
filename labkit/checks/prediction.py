"""
Predictions: made before a run, kept, and shown beside what really happened.

An empty one never blocks, and is no mistake: it is said to be empty, and the
result is shown all the same. Predictions live as long as the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from labkit.checks import sheet
from labkit.checks.blank import is_blank
from labkit.checks.feedback import as_html, as_text

if TYPE_CHECKING:
    from labkit.checks.sheet import Question

PREDICTION_MIME: Final = "application/vnd.labkit.prediction+json"
_kept: Final[dict[str, object]] = {}


@dataclass(frozen=True, slots=True, repr=False)
class Prediction:
    """What was predicted, if anything; shown back at once."""

    question: Question
    value: object

    @property
    def _parts(self) -> list[tuple[str, str]]:
        if self.value is None:
            return [("Your guess", "none yet"), ("To do", self._how())]
        if not _is_choice(self.value, self.question):
            return [("Your guess", f"{self.value} (kept)"), ("Note", self._how())]
        return [("Your guess", f"{self.value} (kept: you will see it beside the result)")]

    def _how(self) -> str:
        if not self.question.choices:
            return "replace ____ by your guess and run this cell again. No guess is wrong."
        choices = ", ".join(repr(choice) for choice in self.question.choices)
        return f"replace ____ by one of {choices}, and run this cell again. No guess is wrong."

    def __repr__(self) -> str:
        return "\n".join([f"? {self.question.question}", *as_text(self._parts)])

    def _repr_html_(self) -> str:
        heading = f"? <strong>{escape(self.question.question)}</strong>"
        return as_html(heading, self._parts, line="3px dotted #0072B2")


@dataclass(frozen=True, slots=True, repr=False)
class Reveal:
    """A prediction beside what was observed."""

    question: Question
    predicted: object
    observed: object

    @property
    def held(self) -> bool | None:
        """Whether the prediction came true; None when there was none."""
        return None if self.predicted is None else _same(self.predicted, self.observed)

    @property
    def _parts(self) -> list[tuple[str, str]]:
        said = {None: "none", True: f"{self.predicted} (held)", False: f"{self.predicted} (not so)"}
        return [
            ("Predicted", said[self.held]),
            ("Observed", str(self.observed)),
            ("Because", self.question.because),
        ]

    def __repr__(self) -> str:
        return "\n".join([self.question.question, *as_text(self._parts)])

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        heading = f"<strong>{escape(self.question.question)}</strong>"
        return {
            "text/plain": repr(self),
            "text/html": as_html(heading, self._parts, line="3px solid #0072B2"),
            PREDICTION_MIME: {
                "prediction": self.question.id,
                "predicted": None if self.predicted is None else str(self.predicted),
                "observed": str(self.observed),
                "held": self.held,
            },
        }


def predict(question_id: str, guess: object = None) -> Prediction:
    """
    Keep a guess until ``reveal`` shows it beside what happened.

    Args:
        question_id: For example ``"06-one-sided"``.
        guess: The guess; ``____`` or None means none, and takes an earlier one back.

    Raises:
        NameNotFound: There is nothing of that id to predict; names the nearest.
    """
    question = sheet.question(question_id)
    _kept.pop(question_id, None)
    if is_blank(guess) or guess is None:
        return Prediction(question, None)
    _kept[question_id] = guess
    return Prediction(question, guess)


def reveal(question_id: str, observed: object) -> Reveal:
    """
    The guess made by ``predict`` beside what was *observed*, and why it is so.

    Raises:
        NameNotFound: There is nothing of that id to predict; names the nearest.
    """
    return Reveal(sheet.question(question_id), _kept.get(question_id), observed)


def _is_choice(value: object, question: Question) -> bool:
    return not question.choices or any(_same(value, choice) for choice in question.choices)


def _same(one: object, other: object) -> bool:
    """Equal, as people mean it: ``"No Record"`` is ``"no record"``, and ``"4"`` is 4."""
    return str(one).strip().casefold() == str(other).strip().casefold()
