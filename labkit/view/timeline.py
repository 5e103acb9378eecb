"""Records counted by time and action, and drawn as stacked bars with marked events."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pandas as pd

from labkit.errors import NameNotFound
from labkit.view import frames, theme
from labkit.view.chart import Chart
from labkit.view.grid import Grid, Line
from labkit.view.theme import ACTION_TONES, LOOKS, action_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RECORD_TIMES: Final = ("start", "@timestamp")
_ACTIONS: Final = tuple(ACTION_TONES)
_STEPS_S: Final = (60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400)
_MAX_BARS: Final = 60
_LEAST_BARS: Final = 6
_DAY_S: Final = 86400
_MAX_ROWS: Final = 10
_WIDTH_IN: Final = 8.4
# Numbers of events: letter height and row height [pt], and the share of the axes that one takes.
_KEY_PT: Final = 9.5
_LEADING: Final = 1.35
_BADGE_PT: Final = 20
_BADGE: Final = 0.035

Event: TypeAlias = tuple[pd.Timestamp, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records of each action every bar holds; only bars with any are kept."""

    by_start: dict[pd.Timestamp, dict[str, int]]
    bin_s: int
    left_out: int

    @property
    def starts(self) -> list[pd.Timestamp]:
        return sorted(self.by_start)

    def total(self, action: str) -> int:
        return sum(bar[action] for bar in self.by_start.values())


def timeline(
    frame: pd.DataFrame,
    title: str,
    events: Sequence[tuple[Any, str]],
    columns: tuple[str | None, str, str | None],
    bin_s: int | None,
) -> Chart:
    """The chart of accepted against rejected records; see ``charts.actions_over_time``."""
    counts = count(frame, columns, bin_s)
    marked = [
        (moment, label)
        for moment, (_, label) in zip(frames.moments(at for at, _ in events), events, strict=True)
    ]
    marked.sort()
    return Chart(_drawn(counts, title, marked), _sentence(counts, marked), _grid(counts))


def count(
    frame: pd.DataFrame, columns: tuple[str | None, str, str | None], bin_s: int | None
) -> Counts:
    """Records by bar and action, from single records or from counts made by a query."""
    time, action, number = _columns(frame, columns)
    moments = frames.moments(frames.column(frame, time))
    actions = frames.words(frames.column(frame, action))
    numbers = frames.whole_numbers(frame[number]) if number else [1] * len(frame)
    width_s = bin_s or (_spacing_s(moments) if number else _fitting_s(moments))
    by_start: dict[pd.Timestamp, dict[str, int]] = {}
    left_out = 0
    for moment, name, n in zip(moments, actions, numbers, strict=True):
        if name not in ACTION_TONES:
            left_out += n
            continue
        # A query has put its rows into bins already; those starts are kept as they are.
        start = moment if number and bin_s is None else moment.floor(f"{width_s}s")
        by_start.setdefault(start, dict.fromkeys(_ACTIONS, 0))[name] += n
    return Counts(by_start, width_s, left_out)


def _columns(
    frame: pd.DataFrame, columns: tuple[str | None, str, str | None]
) -> tuple[str, str, str | None]:
    """The columns to read; the last is None if every row is one record."""
    time, action, number = columns
    time = time or _time_column(frame)
    if number is not None or time in _RECORD_TIMES:
        return time, action, number
    if "n" in frame.columns:
        return time, action, "n"
    others = [str(name) for name in frame.columns if name not in (time, action)]
    if len(others) != 1:
        raise NameNotFound("column", "n", map(str, frame.columns))
    return time, action, others[0]


def _time_column(frame: pd.DataFrame) -> str:
    binned = [str(name) for name in frame.columns if str(name).startswith("bin(")]
    found = frames.first_present(frame, ("t", *binned, *_RECORD_TIMES))
    if found is None:
        raise NameNotFound("column", "t", map(str, frame.columns))
    return found


def _spacing_s(moments: Iterable[pd.Timestamp]) -> int:
    """The width of the query's own bins: the least distance between two of them."""
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(sorted(set(moments)))]
    return max(1, round(min(gaps))) if gaps else _STEPS_S[0]


def _fitting_s(moments: Sequence[pd.Timestamp]) -> int:
    span_s = (max(moments) - min(moments)).total_seconds()
    return next((step for step in _STEPS_S if span_s <= step * _MAX_BARS), _STEPS_S[-1])


def _clock(moment: pd.Timestamp, counts: Counts) -> str:
    """A time as short as the data allow."""
    days = {start.date() for start in counts.starts}
    form = "%H:%M" if counts.bin_s % 60 == 0 else "%H:%M:%S"
    return moment.strftime(f"%Y-%m-%d {form}" if len(days) > 1 else form)


def _sentence(counts: Counts, events: Sequence[Event]) -> str:
    rest = ""
    if counts.left_out:
        rest += f" Left out, without an action: {counts.left_out}."
    if events:
        marks = "; ".join(f"{moment.strftime('%H:%M:%S')} {label}" for moment, label in events)
        rest += f" Marked: {marks}."
    if not counts.by_start:
        return f"No accepted or rejected records.{rest}"
    accepted, rejected = (counts.total(action) for action in _ACTIONS)
    first, last = (_clock(moment, counts) for moment in (counts.starts[0], counts.starts[-1]))
    when = f"at {first}" if first == last else f"from {first} to {last}"
    return f"{accepted} accepted and {rejected} rejected records {when} UTC{_peak(counts)}.{rest}"


