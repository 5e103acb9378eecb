from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from labkit.errors import NameNotFound
from labkit.view.charts import rejections_by_source_over_time

if TYPE_CHECKING:
    from labkit.view.chart import Chart

REJECTIONS = pd.DataFrame(
    [
        ("2026-01-05 12:00:00.000", "10.1.1.10", "2"),
        ("2026-01-05 12:01:00.000", "10.1.1.10", "1"),
        ("2026-01-05 12:01:00.000", "203.0.113.7", "3"),
        ("2026-01-05 12:05:00.000", "203.0.113.7", "40"),
        ("2026-01-05 12:05:00.000", "10.9.9.9", "2"),
    ],
    columns=["t", "srcAddr", "n"],
)


def bars(chart: Chart) -> dict[str, list[float]]:
    [axes] = chart.figure.axes
    return {
        str(container.get_label()): [bar.get_height() for bar in container]  # type: ignore[attr-defined]  # bars hold patches
        for container in axes.containers
    }


def test_the_source_of_the_peak_stands_out_from_all_others() -> None:
    chart = rejections_by_source_over_time(REJECTIONS)
    assert bars(chart) == {"✗ 203.0.113.7": [0, 3, 40], "◌ 2 other sources": [2, 1, 2]}


def test_the_sentence_traces_the_peak_to_its_source() -> None:
    assert rejections_by_source_over_time(REJECTIONS).description == (
        "Rejected records peak at 12:05 UTC with 42 (median bar: 4): 40 of them (95 %) came from "
        "203.0.113.7. In all it has 43 of 48 rejected records (90 %); 2 other sources share "
        "the rest."
    )


def test_the_table_ranks_sources_by_their_part_in_the_peak() -> None:
    table = rejections_by_source_over_time(REJECTIONS).table
    assert table.headings == ("source", "at the peak, 12:05", "in all")
    assert [line.cells for line in table.lines] == [
        ("203.0.113.7", "40", "43"),
        ("10.9.9.9", "2", "2"),
        ("10.1.1.10", "0", "3"),
    ]


def test_one_source_made_them_all() -> None:
    chart = rejections_by_source_over_time(REJECTIONS.iloc[3:4])
    assert chart.description == (
        "Rejected records peak at 12:05 UTC with 40: all 40 rejected records came from 203.0.113.7."
    )
    assert bars(chart) == {"✗ 203.0.113.7": [40]}


def test_changes_are_marked_and_told() -> None:
    events = [("2026-01-05 12:04:30", "rule removed")]
    chart = rejections_by_source_over_time(REJECTIONS, events=events)
    assert chart.description.endswith("Marked: 12:04:30 rule removed.")
    assert "1  12:04:30  rule removed" in [text.get_text() for text in chart.figure.axes[0].texts]


def test_nothing_rejected_is_no_error() -> None:
    assert repr(rejections_by_source_over_time(pd.DataFrame())) == "No rejected records."


def test_a_missing_column_is_named() -> None:
    with pytest.raises(NameNotFound, match="'srcAddr'"):
        rejections_by_source_over_time(REJECTIONS.rename(columns={"srcAddr": "who"}))
