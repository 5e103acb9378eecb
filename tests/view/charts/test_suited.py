from __future__ import annotations

import pandas as pd
import pytest

from labkit.view.charts import amount_over_time, suited

MINUTES = pd.to_datetime(["2026-01-05 12:00", "2026-01-05 12:01"], utc=True)
ENDS = {"srcAddr": ["10.1.1.10", "10.2.1.10"], "dstAddr": ["10.2.1.10", "10.1.1.10"]}


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"action": ["ACCEPT", "REJECT"], "n": [3, 1]}, "Accepted and rejected records"),
        (
            {"action": ["ACCEPT", "REJECT"], "protocol": [1, 6], "n": [3, 1]},
            "Accepted and rejected records",
        ),
        ({"protocol": [1, 6], "bytes": [84, 40]}, "Protocols by bytes"),
        ({**ENDS, "packets": [4, 4]}, "Packets from source to destination"),
        ({"interfaceId": ["eni-a", "eni-b"], "n": [3, 1]}, "n by interfaceId"),
        (
            {"srcAddr": ENDS["srcAddr"], "dstPort": [22, 80], "n": [3, 1]},
            "n by srcAddr and dstPort",
        ),
        ({"t": MINUTES, "n": [3, 1]}, "N over time"),
        (
            {"minute": MINUTES, "action": ["ACCEPT", "REJECT"], "n": [3, 1]},
            "Accepted and rejected records over time",
        ),
        ({"t": MINUTES, "srcAddr": ENDS["srcAddr"], "n": [3, 1]}, "N over time, by source"),
        (
            {"@timestamp": MINUTES, "action": ["ACCEPT", "REJECT"], **ENDS},
            "Accepted and rejected records over time",
        ),
    ],
)
def test_columns_choose_the_chart(columns: dict[str, list[object]], title: str) -> None:
    chart = suited(pd.DataFrame(columns))
    assert chart is not None
    heading = chart.figure.axes[0].get_title(loc="left") or chart.figure.get_suptitle()
    assert heading == title


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"n": [5]},
        {"srcAddr": ["10.1.1.10"]},
        {"srcAddr": ["10.1.1.10"], "share": [0.5]},
        {"a": ["x"], "b": ["y"], "c": ["z"], "n": [1]},
        {"t": MINUTES, "a": ["x", "y"], "b": ["x", "y"], "n": [1, 2]},
    ],
)
def test_where_no_chart_fits_there_is_none(columns: dict[str, list[object]]) -> None:
    assert suited(pd.DataFrame(columns)) is None


def test_one_amount_over_time_is_told_with_its_peak() -> None:
    chart = amount_over_time(pd.DataFrame({"t": MINUTES, "n": [3, 7]}), of="rejections")
    assert chart.description == (
        "10 rejections from 12:00 to 12:01 UTC; the peak is at 12:01 with 7."
    )
    assert [line.cells for line in chart.table.lines] == [("12:00", "3"), ("12:01", "7")]
    heights = [bar.get_height() for bar in chart.figure.axes[0].patches]  # type: ignore[attr-defined]  # bars are rectangles
    assert heights == [3, 7]
