"""Who made the spike: rejections over time, with the one source picked out that made the peak."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from labkit.view.chart import Chart
from labkit.view.charts import canvas, time_bars
from labkit.view.charts.amounts import MAX_ROWS, amount_words, share
from labkit.view.charts.counts import Columns, Counts
from labkit.view.charts.counts import count as counted
from labkit.view.grid import Grid, Line
from labkit.view.theme import LOOKS, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from labkit.view.charts.time_bars import Event

# With fewer bars than this there is no telling what is usual.
_LEAST_BARS: Final = 3


def rejections_by_source_over_time(
    frame: pd.DataFrame,
    *,
    events: Sequence[tuple[Any, str]] = (),
    time: str | None = None,
    source: str = "srcAddr",
    count: str | None = None,
    bin_s: int | None = None,
    of: str = "rejected records",
) -> Chart:
    """
    Rejected records over time; the source with most of them at the peak stands out.

    Made for the answer to::

        filter action="REJECT" | stats count(*) as n by bin(1m) as t, srcAddr

    Args:
        frame: One row per minute and source, or rejected records, one row each.
        events: (time, label) pairs to mark, for example changes of the configuration.
        time: The column that holds times; found by its usual names if not given.
        source: The column that holds addresses.
        count: The column that holds how many; rows of records count one each.
        bin_s: Width of a bar [s]; by default that of the data, at most 60 bars.
        of: What was counted.

    Raises:
        NameNotFound: A column is missing.
        ValueError: A time is no time, or a count no whole number.
        LabError: Several columns could hold the counts.
    """
    title = f"{of.capitalize()} over time, by source"
    if frame.empty:
        return canvas.nothing(title, ("source", "at the peak", "in all"), f"No {of}.")
    counts = counted(frame, Columns(time, source, count), bin_s)
    marked = time_bars.marked(events)
    sources = _ranked(counts)
    sentence = _sentence(counts, sources, of) + time_bars.told(marked)
    return Chart(_drawn(counts, sources, title, marked), sentence, _grid(counts, sources))


def _ranked(counts: Counts) -> list[str]:
    """All sources, those first that had most at the peak, then in all."""
    peak, _ = counts.peak()
    names = {name for bar in counts.by_start.values() for name in bar}
    return sorted(names, key=lambda name: (-counts.at(peak, name), -counts.total(name), name))


def _sentence(counts: Counts, sources: Sequence[str], of: str) -> str:
    peak, most = counts.peak()
    first, rest = sources[0], len(sources) - 1
    part, all_told = counts.at(peak, first), counts.total(first)
    total = sum(map(counts.height, counts.starts))
    heights = [counts.height(start) for start in counts.starts]
    usual = f" (median bar: {median(heights):g})" if len(heights) >= _LEAST_BARS else ""
    peaks = f"{of.capitalize()} peak at {counts.clock(peak)} UTC with {most}{usual}"
    if not rest:
        return f"{peaks}: all {amount_words(total, of)} came from {first}."
    others = "1 other source" if rest == 1 else f"{rest} other sources"
    return (
        f"{peaks}: {part} of them ({share(part, most)}) came from {first}. In all it has "
        f"{all_told} of {total} {of} ({share(all_told, total)}); {others} share the rest."
    )


def _drawn(counts: Counts, sources: Sequence[str], title: str, events: Sequence[Event]) -> Figure:
    """One source in front, all others as one behind it: many colours would hide the one."""
    first, others = sources[0], len(sources) - 1
    bad, quiet = LOOKS[Tone.BAD], LOOKS[Tone.QUIET]
    rest_name = "1 other source" if others == 1 else f"{others} other sources"
    looks = {first: (bad, f"{bad.symbol} {first}")}
    bars = {
        start: {first: counts.at(start, first), "": counts.height(start) - counts.at(start, first)}
        for start in counts.starts
    }
    if others:
        looks[""] = (replace(quiet, hatch=""), f"{quiet.symbol} {rest_name}")
    return time_bars.time_bars(replace(counts, by_start=bars), looks, title, events)


def _grid(counts: Counts, sources: Sequence[str]) -> Grid:
    peak, _ = counts.peak()
    shown = sources[:MAX_ROWS]
    lines = tuple(
        Line((name, str(counts.at(peak, name)), str(counts.total(name)))) for name in shown
    )
    hidden = len(sources) > len(shown)
    caption = f"The first {len(shown)} of {len(sources)} sources" if hidden else ""
    headings = ("source", f"at the peak, {counts.clock(peak)}", "in all")
    return Grid(headings, lines, caption, frozenset({1, 2}), frozenset({0}))
