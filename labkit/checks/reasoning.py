"""
An answer to an incident: symptom, evidence, cause and fix, each judged by what it does.

The four outcomes are those of exercises. Nobody is told the answer by a check:
it says what would be different if the answer were true, and where to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.checks.blank import is_blank
from labkit.checks.claims import claimed
from labkit.checks.feedback import LOOKS, as_html, as_text
from labkit.checks.hints import Hint
from labkit.checks.outcome import Outcome, Word, almost, done, not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.theirs import bounded
from labkit.diagnose import diagnose_lab
from labkit.diagnose.hints import STEPS, hint
from labkit.diagnose.judging import (
    AND,
    HEALTHY,
    Rehearsals,
    difference,
    not_told_apart,
    records_not_told_apart,
)
from labkit.diagnose.mending import FixState, fix_state, gone
from labkit.errors import LabError
from labkit.faults.catalogue import FAULTS
from labkit.faults.fault import Breaks
from labkit.faults.incidents import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.faults.incidents import IncidentFile
    from labkit.lab import CloudLab

NO_ANSWER: Final = "no answer"
ANSWERED: Final = "answered"
_GONE: Final = 'Build it again: lab.build("instances"). Or begin afresh: lab.close_incident().'
_NEEDED: Final = ("interface-id", "srcaddr", "dstaddr", "protocol", "action")
# Most of it goes into rehearsing the incident with every other cause [s].
_REHEARSING_S: Final = 60.0


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """The outcomes of the four parts of an answer."""

    symptom: Outcome
    evidence: Outcome
    cause: Outcome
    fix: Outcome

    @property
    def word(self) -> Word:
        """How far the whole is: as far as the part that is least far."""
        order = list(Word)
        return min((outcome.word for _, outcome in self._parts()), key=order.index)

    def _parts(self) -> Iterator[tuple[str, Outcome]]:
        yield from (
            ("symptom", self.symptom),
            ("evidence", self.evidence),
            ("cause", self.cause),
            ("fix", self.fix),
        )

    def __repr__(self) -> str:
        lines = [f"{LOOKS[self.word].symbol} {self.word}"]
        for name, outcome in self._parts():
            lines.append(f"{LOOKS[outcome.word].symbol} {name}: {outcome.word}")
            lines += as_text(outcome.parts)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return "".join(
            as_html(
                f"{LOOKS[outcome.word].symbol} {name}: <strong>{outcome.word}</strong>",
                outcome.parts,
                line=LOOKS[outcome.word].line,
            )
            for name, outcome in self._parts()
        )


def judge(lab: CloudLab, *, symptom: object, evidence: object, cause: object) -> Verdict:
    """
    What an answer to the open incident is worth; the fix is looked for in the lab.

    Args:
        lab: The lab with the incident.
        symptom: What ``lab.ping`` gave before anything was changed, or in
            words: ``"no answer"`` or ``"answered"``.
        evidence: A Logs Insights query, or all records of the ping as a table.
        cause: The name of a fault of the catalogue, a list of them,
            ``"nothing"``, or ``"too early"``.

    Raises:
        LabError: No incident is open.
        NameNotFound: The cause names no fault; names the nearest.
        QueryError: The query is malformed.
        NotBack: What is handed in cannot be read to its end.
    """
    file = current(lab)
    rehearsals = Rehearsals(file, lab.log_group)
    lost = gone(lab, file)
    return Verdict(
        bounded(_symptom, file, symptom, what="your symptom"),
        bounded(_evidence, rehearsals, evidence, what="your evidence", seconds=_REHEARSING_S),
        bounded(_cause, file, rehearsals, cause, what="your cause", seconds=_REHEARSING_S),
        _host_gone(lost) if lost else _fix(file, fix_state(lab, file)),
    )


def hint_for(lab: CloudLab, step: int) -> Hint:
    """
    The next thing to look at in the open incident, worked out from how the lab is now.

    Raises:
        LabError: No incident is open, or there is no such step.
    """
    if step not in range(1, STEPS + 1):
        raise LabError(f"There are hints 1 to {STEPS}; {step!r} is none of them.")
    file = current(lab)
    heading = f"Hint {step} of {STEPS}: incident {file.plot.seed} of level {file.plot.level}"
    another = f"There is another: `lab.incident_hint({step + 1})`"
    last = "This was the last one. Change something, and ask again: it looks at the lab as it is."
    return Hint(heading, _hint(lab, file, step), last if step == STEPS else another)


def _hint(lab: CloudLab, file: IncidentFile, step: int) -> str:
    if lost := gone(lab, file):
        return f"{lost} is gone, and with it what the ticket is about. {_GONE}"
    found = diagnose_lab(lab, *file.plot.ends, asked_s=file.asked_s)
    return hint(found, fix_state(lab, file), step)


def _blank(name: str) -> Outcome:
    return not_attempted(f"Replace ____ for `{name}`, and hand in again.")


# Symptom.


def _symptom(file: IncidentFile, symptom: object) -> Outcome:
    if is_blank(symptom):
        return _blank("symptom")
    said = getattr(symptom, "answered", None)
    if isinstance(symptom, str) and symptom.strip().casefold() in (NO_ANSWER, ANSWERED):
        said = symptom.strip().casefold() == ANSWERED
    if not isinstance(said, bool):
        return not_yet(
            observed=f"the symptom is {shown(symptom)}.",
            expected=f"what lab.ping gave, or one of {NO_ANSWER!r} and {ANSWERED!r}.",
            look="the ping of the ticket, before you changed anything.",
        )
    if said is not file.plot.answered:
        words = ANSWERED if said else NO_ANSWER
        return not_yet(
            observed=f"you say of the ping from {' to '.join(file.plot.ends)}: {words}.",
            expected="what was so when the ticket came in, before anything was changed.",
            look="the first ping of the incident, and who asks whom.",
        )
    return done("the ping of the ticket ends as you say")


# Evidence.


def _evidence(rehearsals: Rehearsals, evidence: object) -> Outcome:
    if is_blank(evidence):
        return _blank("evidence")
    if isinstance(evidence, str):
        return _told(rehearsals, not_told_apart(rehearsals, evidence), "query finds")
    rows = _rows(evidence)
    if rows is None:
        return not_yet(
            observed=f"the evidence is of type {type(evidence).__name__}.",
            expected="a Logs Insights query as text, or records as lab.flow_records() gives them.",
            look="what you hand in as evidence.",
        )
    lacking = [name for name in _NEEDED if any(name not in row for row in rows)]
    if lacking:
        return not_yet(
            observed=f"a row without the field {lacking[0]}.",
            expected="whole records, with the names that lab.flow_records() gives their fields.",
            look="the columns of what you hand in. Or hand in a query, as text.",
        )
    complete, others = records_not_told_apart(rehearsals, rows)
    if not complete:
        return not_yet(
            observed="these are not all the records of the ping, or not only its records.",
            expected="every record of it since the ticket: what is missing counts as well.",
            look="lab.flow_records(), from the time of the ticket on, by the two addresses.",
        )
    return _told(rehearsals, others, "records are")


def _rows(evidence: Any) -> list[dict[Any, Any]] | None:  # noqa: ANN401  a DataFrame, or a list of dicts
    if hasattr(evidence, "to_dict") and hasattr(evidence, "columns"):
        rows: list[dict[Any, Any]] = evidence.to_dict("records")
        return rows
    if isinstance(evidence, list) and all(isinstance(each, dict) for each in evidence):
        return evidence
    return None


def _told(rehearsals: Rehearsals, others: list[str], finds: str) -> Outcome:
    if not others:
        return done("this would look different with any other cause that leaves other records")
    return not_yet(
        observed=f"the {finds} the same with another cause: {_untold(rehearsals, others[0])}.",
        expected="something that is so in this incident, and would not be so then.",
        look="a place on the way where the two causes leave different records, or none: "
        f"{difference(rehearsals, others[0])}.",
    )


def _untold(rehearsals: Rehearsals, other: str) -> str:
    """A look-alike by what is in it and not in the incident: what is in both is not told."""
    if other == HEALTHY:
        return other
    strange = [name for name in other.split(AND) if name not in rehearsals.fault_ids]
    if not strange:
        return "one thing less than there is"
    if len(rehearsals.fault_ids) > 1:
        return f"{strange[0]}, in the place of one of those there are"
    return strange[0]


# Cause.


def _cause(file: IncidentFile, rehearsals: Rehearsals, cause: object) -> Outcome:
    return _blank("cause") if is_blank(cause) else claimed(file, rehearsals, cause)


# Fix.


def _fix(file: IncidentFile, state: FixState) -> Outcome:
    return (
        _without_evidence(state)
        or _not_attempted(file, state)
        or _over_permissive(state)
        or _not_restored(file, state)
        or _log_still_wrong(state)
        or done(
            "the ping is answered",
            "nothing passes that did not before",
            "the flow logs tell of both VPCs",
            "the evidence is still there",
        )
    )


def _host_gone(name: str) -> Outcome:
    return not_yet(
        observed=f"there is no {name} any more.",
        expected="the hosts that there were, able to reach each other again.",
        look=_GONE,
    )


def _without_evidence(state: FixState) -> Outcome | None:
    if not state.records_lost:
        return None
    return not_yet(
        observed=f"{state.records_lost} records of this incident are gone from the log group.",
        expected="a fix that leaves the evidence where it is.",
        look="what you deleted. Close the incident, and open it again.",
    )


def _not_attempted(file: IncidentFile, state: FixState) -> Outcome | None:
    if state.is_untouched and not _is_log_mended(file, state):
        return not_attempted("Put right what is wrong, and nothing else; then hand in again.")
    if file.plot.fault_ids or not state.shut:
        return None
    return not_yet(
        observed=f"this passed while all was well, and does not now: {state.shut[0]}.",
        expected="a network left as it is: there was nothing to put right.",
        look="what you changed.",
    )


def _is_log_mended(file: IncidentFile, state: FixState) -> bool:
    """A dead log can be mended beside what broke it: by one more flow log, or one more policy."""
    broken = any(FAULTS[name].breaks is Breaks.LOG for name in file.plot.fault_ids)
    return broken and not state.logs_wrong


def _log_still_wrong(state: FixState) -> Outcome | None:
    if not state.logs_wrong:
        return None
    return almost(
        holds="the ping is answered, and nothing passes that did not before.",
        fails=state.logs_wrong[0],
        look="the flow logs and the role that they write with.",
    )


def _over_permissive(state: FixState) -> Outcome | None:
    if not (state.opened or state.loosened):
        return None
    fails, look = _said_of_opened(state) if state.opened else _said_of_loosened(state)
    if state.answered:
        return almost(holds="the ping is answered.", fails=fails, look=look)
    return not_yet(observed=fails, expected="the ping answered, and no more than that.", look=look)


def _said_of_opened(state: FixState) -> tuple[str, str]:
    more = len(state.opened) - 1
    also = f" And {more} more places are open." if more else ""
    return (
        f"this passes now, and did not before: {state.opened[0]}.{also}",
        "the rule, entry or route that lets it pass, yours or not: narrow it, or take it away.",
    )


def _said_of_loosened(state: FixState) -> tuple[str, str]:
    return f"{state.loosened[0]}.", "what you changed beyond the one thing that was wrong."


def _not_restored(file: IncidentFile, state: FixState) -> Outcome | None:
    if state.answered and not state.lost:
        return None
    lost = state.lost[0] if state.lost else " to ".join(file.plot.ends)
    return not_yet(
        observed=f"a ping from {lost} is still not answered.",
        expected="every ping answered that was answered while all was well.",
        look=f"follow it once more: lab.ping, lab.wait_for_logs, and the records from {lost}.",
    )
