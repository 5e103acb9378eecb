from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from labkit.view.grid import Grid, Line
from labkit.view.theme import Tone

GRID = Grid(
    ("name", "count"),
    (Line(("a", "7")), Line(("long", "12"), Tone.BAD)),
    "Two rows",
    frozenset({1}),
)


def test_text_is_aligned_in_columns() -> None:
    assert GRID.to_text().splitlines() == [
        "Two rows",
        "name  count",
        "----  -----",
        "a         7",
        "long     12",
    ]


def test_a_long_last_column_runs_on_below_itself() -> None:
    grid = Grid(("n", "why"), (Line(("1", "one two three")), Line(("2", ""))))
    assert grid.to_text(last_width=8).splitlines() == [
        "n  why",
        "-  -------",
        "1  one two",
        "   three",
        "2",
    ]


@given(
    cells=st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]))] * 2),
        max_size=5,
    )
)
def test_any_cell_survives_as_text_in_the_html(cells: list[tuple[str, str]]) -> None:
    grid = Grid(("a", "b"), tuple(Line(row, Tone.GOOD) for row in cells))
    body = ET.fromstring(grid.to_html())  # noqa: S314  our own markup
    shown = [tuple(cell.text or "" for cell in row.iter("td")) for row in body.iter("tr")][1:]
    assert shown == cells
