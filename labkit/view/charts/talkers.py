"""Who sends most: bytes by source, or by pair of source and destination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.view import theme
from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.amounts import (
    MAX_ROWS,
    amount_column,
    amount_words,
    followed_by,
    part_words,
    rank,
    share,
)
from labkit.view.grid import Grid, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from labkit.view.charts.amounts import Key, Ranking


def top_talkers(
    frame: pd.DataFrame,
    *,
    source: str = "srcAddr",
    target: str | None = None,
    amount: str | None = None,
    of: str = "bytes",
) -> Chart:
    """
    How much each source sent, most first; with *target*, each pair of source and destination.

    Made for the answer to::

        filter action="ACCEPT"
        | stats sum(bytes) as bytesSent by srcAddr
        | sort bytesSent desc
        | limit 10

    A packet between two logged interfaces is in the records of both, so these
    sums count it twice. Filter by ``interfaceId`` to count what one interface saw.

    Args:
        frame: One row per source, or per pair; numbers may be text.
        source: The column that holds who sent.
        target: The column that holds to whom, to rank pairs.
        amount: The column that holds how much.
        of: What was counted: ``"bytes"``, or for example ``"packets"``.

    Raises:
        NameNotFound: A column is missing.
        ValueError: An amount is no whole number.
        LabError: Several columns could hold the amounts.
    """
    title = f"Top talkers by {of}"
    if frame.empty:
        return canvas.nothing(title, (source, of), "No traffic in this span of time.")
    keys = [source] if target is None else [source, target]
    return _chart(frame, keys, amount_column(frame, amount, keys), title, of, "sent")


def ranked(frame: pd.DataFrame, keys: Sequence[str], amount: str) -> Chart:
    """
    Any amount by any names, most first: what ``stats`` by one or two keys gives.

    Raises:
        NameNotFound: A column is missing.
        ValueError: An amount is no whole number.
    """
    return _chart(frame, keys, amount, f"{amount} by {' and '.join(keys)}", amount, "has")


def _chart(
    frame: pd.DataFrame, keys: Sequence[str], amount: str, title: str, of: str, verb: str
) -> Chart:
    ranking = rank(frame, keys, amount)
    lines = tuple(
        Line((*key, str(number), share(number, ranking.total)))
        for key, number in ranking.pairs[:MAX_ROWS]
    )
    width = len(keys)
    numeric, addresses = frozenset({width, width + 1}), frozenset(range(width))
    grid = Grid((*keys, amount, "share"), lines, numeric=numeric, addresses=addresses)
    return Chart(_drawn(ranking, title, of), _sentence(ranking, of, verb), grid)


def _name(key: Key) -> str:
    return " → ".join(key)


def _sentence(ranking: Ranking, of: str, verb: str) -> str:
    key, most = ranking.pairs[0]
    if len(ranking.pairs) == 1:
        return f"{_name(key)} {verb} everything: {amount_words(most, of)}."
    part = part_words(most, ranking.total, of)
    return f"{_name(key)} {verb} most: {part}{followed_by(len(ranking.pairs) - 1)}."


def _drawn(ranking: Ranking, title: str, of: str) -> Figure:
    pairs = ranking.pairs[:MAX_ROWS]
    names = [_name(key) for key, _ in pairs]
    numbers = [number for _, number in pairs]
    words = [
        f"{amount_words(number, of) if of == 'bytes' else number}  ({share(number, ranking.total)})"
        for number in numbers
    ]
    hidden = len(ranking.pairs) > len(pairs)
    with canvas.paper(canvas.height_of_bars(len(pairs))) as (figure, axes):
        looks = [theme.PLAIN] * len(pairs)
        canvas.lying_bars(axes, names, numbers, looks, words=words, addresses=True)
        axes.set_xlabel(of)
        if of == "bytes":
            axes.xaxis.set_major_formatter(lambda value, _: amount_words(round(value), of))
        axes.set_title(
            f"{title}: the first {len(pairs)} of {len(ranking.pairs)}" if hidden else title
        )
    return figure
