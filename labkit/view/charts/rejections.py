"""Who is rejected most: the first question to ask of a log full of rejections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.amounts import MAX_ROWS, rank
from labkit.view.grid import Grid, Line
from labkit.view.theme import LOOKS, Tone

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from labkit.view.charts.amounts import Ranking


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
        return canvas.nothing("Rejected records by source", (source, count), "No rejected records.")
    ranking = rank(frame, [source], count)
    lines = tuple(Line((name, str(number))) for (name,), number in ranking.pairs[:MAX_ROWS])
    grid = Grid((source, count), lines, numeric=frozenset({1}), addresses=frozenset({0}))
    return Chart(_drawn(ranking), _sentence(ranking), grid)


def _sentence(ranking: Ranking) -> str:
    (name,), most = ranking.pairs[0]
    if len(ranking.pairs) == 1:
        records = "The only rejected record" if most == 1 else f"All {most} rejected records"
        return f"{records} came from {name}."
    rest = len(ranking.pairs) - 1
    others = "1 other source follows" if rest == 1 else f"{rest} others follow"
    return f"{name} was rejected most: {most} of {ranking.total} rejected records; {others}."


def _drawn(ranking: Ranking) -> Figure:
    look, pairs = LOOKS[Tone.BAD], ranking.pairs[:MAX_ROWS]
    names = [name for (name,), _ in pairs]
    numbers = [number for _, number in pairs]
    hidden = len(ranking.pairs) > len(pairs)
    shown = f": the first {len(pairs)} of {len(ranking.pairs)}" if hidden else ""
    with canvas.paper(canvas.height_of_bars(len(pairs))) as (figure, axes):
        canvas.lying_bars(axes, names, numbers, [look] * len(pairs), addresses=True)
        axes.set_xlabel("rejected records")
        axes.set_title(f"{look.symbol} Rejected records by source{shown}")
    return figure
