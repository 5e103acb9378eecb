"""How one amount went up and down: bars over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.view import theme
from labkit.view.chart import Chart
from labkit.view.charts import canvas, time_bars
from labkit.view.charts.amounts import MAX_ROWS, amount_column, amount_words
from labkit.view.charts.counts import Columns, count, time_column
from labkit.view.grid import Grid, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from labkit.view.charts.counts import Counts


def amount_over_time(
    frame: pd.DataFrame,
    *,
    events: Sequence[tuple[Any, str]] = (),
    time: str | None = None,
    amount: str | None = None,
    of: str = "records",
    bin_s: int | None = None,
) -> Chart:
    """
    One amount over time, with the moments something was changed.

    Made for the answer to::

        filter action="REJECT" | stats count(*) as n by bin(1m) as t

    Args:
        frame: One row per bin.
        events: (time, label) pairs to mark, for example changes of the configuration.
        time: The column that holds times; found by its usual names if not given.
        amount: The column that holds how much.
        of: What was counted.
        bin_s: Width of a bar [s]; by default that of the data.

    Raises:
        NameNotFound: A column is missing.
        ValueError: A time is no time, or an amount no whole number.
        LabError: Several columns could hold the amounts.
    """
    title = f"{of.capitalize()} over time"
    if frame.empty:
        return canvas.nothing(title, ("time", of), "No records in this span of time.")
    time = time or time_column(frame)
    amount = amount_column(frame, amount, [time])
    # All rows bear one name: that of the amount.
    named = frame[[time, amount]].assign(**{"": of})
    counts = count(named, Columns(time, "", amount), bin_s)
    marked = time_bars.marked(events)
    figure = time_bars.time_bars(counts, {of: (theme.PLAIN, of)}, title, marked)
    return Chart(figure, _sentence(counts, of) + time_bars.told(marked), _grid(counts, of))


def _sentence(counts: Counts, of: str) -> str:
    first, last = (counts.clock(counts.starts[end]) for end in (0, -1))
    total = amount_words(counts.total(of), of)
    if first == last:
        return f"{total} at {first} UTC."
    at, most = counts.peak()
    return f"{total} from {first} to {last} UTC; the peak is at {counts.clock(at)} with {most}."


def _grid(counts: Counts, of: str) -> Grid:
    starts = counts.starts
    caption = ""
    if len(starts) > MAX_ROWS:
        caption = f"The {MAX_ROWS} highest of {len(starts)} bars"
        highest = sorted(starts, key=lambda start: (-counts.height(start), start))
        starts = sorted(highest[:MAX_ROWS])
    lines = tuple(Line((counts.clock(at), str(counts.height(at)))) for at in starts)
    return Grid(("time (UTC)", of), lines, caption, frozenset({1}))
