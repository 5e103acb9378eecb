"""Alarm states against the tables AWS has published, and against what must always hold."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labkit.endpoint.alarm_evaluation import OPERATORS, Missing, Rule, State, evaluate

TABLES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "alarms.yml").read_text())
ORDER = (Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING)
VALUES = {"X": 5.0, "0": 0.0, "-": None}
CASES = [
    pytest.param(
        table,
        row,
        missing,
        state,
        id=f"{table['datapoints']} of {table['periods']}: {row} {missing}",
    )
    for table in TABLES
    for row, states in table["rows"].items()
    for missing, state in zip(ORDER, states, strict=True)
]

alarms = st.tuples(st.integers(1, 6), st.integers(1, 6)).map(lambda pair: (max(pair), min(pair)))
points = st.lists(st.sampled_from([5.0, 0.0, None]), max_size=8)
states = st.sampled_from(State)
each_missing = st.sampled_from(Missing)


def rule(pair: tuple[int, int], missing: Missing) -> Rule:
    return Rule("GreaterThanThreshold", 1.0, *pair, missing=missing)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize(("table", "row", "missing", "expected"), CASES)
def test_the_state_is_the_one_in_the_table(table, row, missing, expected, before):
    seen = [VALUES[sign] for sign in row.split()]
    verdict = evaluate(rule((table["periods"], table["datapoints"]), missing), seen, before)
    assert verdict.state == (before if expected == "keep" else expected)


@given(alarms, points, states, each_missing)
def test_gaps_count_only_when_there_are_too_few_points(pair, seen, before, missing):
    there = [value for value in seen[-(pair[0] + 2) :] if value is not None]
    verdict = evaluate(rule(pair, missing), seen, before)
    assert verdict.filled == max(0, pair[0] - len(there))
    if not verdict.filled:
        breaching = sum(value > 1 for value in there[-pair[0] :])
        assert verdict.state == (State.ALARM if breaching >= pair[1] else State.OK)


@given(alarms, points, states)
def test_taking_gaps_for_bad_never_hides_an_alarm_that_taking_them_for_good_shows(
    pair, seen, before
):
    good = evaluate(rule(pair, Missing.NOT_BREACHING), seen, before).state
    bad = evaluate(rule(pair, Missing.BREACHING), seen, before).state
    assert (good, bad) in {
        (State.OK, State.OK),
        (State.OK, State.ALARM),
        (State.ALARM, State.ALARM),
    }


@given(alarms, points, states, each_missing)
def test_only_no_point_at_all_is_insufficient_data_unless_it_was_that_before(
    pair, seen, before, missing
):
    verdict = evaluate(rule(pair, missing), seen, before)
    if verdict.state is State.INSUFFICIENT_DATA and before is not State.INSUFFICIENT_DATA:
        assert not verdict.counted
        assert missing is Missing.MISSING


@given(alarms, points, states, each_missing)
def test_points_older_than_the_alarm_looks_back_change_nothing(pair, seen, before, missing):
    tested = rule(pair, missing)
    padded = [None] * tested.looks_at + seen
    assert evaluate(tested, [5.0, *padded], before) == evaluate(tested, padded, before)


@pytest.mark.parametrize(
    ("operator", "breaching"),
    [
        ("GreaterThanOrEqualToThreshold", [5, 6]),
        ("GreaterThanThreshold", [6]),
        ("LessThanThreshold", [4]),
        ("LessThanOrEqualToThreshold", [4, 5]),
    ],
)
def test_each_operator_compares_as_it_is_called(operator, breaching):
    tested = Rule(operator, 5, periods=1, datapoints=1)
    assert [value for value in (4, 5, 6) if tested.breaches(value)] == breaching
    assert operator in OPERATORS
