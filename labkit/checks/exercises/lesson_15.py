"""Lesson 15, be the analyst: a query that is evidence, a set of queries, and a whole diagnosis."""

from __future__ import annotations

import re
from functools import partial
from itertools import product
from string import Formatter
from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_yet
from labkit.checks.shown import shown
from labkit.checks.theirs import call, theirs
from labkit.diagnose.judging import HEALTHY, not_told_apart
from labkit.diagnose.meeting import PATIENCE_S, meet, times
from labkit.diagnose.practice import ASKED_S, practice
from labkit.faults.catalogue import FAULTS
from labkit.faults.fault import Breaks
from labkit.faults.incidents import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from labkit.checks.outcome import Outcome
    from labkit.diagnose.meeting import Meeting
    from labkit.diagnose.practice import Case, Drawn
    from labkit.lab import CloudLab

# Incidents that no notebook shows.
_UNSEEN: Final = range(9101, 9107)
_INNOCENT: Final = range(9200, 9300)
_KINDS: Final = len(LEVELS[3].pools[0]) - 1  # a late log is as well as one that is not
_NEARLY: Final = 0.8
_DAY_S: Final = 86_400


# A query that is evidence.


@judge("15-evidence", query=str)
def evidence(lab: CloudLab, query: str) -> Outcome:
    incidents = list(practice(lab, product(_UNSEEN, (1, 2))))
    with theirs("your query"):
        confused = {each: not_told_apart(each.rehearsals, query) for each in incidents}
        blind = [each for each in incidents if confused[each] and not each.case.insights(query)]
    wrong = {each: others for each, others in confused.items() if others}
    if not wrong and _holds_times(lab, query, incidents[0]):
        return _whole_records()
    if not wrong:
        return done(
            f"run on {len(incidents)} incidents that nobody showed you, in both directions",
            "with every other cause that leaves other records, it finds something else",
            "with the same cause on another day, it finds the same",
        )
    if all(set(map(_breaks, others)) == {Breaks.LOG} for others in wrong.values()):
        return almost(
            holds="it tells all causes in the network apart.",
            fails=f"in {len(wrong)} of {len(incidents)} incidents no packet leaves a record. There "
            f"it finds the same as with a log that is dead ({next(iter(wrong.values()))[0]}).",
            look="`NODATA`. An interface that says nothing and one that says that there was "
            "nothing are two different things.",
        )
    if blind and len(blind) == len(wrong):
        return _finds_nothing(blind, len(incidents))
    return _told_nothing_apart(wrong, len(incidents))


def _holds_times(lab: CloudLab, query: str, incident: Drawn) -> bool:
    """Whether a query finds something else of an incident if all of it happens a day later."""
    [later] = practice(lab, [(_UNSEEN[0], 1)], asked_s=ASKED_S + _DAY_S)
    return incident.case.insights(query) != later.case.insights(query)


def _whole_records() -> Outcome:
    return almost(
        holds="it finds something else with every other cause.",
        fails="it also finds something else of the same incident on another day: when each "
        "packet went. Whoever hands over the whole log has not said what is wrong.",
        look="`@message`, and columns with times. `stats count(*) by ...` keeps what you name.",
    )


def _breaks(others: str) -> Breaks | None:
    return FAULTS[others].breaks if others in FAULTS else None


def _finds_nothing(blind: list[Drawn], number: int) -> Outcome:
    return not_yet(
        observed=f"in {len(blind)} of {number} incidents the query finds nothing, whatever is "
        f"wrong. One of them: {blind[0].case}",
        expected="a query that finds out who refused what in any incident, whoever asks whom.",
        look="what the filter takes for granted: an address, an interface, an action.",
    )


def _told_nothing_apart(wrong: Mapping[Drawn, list[str]], number: int) -> Outcome:
    incident, others = next(iter(wrong.items()))
    mistaken = " and ".join(incident.rehearsals.fault_ids) or HEALTHY
    return not_yet(
        observed=f"in {len(wrong)} of {number} incidents it finds the same with another cause. In "
        f"one of them it cannot tell {mistaken} from {others[0]}.",
        expected="different rows for causes that leave different records.",
        look="what the rows leave out: whose interface, whose packet, which action.",
    )


# A set of queries, and a whole diagnosis.


@judge("15-query-set", queries=dict)
def query_set(lab: CloudLab, queries: dict[object, object]) -> Outcome:
    odd = [place for place, query in queries.items() if not isinstance(query, str)]
    if odd:
        return not_yet(
            observed=f"what stands for {odd[0]!r} is {shown(queries[odd[0]])}.",
            expected="a query, as text, for each place.",
            look="quotes and commas.",
        )
    incidents = [*practice(lab, product(_UNSEEN, (1, 2, 4))), *_innocent(lab, most=1)]
    with theirs("your queries"):
        strange = _strange_name(map(str, queries.values()), incidents[0].case.names)
    if strange is not None:
        return not_yet(
            observed=f"a query asks for {{{strange}}}, and a case knows no such name.",
            expected=f"in braces one of {', '.join(incidents[0].case.names)}.",
            look="`case.names`.",
        )

    def first_that_finds(case: Case) -> object:
        found = (
            place
            for place, query in queries.items()
            if case.insights(str(query).format(**case.names))
        )
        return next(found, "no verdict")

    meeting = meet(
        partial(call, first_that_finds, what="your queries", seconds=PATIENCE_S),
        incidents,
        "place",
    )
    return _judged(meeting, _where_in_the_set(meeting, queries))


