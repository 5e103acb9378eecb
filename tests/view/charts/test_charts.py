from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import LabError, NameNotFound
from labkit.view import charts as charts_of_view
from labkit.view.charts import actions_over_time, rejected_by_source

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from labkit.view.chart import Chart

REJECTIONS = pd.DataFrame(
    {"srcAddr": ["10.1.1.10", "203.0.113.7", "10.2.1.10"], "numRejections": ["12", "1", "4"]}
)
BY_MINUTE = pd.DataFrame(
    [
        ("2026-01-05 12:00:00.000", "ACCEPT", "4"),
        ("2026-01-05 12:03:00.000", "ACCEPT", "1"),
        ("2026-01-05 12:03:00.000", "REJECT", "3"),
        ("2026-01-05 12:05:00.000", "REJECT", "6"),
    ],
    columns=["t", "action", "n"],
)


def axes_of(chart: Chart) -> Axes:
    [axes] = chart.figure.axes
    return axes


def bars(chart: Chart) -> dict[str, list[float]]:
    """Heights of the bars of every action, in the order of time."""
    return {
        str(container.get_label()): [bar.get_height() for bar in container]  # type: ignore[attr-defined]  # bars hold patches
        for container in axes_of(chart).containers
    }


def test_a_picture_follows_the_theme_of_the_notebook_and_comes_with_its_words() -> None:
    html = rejected_by_source(REJECTIONS)._repr_html_()
    assert html.startswith('<style>[data-jp-theme-light="false"] .lk-figure{filter:invert(')
    assert '<img class="lk-figure" src="data:image/png;base64,' in html
    assert 'alt="10.1.1.10 ' in html


def test_bars_are_the_numbers_of_the_query_most_first() -> None:
    chart = rejected_by_source(REJECTIONS)
    labels = [label.get_text() for label in axes_of(chart).get_yticklabels()]
    widths = [bar.get_width() for bar in axes_of(chart).patches]  # type: ignore[attr-defined]  # bars are rectangles
    assert list(zip(labels, widths, strict=True)) == [
        ("10.1.1.10", 12),
        ("10.2.1.10", 4),
        ("203.0.113.7", 1),
    ]
    assert [line.cells for line in chart.table.lines] == [
        ("10.1.1.10", "12"),
        ("10.2.1.10", "4"),
        ("203.0.113.7", "1"),
    ]


def test_the_sentence_names_the_first_and_the_sum() -> None:
    expected = "10.1.1.10 was rejected most: 12 of 17 rejected records; 2 others follow."
    assert expected == rejected_by_source(REJECTIONS).description


def test_a_lone_source_reads_as_such() -> None:
    frame = pd.DataFrame({"srcAddr": ["10.1.1.10"], "numRejections": [1]})
    assert rejected_by_source(frame).description == "The only rejected record came from 10.1.1.10."


@given(
    counts=st.dictionaries(
        st.ip_addresses(v=4).map(str), st.integers(0, 10**6), min_size=1, max_size=30
    )
)
@settings(max_examples=20, deadline=None)
def test_the_table_holds_the_ten_largest(counts: dict[str, int]) -> None:
    frame = pd.DataFrame({"srcAddr": list(counts), "numRejections": list(counts.values())})
    shown = [int(line.cells[1]) for line in rejected_by_source(frame).table.lines]
    assert shown == sorted(counts.values(), reverse=True)[:10]


@pytest.mark.parametrize("frame", [pd.DataFrame(), REJECTIONS.iloc[:0]])
def test_nothing_rejected_is_good_news_and_no_error(frame: pd.DataFrame) -> None:
    chart = rejected_by_source(frame)
    assert repr(chart) == "No rejected records."
    assert chart.png().startswith(b"\x89PNG")


def test_a_missing_column_is_named_beside_those_there_are() -> None:
    with pytest.raises(NameNotFound, match=r"'srcAddr'.*'srcaddr'.*n, srcaddr"):
        rejected_by_source(pd.DataFrame({"srcaddr": ["10.1.1.10"], "n": [1]}))


@pytest.mark.parametrize("value", ["many", None, "1.5", float("nan")])
def test_a_count_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="numRejections holds"):
        rejected_by_source(pd.DataFrame({"srcAddr": ["10.1.1.10"], "numRejections": [value]}))


def test_counts_of_a_query_are_stacked_by_minute() -> None:
    chart = actions_over_time(BY_MINUTE)
    assert bars(chart) == {"✓ ACCEPT": [4, 1, 0], "✗ REJECT": [0, 3, 6]}
    assert [line.cells for line in chart.table.lines] == [
        ("12:00", "4", "0"),
        ("12:03", "1", "3"),
        ("12:05", "0", "6"),
    ]
    assert chart.description == (
        "5 accepted and 9 rejected records from 12:00 to 12:05 UTC; "
        "rejections peak at 12:05 with 6."
    )


def test_equal_bars_are_no_peak() -> None:
    level = BY_MINUTE.assign(n="2")
    assert actions_over_time(level).description == (
        "4 accepted and 4 rejected records from 12:00 to 12:05 UTC; "
        "at most 2 rejected in one bar, first at 12:03."
    )


@pytest.mark.parametrize(
    "start",
    [
        1_767_614_400,
        "1767614400",
        1_767_614_400_000,
        "2026-01-05 12:00:00.000",
        pd.Timestamp("2026-01-05 12:00"),
        pd.Timestamp("2026-01-05 13:00", tz="Europe/Zurich"),
    ],
)
def test_every_way_to_write_a_time_means_the_same(start: object) -> None:
    frame = pd.DataFrame({"start": [start], "action": ["REJECT"]})
    chart = actions_over_time(frame)
    assert chart.description == "0 accepted and 1 rejected records at 12:00 UTC."


