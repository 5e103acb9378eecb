"""What a threshold costs on either side: alarms for nothing against trouble that was missed."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from labkit.view import frames
from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.amounts import MAX_ROWS
from labkit.view.grid import Grid, Line
from labkit.view.theme import INK, LOOKS, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT_IN: Final = 3.8
# How each of the two is drawn: apart by marker and dash, not by colour alone.
_LINES: Final = (
    ("precision", LOOKS[Tone.OPEN].colour, "o", "-"),
    ("recall", LOOKS[Tone.BAD].colour, "s", "--"),
)


@dataclass(frozen=True, slots=True)
class Score:
    """How a rule does at one threshold; precision is None if it never goes off."""

    threshold: float
    precision: float | None
    recall: float

    @property
    def balance(self) -> float:
        """The harmonic mean of the two, which is near nothing as soon as one of them is: F1."""
        if not self.precision or not self.recall:
            return 0.0
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def trade_off(frame: pd.DataFrame, *, by: str | None = None) -> Chart:
    """
    Precision and recall of an alarm, for each threshold it could have.

    Precision: of the periods it goes off in, the share in which something was
    wrong.  Recall: of the periods in which something was wrong, the share it
    goes off in.  Introduced in notebook 16.

    Args:
        frame: Columns ``threshold``, ``precision`` and ``recall``, the latter two from 0 to 1.
            A precision that is missing means that the alarm never goes off.
        by: A column that tells several rules apart; each gets a panel of its own.

    Raises:
        NameNotFound: A column is missing.
        ValueError: A value is no number.
    """
    title = "What each threshold finds, and what it cries for"
    headings = (*([by] if by else []), "threshold", "precision", "recall")
    if frame.empty:
        return canvas.nothing(title, headings, "No thresholds were tried.")
    rules = _rules(frame, by)
    return Chart(_drawn(rules, title), _sentence(rules), _grid(rules, headings))


def _rules(frame: pd.DataFrame, by: str | None) -> dict[str, list[Score]]:
    """The scores of each rule in the order of their thresholds; rules in the order they come."""
    names = frames.words(frames.column(frame, by)) if by else [""] * len(frame)
    wanted = ("threshold", "precision", "recall")
    columns = (map(_number, frames.column(frame, each)) for each in wanted)
    rules: dict[str, list[Score]] = {}
    for name, threshold, precision, recall in zip(names, *columns, strict=True):
        score = Score(threshold, None if isnan(precision) else precision, recall)
        rules.setdefault(name, []).append(score)
    for scores in rules.values():
        scores.sort(key=lambda score: score.threshold)
    return rules


def _number(value: Any) -> float:  # noqa: ANN401  a cell may hold anything
    return float("nan") if value is None else float(value)


def _best(scores: Sequence[Score]) -> Score:
    """The score with the best balance; of several the one with the least threshold."""
    return max(scores, key=lambda score: (score.balance, -score.threshold))


def _share(value: float | None) -> str:
    return "never goes off" if value is None else f"{100 * value:.0f} %"


def _sentence(rules: dict[str, list[Score]]) -> str:
    said = []
    for name, scores in rules.items():
        best = _best(scores)
        found = (
            f"the best balance is at threshold {best.threshold:g}, with precision "
            f"{_share(best.precision)} and recall {_share(best.recall)}"
        )
        words = found if best.balance else "no threshold finds anything"
        said.append(f"{name}: {words}" if name else words[0].upper() + words[1:])
    return ". ".join(said) + "."


def _grid(rules: dict[str, list[Score]], headings: tuple[str, ...]) -> Grid:
    rows = [(name, score) for name, scores in rules.items() for score in scores]
    best = {(name, _best(scores).threshold) for name, scores in rules.items()}
    shown = rows if len(rows) <= MAX_ROWS else _spread(rows, best)
    lines = tuple(
        Line(
            (
                *([name] if "" not in rules else []),
                f"{score.threshold:g}" + (" (best)" if (name, score.threshold) in best else ""),
                _share(score.precision),
                _share(score.recall),
            )
        )
        for name, score in shown
    )
    hidden = len(rows) - len(shown)
    caption = f"{len(shown)} of {len(rows)} thresholds" if hidden else ""
    width = len(headings)
    return Grid(headings, lines, caption, frozenset({width - 2, width - 1}))


def _spread(rows: list[tuple[str, Score]], best: set[tuple[str, float]]) -> list[tuple[str, Score]]:
    """The best of each rule, and as many of the others as fit, evenly spread."""
    chosen = {at for at, (name, score) in enumerate(rows) if (name, score.threshold) in best}
    others = [at for at in range(len(rows)) if at not in chosen]
    room = MAX_ROWS - len(chosen)
    chosen |= {others[step * len(others) // room] for step in range(room)}
    return [rows[at] for at in sorted(chosen)]


def _drawn(rules: dict[str, list[Score]], title: str) -> Figure:
    sides = {"ncols": len(rules), "sharey": True, "squeeze": False}
    with canvas.paper(_HEIGHT_IN, **sides) as (figure, axes):
        for place, (panel, (name, scores)) in enumerate(zip(axes[0], rules.items(), strict=True)):
            _panel(panel, scores, name)
            if place == 0:
                panel.set_ylabel("share of periods [%]")
        figure.suptitle(title, x=0.012, ha="left", fontweight="bold", fontsize=13)
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    return figure


def _panel(axes: Axes, scores: Sequence[Score], name: str) -> None:
    places = range(len(scores))
    for what, colour, marker, dash in _LINES:
        values = [getattr(score, what) for score in scores]
        shares = [float("nan") if value is None else 100 * value for value in values]
        style: dict[str, Any] = {
            "color": colour,
            "marker": marker,
            "linestyle": dash,
            "label": what,
        }
        axes.plot(places, shares, linewidth=2, markersize=6, **style)
    best = scores.index(_best(scores))
    axes.axvline(best, color=INK, linewidth=1.2, linestyle=":", label="best balance")
    axes.set_xticks(places, [f"{score.threshold:g}" for score in scores])
    axes.set_ylim(-4, 108)
    axes.set_xlabel("threshold")
    axes.grid(axis="y")
    if name:
        axes.set_title(name, fontsize=11)
