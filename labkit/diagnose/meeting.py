"""An analyst meets incidents: how often it is right, what it takes for what, and whom it wrongs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from labkit.diagnose.practice import CULPRITS, HOST, LOG, NOTHING, PLACES, Case, Drawn
from labkit.errors import NameNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

Analyst: TypeAlias = Callable[[Case], object]
PATIENCE_S: Final = 30.0
"""How long an analyst may take for one incident, in which it may ask many queries [s]."""

# What can be asked of an analyst: how to tell the truth, and which words there are for it.
QUESTIONS: Final[dict[str, tuple[Callable[[Drawn], str], tuple[str, ...]]]] = {
    "place": (lambda drawn: drawn.place, (*PLACES, NOTHING)),
    "culprit": (lambda drawn: drawn.culprit, (*CULPRITS, HOST, LOG, NOTHING)),
}
_INNOCENT: Final = (HOST, LOG, NOTHING)
_BLAME: Final = (*PLACES, *CULPRITS)


@dataclass(frozen=True, slots=True)
class Met:
    """One incident that an analyst met: what is true, and what it said."""

    drawn: Drawn
    truth: str
    said: str

    @property
    def is_right(self) -> bool:
        return self.truth == self.said

    @property
    def is_false_blame(self) -> bool:
        """Whether the network is blamed for what it has not done."""
        return self.truth in _INNOCENT and self.said in _BLAME


@dataclass(frozen=True, slots=True)
class Meeting:
    """
    All the incidents that an analyst met.

    Args:
        about: What it was asked: ``place`` or ``culprit``.
        met: One entry per incident, in their order.
    """

    about: str
    met: tuple[Met, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What there is to say, in the order of the way."""
        return QUESTIONS[self.about][1]

    @property
    def right(self) -> int:
        return sum(each.is_right for each in self.met)

    @property
    def false_blame(self) -> list[Met]:
        return [each for each in self.met if each.is_false_blame]

    @property
    def confusions(self) -> list[tuple[str, str, list[Met]]]:
        """What was taken for what, most often first, with the incidents in which it was."""
        wrong = [each for each in self.met if not each.is_right]
        counted = Counter((each.truth, each.said) for each in wrong).most_common()
        return [
            (*pair, [each for each in wrong if (each.truth, each.said) == pair])
            for pair, _ in counted
        ]

    def __str__(self) -> str:
        """How it went, in a sentence or two."""
        said = f"{self.right} of {len(self.met)} incidents are named as they are."
        if self.confusions:
            truth, taken_for, cases = self.confusions[0]
            said += f" Most often {truth!r} is taken for {taken_for!r}: {times(len(cases))}."
        if self.false_blame:
            blamed = times(len(self.false_blame))
            said += f" The network is blamed {blamed} though it is innocent."
        return said


def times(count: int) -> str:
    """
    How often, in words.

    >>> times(1), times(3)
    ('once', '3 times')
    """
    return "once" if count == 1 else f"{count} times"


def meet(analyst: Analyst, incidents: Iterable[Drawn], about: str) -> Meeting:
    """
    Let an analyst loose on incidents.

    Args:
        analyst: Takes a case, gives back one of the words that there are.
        incidents: On paper.
        about: What is asked: ``place``, where the records say that the ping was
            lost, or ``culprit``, what is to blame for it.

    Raises:
        NameNotFound: That is nothing one can ask; lists what is.
    """
    if about not in QUESTIONS:
        raise NameNotFound("question to an analyst", str(about), QUESTIONS)
    truth_of, _ = QUESTIONS[about]
    met = (Met(each, truth_of(each), str(analyst(each.case))) for each in incidents)
    return Meeting(about, tuple(met))
