"""What is taken for what, drawn: each pair is counted; right and wrong differ without colour."""

from __future__ import annotations

from labkit.view.charts.confusion import confusion

WORDS = ("host", "log", "nothing")
PAIRS = [("host", "host"), ("host", "host"), ("host", "log"), ("nothing", "a guess")]


def written(chart):
    return [text.get_text() for text in chart.figure.axes[0].texts]


def test_every_pair_is_counted_and_a_wrong_one_carries_a_cross():
    chart = confusion(PAIRS, WORDS, "Half of it is right.")

    assert ["2", "✗ 1", "·", "·", "·", "·", "·", "✗ 1"] == written(chart)
    assert "Half of it is right." == chart.description


def test_right_answers_lie_in_frames():
    axes = confusion(PAIRS, WORDS, "").figure.axes[0]
    frames = [(round(each.get_x() + 0.46), round(each.get_y() + 0.44)) for each in axes.patches]

    assert [(0, 0), (2, 1)] == frames


def test_the_table_says_the_same_with_the_wrong_ones_first():
    lines = [line.cells for line in confusion(PAIRS, WORDS, "").table.lines]

    assert [
        ("host", "log", "1", "✗ wrong"),
        ("nothing", "a guess", "1", "✗ wrong"),
        ("host", "host", "2", "✓ right"),
    ] == lines


def test_where_nothing_was_met_the_chart_says_so():
    assert "No incident was met." in repr(confusion([], WORDS, ""))
