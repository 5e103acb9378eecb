from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from labkit.errors import LabError, NameNotFound
from labkit.view.charts import by_action

if TYPE_CHECKING:
    from labkit.view.chart import Chart

BY_ACTION = pd.DataFrame({"action": ["REJECT", "ACCEPT"], "records": ["30", "90"]})
BY_PROTOCOL = pd.DataFrame(
    [("REJECT", 6, "28"), ("ACCEPT", 1, "90"), ("ACCEPT", 6, "9"), ("REJECT", 1, "2")],
    columns=["action", "protocol", "records"],
)


def bars(chart: Chart) -> dict[str, float]:
    """Lengths of the lying bars by their names."""
    axes: Any = chart.figure.axes[-1]
    names = [label.get_text() for label in axes.get_yticklabels()]
    return dict(zip(names, [bar.get_width() for bar in axes.patches], strict=True))


def slices(chart: Chart) -> list[int]:
    """Degrees of each slice of the pie."""
    axes: Any = chart.figure.axes[0]
    return [round(abs(wedge.theta2 - wedge.theta1)) for wedge in axes.patches]


def test_bars_and_slices_are_the_same_numbers() -> None:
    chart = by_action(BY_ACTION)
    assert bars(chart) == {"✓ ACCEPT": 90, "✗ REJECT": 30}
    assert slices(chart) == [270, 90]


def test_groups_stand_by_action_and_protocol() -> None:
    chart = by_action(BY_PROTOCOL, protocol="protocol", form="bars")
    expected = {
        "✓ ACCEPT ICMP": 90,
        "✓ ACCEPT TCP": 9,
        "✗ REJECT TCP": 28,
        "✗ REJECT ICMP": 2,
    }
    assert expected == bars(chart)
    assert list(expected) == list(bars(chart))
    assert [line.cells for line in chart.table.lines] == [
        ("✓ ACCEPT", "ICMP", "90", "70 %"),
        ("✓ ACCEPT", "TCP", "9", "7 %"),
        ("✗ REJECT", "TCP", "28", "22 %"),
        ("✗ REJECT", "ICMP", "2", "2 %"),
    ]


def test_neighbours_differ_in_grey() -> None:
    axes: Any = by_action(BY_PROTOCOL, protocol="protocol", form="bars").figure.axes[0]
    looks = [(bar.get_facecolor(), bar.get_hatch()) for bar in axes.patches]
    assert len(set(looks)) == 4


def test_the_sentence_says_both_numbers_and_the_largest_group() -> None:
    assert by_action(BY_ACTION).description == (
        "Of 120 records, 90 (75 %) were accepted and 30 (25 %) rejected."
    )
    assert by_action(BY_PROTOCOL, protocol="protocol").description.endswith(
        "; the largest group is ✓ ACCEPT ICMP with 90."
    )


def test_rows_without_an_action_are_left_out_and_told() -> None:
    frame = pd.concat([BY_ACTION, pd.DataFrame({"action": ["-", None], "records": [4, 1]})])
    chart = by_action(frame)
    assert bars(chart) == {"✓ ACCEPT": 90, "✗ REJECT": 30}
    assert chart.description.endswith("Left out, without an action: 5.")


@pytest.mark.parametrize("frame", [pd.DataFrame(), BY_ACTION.iloc[:0]])
def test_no_rows_are_no_error(frame: pd.DataFrame) -> None:
    assert repr(by_action(frame)) == "No records in this span of time."


def test_only_nodata_is_no_error() -> None:
    frame = pd.DataFrame({"action": ["-"], "records": [7]})
    assert repr(by_action(frame)) == "No accepted or rejected records."


def test_an_unknown_form_is_refused_with_those_there_are() -> None:
    with pytest.raises(LabError, match="'donut'; it can be 'both', 'pie', 'bars'"):
        by_action(BY_ACTION, form="donut")  # type: ignore[arg-type]  # what a learner may type


def test_a_missing_column_is_named() -> None:
    with pytest.raises(NameNotFound, match="'protocol'"):
        by_action(BY_ACTION, protocol="protocol")


@pytest.mark.parametrize("form", ["pie", "bars", "both"])
def test_the_same_numbers_give_the_same_bytes(form: Any) -> None:
    first, second = (by_action(BY_PROTOCOL, protocol="protocol", form=form) for _ in range(2))
    assert first.png() == second.png()
