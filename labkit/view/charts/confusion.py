"""What is taken for what: a square of truths and answers, right ones framed along its diagonal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.cells import shade, write
from labkit.view.grid import Grid, Line
from labkit.view.theme import INK, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST: Final = 10


def confusion(pairs: Sequence[tuple[str, str]], words: Sequence[str], sentence: str) -> Chart:
    """
    How often each truth (rows) got each answer (columns).

    Every cell carries its number. Right answers lie in a frame, wrong ones
    carry a cross, so that nothing hangs on colour.

    Args:
        pairs: Truth and answer, once for each time.
        words: The answers there are, in the order in which to draw them; what
            nobody said and nothing was is left out.
        sentence: What the chart shows, in words.
    """
    counts = Counter(pairs)
    known = [each for each in words if any(each in pair for pair in counts)]
    others = sorted({said for _, said in counts} - set(words))
    truths = [each for each in known if any(truth == each for truth, _ in counts)]
    grid = Grid(("is", "was called", "times", ""), _lines(counts), _caption(counts), frozenset({2}))
    if not truths:
        return canvas.nothing("What is taken for what", grid.headings, "No incident was met.")
    return Chart(_drawn(counts, truths, [*known, *others]), sentence, grid)


def _lines(counts: Counter[tuple[str, str]]) -> tuple[Line, ...]:
    """Wrong ones first: they are what one wants to read."""
    ordered = sorted(counts.items(), key=lambda item: (item[0][0] == item[0][1], -item[1], item[0]))
    return tuple(
        Line(
            (truth, said, str(number), "✓ right" if truth == said else "✗ wrong"),
            None if truth == said else Tone.BAD,
        )
        for (truth, said), number in ordered[:_MOST]
    )


def _caption(counts: Counter[tuple[str, str]]) -> str:
    return f"{_MOST} of {len(counts)} pairs" if len(counts) > _MOST else ""


def _drawn(
    counts: Counter[tuple[str, str]], truths: Sequence[str], answers: Sequence[str]
) -> Figure:
    cells = [[counts[truth, said] for said in answers] for truth in truths]
    with canvas.paper(2.3 + 0.42 * len(truths)) as (figure, axes):
        shade(axes, cells)
        most = max(map(max, cells))
        for y, truth in enumerate(truths):
            for x, said in enumerate(answers):
                _cell(axes, (x, y), cells[y][x], most, is_right=truth == said)
        _names(axes, truths, answers)
        axes.set_title("What is taken for what: right answers lie in frames", pad=14)
    return figure


def _cell(axes: Axes, at: tuple[int, int], number: int, most: int, *, is_right: bool) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415  heavy, and only needed here

    x, y = at
    if is_right:
        frame = Rectangle((x - 0.46, y - 0.44), 0.92, 0.88, fill=False, edgecolor=INK, lw=1.6)
        axes.add_patch(frame)
    words = "·" if not number else str(number) if is_right else f"✗ {number}"
    write(axes, at, words, number / most)


def _names(axes: Axes, truths: Sequence[str], answers: Sequence[str]) -> None:
    axes.set_yticks(range(len(truths)), truths)
    axes.set_xticks(range(len(answers)), answers, rotation=25, ha="right", rotation_mode="anchor")
    axes.set_ylabel("what it is")
    axes.set_xlabel("what the analyst said")
