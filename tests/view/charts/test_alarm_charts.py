"""A metric with its alarm, and the trade-off of thresholds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from labkit.errors import NameNotFound
from labkit.view.charts import alarm_over_time, trade_off

if TYPE_CHECKING:
    from labkit.view.chart import Chart


def at(minute: int) -> datetime:
    return datetime(2026, 1, 5, 9, minute, tzinfo=UTC)


def change(minute: int, state: str) -> dict[str, Any]:
    data = json.dumps({"newState": {"stateValue": state}})
    return {"Timestamp": at(minute), "HistoryItemType": "StateUpdate", "HistoryData": data}


# As AWS gives them: data points in no order, the history newest first.
DATAPOINTS = [{"Timestamp": at(minute), "Sum": value} for minute, value in ((3, 0.0), (1, 4.0))]
HISTORY = [
    change(9, "OK"),
    change(7, "ALARM"),
    {"Timestamp": at(7), "HistoryItemType": "Action", "HistoryData": "{}"},
    change(2, "OK"),
]
SCORES = pd.DataFrame(
    [
        ("quiet", 1, 0.5, 1.0),
        ("quiet", 2, 1.0, 1.0),
        ("quiet", 9, 1.0, 0.25),
        ("loud", 1, None, 0.0),
    ],
    columns=["rule", "threshold", "precision", "recall"],
)


def words_in(chart: Chart) -> list[str]:
    return [text.get_text() for axes in chart.figure.axes for text in axes.texts]


def test_the_sentence_tells_of_metric_and_alarm() -> None:
    chart = alarm_over_time(DATAPOINTS, HISTORY, threshold=3)
    assert chart.description == (
        "Rejected flows reached the threshold of 3 in 1 of 2 periods, first at 09:01 UTC. "
        "The alarm was OK from 09:02, ALARM from 09:07, OK from 09:09."
    )


def test_the_table_has_breaches_and_changes_in_the_order_of_time() -> None:
    table = alarm_over_time(DATAPOINTS, HISTORY, threshold=3).table
    assert [line.cells for line in table.lines] == [
        ("09:01", "✗ rejected flows: 4, threshold 3"),
        ("09:02", "alarm: ✓ OK"),
        ("09:07", "alarm: ✗ ALARM"),
        ("09:09", "alarm: ✓ OK"),
    ]


def test_each_state_is_written_into_its_piece_of_the_track() -> None:
    words = words_in(alarm_over_time(DATAPOINTS, HISTORY, threshold=3))
    assert words == ["threshold 3", "✓ OK", "✗ ALARM", "✓ OK"]


def test_a_bar_that_breaches_is_hatched_and_others_are_not() -> None:
    above, _ = alarm_over_time(DATAPOINTS, HISTORY, threshold=3).figure.axes
    assert [bar.get_hatch() for bar in above.patches] == ["////", ""]


def test_an_alarm_that_never_changed_says_so() -> None:
    chart = alarm_over_time(DATAPOINTS, [], threshold=9)
    assert chart.description == (
        "Rejected flows stayed below the threshold of 9 in all 2 periods. "
        "The alarm never changed its state."
    )


def test_no_data_and_an_unknown_statistic_are_told() -> None:
    nothing = alarm_over_time([], HISTORY, threshold=1)
    assert nothing.description == "The metric has no data in this span."
    with pytest.raises(NameNotFound, match="Average"):
        alarm_over_time(DATAPOINTS, HISTORY, threshold=1, statistic="Average")


def test_the_best_threshold_is_the_least_of_those_that_balance_best() -> None:
    assert trade_off(SCORES, by="rule").description == (
        "quiet: the best balance is at threshold 2, with precision 100 % and recall 100 %. "
        "loud: no threshold finds anything."
    )


def test_every_rule_has_a_panel_and_both_lines_differ_by_marker_and_dash() -> None:
    figure = trade_off(SCORES, by="rule").figure
    assert [axes.get_title("left") for axes in figure.axes] == ["quiet", "loud"]
    precision, recall, _ = figure.axes[0].lines
    assert (precision.get_marker(), recall.get_marker()) == ("o", "s")
    assert (precision.get_linestyle(), recall.get_linestyle()) == ("-", "--")


def test_a_long_table_keeps_the_best_of_each_rule() -> None:
    many = pd.DataFrame(
        [
            (rule, threshold, 1.0, 1.0 if threshold == best else 0.1)
            for rule, best in (("a", 7), ("b", 11))
            for threshold in range(1, 13)
        ],
        columns=["rule", "threshold", "precision", "recall"],
    )
    lines = [line.cells for line in trade_off(many, by="rule").table.lines]
    assert len(lines) == 10
    assert [cells[:2] for cells in lines if "best" in cells[1]] == [
        ("a", "7 (best)"),
        ("b", "11 (best)"),
    ]


def test_nothing_tried_is_nothing_drawn() -> None:
    assert trade_off(SCORES.iloc[:0]).description == "No thresholds were tried."
