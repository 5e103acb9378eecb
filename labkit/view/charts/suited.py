"""The answer to any query in, the chart that suits its columns out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.view import frames
from labkit.view.charts.actions import by_action
from labkit.view.charts.heat import heat_map
from labkit.view.charts.protocols import protocol_mix
from labkit.view.charts.spike import rejections_by_source_over_time
from labkit.view.charts.talkers import ranked
from labkit.view.charts.timeline import actions_over_time
from labkit.view.charts.trend import amount_over_time

if TYPE_CHECKING:
    import pandas as pd

    from labkit.view.chart import Chart

# Numbers that name something instead of saying how much there is of it.
_NAMES: Final = frozenset({"protocol", "srcPort", "dstPort", "version", "accountId", "tcpFlags"})
_MOST_NAMES: Final = 2


def suited(frame: pd.DataFrame, *, bin_s: int | None = None) -> Chart | None:
    """
    The chart that answers to the columns of *frame*, or None if none does.

    It takes one column of whole numbers beside one or two of names or times,
    as ``stats ... by`` makes them, or flow records with a time and an action.

    Args:
        frame: The rows of any query.
        bin_s: Width of the windows that the query made, if it is known [s].
    """
    if frame.empty:
        return None
    times = [name for name in map(str, frame.columns) if _is_time(frame[name])]
    amounts = [name for name in map(str, frame.columns) if _is_amount(frame, name)]
    names = [name for name in map(str, frame.columns) if name not in {*times, *amounts}]
    try:
        return _chosen(frame, times[:1], names, amounts, bin_s)
    except (LabError, ValueError):
        # Numbers that are not whole, names that are missing: then a table says it better.
        return None


def _is_time(column: pd.Series[Any]) -> bool:
    return column.dtype.kind == "M"


def _is_amount(frame: pd.DataFrame, name: str) -> bool:
    return name not in _NAMES and frame[name].dtype.kind in "iuf"


def _chosen(
    frame: pd.DataFrame,
    times: list[str],
    names: list[str],
    amounts: list[str],
    bin_s: int | None,
) -> Chart | None:
    if frames.first_present(frame, ("start", "@timestamp")) and "action" in names:
        return actions_over_time(frame)
    if not amounts or len(names) > _MOST_NAMES:
        return None
    if times:
        return _over_time(frame, times[0], names, amounts[0], bin_s)
    return _by_name(frame, names, amounts[0])


def _by_name(frame: pd.DataFrame, names: list[str], amount: str) -> Chart | None:
    of = "bytes" if amount.lower().startswith("bytes") else amount
    match sorted(names):
        case []:
            return None
        case ["action"]:
            return by_action(frame, form="bars", count=amount)
        case ["action", "protocol"]:
            return by_action(frame, form="bars", protocol="protocol", count=amount)
        case ["protocol"]:
            return protocol_mix(frame, amount=amount, of=of)
        case ["dstAddr", "srcAddr"]:
            return heat_map(frame, amount=amount, of=of)
    return ranked(frame, names, amount)


def _over_time(
    frame: pd.DataFrame, time: str, names: list[str], amount: str, bin_s: int | None
) -> Chart | None:
    match names:
        case []:
            return amount_over_time(frame, time=time, amount=amount, of=amount, bin_s=bin_s)
        case ["action"]:
            return actions_over_time(frame, time=time, count=amount, bin_s=bin_s)
        case [name]:
            return rejections_by_source_over_time(
                frame, time=time, source=name, count=amount, of=amount, bin_s=bin_s
            )
    return None