def _strange_name(queries: Iterable[str], names: Mapping[str, str]) -> str | None:
    asked = (name for query in queries for _, name, _, _ in Formatter().parse(query))
    return next((name for name in asked if name is not None and name not in names), None)


@judge("15-analyst", analyst="callable")
def analyst(lab: CloudLab, analyst: Callable[[Case], object]) -> Outcome:
    incidents = [*practice(lab, product(_UNSEEN, (1, 2, 4))), *_innocent(lab, most=_KINDS)]
    meeting = meet(
        partial(call, analyst, what="your analyst", seconds=PATIENCE_S), incidents, "culprit"
    )
    return _judged(meeting, _where_in_the_analyst(meeting))


def _innocent(lab: CloudLab, most: int) -> list[Drawn]:
    """Incidents in which the network is well, each of another kind; the first has nothing wrong."""
    kinds: dict[tuple[str, ...], Drawn] = {}
    for each in practice(lab, ((seed, 3) for seed in _INNOCENT)):
        kinds.setdefault(each.rehearsals.fault_ids, each)
        if () in kinds and len(kinds) >= most:
            break
    return sorted(kinds.values(), key=lambda each: each.rehearsals.fault_ids)[:most]


def _judged(meeting: Meeting, look: str) -> Outcome:
    number = len(meeting.met)
    if meeting.right == number:
        return done(
            f"{number} incidents that nobody showed you, each named as it is",
            "nobody innocent is blamed",
        )
    truth, said, wrong = meeting.confusions[0]
    example = f"{said!r} where it is {truth!r}: {times(len(wrong))}. One is {wrong[0].drawn.case}"
    blamed = len(meeting.false_blame)
    falsely = f" It blames an innocent network {times(blamed)}." if blamed else ""
    if meeting.right >= _NEARLY * number and not blamed:
        return almost(
            holds=f"{meeting.right} of {number} incidents are named as they are.",
            fails=f"it says {example}",
            look=look,
        )
    return not_yet(
        observed=f"{meeting.right} of {number} incidents named as they are.{falsely} Most often it "
        f"says {example}",
        expected="the truth about each, and nobody blamed who is innocent.",
        look=look,
    )


def _where_in_the_set(meeting: Meeting, queries: Mapping[object, object]) -> str:
    if not meeting.confusions:
        return ""
    truth, said, _ = meeting.confusions[0]
    return _in_the_text(queries, said) or _in_the_order(truth, said)


_ADDRESS: Final = re.compile(r"\b\d+\.\d+\.\d+\.\d+\b|\beni-\w+")
_TOTAL: Final = re.compile(r"\bstats\b(?!.*\bby\b)", re.DOTALL | re.IGNORECASE)


def _in_the_text(queries: Mapping[object, object], said: str) -> str | None:
    """What the queries themselves give away: an address by heart, or a sum that is always there."""
    if found := _ADDRESS.search(" ".join(map(str, queries.values()))):
        return (
            f"{found[0]}: elsewhere, somebody else asks. A name in braces stands for whoever does."
        )
    if _TOTAL.search(str(queries.get(said, ""))):
        return "`stats`: without `by` it finds a row even where it counts nothing."
    return None


def _in_the_order(truth: str, said: str) -> str:
    if said == "no verdict":
        return "the last query: even a ping that leaves no record leaves rows, `NODATA`."
    if said.startswith("filter"):
        return "whose REJECT it is: there is other traffic in the log than pings."
    if truth.startswith("filter"):
        return "the order. The first query that finds something decides, so REJECT is asked first."
    return "the order. Whoever asks for the beginning of the way first never asks for its end."


_LOOKS: Final = {
    "log": "`describe_flow_logs`, before anything else: TrafficType, LogGroupName, "
    "DeliverLogsStatus, and whether both VPCs have one.",
    "host": "the state of the instance. And a host that runs, gets the request, and has a way back "
    "is the one that keeps silent.",
    "peering": "the status of the peering connection. A route to one that is gone is still there.",
    "route back": "the table that the *receiver's* subnet uses, and its row for the sender.",
    "route there": "the table that the sender's subnet uses: the longest prefix that matches, its "
    "target and its state.",
}


def _where_in_the_analyst(meeting: Meeting) -> str:
    if not meeting.confusions:
        return ""
    truth, said, wrong = meeting.confusions[0]
    others = [each for each in meeting.met if each.truth == said]
    places = {each.drawn.place for each in wrong} & {each.drawn.place for each in others}
    alike = f"These leave the same records ({', '.join(sorted(places))}). " if places else ""
    default = "what your query set says of it, and whose words you use."
    return alike + _LOOKS.get(truth, default)
