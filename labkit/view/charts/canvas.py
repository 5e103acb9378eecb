"""What every figure starts from: white paper in the house style, and lying bars."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from labkit.view import theme
from labkit.view.chart import Chart
from labkit.view.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from labkit.view.theme import Look

WIDTH_IN: Final = 8.4
_BAR_IN: Final = 0.42
_MOST_TICKS: Final = 8


@contextmanager
def paper(height_in: float, **grid: Any) -> Iterator[tuple[Figure, Any]]:  # noqa: ANN401  as subplots takes it
    """A figure that no global list holds on to, and its axes, while the house style is in force."""
    import matplotlib as mpl  # noqa: PLC0415  heavy, and only needed here
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(theme.FIGURE_STYLE):
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        yield figure, figure.subplots(**grid)


def nothing(title: str, headings: tuple[str, ...], sentence: str) -> Chart:
    """A chart of nothing that says so."""
    with paper(1.3) as (figure, axes):
        axes.set_title(title)
        axes.set_axis_off()
        axes.text(0.5, 0.5, sentence, ha="center", va="center", transform=axes.transAxes)
    return Chart(figure, sentence, Grid(headings, ()))


def height_of_bars(count: int) -> float:
    """The height a figure needs for *count* lying bars [in]."""
    return 1.5 + _BAR_IN * count


def lying_bars(
    axes: Axes,
    names: Sequence[str],
    numbers: Sequence[int],
    looks: Sequence[Look],
    *,
    words: Sequence[str] | None = None,
    addresses: bool = False,
) -> None:
    """
    One bar per name from the top down, each with its number written at its end.

    Args:
        axes: Where to draw.
        names: What each bar stands for.
        numbers: How long each bar is.
        looks: Colour and hatch of each bar.
        words: What to write at the ends; by default the numbers.
        addresses: Set the names in a fixed-width face.
    """
    places = range(len(names))
    bars = axes.barh(
        places,
        numbers,
        0.7,
        color=[look.colour for look in looks],
        edgecolor="white",
        hatch=[look.hatch for look in looks],
        linewidth=0,
    )
    axes.bar_label(bars, words, padding=5, fontweight="bold")
    axes.set_yticks(places, names, family="DejaVu Sans Mono" if addresses else "DejaVu Sans")
    axes.invert_yaxis()
    longest = max(map(len, words or ("",)))
    axes.margins(x=max(0.1, 0.016 * longest))
    axes.set_xlim(left=0)
    whole_steps(axes.xaxis)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)


def whole_steps(axis: Any, most: int = _MOST_TICKS) -> None:  # noqa: ANN401  matplotlib's two axis classes share no public type
    """At most so many ticks, at whole numbers only: nobody sends half a packet."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  heavy, and only needed here

    axis.set_major_locator(MaxNLocator(most, integer=True))
