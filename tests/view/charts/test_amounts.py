"""Top talkers, protocols and pairs: charts of amounts by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.view.charts import heat_map, protocol_mix, top_talkers
from labkit.view.charts.amounts import rank, share

if TYPE_CHECKING:
    from labkit.view.chart import Chart

TALKERS = pd.DataFrame(
    {"srcAddr": ["10.1.1.10", "10.2.1.10", "10.9.9.9"], "bytesSent": ["336", "8400", "84"]}
)
PAIRS = pd.DataFrame(
    [("10.1.1.10", "10.2.1.10", 3), ("10.1.1.9", "10.2.1.10", 9), ("10.1.1.9", "10.1.1.10", 1)],
    columns=["srcAddr", "dstAddr", "records"],
)
PROTOCOLS = pd.DataFrame({"protocol": [6, 1, 99], "records": ["10", "29", "1"]})


def bars(chart: Chart) -> dict[str, tuple[float, str]]:
    """Length of each bar and what is written at its end, by its name."""
    [axes] = chart.figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    patches: Any = axes.patches
    words = [text.get_text() for text in axes.texts]
    lengths = [bar.get_width() for bar in patches]
    return dict(zip(names, zip(lengths, words, strict=True), strict=True))


def cells(chart: Chart) -> list[list[str]]:
    """The numbers of a heat map, row by row, as they are written."""
    [axes] = chart.figure.axes
    columns = len(axes.get_xticklabels())
    written = [text.get_text() for text in axes.texts]
    return [written[at : at + columns] for at in range(0, len(written), columns)]


def test_top_talkers_are_ranked_by_bytes() -> None:
    chart = top_talkers(TALKERS)
    assert bars(chart) == {
        "10.2.1.10": (8400, "8.4 kB  (95 %)"),
        "10.1.1.10": (336, "336 B  (4 %)"),
        "10.9.9.9": (84, "84 B  (<1 %)"),
    }
    assert [line.cells for line in chart.table.lines] == [
        ("10.2.1.10", "8400", "95 %"),
        ("10.1.1.10", "336", "4 %"),
        ("10.9.9.9", "84", "<1 %"),
    ]
    assert chart.description == ("10.2.1.10 sent most: 8.4 kB of 8.8 kB (95 %); 2 others follow.")


def test_talkers_can_be_pairs_and_other_amounts() -> None:
    chart = top_talkers(PAIRS, target="dstAddr", of="records")
    assert list(bars(chart)) == [
        "10.1.1.9 → 10.2.1.10",
        "10.1.1.10 → 10.2.1.10",
        "10.1.1.9 → 10.1.1.10",
    ]
    assert chart.description.startswith("10.1.1.9 → 10.2.1.10 sent most: 9 of 13 records (69 %)")


def test_a_lone_talker_sent_everything() -> None:
    assert top_talkers(TALKERS.iloc[:1]).description == "10.1.1.10 sent everything: 336 B."


def test_more_than_ten_talkers_are_cut_and_the_title_says_so() -> None:
    frame = pd.DataFrame({"srcAddr": [f"10.0.0.{n}" for n in range(12)], "n": range(12)})
    chart = top_talkers(frame)
    assert len(bars(chart)) == len(chart.table.lines) == 10
    assert chart.figure.axes[0].get_title(loc="left").endswith("the first 10 of 12")


def test_the_heat_map_writes_every_number_and_orders_addresses_by_value() -> None:
    chart = heat_map(PAIRS)
    [axes] = chart.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["10.1.1.9", "10.1.1.10"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["10.1.1.10", "10.2.1.10"]
    assert cells(chart) == [["1", "9"], ["·", "3"]]
    assert chart.description == (
        "Most went from 10.1.1.9 to 10.2.1.10: 9 of 13 records (69 %), among 3 pairs."
    )
    assert chart.table.lines[0].cells == ("10.1.1.9", "10.2.1.10", "9")


def test_a_large_heat_map_shows_the_busiest_and_says_so() -> None:
    frame = pd.DataFrame(
        [(f"10.0.{s}.1", f"10.1.{t}.1", s * t) for s in range(14) for t in range(13)],
        columns=["srcAddr", "dstAddr", "records"],
    )
    chart = heat_map(frame)
    assert len(cells(chart)) == len(cells(chart)[0]) == 12
    assert chart.figure.axes[0].get_title(loc="left").endswith("the busiest of 14 by 13")
    assert chart.table.caption == "The 10 busiest of 182 pairs"


def test_protocols_have_names_and_shares() -> None:
    chart = protocol_mix(PROTOCOLS)
    assert bars(chart) == {
        "ICMP": (29, "72 %  (29 records)"),
        "TCP": (10, "25 %  (10 records)"),
        "protocol 99": (1, "2 %  (1 record)"),
    }
    assert chart.table.lines[0].cells == ("ICMP", "1", "29", "72 %")
    assert chart.description == (
        "Most is ICMP: 29 of 40 records (72 %); TCP 25 %, protocol 99 2 %."
    )


def test_one_protocol_is_all_there_is() -> None:
    assert protocol_mix(PROTOCOLS.iloc[1:2]).description == "All traffic is ICMP: 29 records."


@pytest.mark.parametrize("draw", [top_talkers, heat_map, protocol_mix])
def test_no_rows_are_no_error(draw: Any) -> None:
    assert repr(draw(pd.DataFrame())) == "No traffic in this span of time."


@pytest.mark.parametrize("draw", [top_talkers, heat_map])
def test_of_several_columns_of_numbers_one_must_be_named(draw: Any) -> None:
    frame = PAIRS.rename(columns={"records": "packets"}).assign(bytes=84)
    with pytest.raises(LabError, match="there are several: .*packets, bytes"):
        draw(frame)
    named = draw(frame, target="dstAddr", amount="packets", of="packets")
    assert "9 of 13 packets" in named.description


@pytest.mark.parametrize(
    ("draw", "frame"), [(top_talkers, TALKERS), (heat_map, PAIRS), (protocol_mix, PROTOCOLS)]
)
def test_the_same_numbers_give_the_same_bytes(draw: Any, frame: pd.DataFrame) -> None:
    assert draw(frame).png() == draw(frame).png()


@given(rows=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**18)), min_size=1))
def test_ranking_loses_nothing_even_of_huge_numbers(rows: list[tuple[str, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["srcAddr", "n"], dtype=object)
    ranking = rank(frame, ["srcAddr"], "n")
    assert ranking.total == sum(number for _, number in rows)
    assert [number for _, number in ranking.pairs] == sorted(
        (number for _, number in ranking.pairs), reverse=True
    )


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_whole_only_if_it_is(part: int, total: int) -> None:
    part = min(part, total)
    assert (share(part, total) == "0 %") == (part == 0)
    assert (share(part, total) == "100 %") == (part == total)
