"""Flow records in, a table out that says who an interface belongs to and which way traffic went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import NameNotFound
from labkit.view import frames
from labkit.view.content import interface_name
from labkit.view.grid import Grid, Line
from labkit.view.theme import ACTION_TONES, Tone, action_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from labkit.network.topology import Interface, Topology

MAX_ROWS: Final = 50

# The columns shown unless others are asked for, as flow logs spell them.
_USUAL: Final = (
    "start",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "action",
    "log-status",
)
_NUMERIC: Final = frozenset({"srcport", "dstport", "packets", "bytes"})
_ADDRESSES: Final = frozenset({"srcaddr", "dstaddr", "pktsrcaddr", "pktdstaddr"})
_TIMES: Final = frozenset({"start", "end", "timestamp"})
_NOTHING: Final = "No flow records."
DIRECTIONS: Final = {"ingress": "← in", "egress": "→ out"}


@dataclass(frozen=True, slots=True, repr=False)
class RecordTable:
    """Flow records ready to be looked at; ``grid`` holds their cells, ``len`` counts them all."""

    grid: Grid
    total: int

    def __len__(self) -> int:
        return self.total

    def __repr__(self) -> str:
        return self.grid.to_text() if self.grid.lines else _NOTHING

    def _repr_html_(self) -> str:
        if not self.grid.lines:
            return f"<p><strong>{_NOTHING}</strong></p>"
        return f'<div style="overflow-x:auto">{self.grid.to_html()}</div>'


def record_table(
    frame: pd.DataFrame,
    topology: Topology | None = None,
    *,
    columns: Sequence[str] | None = None,
    max_rows: int = MAX_ROWS,
) -> RecordTable:
    """
    Flow records as a table: actions with a symbol, and names if *topology* knows them.

    With a topology the interface column gives instance names and a direction
    column says whether the traffic came in or went out, seen from there.

    Args:
        frame: One row per record; columns as flow logs or as Logs Insights spell them.
        topology: The network the records come from.
        columns: What to show, in order; by default the usual ones that there are.
        max_rows: How many rows to show at most, the last ones; the caption says how many there are.

    Raises:
        NameNotFound: A column asked for is missing.
    """
    names = _chosen(frame, columns)
    shown = frame.tail(max_rows)
    day = _day(shown)
    cells = {name: _cells(shown, name, topology, day) for name in names}
    cells = _with_direction(shown, cells, topology)
    actions = frames.words(_found(shown, "action"), "") if _known(frame, "action") else None
    lines = tuple(
        Line(row, _tone(actions[index]) if actions else None)
        for index, row in enumerate(zip(*cells.values(), strict=True))
    )
    keys = [_key(name) for name in cells]
    numeric = frozenset(index for index, key in enumerate(keys) if key in _NUMERIC)
    addresses = frozenset(index for index, key in enumerate(keys) if key in _ADDRESSES)
    grid = Grid(tuple(cells), lines, _caption(frame, names, lines, day), numeric, addresses)
    return RecordTable(grid, len(frame))


def _key(name: str) -> str:
    """Flow logs write ``interface-id``, Insights ``interfaceId``: both are one field."""
    return name.lower().replace("-", "").replace("_", "").removeprefix("@")


def _known(frame: pd.DataFrame, name: str) -> str | None:
    return next((str(each) for each in frame.columns if _key(str(each)) == _key(name)), None)


def _found(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    return frames.column(frame, _known(frame, name) or name)


def _chosen(frame: pd.DataFrame, columns: Sequence[str] | None) -> list[str]:
    if columns is None:
        usual = [known for name in _USUAL if (known := _known(frame, name))]
        return usual or [str(name) for name in frame.columns]
    for name in columns:
        if _known(frame, name) is None:
            raise NameNotFound("column", name, map(str, frame.columns))
    return [_known(frame, name) or name for name in columns]


def _cells(frame: pd.DataFrame, name: str, topology: Topology | None, day: str) -> list[str]:
    key = _key(name)
    series = _found(frame, name)
    if key in _TIMES:
        moments = frames.moments(series)
        form = "%H:%M:%S" if day else "%Y-%m-%d %H:%M:%S"
        return [moment.strftime(form) for moment in moments]
    words: Mapping[str, Callable[[str], str]] = {
        "action": action_words,
        "protocol": frames.protocol_words,
        "flowdirection": lambda way: DIRECTIONS.get(way, way),
        "interfaceid": lambda eni: _interface_words(eni, topology),
    }
    say = words.get(key, str)
    return [say(_integral(value)) for value in frames.words(series, "-")]


def _day(frame: pd.DataFrame) -> str:
    """The one day on which all times of the records fall, or nothing."""
    columns = [name for name in map(str, frame.columns) if _key(name) in _TIMES]
    days = {
        moment.strftime("%Y-%m-%d")
        for name in columns
        for moment in frames.moments(frames.column(frame, name))
    }
    return days.pop() if len(days) == 1 else ""


def _integral(value: str) -> str:
    """Missing values turn whole columns of integers into floats; undo what that did to text."""
    return value.removesuffix(".0")


def _interface_words(interface_id: str, topology: Topology | None) -> str:
    interface = topology.interfaces.get(interface_id) if topology else None
    return f"{interface_name(interface)} ({interface_id})" if interface else interface_id


def _with_direction(
    frame: pd.DataFrame, cells: dict[str, list[str]], topology: Topology | None
) -> dict[str, list[str]]:
    """*cells* with a direction column after the interface, if it can be told and is not there."""
    interface = _known(frame, "interface-id")
    needed = all(_known(frame, name) for name in ("srcaddr", "dstaddr"))
    told = any(_key(name) == "flowdirection" for name in cells)
    if topology is None or interface not in cells or not needed or told:
        return cells
    rows = zip(
        (topology.interfaces.get(str(eni)) for eni in _found(frame, "interface-id")),
        frames.words(_found(frame, "srcaddr")),
        frames.words(_found(frame, "dstaddr")),
        strict=True,
    )
    directions = [_direction(*row) for row in rows]
    widened: dict[str, list[str]] = {}
    for name, column in cells.items():
        widened[name] = column
        if name == interface:
            widened["direction"] = directions
    return widened


def _direction(interface: Interface | None, source: str, destination: str) -> str:
    own = {str(address) for address in interface.addresses} if interface else set()
    if destination in own:
        return DIRECTIONS["ingress"]
    return DIRECTIONS["egress"] if source in own else "-"


def _tone(action: str) -> Tone | None:
    tone = ACTION_TONES.get(action, Tone.QUIET)
    return None if tone is Tone.GOOD else tone


def _caption(frame: pd.DataFrame, names: Sequence[str], lines: Sequence[Line], day: str) -> str:
    total = len(frame)
    count = f"{total} flow record{'' if total == 1 else 's'}"
    if len(lines) < total:
        count = f"The last {len(lines)} of {count}"
    count += f" of {day}, UTC" if day else ""
    hidden = [str(name) for name in frame.columns if str(name) not in names]
    return f"{count}; not shown: {', '.join(hidden)}" if hidden else count
