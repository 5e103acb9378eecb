"""DataFrames in, charts out: one function per question that flow records can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.view import frames, theme
from labkit.view.chart import Chart
from labkit.view.grid import Grid, Line
from labkit.view.theme import LOOKS, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_TABLE_ROWS: Final = 10
_WIDTH_IN: Final = 8.4


def rejected_by_source(
    frame: pd.DataFrame, *, source: str = "srcAddr", count: str = "numRejections"
) -> Chart:
    """
    How often each source was rejected, most often first.

    Made for the answer to::

        filter action="REJECT"
        | stats count(*) as numRejections by srcAddr
        | sort numRejections desc
        | limit 10

    Args:
        frame: One row per source; numbers may be text.
        source: The column that holds addresses.
        count: The column that holds how often.

    Raises:
        NameNotFound: A column is missing.
        ValueError: A count is no whole number.
    """
    if frame.empty:
        return _nothing("Rejected records by source", (source, count), "No rejected records.")
    names = frames.words(frames.column(frame, source))
    counts = frames.whole_numbers(frames.column(frame, count))
    pairs = sorted(zip(names, counts, strict=True), key=lambda pair: (-pair[1], pair[0]))
    top = pairs[:MAX_TABLE_ROWS]
    lines = tuple(Line((name, str(number))) for name, number in top)
    grid = Grid((source, count), lines, numeric=frozenset({1}), addresses=frozenset({0}))
    return Chart(_source_bars(top, len(pairs)), _most_rejected(pairs), grid)


def _most_rejected(pairs: Sequence[tuple[str, int]]) -> str:
    name, most = pairs[0]
    total = sum(number for _, number in pairs)
    if len(pairs) == 1:
        records = "The only rejected record" if most == 1 else f"All {most} rejected records"
        return f"{records} came from {name}."
    others = "1 other source follows" if len(pairs) == 2 else f"{len(pairs) - 1} others follow"
    return f"{name} was rejected most: {most} of {total} rejected records; {others}."


def _figure(height_in: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # noqa: PLC0415  heavy, and only needed here

    figure = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained")
    return figure, figure.add_subplot()


def _nothing(title: str, headings: tuple[str, ...], sentence: str) -> Chart:
    """A chart of nothing that says so."""
    import matplotlib as mpl  # noqa: PLC0415  heavy, and only needed here

    with mpl.rc_context(theme.FIGURE_STYLE):
        figure, axes = _figure(1.3)
        axes.set_title(title)
        axes.set_axis_off()
        axes.text(0.5, 0.5, sentence, ha="center", va="center", transform=axes.transAxes)
    return Chart(figure, sentence, Grid(headings, ()))


def _source_bars(pairs: Sequence[tuple[str, int]], total: int) -> Figure:
    import matplotlib as mpl  # noqa: PLC0415  heavy, and only needed here
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    look = LOOKS[Tone.BAD]
    with mpl.rc_context(theme.FIGURE_STYLE):
        figure, axes = _figure(1.5 + 0.42 * len(pairs))
        places = range(len(pairs))
        numbers = [number for _, number in pairs]
        bars = axes.barh(
            places,
            numbers,
            0.7,
            color=look.colour,
            edgecolor="white",
            hatch=look.hatch,
            linewidth=0,
        )
        axes.bar_label(bars, padding=5, fontweight="bold")
        axes.set_yticks(places, [name for name, _ in pairs], family="DejaVu Sans Mono")
        axes.invert_yaxis()
        axes.margins(x=0.1)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("rejected records")
        shown = f": the first {len(pairs)} of {total}" if total > len(pairs) else ""
        axes.set_title(f"{look.symbol} Rejected records by source{shown}")
    return figure


def actions_over_time(
    frame: pd.DataFrame,
    *,
    events: Sequence[tuple[Any, str]] = (),
    time: str | None = None,
    action: str = "action",
    count: str | None = None,
    bin_s: int | None = None,
) -> Chart:
    """
    Accepted against rejected records over time, with the moments something was changed.

    Takes flow records (one row each, with ``start`` or ``@timestamp``) or the
    answer to ``stats count(*) as n by bin(1m) as t, action``. Rows that are
    neither ACCEPT nor REJECT, such as NODATA, are left out, and the sentence
    says how many. A gap between bars means that nothing was logged then.

    Args:
        frame: Times may be timestamps, text in UTC, or Unix time [s or ms].
        events: (time, label) pairs to mark, for example changes of the configuration.
        time: The column that holds times; found by its usual names if not given.
        action: The column that holds ACCEPT or REJECT.
        count: The column that holds how many; rows of records count one each.
        bin_s: Width of a bar [s]; by default that of the data, at most 60 bars.

    Raises:
        NameNotFound: A column is missing.
        ValueError: A time is no time, or a count no whole number.
    """
    from labkit.view.timeline import timeline  # noqa: PLC0415  loads pandas

    title = "Accepted and rejected records over time"
    if frame.empty:
        return _nothing(title, ("time", "ACCEPT", "REJECT"), "No records in this span of time.")
    return timeline(frame, title, events, (time, action, count), bin_s)
