"""The axis of time that charts of moments share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DAY_S: Final = 86400


def day_number(moment: pd.Timestamp) -> float:
    """A time as matplotlib's date axis counts: days since 1970."""
    return moment.timestamp() / DAY_S


def time_axis(axes: Axes) -> None:
    """Ticks at round times, said as briefly as can be."""
    from matplotlib.dates import (  # noqa: PLC0415  heavy, and only needed here
        AutoDateLocator,
        ConciseDateFormatter,
    )

    locator = AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.set_xlabel("time (UTC)")
