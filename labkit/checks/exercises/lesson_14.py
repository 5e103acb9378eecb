"""Lesson 14, incidents: what a learner found on each rung, played on the incident and judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from labkit.checks.blank import is_blank
from labkit.checks.feedback import LOOKS
from labkit.checks.judges import Judge, Kind, judge
from labkit.checks.outcome import Outcome, Word, almost, done, not_attempted, not_yet
from labkit.checks.reasoning import Verdict
from labkit.checks.reasoning import judge as verdict_on
from labkit.checks.shown import shown
from labkit.checks.theirs import StillBlank, call, theirs
from labkit.errors import NameNotFound
from labkit.faults import applied
from labkit.faults.incidents import Ladder, close_incident
from labkit.insights.errors import QueryError

if TYPE_CHECKING:
    from labkit.lab import CloudLab

Report: TypeAlias = "Callable[[CloudLab], object]"
_PARTS: Final = ("symptom", "evidence", "cause", "fix")
_SAID: Final = _PARTS[:3]
# A rung pings and waits for logs as taking it did, which on AWS is minutes.
_PATIENCE_S: Final = 60.0
_TIMES_AS_LONG: Final = 3


# The rungs that each exercise climbs; the first one is climbed together.
_RUNGS: Final = {
    "14-loud": (2,),
    "14-silent": (3, 4),
    "14-innocent": (5, 6),
    "14-stacked": (7, 8),
    "14-half-told": (9, 10),
}


def _climbing(numbers: tuple[int, ...]) -> Judge:
    """The judge of the reports of some rungs."""

    def climb(lab: CloudLab, ladder: Ladder, *reports: Report) -> Outcome:
        return _climb(lab, ladder, dict(zip(numbers, reports, strict=True)))

    return climb


for _exercise_id, _numbers in _RUNGS.items():
    _reports: dict[str, Kind] = {f"rung_{each}": "callable" for each in _numbers}
    judge(_exercise_id, ladder="Ladder", **_reports)(_climbing(_numbers))


def _climb(lab: CloudLab, ladder: Ladder, reports: Mapping[int, Report]) -> Outcome:
    """What the reports of some rungs are worth, each played on its incident."""
    outcomes = {number: _on_rung(lab, ladder, number, of) for number, of in reports.items()}
    if all(each.word is Word.NOT_ATTEMPTED for each in outcomes.values()):
        return next(iter(outcomes.values()))
    off = [number for number, each in outcomes.items() if each.word is not Word.DONE]
    if not off:
        return done(*(f"rung {number}: {', '.join(_PARTS)}" for number in outcomes))
    first = outcomes[off[0]]
    if first.word is Word.NOT_ATTEMPTED:
        climbed = ", ".join(str(each) for each in outcomes if each not in off)
        return almost(
            holds=f"rung {climbed} is climbed.",
            fails=f"rung {off[0]} is still blank.",
            look=f"ladder.take({off[0]}).",
        )
    return Outcome(first.word, (("Rung", str(off[0])), *first.parts), first.folded)


def _on_rung(lab: CloudLab, ladder: Ladder, number: int, report: Report) -> Outcome:
    began_s = time.monotonic()
    ladder.take(number)
    taking_s = time.monotonic() - began_s
    try:
        return _judged(lab, number, report, max(_PATIENCE_S, _TIMES_AS_LONG * taking_s))
    except StillBlank:
        return _still_blank(number)
    finally:
        close_incident(lab)


def _judged(lab: CloudLab, number: int, report: Report, seconds: float) -> Outcome:
    broken = applied(lab)
    said = call(_read, report, lab, what=f"rung_{number}", seconds=seconds)
    if not isinstance(said, dict) or set(said) != set(_SAID):
        return not_yet(
            observed=f"rung_{number} gives back {_what(said)}.",
            expected=f"a dict with {', '.join(_SAID)}.",
            look="the `return` of the function.",
        )
    if broken and not applied(lab):
        return not_yet(
            observed=f"rung_{number} lets the lab take its own faults back.",
            expected="the calls that put it right on AWS, where nobody keeps a list of what broke.",
            look="`lab.repair_faults` and `lab.repair_fault`. They are for experiments.",
        )
    with theirs(f"what rung_{number} says"):
        return _worth(lab, number, said)


def _read(report: Report, lab: CloudLab) -> object:
    """What a report says, as a plain dict if it is one of any kind."""
    said = report(lab)
    return dict(said) if isinstance(said, Mapping) else said


def _worth(lab: CloudLab, number: int, said: Mapping[str, object]) -> Outcome:
    try:
        verdict = verdict_on(lab, **said)
    except NameNotFound as error:
        return _unknown_cause(error)
    except QueryError as error:
        return _no_query(error)
    if all(map(is_blank, said.values())) and verdict.fix.word in (Word.NOT_ATTEMPTED, Word.DONE):
        return _still_blank(number)
    return _told(verdict)


def _still_blank(number: int) -> Outcome:
    return not_attempted(f"Replace ____ in `rung_{number}` by what you found, and run its cell.")


def _unknown_cause(error: NameNotFound) -> Outcome:
    return not_yet(
        observed=str(error).partition(" Known:")[0],
        expected="a name of the catalogue, a list of them, 'nothing', or 'too early'.",
        look="`catalogue`, the list of rung 1.",
    )


def _no_query(error: QueryError) -> Outcome:
    return not_yet(
        observed=f"the evidence cannot be run as a query. {error}",
        expected="a Logs Insights query, as text.",
        look="the place that is marked. `lab.insights` runs the query for you beforehand.",
    )


def _what(said: object) -> str:
    if not isinstance(said, Mapping):
        return shown(said)
    return f"a dict with {', '.join(map(str, said))}" if said else "an empty dict"


def _told(verdict: Verdict) -> Outcome:
    """A verdict in one outcome: how far each part is, and what to do about the first one off."""
    parts: dict[str, Outcome] = {name: getattr(verdict, name) for name in _PARTS}
    if all(each.word is Word.DONE for each in parts.values()):
        return done(*_PARTS)
    summary = ", ".join(f"{LOOKS[each.word].symbol} {name}" for name, each in parts.items())
    name, first = next(pair for pair in parts.items() if pair[1].word is not Word.DONE)
    attempted = {each.word for each in parts.values()} - {Word.NOT_ATTEMPTED}
    word = Word.ALMOST if attempted <= {Word.ALMOST, Word.DONE} else Word.NOT_YET
    head = (("So far", summary), (name.capitalize(), str(first.word)))
    return Outcome(word, (*head, *first.parts))
