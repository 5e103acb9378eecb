"""Lesson 16, alarms: a pattern, a truth table, M of N, and a rule that does not cry wolf."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from labkit.checks import tuning
from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.lab.drills import PERIOD_S, drill
from labkit.lab.filters import matching
from labkit.steps.alarms import alarm_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab

_RECORD: Final = (
    "2 {account} eni-0c0ffee{host:010d} {source} {target} {srcport} {destport} {protocol} "
    "1 60 1767603600 1767603660 {action} OK"
)
_QUIET: Final = "2 {account} eni-0c0ffee0000000009 - - - - - - - 1767603600 1767603660 - {status}"


def _record(**differs: str | int) -> str:
    usual: dict[str, Any] = {
        "account": "123456789012",
        "host": 7,
        "source": "10.1.1.10",
        "target": "10.2.1.10",
        "srcport": 41022,
        "destport": 22,
        "protocol": 6,
        "action": "REJECT",
    }
    return _RECORD.format(**usual | differs)


# Records that were never shown: what to count, and what only looks like it.
_TO_COUNT: Final = {
    "a rejected TCP flow to port 22": _record(),
    "a rejected TCP flow to port 3389": _record(destport=3389, srcport=50111),
    "one that comes from the internet": _record(source="203.0.113.77"),
    "one that another interface wrote": _record(host=12, target="10.2.1.44", destport=3389),
}
_FROM_PORT: Final = "a rejected flow *from* port 22 to port 41022"
_NOT_TO_COUNT: Final = {
    "an accepted flow to port 22": _record(action="ACCEPT"),
    _FROM_PORT: _record(srcport=22, destport=41022),
    "a rejected flow to port 2222": _record(destport=2222),
    "a rejected flow to port 443": _record(destport=443),
    "a rejected UDP datagram to port 3389": _record(destport=3389, protocol=17),
    "a row that says NODATA": _QUIET.format(account="123456789012", status="NODATA"),
    "a row that says SKIPDATA": _QUIET.format(account="123456789012", status="SKIPDATA"),
}
_LOOK_AT: Final = {
    "an accepted flow to port 22": "the last but one field, `action`.",
    _FROM_PORT: "which of the two ports you ask: the sixth "
    "field is where a flow comes from, the seventh is where it goes.",
    "a rejected flow to port 2222": "the wildcard: `22*` is everything that begins with 22.",
    "a rejected UDP datagram to port 3389": "`protocol`. TCP has the number 6.",
}


@judge("16-pattern", pattern=str)
def pattern(lab: CloudLab, pattern: str) -> Outcome:
    events = _TO_COUNT | _NOT_TO_COUNT
    try:
        found = matching(lab.logs, pattern, list(events.values()))
    except ClientError as error:
        return _refused(error)
    matched = {name for name, hit in zip(events, found, strict=True) if hit}
    if not matched:
        return not_yet(
            observed=f"none of {len(events)} records matches, and there is no error.",
            expected=f"{len(_TO_COUNT)} of them to match.",
            look="the number of names: a record has 14 fields. Then the conditions, word by word: "
            "`protocol` is a number in a record, and `action` is in capitals.",
        )
    missed = [name for name in _TO_COUNT if name not in matched]
    if missed and _FROM_PORT in matched:
        return not_yet(
            observed=f"{_FROM_PORT} matches, and {missed[0]} does not.",
            expected="flows on their way *to* one of the two ports.",
            look=_LOOK_AT[_FROM_PORT],
        )
    if missed:
        return not_yet(
            observed=f"{missed[0]} does not match.",
            expected="every rejected TCP flow to port 22 or 3389, whoever sent it.",
            look="the conditions. Either port will do: `||` joins two conditions on one field, "
            "and each of the two names the field.",
        )
    return _nothing_more([name for name in _NOT_TO_COUNT if name in matched], len(events))


def _refused(error: ClientError) -> Outcome:
    return not_yet(
        observed=f"`test_metric_filter` refuses your pattern: {error.response['Error']['Message']}",
        expected="14 names in brackets, some with a condition: name, operator, value.",
        look="the place that the message tells. On both sides of `||` stands a whole condition, "
        "with the name of one and the same field.",
    )


def _nothing_more(extra: Sequence[str], events: int) -> Outcome:
    if len(extra) > 1:
        return not_yet(
            observed=f"these match as well: {'; '.join(extra)}.",
            expected="only rejected TCP flows to port 22 or 3389.",
            look="each of them in turn: which field tells it from the records you want?",
        )
    if extra:
        return almost(
            holds="everything that should be counted is counted.",
            fails=f"{extra[0]} is counted too.",
            look=_LOOK_AT.get(extra[0], "the field in which it differs."),
        )
    return done(
        f"{events} records that the lesson never showed, told apart by `test_metric_filter`",
        "either port, any source, any interface",
        "no accepted flow, no other protocol, no port that only begins alike, no row without data",
    )


_STATES: Final = ("OK", "ALARM", "INSUFFICIENT_DATA")
_WHY: Final = {
    "0 - X - X": "how many real points there are. With three of them nothing has to be filled in: "
    "count the X among the newest three.",
    "0 - X - -": "what is there: two real points. How many of them breach, and how many have to?",
    "- - - X -": "the single point. Nothing says that all is well, and it has had time to be "
    "followed by a better one.",
    "- - - - 0": "the single point. Is there anything bad at all?",
}


@judge("16-truth-table", states=dict)
def truth_table(lab: CloudLab, states: Mapping[str, str]) -> Outcome:
    if missing := [row for row in _WHY if row not in states]:
        return not_yet(
            observed=f"the row {missing[0]!r} is gone.",
            expected=f"a state for each of {len(_WHY)} rows.",
            look="the cell above: keep the rows, and write a state behind each.",
        )
    strange = [state for state in map(states.get, _WHY) if state not in _STATES]
    if strange:
        return not_yet(
            observed=f"{strange[0]!r} is no state of an alarm.",
            expected=f"one of {', '.join(_STATES)}.",
            look="how it is spelt. A state is a text, in capitals.",
        )
    rule = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2, "TreatMissingData": "missing"}
    observed = dict(zip(_WHY, drill(lab, *_WHY, **rule), strict=True))
    wrong = [row for row in _WHY if states[row] != observed[row]]
    if not wrong:
        return done(f"{len(_WHY)} rows, each of them told to an alarm of its own a minute ago")
    return _foreseen_wrongly(wrong, states[wrong[0]])


def _foreseen_wrongly(wrong: Sequence[str], said: str) -> Outcome:
    row = wrong[0]
    if len(wrong) == 1:
        return almost(
            holds=f"{len(_WHY) - 1} of {len(_WHY)} rows are as the alarms had them.",
            fails=f"`{row}` did not end in {said}.",
            look=_WHY[row],
        )
    return not_yet(
        observed=f"{len(wrong)} rows ended otherwise; the first is `{row}`, not {said}.",
        expected="the state that 2 of 3 gives each row: real points first, gaps last.",
        look=_WHY[row],
    )


_COPIED: Final = (
    *("Statistic", "EvaluationPeriods", "DatapointsToAlarm", "Threshold"),
    *("ComparisonOperator", "TreatMissingData"),
)
# Rejected flows per period, the newest right; the state they ask for, and what to look at if not.
_DRILLS: Final[tuple[tuple[tuple[float | None, ...], str, str], ...]] = (
    (
        (5, 5, 5, 5, 5),
        "ALARM",
        "`Threshold` and `ComparisonOperator`: this is as bad as it gets.",
    ),
    ((0, 0, 0, 0, 40), "OK", "`DatapointsToAlarm`: how many of the periods have to be bad?"),
    ((0, 0, 6, 0, 7), "ALARM", "M and N: two of the last three are bad, and a good one between."),
    ((2, 2, 2, 2, 2), "OK", "`Threshold`: a period with two rejected flows is still a good one."),
    ((0, 3, 3, 0, 3), "ALARM", "`ComparisonOperator`: a period with exactly three is bad."),
    ((9, 9, 0, 0, 0), "OK", "`EvaluationPeriods`: what is over has to be over some time."),
    ((None,) * 5, "OK", "`TreatMissingData`: what does a period without any data count as?"),
    ((None, None, None, None, 9), "OK", "`TreatMissingData`: gaps beside one bad period."),
)


@judge("16-alarm")
def alarm(lab: CloudLab) -> Outcome:
    found = lab.cloudwatch.describe_alarms(AlarmNames=[alarm_name(lab)])["MetricAlarms"]
    if not found:
        return not_yet(
            observed=f"there is no alarm {alarm_name(lab)}.",
            expected="the alarm of this lesson, with another rule.",
            look="`AlarmName`: `watched` holds it. An alarm of another name is another alarm.",
        )
    [config] = found
    if (config["EvaluationPeriods"], config["Threshold"]) == (1, 1.0):
        return not_attempted("Call `put_metric_alarm` once more, with the rule in the text.")
    if config["Period"] != PERIOD_S:
        return not_yet(
            observed=f"its period is {config['Period']} seconds.",
            expected=f"{PERIOD_S} seconds: records are minutes late, and an alarm looks only at "
            "its last periods.",
            look="`Period`; `watched` has it.",
        )
    return _drilled(lab, config)


def _drilled(lab: CloudLab, config: Mapping[str, Any]) -> Outcome:
    """What a copy of the alarm says to data that it has never seen."""
    rule = {name: config[name] for name in _COPIED if name in config}
    states = drill(lab, *(points for points, _, _ in _DRILLS), **rule)
    failed = [
        (points, state, wanted, look)
        for (points, wanted, look), state in zip(_DRILLS, states, strict=True)
        if state != wanted
    ]
    if failed:
        points, state, wanted, look = failed[0]
        told = ", ".join("no data" if each is None else f"{each:g}" for each in points)
        return not_yet(
            observed=f"a copy of your alarm was {state} after these periods: {told}.",
            expected=f"{wanted}.",
            look=look,
        )
    return _told(config)


def _told(config: Mapping[str, Any]) -> Outcome:
    silent = [name for name in ("AlarmActions", "OKActions") if not config.get(name)]
    if silent or not config["ActionsEnabled"]:
        return almost(
            holds=f"{len(_DRILLS)} fire drills, each with the right state.",
            fails=f"nobody hears of it: {' and '.join(silent) or 'its actions'} "
            f"{'are' if len(silent) != 1 else 'is'} empty or switched off.",
            look="`told_by`. The call writes the whole alarm anew: what is left out is gone.",
        )
    return done(
        f"{len(_DRILLS)} fire drills with a copy of your alarm: one bad period, two of three, "
        "two in a row, values at the threshold, an end, and silence",
        "it tells of ALARM and of OK",
    )


_ENOUGH: Final = 0.9
# Why a rule cries wolf, and where to look: by whether it is a mistyped port that it cries for.
_CRIES: Final = {
    True: (
        "each of them because of a lone packet to a mistyped port",
        "the threshold. A locked-out host tries more than once.",
    ),
    False: (
        "chatter that has never been allowed, to one port or another",
        "what all the chatter has in common, whatever its port and however much there is of it.",
    ),
}


@judge("16-tune", pattern=str, threshold=int)
def tune(lab: CloudLab, pattern: str, threshold: int) -> Outcome:
    if threshold < 1:
        return not_yet(
            observed=f"the threshold is {threshold}: a period without a single match reaches it.",
            expected="a number of matching records in one period.",
            look="`score(pattern, 1)`: the smallest threshold that asks for anything.",
        )
    recorded = tuning.recorded()
    try:
        here = tuning.rehearse(lab, recorded, pattern, threshold)
    except ClientError as error:
        return _refused(error)
    if not here.fired:
        return not_yet(
            observed="the rule never goes off.",
            expected="an alarm in the periods in which somebody was locked out or scanned.",
            look="the pattern first, then the threshold: `score(pattern, 1)` says what is found.",
        )
    if here.precision < _ENOUGH or here.recall < _ENOUGH:
        return _on_the_recorded(here)
    other = tuning.another_morning(recorded)
    there = tuning.rehearse(lab, other, pattern, threshold)
    if not there.matched:
        return not_yet(
            observed="on the other morning not one record matches.",
            expected="a rule that does not know the hosts of one morning by heart.",
            look="addresses, interfaces and hours in the pattern: there, all of them are others.",
        )
    return _on_another(there, here)


def _on_the_recorded(score: tuning.Rehearsal) -> Outcome:
    if score.recall < _ENOUGH:
        return not_yet(
            observed=f"on the recorded morning {score.missed} of {score.trouble} bad periods are "
            f"missed; {score.words_missed}.",
            expected="nearly all of them found.",
            look="the threshold, if it is above what a locked-out host leaves; else the pattern.",
        )
    return not_yet(
        observed=f"on the recorded morning {score.false} of {score.fired} alarms are for nothing.",
        expected="nearly none.",
        look="what those periods hold: chatter that has never been allowed. What tells it apart?",
    )


def _on_another(there: tuning.Rehearsal, here: tuning.Rehearsal) -> Outcome:
    holds = (
        f"on the recorded morning {here.fired} alarms, {here.false} of them for nothing, and "
        f"{here.missed} bad periods missed."
    )
    if there.recall < _ENOUGH:
        return almost(
            holds=holds,
            fails=f"on another morning {there.missed} of {there.trouble} bad periods are missed; "
            f"{there.words_missed}.",
            look="conditions that fit this morning only: a port, a size, an address.",
        )
    if there.precision < _ENOUGH:
        cause, look = _CRIES[there.cried_for == tuning.MISTYPED]
        return almost(
            holds=holds,
            fails=f"on another morning {there.false} of {there.fired} alarms are for nothing: "
            f"{cause}.",
            look=look,
        )
    return done(
        f"the recorded morning: {here.fired} alarms, none missing, {here.false} for nothing",
        f"another morning, with other addresses and ports and more chatter: {there.fired} alarms, "
        f"{there.missed} missing, {there.false} for nothing",
    )
