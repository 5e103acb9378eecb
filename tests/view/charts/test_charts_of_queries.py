"""Every number in a chart is one that the query gave: real traffic, real queries, real charts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from labkit import Lab
from labkit.view import charts

if TYPE_CHECKING:
    import pandas as pd

    from labkit.view.chart import Chart


@pytest.fixture(scope="module")
def lab() -> Lab:
    """A lab with accepted pings, a stretch of rejected connections, and pings again."""
    lab = Lab.open(through="flow_logs")
    lab.ping("app-a", "app-b")
    lab.run_command("app-b", "ping -c 9 10.1.1.10; nc -zw1 10.1.1.10 22; nc -zw1 10.1.1.10 80")
    lab.wait_for_logs()
    lab.run_command("app-a", "nc -zw1 10.2.1.10 22; nc -zw1 10.2.1.10 443")
    lab.wait_for_logs()
    return lab


def numbers_drawn(chart: Chart) -> list[int]:
    """Lengths and heights of all bars, and numbers written in the cells of a heat map."""
    drawn: list[int] = []
    for axes in chart.figure.axes:
        patches: Any = axes.patches
        bars = [patch for patch in patches if hasattr(patch, "get_width")]
        lying = bool(axes.get_xlabel() != "time (UTC)")
        drawn += [round(bar.get_width() if lying else bar.get_height()) for bar in bars]
        if axes.images:
            drawn += [int(text.get_text()) for text in axes.texts if text.get_text() != "·"]
    return sorted(number for number in drawn if number)


def numbers_told(chart: Chart) -> set[int]:
    words = " ".join(cell for line in chart.table.lines for cell in line.cells)
    return {int(number) for number in re.findall(r"(?<![\d.:])\d+(?![\d.:]| %)", words)}


CASES = [
    (
        'filter action="REJECT" | stats count(*) as numRejections by srcAddr',
        charts.rejected_by_source,
        {},
        "numRejections",
    ),
    ('filter logStatus="OK" | stats count(*) as n by action', charts.by_action, {}, "n"),
    (
        'filter logStatus="OK" | stats count(*) as n by action, protocol',
        charts.by_action,
        {"protocol": "protocol", "form": "bars"},
        "n",
    ),
    (
        'filter action="ACCEPT" | stats sum(bytes) as sent by srcAddr',
        charts.top_talkers,
        {},
        "sent",
    ),
    ('filter logStatus="OK" | stats count(*) as n by srcAddr, dstAddr', charts.heat_map, {}, "n"),
    ('filter logStatus="OK" | stats sum(packets) as n by protocol', charts.protocol_mix, {}, "n"),
    (
        'filter logStatus="OK" | stats count(*) as n by bin(1m) as t, action',
        charts.actions_over_time,
        {},
        "n",
    ),
    (
        'filter action="REJECT" | stats count(*) as n by bin(1m) as t, srcAddr',
        charts.rejections_by_source_over_time,
        {},
        "n",
    ),
]


@pytest.mark.parametrize(
    ("query", "draw", "arguments", "amount"), CASES, ids=[query for query, *_ in CASES]
)
def test_a_chart_holds_the_numbers_of_its_query(
    lab: Lab, query: str, draw: Any, arguments: dict[str, Any], amount: str
) -> None:
    frame: pd.DataFrame = lab.insights(query)
    chart = draw(frame, **arguments)
    expected = sorted(frame[amount].astype(int))
    assert len(expected) >= 2
    assert expected == numbers_drawn(chart)
    assert set(expected) <= numbers_told(chart)
