"""
Accepted against rejected, as the usual pie and as bars.

The pie is what everybody draws first. Bars beside it show why one should not:
lengths from a common line are compared far more exactly than angles, and a
sliver that vanishes in a pie still has its bar and its number.

Source: W. Cleveland and R. McGill, "Graphical Perception" (1984).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from labkit.errors import LabError
from labkit.view import frames
from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.amounts import MAX_ROWS, Ranking, amount_column, rank, share
from labkit.view.grid import Grid, Line
from labkit.view.theme import ACTION_TONES, LOOKS, action_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from labkit.view.charts.amounts import Key
    from labkit.view.theme import Look

Form: TypeAlias = Literal["both", "pie", "bars"]

# A slice thinner than this has no room for words; its bar has.
_LEAST_SHARE: Final = 0.05
# Beside a pie there is not much room.
_FEW_TICKS: Final = 4
# How much lighter each further protocol of one action is drawn.
_LIGHTER: Final = 0.25


def by_action(
    frame: pd.DataFrame,
    *,
    form: Form = "both",
    action: str = "action",
    protocol: str | None = None,
    count: str | None = None,
) -> Chart:
    """
    How many records were accepted, and how many rejected; by protocol too if asked.

    Made for the answers to::

        filter logStatus="OK" | stats count(*) as records by action
        filter logStatus="OK" | stats count(*) as records by action, protocol

    Rows that are neither ACCEPT nor REJECT are left out, and the sentence says so.

    Args:
        frame: One row per group; numbers may be text.
        form: ``"pie"``, ``"bars"``, or ``"both"`` beside each other.
        action: The column that holds ACCEPT or REJECT.
        protocol: The column that holds IANA protocol numbers, to tell groups by it.
        count: The column that holds how many.

    Raises:
        NameNotFound: A column is missing.
        ValueError: A count is no whole number.
        LabError: Several columns could hold the counts, or there is no such form.
    """
    if form not in get_args(Form):
        raise LabError(f"form is {form!r}; it can be {', '.join(map(repr, get_args(Form)))}.")
    title = "Accepted and rejected records"
    keys = [action] if protocol is None else [action, protocol]
    if frame.empty:
        return canvas.nothing(title, (*keys, "records"), "No records in this span of time.")
    everything = rank(frame, keys, amount_column(frame, count, keys))
    ranking = _accepted_first(everything)
    left_out = everything.total - ranking.total
    if not ranking.pairs:
        return canvas.nothing(title, (*keys, "records"), "No accepted or rejected records.")
    return Chart(_drawn(ranking, form, title), _sentence(ranking, left_out), _grid(ranking, keys))


def _accepted_first(ranking: Ranking) -> Ranking:
    """Groups with an action: the accepted ones, then the rejected ones, most first in each."""
    return Ranking(
        tuple(pair for action in ACTION_TONES for pair in ranking.pairs if pair[0][0] == action)
    )


def _name(key: Key) -> str:
    return " ".join([action_words(key[0]), *map(frames.protocol_words, key[1:])])


def _sentence(ranking: Ranking, left_out: int) -> str:
    counts = dict.fromkeys(ACTION_TONES, 0)
    for (action, *_), number in ranking.pairs:
        counts[action] += number
    parts = [f"{number} ({share(number, ranking.total)})" for number in counts.values()]
    total = f"{ranking.total} record{'' if ranking.total == 1 else 's'}"
    words = f"Of {total}, {parts[0]} were accepted and {parts[1]} rejected"
    if len(ranking.pairs[0][0]) > 1:
        key, most = max(ranking.pairs, key=lambda pair: pair[1])
        words += f"; the largest group is {_name(key)} with {most}"
    rest = f" Left out, without an action: {left_out}." if left_out else ""
    return f"{words}.{rest}"


def _grid(ranking: Ranking, keys: Sequence[str]) -> Grid:
    shown = ranking.pairs[:MAX_ROWS]
    hidden = len(ranking.pairs) - len(shown)
    lines = tuple(
        Line(
            (
                action_words(key[0]),
                *map(frames.protocol_words, key[1:]),
                str(number),
                share(number, ranking.total),
            )
        )
        for key, number in shown
    )
    caption = f"The first {len(shown)} of {len(ranking.pairs)} groups" if hidden else ""
    width = len(keys)
    return Grid((*keys, "records", "share"), lines, caption, frozenset({width, width + 1}))


def _drawn(ranking: Ranking, form: Form, title: str) -> Figure:
    pairs = ranking.pairs[:MAX_ROWS]
    looks = _looks([key for key, _ in pairs])
    bars_in = canvas.height_of_bars(len(pairs))
    height_in = bars_in if form == "bars" else max(3.4, bars_in)
    sides = {"ncols": 2, "width_ratios": (1, 1.2)} if form == "both" else {}
    with canvas.paper(height_in, **sides) as (figure, axes):
        panels = list(axes) if form == "both" else [axes]
        if form != "bars":
            _pie(panels[0], pairs, looks, legend=form == "pie")
        if form != "pie":
            _bars(panels[-1], pairs, looks)
        figure.suptitle(title, x=0.012, ha="left", fontweight="bold", fontsize=13)
    return figure


def _looks(keys: Sequence[Key]) -> list[Look]:
    """The look of each action, lighter for each further protocol, so that neighbours differ."""
    looks, seen = [], dict.fromkeys(ACTION_TONES, 0)
    for action, *_ in keys:
        base = LOOKS[ACTION_TONES[action]]
        looks.append(replace(base, colour=_lighter(base.colour, _LIGHTER * seen[action])))
        seen[action] = min(seen[action] + 1, 3)
    return looks


def _lighter(colour: str, by: float) -> str:
    """
    A colour moved towards white.

    >>> _lighter("#000000", 0.5)
    '#808080'
    """
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * by):02x}" for part in parts)


def _pie(
    axes: Axes, pairs: Sequence[tuple[Key, int]], looks: Sequence[Look], *, legend: bool
) -> None:
    total = sum(number for _, number in pairs)
    numbers = [number for _, number in pairs]
    roomy = [number >= _LEAST_SHARE * total for number in numbers]
    labels = [
        f"{_name(key)}\n{share(number, total)}" if fits and not legend else ""
        for (key, number), fits in zip(pairs, roomy, strict=True)
    ]
    axes.pie(
        numbers if total else [1],
        labels=labels if total else [""],
        colors=[look.colour for look in looks],
        hatch=[look.hatch for look in looks],
        startangle=90,
        counterclock=False,
        wedgeprops={"edgecolor": "white", "linewidth": 1.5},
        textprops={"fontsize": 9.5},
    )
    if legend:
        names = [f"{_name(key)}  {number} ({share(number, total)})" for key, number in pairs]
        axes.legend(
            axes.patches, names, loc="center left", bbox_to_anchor=(1.05, 0.5), frameon=False
        )


def _bars(axes: Axes, pairs: Sequence[tuple[Key, int]], looks: Sequence[Look]) -> None:
    total = sum(number for _, number in pairs)
    numbers = [number for _, number in pairs]
    words = [f"{number} ({share(number, total)})" for number in numbers]
    canvas.lying_bars(axes, [_name(key) for key, _ in pairs], numbers, looks, words=words)
    canvas.whole_steps(axes.xaxis, _FEW_TICKS)
    axes.set_xlabel("records")
