"""A metric over time, the threshold it is held against, and the state of its alarm below."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labkit.view import frames
from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.amounts import MAX_ROWS
from labkit.view.charts.time_axis import DAY_S, day_number, time_axis
from labkit.view.grid import Grid, Line
from labkit.view.theme import INK, LOOKS, PLAIN, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STATE_TONES: Final = {
    "OK": Tone.GOOD,
    "ALARM": Tone.BAD,
    "INSUFFICIENT_DATA": Tone.QUIET,
}
_SHORT: Final = {"INSUFFICIENT_DATA": "NO DATA"}
_HEIGHT_IN: Final = 3.9
_FEW: Final = 4
# A piece of the track narrower than this share of the axes has no room for its word.
_LEAST_SHARE: Final = 0.085


class Point(NamedTuple):
    """What the metric came to in one period."""

    start: pd.Timestamp
    value: float


class Stay(NamedTuple):
    """From when until when an alarm was in a state."""

    state: str
    begins: pd.Timestamp
    ends: pd.Timestamp


@dataclass(frozen=True, slots=True)
class _Story:
    """All there is to draw, in the order of time."""

    points: list[Point]
    stays: list[Stay]
    threshold: float
    period_s: int
    metric: str

    @property
    def breaching(self) -> list[Point]:
        return [point for point in self.points if point.value >= self.threshold]


def alarm_over_time(
    datapoints: Sequence[Mapping[str, Any]],
    history: Sequence[Mapping[str, Any]],
    *,
    threshold: float,
    period_s: int = 60,
    statistic: str = "Sum",
    metric: str = "rejected flows",
) -> Chart:
    """
    What a metric came to, and what its alarm made of it.

    The alarm's state begins late: its data have to arrive first.  Introduced in notebook 16.

    Args:
        datapoints: As GetMetricStatistics gives them.
        history: The items of DescribeAlarmHistory; those that are no state changes are passed over.
        threshold: What the alarm compares with; a value at or above it is marked.
        period_s: The period the statistics were asked for [s].
        statistic: Which of the statistics to draw.
        metric: What was counted.

    Raises:
        ValueError: A time is no time.
        NameNotFound: The data points lack the statistic.
    """
    title = f"{metric.capitalize()} over time, and their alarm"
    if not datapoints:
        return canvas.nothing(title, ("time (UTC)", "what"), "The metric has no data in this span.")
    points = _points(datapoints, statistic)
    story = _Story(points, _stays(history, points, period_s), threshold, period_s, metric)
    return Chart(_drawn(story, title), _sentence(story), _grid(story))


def _points(datapoints: Sequence[Mapping[str, Any]], statistic: str) -> list[Point]:
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    values = frames.column(pd.DataFrame(list(datapoints)), statistic)
    starts = frames.moments(each["Timestamp"] for each in datapoints)
    return sorted(Point(*pair) for pair in zip(starts, map(float, values), strict=True))


def _stays(
    history: Sequence[Mapping[str, Any]], points: Sequence[Point], period_s: int
) -> list[Stay]:
    """Each state until the next one; the last one until the end of the picture."""
    changes = [item for item in history if item.get("HistoryItemType") == "StateUpdate"]
    moments = frames.moments(item["Timestamp"] for item in changes)
    states = [json.loads(item["HistoryData"])["newState"]["stateValue"] for item in changes]
    begun = sorted(zip(moments, states, strict=True))
    if not begun:
        return []
    end = max(_end(points[-1], period_s), begun[-1][0] + _seconds(period_s))
    ends = [moment for moment, _ in begun[1:]] + [end]
    return [Stay(state, at, until) for (at, state), until in zip(begun, ends, strict=True)]


def _seconds(seconds: float) -> pd.Timedelta:
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    return pd.Timedelta(seconds=seconds)


def _end(point: Point, period_s: int) -> pd.Timestamp:
    return point.start + _seconds(period_s)


def _clock(moment: pd.Timestamp) -> str:
    return moment.strftime("%H:%M")


def _state_words(state: str) -> str:
    tone = STATE_TONES.get(state, Tone.QUIET)
    return f"{LOOKS[tone].symbol} {_SHORT.get(state, state)}"


def _sentence(story: _Story) -> str:
    breaching, count = story.breaching, len(story.points)
    if breaching:
        reached = (
            f"{story.metric.capitalize()} reached the threshold of {story.threshold:g} in "
            f"{len(breaching)} of {count} periods, first at {_clock(breaching[0].start)} UTC"
        )
    else:
        reached = (
            f"{story.metric.capitalize()} stayed below the threshold of {story.threshold:g} "
            f"in all {count} periods"
        )
    if not story.stays:
        return f"{reached}. The alarm never changed its state."
    last = story.stays[-_FEW:]
    told = ", ".join(f"{stay.state} from {_clock(stay.begins)}" for stay in last)
    before = "in the end " if len(last) < len(story.stays) else ""
    return f"{reached}. The alarm was {before}{told}."


def _grid(story: _Story) -> Grid:
    """The periods at or above the threshold and the changes of state, in the order of time."""
    bad = LOOKS[Tone.BAD]
    rows = [
        (at, 0, f"{bad.symbol} {story.metric}: {value:g}, threshold {story.threshold:g}")
        for at, value in story.breaching
    ]
    rows += [(stay.begins, 1, f"alarm: {_state_words(stay.state)}") for stay in story.stays]
    rows.sort()
    shown = rows[-MAX_ROWS:]
    caption = f"The last {len(shown)} of {len(rows)} events" if len(shown) < len(rows) else ""
    lines = tuple(Line((_clock(at), what)) for at, _, what in shown)
    return Grid(("time (UTC)", "what"), lines, caption)


def _drawn(story: _Story, title: str) -> Figure:
    sides = {"nrows": 2, "sharex": True, "height_ratios": (5, 1)}
    with canvas.paper(_HEIGHT_IN, **sides) as (figure, (above, below)):
        _bars(above, story)
        _threshold(above, story)
        above.set_title(title)
        _track(below, story)
    return figure


def _bars(axes: Axes, story: _Story) -> None:
    looks = [LOOKS[Tone.BAD] if each in story.breaching else PLAIN for each in story.points]
    axes.bar(
        [day_number(each.start + _seconds(story.period_s / 2)) for each in story.points],
        [each.value for each in story.points],
        width=0.86 * story.period_s / DAY_S,
        color=[look.colour for look in looks],
        hatch=[look.hatch for look in looks],
        edgecolor="white",
        linewidth=0,
    )
    highest = max([each.value for each in story.points] + [story.threshold])
    axes.set_ylim(0, 1.25 * highest or 1)
    canvas.whole_steps(axes.yaxis, _FEW + 1)
    axes.set_ylabel(story.metric)
    axes.grid(axis="y")


def _threshold(axes: Axes, story: _Story) -> None:
    axes.axhline(story.threshold, color=INK, linewidth=1.4, linestyle="--")
    axes.annotate(
        f"threshold {story.threshold:g}",
        (1, story.threshold),
        (-2, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=9.5,
    )


def _track(axes: Axes, story: _Story) -> None:
    """One box for each stay in a state, with its word in it where there is room."""
    _span(axes, story)
    low, high = axes.get_xlim()
    for stay in story.stays:
        look = LOOKS[STATE_TONES.get(stay.state, Tone.QUIET)]
        begins, ends = day_number(stay.begins), day_number(stay.ends)
        axes.barh(
            0,
            ends - begins,
            0.8,
            left=begins,
            color=look.colour,
            hatch=look.hatch,
            edgecolor="white",
            linewidth=1.5,
        )
        roomy = ends - begins >= _LEAST_SHARE * (high - low)
        axes.text(
            (begins + ends) / 2,
            0,
            _state_words(stay.state) if roomy else look.symbol,
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold",
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none"},
        )
    axes.set_yticks([0], ["alarm"])
    axes.set_ylim(-0.5, 0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _span(axes: Axes, story: _Story) -> None:
    """From the first period or state to the end of the last."""
    begins = [story.points[0].start, *(stay.begins for stay in story.stays)]
    ends = [_end(story.points[-1], story.period_s), *(stay.ends for stay in story.stays)]
    axes.set_xlim(day_number(min(begins)), day_number(max(ends)))
    time_axis(axes)
