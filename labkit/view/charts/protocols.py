"""What kind of traffic there is: amounts by protocol, as shares of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.view import frames, theme
from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.amounts import (
    MAX_ROWS,
    amount_column,
    amount_words,
    part_words,
    rank,
    share,
)
from labkit.view.grid import Grid, Line

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from labkit.view.charts.amounts import Ranking


def protocol_mix(
    frame: pd.DataFrame,
    *,
    protocol: str = "protocol",
    amount: str | None = None,
    of: str = "records",
) -> Chart:
    """
    How traffic divides among protocols, most first.

    Made for the answer to::

        filter logStatus="OK" | stats count(*) as records by protocol

    Args:
        frame: One row per protocol; numbers may be text.
        protocol: The column that holds IANA protocol numbers, or names.
        amount: The column that holds how much.
        of: What was counted: ``"records"``, ``"packets"`` or ``"bytes"``.

    Raises:
        NameNotFound: A column is missing.
        ValueError: An amount is no whole number.
        LabError: Several columns could hold the amounts.
    """
    title = f"Protocols by {of}"
    if frame.empty:
        return canvas.nothing(title, ("protocol", of), "No traffic in this span of time.")
    ranking = rank(frame, [protocol], amount_column(frame, amount, [protocol]))
    lines = tuple(
        Line((frames.protocol_words(name), name, str(number), share(number, ranking.total)))
        for (name,), number in ranking.pairs[:MAX_ROWS]
    )
    grid = Grid(("protocol", "number", of, "share"), lines, numeric=frozenset({1, 2, 3}))
    return Chart(_drawn(ranking, title, of), _sentence(ranking, of), grid)


def _sentence(ranking: Ranking, of: str) -> str:
    (name,), most = ranking.pairs[0]
    first = frames.protocol_words(name)
    if len(ranking.pairs) == 1:
        return f"All traffic is {first}: {amount_words(most, of)}."
    others = ", ".join(
        f"{frames.protocol_words(name)} {share(number, ranking.total)}"
        for (name,), number in ranking.pairs[1:4]
    )
    more = len(ranking.pairs) - 4
    tail = f", and {more} more" if more > 0 else ""
    return f"Most is {first}: {part_words(most, ranking.total, of)}; {others}{tail}."


def _drawn(ranking: Ranking, title: str, of: str) -> Figure:
    pairs = ranking.pairs[:MAX_ROWS]
    names = [frames.protocol_words(name) for (name,), _ in pairs]
    numbers = [number for _, number in pairs]
    words = [f"{share(number, ranking.total)}  ({amount_words(number, of)})" for number in numbers]
    with canvas.paper(canvas.height_of_bars(len(pairs))) as (figure, axes):
        canvas.lying_bars(axes, names, numbers, [theme.PLAIN] * len(pairs), words=words)
        axes.set_xlabel(of)
        if of == "bytes":
            axes.xaxis.set_major_formatter(lambda value, _: amount_words(round(value), of))
        axes.set_title(title)
    return figure
