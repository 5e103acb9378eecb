"""When it began and when it ended: accepted and rejected records over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.view.chart import Chart
from labkit.view.charts import canvas, time_bars
from labkit.view.charts.amounts import MAX_ROWS
from labkit.view.charts.counts import Columns
from labkit.view.charts.counts import count as counted
from labkit.view.grid import Grid, Line
from labkit.view.theme import ACTION_TONES, LOOKS, action_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from labkit.view.charts.counts import Counts
    from labkit.view.charts.time_bars import Event


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
        LabError: Several columns could hold the counts.
    """
    title = "Accepted and rejected records over time"
    if frame.empty:
        empty = ("time", "ACCEPT", "REJECT")
        return canvas.nothing(title, empty, "No records in this span of time.")
    counts = counted(frame, Columns(time, action, count), bin_s, only=ACTION_TONES)
    marked = time_bars.marked(events)
    looks = {action: (LOOKS[tone], action_words(action)) for action, tone in ACTION_TONES.items()}
    figure = time_bars.time_bars(counts, looks, title, marked)
    return Chart(figure, _sentence(counts, marked), _grid(counts))


def _sentence(counts: Counts, events: Sequence[Event]) -> str:
    rest = ""
    if counts.left_out:
        rest += f" Left out, without an action: {counts.left_out}."
    rest += time_bars.told(events)
    if not counts.by_start:
        return f"No accepted or rejected records.{rest}"
    accepted, rejected = (counts.total(action) for action in ACTION_TONES)
    first, last = (counts.clock(moment) for moment in (counts.starts[0], counts.starts[-1]))
    when = f"at {first}" if first == last else f"from {first} to {last}"
    return f"{accepted} accepted and {rejected} rejected records {when} UTC{_peak(counts)}.{rest}"


def _peak(counts: Counts) -> str:
    if not counts.total("REJECT"):
        return ": no rejected records"
    if len(counts.by_start) == 1:
        return ""
    at, most = counts.peak("REJECT")
    if sum(counts.at(start, "REJECT") == most for start in counts.starts) > 1:
        return f"; at most {most} rejected in one bar, first at {counts.clock(at)}"
    return f"; rejections peak at {counts.clock(at)} with {most}"


def _grid(counts: Counts) -> Grid:
    """Every bar, or those with most rejections, in the order of time."""
    starts = counts.starts
    caption = ""
    if len(starts) > MAX_ROWS:
        busiest = sorted(starts, key=lambda start: (-counts.at(start, "REJECT"), start))
        starts = sorted(busiest[:MAX_ROWS])
        caption = f"The {MAX_ROWS} of {len(counts.by_start)} bars with most rejections"
    lines = tuple(
        Line((counts.clock(at), *(str(counts.at(at, action)) for action in ACTION_TONES)))
        for at in starts
    )
    headings = ("time (UTC)", *map(action_words, ACTION_TONES))
    return Grid(headings, lines, caption, frozenset({1, 2}))
