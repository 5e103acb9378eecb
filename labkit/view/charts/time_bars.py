"""Bars over time, stacked by name, with the moments marked at which something was changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from labkit.view import frames
from labkit.view.charts import canvas
from labkit.view.charts.time_axis import DAY_S, day_number, time_axis
from labkit.view.theme import INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from labkit.view.charts.counts import Counts
    from labkit.view.theme import Look

_LEAST_BARS: Final = 6
# Numbers of events: letter height and row height [pt], and the share of the axes that one takes.
_KEY_PT: Final = 9.5
_LEADING: Final = 1.35
_BADGE_PT: Final = 20
_BADGE: Final = 0.035

Event: TypeAlias = "tuple[pd.Timestamp, str]"


def marked(events: Sequence[tuple[Any, str]]) -> list[Event]:
    """Events with their times read, in the order of time."""
    moments = frames.moments(at for at, _ in events)
    return sorted((at, label) for at, (_, label) in zip(moments, events, strict=True))


def told(events: Sequence[Event]) -> str:
    """The marked moments in words, to follow a sentence."""
    marks = "; ".join(f"{moment.strftime('%H:%M:%S')} {label}" for moment, label in events)
    return f" Marked: {marks}." if marks else ""


def time_bars(
    counts: Counts, looks: Mapping[str, tuple[Look, str]], title: str, events: Sequence[Event]
) -> Figure:
    """
    The figure of *counts*.

    Args:
        counts: What to draw.
        looks: For each name, from the bottom of the stack up, its look and its words.
        title: The heading.
        events: What to mark, in the order of time.
    """
    with canvas.paper(3.6 + 0.22 * len(events)) as (figure, axes):
        _bars(axes, counts, looks)
        _span(axes, counts, events)
        key_pt = _mark(axes, events)
        canvas.whole_steps(axes.yaxis)
        axes.grid(axis="y")
        axes.set_ylabel("records")
        axes.set_title(title, pad=10 + key_pt)
        if counts.by_start:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return figure


def _bars(axes: Axes, counts: Counts, looks: Mapping[str, tuple[Look, str]]) -> None:
    starts = counts.starts
    middle = timedelta(seconds=counts.bin_s / 2)
    below = [0] * len(starts)
    for name, (look, words) in looks.items():
        heights = [counts.at(start, name) for start in starts]
        axes.bar(
            [day_number(start + middle) for start in starts],
            heights,
            width=0.86 * counts.bin_s / DAY_S,
            bottom=below,
            color=look.colour,
            edgecolor="white",
            hatch=look.hatch,
            linewidth=0,
            label=words,
        )
        below = [low + height for low, height in zip(below, heights, strict=True)]


def _span(axes: Axes, counts: Counts, events: Sequence[Event]) -> None:
    """From the first bar or event to the last."""
    width = timedelta(seconds=counts.bin_s)
    moments = [*counts.starts, *(start + width for start in counts.starts)]
    moments += [moment for moment, _ in events]
    if moments:
        # A lone bar should look like a bar, not like a wall.
        spare = max(width / 2, (width * _LEAST_BARS - (max(moments) - min(moments))) / 2)
        axes.set_xlim(day_number(min(moments) - spare), day_number(max(moments) + spare))
    time_axis(axes)


def _mark(axes: Axes, events: Sequence[Event]) -> float:
    """A numbered line for every event, and the key to the numbers; the height they took [pt]."""
    if not events:
        return 0
    low, high = axes.get_xlim()
    ends: list[float] = []
    for number, (moment, _) in enumerate(events, start=1):
        at = (day_number(moment) - low) / (high - low)
        level = next((row for row, end in enumerate(ends) if end <= at), len(ends))
        ends[level : level + 1] = [at + _BADGE]
        _mark_one(axes, at, str(number), 11 + _BADGE_PT * level)
    key_at = 6 + _BADGE_PT * len(ends)
    key = [
        f"{number}  {moment.strftime('%H:%M:%S')}  {label}"
        for number, (moment, label) in enumerate(events, start=1)
    ]
    axes.annotate(
        "\n".join(key),
        (0, 1),
        (0, key_at),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=_KEY_PT,
        linespacing=_LEADING,
    )
    return key_at + _LEADING * _KEY_PT * len(key)


def _mark_one(axes: Axes, at: float, number: str, height_pt: float) -> None:
    """A dashed line through the axes at the fraction *at*, up to its number in a box."""
    line: dict[str, Any] = {"color": INK, "linewidth": 1.3, "linestyle": "--"}
    axes.plot([at, at], [0, 1], transform=axes.transAxes, **line)
    axes.annotate(
        number,
        (at, 1),
        (0, height_pt),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=_KEY_PT,
        fontweight="bold",
        bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": INK},
        arrowprops={"arrowstyle": "-", **line},
    )