def test_flow_records_count_one_each_and_nodata_is_left_out() -> None:
    start = pd.to_datetime([0, 10, 59, 60, 61], unit="s", utc=True)
    actions = ["ACCEPT", "REJECT", "ACCEPT", None, "-"]
    frame = pd.DataFrame({"start": start, "packets": [9] * 5, "action": actions})
    chart = actions_over_time(frame)
    assert bars(chart) == {"✓ ACCEPT": [2], "✗ REJECT": [1]}
    assert chart.description.endswith("Left out, without an action: 2.")


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(["ACCEPT", "REJECT"])),
        min_size=1,
        max_size=60,
    ),
    bin_s=st.sampled_from([None, 60, 600, 3600]),
)
@settings(max_examples=25, deadline=None)
def test_no_record_is_lost_and_none_counted_twice(
    rows: list[tuple[int, str]], bin_s: int | None
) -> None:
    chart = actions_over_time(pd.DataFrame(rows, columns=["start", "action"]), bin_s=bin_s)
    heights = bars(chart)
    actions = [action for _, action in rows]
    assert sum(heights["✓ ACCEPT"]) == actions.count("ACCEPT")
    assert sum(heights["✗ REJECT"]) == actions.count("REJECT")
    assert len(chart.table.lines) <= 10


def test_only_accepts_say_that_nothing_was_rejected() -> None:
    chart = actions_over_time(BY_MINUTE.iloc[:1])
    assert (
        chart.description == "4 accepted and 0 rejected records at 12:00 UTC: no rejected records."
    )


def test_events_are_drawn_numbered_and_told() -> None:
    events = [("2026-01-05 12:04", "rule removed"), ("2026-01-05 12:01:30", "route costs $1 or $2")]
    chart = actions_over_time(BY_MINUTE, events=events)
    texts = "\n".join(text.get_text() for text in axes_of(chart).texts)
    assert "1  12:01:30  route costs $1 or $2\n2  12:04:00  rule removed" in texts
    assert "Marked: 12:01:30 route costs $1 or $2; 12:04:00 rule removed." in chart.description


def test_a_query_may_name_its_count_as_it_likes() -> None:
    chart = actions_over_time(BY_MINUTE.rename(columns={"n": "hits", "t": "bin(1m)"}))
    assert bars(chart) == {"✓ ACCEPT": [4, 1, 0], "✗ REJECT": [0, 3, 6]}


@pytest.mark.parametrize(
    ("columns", "missing"),
    [({"t": "when"}, "'t'"), ({"action": "deed"}, "'action'")],
)
def test_a_missing_column_over_time_is_named(columns: dict[str, str], missing: str) -> None:
    frame = BY_MINUTE.assign(extra=1).rename(columns=columns)
    with pytest.raises(NameNotFound, match=missing):
        actions_over_time(frame)


def test_of_several_columns_of_numbers_one_must_be_named() -> None:
    frame = BY_MINUTE.assign(extra=1).rename(columns={"n": "a"})
    with pytest.raises(LabError, match="beside t, action; there are several: a, extra"):
        actions_over_time(frame)
    assert bars(actions_over_time(frame, count="a")) == {
        "✓ ACCEPT": [4, 1, 0],
        "✗ REJECT": [0, 3, 6],
    }


def test_a_value_that_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="NaT"):
        actions_over_time(pd.DataFrame({"start": [pd.NaT], "action": ["ACCEPT"]}))


def test_an_empty_answer_over_time_is_no_error() -> None:
    assert repr(actions_over_time(pd.DataFrame())) == "No records in this span of time."


def charts() -> list[Chart]:
    events = [("2026-01-05 12:04", "rule removed")]
    return [rejected_by_source(REJECTIONS), actions_over_time(BY_MINUTE, events=events)]


def test_the_same_data_give_the_same_bytes() -> None:
    for first, second in zip(charts(), charts(), strict=True):
        assert first.png() == second.png()
        assert first.png() == first.png()
        assert first.svg() == second.svg()
        assert first._repr_html_() == second._repr_html_()


def test_actions_differ_by_more_than_colour() -> None:
    hatches = {
        str(container.get_label()): container[0].get_hatch()  # type: ignore[index]  # bars hold patches
        for container in axes_of(actions_over_time(BY_MINUTE)).containers
    }
    assert hatches["✓ ACCEPT"] != hatches["✗ REJECT"]


def test_picture_sentence_and_table_are_shown_together() -> None:
    html = rejected_by_source(REJECTIONS)._repr_html_()
    assert "<img " in html
    assert f"<p{html.split('<p', 1)[1].split('>', 1)[0]}>10.1.1.10 was rejected most" in html
    assert "<table" in html


def test_no_figure_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib.pyplot as plt

    monkeypatch.setenv("MPLBACKEND", "agg")
    before: list[Any] = plt.get_fignums()
    for chart in charts():
        chart.png()
    assert before == plt.get_fignums()


def test_charts_load_their_libraries_only_when_used() -> None:
    code = (
        "import sys, labkit.view.charts, labkit.view.topology, labkit.view.records;"
        "print([name for name in ('matplotlib', 'pandas', 'numpy') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_charts_save_as_png_or_svg(tmp_path: Any) -> None:
    chart = rejected_by_source(REJECTIONS)
    assert chart.save(tmp_path / "a.png").read_bytes() == chart.png()
    assert chart.save(tmp_path / "a.svg").read_text(encoding="utf-8") == chart.svg()


def test_every_chart_is_in_the_documents() -> None:
    documented = (Path(__file__).parents[3] / "docs" / "tools.md").read_text(encoding="utf-8")
    assert [name for name in charts_of_view.__all__ if f"`{name}(" not in documented] == []
