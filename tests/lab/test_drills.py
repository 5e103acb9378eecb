"""Patterns and alarms tried on what never happened, and labelled samples."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.lab.drills import drill, points_of
from labkit.lab.filters import matching


@pytest.fixture(scope="module")
def lab():
    return Lab.open()


# Source: Amazon CloudWatch User Guide, "Configuring how alarms treat missing data"; M = 2 of N = 3.
ROWS = {"0 - X - X": "ALARM", "0 - X - -": "ALARM", "- - - - 0": "ALARM", "- - - X -": "ALARM"}


def test_a_drill_says_what_awss_table_says(lab):
    two_of_three = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}

    assert drill(lab, *ROWS, **two_of_three, TreatMissingData="breaching") == list(ROWS.values())
    assert drill(lab, *ROWS, **two_of_three) == ["ALARM", "OK", "OK", "ALARM"]


def test_counts_are_so_many_ones(lab):
    rows = [[None, 5], [5, 2]]

    assert drill(lab, *rows, Threshold=5) == ["ALARM", "OK"]
    assert drill(lab, *rows, Threshold=5, Statistic="Maximum") == ["OK", "OK"]


def test_no_alarm_is_left_of_a_drill_even_if_a_rule_is_refused(lab):
    with pytest.raises(lab.cloudwatch.exceptions.ClientError):
        drill(lab, "X", EvaluationPeriods=1, DatapointsToAlarm=2)
    drill(lab, "X", "0")

    assert lab.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_a_row_of_other_signs_is_refused():
    with pytest.raises(ValueError, match="newest right"):
        points_of("0 ? X")


def test_more_messages_than_one_call_takes_are_matched_in_their_order(lab):
    messages = [f"{number} {'odd' if number % 2 else 'even'}" for number in range(120)]

    found = matching(lab.logs, "[number, word = odd]", messages)

    assert found == [bool(number % 2) for number in range(120)]


def test_a_sample_has_a_label_for_each_record(lab):
    frame = lab.load_sample("two-offices").labelled()

    assert list(frame) == ["start", "message", "label"]
    assert frame["label"].value_counts().to_dict() == {
        "normal": 619,
        "scan": 240,
        "locked out": 33,
        "never allowed": 14,
    }
    chatter = frame.loc[frame["label"] == "never allowed", "message"]
    assert all(" 514 17 " in message and "REJECT" in message for message in chatter)