def _peak(counts: Counts) -> str:
    if not counts.total("REJECT"):
        return ": no rejected records"
    if len(counts.by_start) == 1:
        return ""
    most = max(bar["REJECT"] for bar in counts.by_start.values())
    at = next(start for start in counts.starts if counts.by_start[start]["REJECT"] == most)
    return f"; rejections peak at {_clock(at, counts)} with {most}"


def _grid(counts: Counts) -> Grid:
    """Every bar, or those with most rejections, in the order of time."""
    starts = counts.starts
    caption = ""
    if len(starts) > _MAX_ROWS:
        busiest = sorted(starts, key=lambda start: (-counts.by_start[start]["REJECT"], start))
        starts = sorted(busiest[:_MAX_ROWS])
        caption = f"The {_MAX_ROWS} of {len(counts.by_start)} bars with most rejections"
    lines = tuple(
        Line((_clock(at, counts), *(str(counts.by_start[at][action]) for action in _ACTIONS)))
        for at in starts
    )
    headings = ("time (UTC)", *map(action_words, _ACTIONS))
    return Grid(headings, lines, caption, frozenset({1, 2}))


def _drawn(counts: Counts, title: str, events: Sequence[Event]) -> Figure:
    import matplotlib as mpl  # noqa: PLC0415  heavy, and only needed here
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    with mpl.rc_context(theme.FIGURE_STYLE):
        figure = Figure(figsize=(_WIDTH_IN, 3.6 + 0.22 * len(events)), layout="constrained")
        axes = figure.add_subplot()
        _bars(axes, counts)
        _time_axis(axes, counts, events)
        key_pt = _mark(axes, events)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y")
        axes.set_ylabel("records")
        axes.set_title(title, pad=10 + key_pt)
        if counts.by_start:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return figure


def _number(moment: pd.Timestamp) -> float:
    """A time as matplotlib's date axis counts: days since 1970."""
    return moment.timestamp() / _DAY_S


def _bars(axes: Axes, counts: Counts) -> None:
    starts = counts.starts
    width = pd.Timedelta(seconds=counts.bin_s)
    below = [0] * len(starts)
    for action in _ACTIONS:
        look = LOOKS[ACTION_TONES[action]]
        heights = [counts.by_start[start][action] for start in starts]
        axes.bar(
            [_number(start + width / 2) for start in starts],
            heights,
            width=0.86 * counts.bin_s / _DAY_S,
            bottom=below,
            color=look.colour,
            edgecolor="white",
            hatch=look.hatch,
            linewidth=0,
            label=action_words(action),
        )
        below = [low + height for low, height in zip(below, heights, strict=True)]


def _time_axis(axes: Axes, counts: Counts, events: Sequence[Event]) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415

    width = pd.Timedelta(seconds=counts.bin_s)
    moments = [*counts.starts, *(start + width for start in counts.starts)]
    moments += [moment for moment, _ in events]
    if moments:
        # A lone bar should look like a bar, not like a wall.
        spare = max(width / 2, (width * _LEAST_BARS - (max(moments) - min(moments))) / 2)
        axes.set_xlim(_number(min(moments) - spare), _number(max(moments) + spare))
    locator = AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.set_xlabel("time (UTC)")


def _mark(axes: Axes, events: Sequence[Event]) -> float:
    """A numbered line for every event, and the key to the numbers; the height they took [pt]."""
    if not events:
        return 0
    low, high = axes.get_xlim()
    ends: list[float] = []
    for number, (moment, _) in enumerate(events, start=1):
        at = (_number(moment) - low) / (high - low)
        level = next((row for row, end in enumerate(ends) if end <= at), len(ends))
        ends[level : level + 1] = [at + _BADGE]
        _mark_one(axes, at, str(number), 11 + _BADGE_PT * level)
    key_at = 6 + _BADGE_PT * len(ends)
    key = [
        f"{number}  {moment.strftime('%H:%M:%S')}  {label}"
        for number, (moment, label) in enumerate(events, start=1)
    ]
    axes.annotate(
        "\n".join(key),
        (0, 1),
        (0, key_at),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=_KEY_PT,
        linespacing=_LEADING,
    )
    return key_at + _LEADING * _KEY_PT * len(key)


def _mark_one(axes: Axes, at: float, number: str, height_pt: float) -> None:
    """A dashed line through the axes at the fraction *at*, up to its number in a box."""
    line: dict[str, Any] = {"color": "#1a1a1a", "linewidth": 1.3, "linestyle": "--"}
    axes.plot([at, at], [0, 1], transform=axes.transAxes, **line)
    axes.annotate(
        number,
        (at, 1),
        (0, height_pt),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=_KEY_PT,
        fontweight="bold",
        bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": "#1a1a1a"},
        arrowprops={"arrowstyle": "-", **line},
    )
