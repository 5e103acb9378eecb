"""
How far an exercise is: one of four words, and what to say with it.

Judges make outcomes with the four functions ``not_attempted``, ``not_yet``,
``almost`` and ``done``; their arguments are what a learner needs to hear next.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Word(StrEnum):
    """How far an exercise is."""

    NOT_ATTEMPTED = "not attempted"
    NOT_YET = "not yet"
    ALMOST = "almost"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    A judge's answer.

    Args:
        word: How far the exercise is.
        parts: Label and text of each thing to say, in order.
        folded: Detail for those who ask for it, such as a traceback.
    """

    word: Word
    parts: tuple[tuple[str, str], ...] = ()
    folded: str = ""


def not_attempted(do: str) -> Outcome:
    """Nothing was changed yet; *do* says what to edit."""
    return Outcome(Word.NOT_ATTEMPTED, (("To do", do),))


def not_yet(*, observed: str, expected: str, look: str, folded: str = "") -> Outcome:
    """
    Tried, and not there.

    Args:
        observed: What the network, the records or the query showed.
        expected: What was expected of them; never the answer itself.
        look: Where to look next.
        folded: Detail for those who ask for it.
    """
    parts = (("Observed", observed), ("Expected", expected), ("Look here", look))
    return Outcome(Word.NOT_YET, parts, folded)


def almost(*, holds: str, fails: str, look: str) -> Outcome:
    """
    The main thing works, and one property still fails.

    Args:
        holds: What already works.
        fails: Which property does not, as observed.
        look: Where to look next.
    """
    parts = (("Works", holds), ("Still fails", fails), ("Look here", look))
    return Outcome(Word.ALMOST, parts)


def done(*checked: str) -> Outcome:
    """All there; *checked* names every property that was looked at, so that nobody overrates it."""
    return Outcome(Word.DONE, (("Checked", "; ".join(checked) + "."),))
