"""Who talks to whom: a square of sources and destinations, with more colour where there is more."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from labkit.view.chart import Chart
from labkit.view.charts import canvas
from labkit.view.charts.amounts import (
    MAX_ROWS,
    Ranking,
    amount_column,
    amount_words,
    part_words,
    rank,
    size,
)
from labkit.view.charts.cells import shade, write
from labkit.view.grid import Grid, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST: Final = 12
# More digits than this in a row call for smaller ones.
_ROOMY: Final = 48


def heat_map(
    frame: pd.DataFrame,
    *,
    source: str = "srcAddr",
    target: str = "dstAddr",
    amount: str | None = None,
    of: str = "records",
) -> Chart:
    """
    How much went from each source (rows) to each destination (columns).

    Made for the answer to::

        filter action="REJECT" | stats count(*) as records by srcAddr, dstAddr

    Every cell carries its number. At most the twelve busiest sources and
    destinations are drawn; the title says if there are more.

    Args:
        frame: One row per pair; numbers may be text.
        source: The column that holds who sent.
        target: The column that holds to whom.
        amount: The column that holds how much.
        of: What was counted: ``"records"``, ``"packets"`` or ``"bytes"``.

    Raises:
        NameNotFound: A column is missing.
        ValueError: An amount is no whole number.
        LabError: Several columns could hold the amounts.
    """
    title = f"{of.capitalize()} from source to destination"
    if frame.empty:
        return canvas.nothing(title, (source, target, of), "No traffic in this span of time.")
    ranking = rank(frame, [source, target], amount_column(frame, amount, [source, target]))
    lines = tuple(Line((*key, str(number))) for key, number in ranking.pairs[:MAX_ROWS])
    hidden = len(ranking.pairs) > len(lines)
    caption = f"The {len(lines)} busiest of {len(ranking.pairs)} pairs" if hidden else ""
    grid = Grid((source, target, of), lines, caption, frozenset({2}), frozenset({0, 1}))
    return Chart(_drawn(ranking, title, of), _sentence(ranking, of), grid)


def _sentence(ranking: Ranking, of: str) -> str:
    (source, target), most = ranking.pairs[0]
    if len(ranking.pairs) == 1:
        return f"Everything went from {source} to {target}: {amount_words(most, of)}."
    part = part_words(most, ranking.total, of)
    return f"Most went from {source} to {target}: {part}, among {len(ranking.pairs)} pairs."


def _busiest(ranking: Ranking, position: int) -> tuple[list[str], int]:
    """The addresses at one end that carry most, in their own order, and how many there are."""
    sums: dict[str, int] = {}
    for key, number in ranking.pairs:
        sums[key[position]] = sums.get(key[position], 0) + number
    most = sorted(sums, key=lambda name: (-sums[name], name))[:_MOST]
    return sorted(most, key=_address_order), len(sums)


def _address_order(name: str) -> tuple[int, int, str]:
    """Addresses by number, IPv4 first; what is no address comes last."""
    try:
        address = ip_address(name)
    except ValueError:
        return 9, 0, name
    return address.version, int(address), name


def _drawn(ranking: Ranking, title: str, of: str) -> Figure:
    (sources, all_sources), (targets, all_targets) = (_busiest(ranking, end) for end in (0, 1))
    amounts = dict(ranking.pairs)
    cells = [[amounts.get((source, target)) for target in targets] for source in sources]
    hidden = len(sources) < all_sources or len(targets) < all_targets
    shown = f": the busiest of {all_sources} by {all_targets}" if hidden else ""
    with canvas.paper(2.1 + 0.42 * len(sources)) as (figure, axes):
        shade(axes, [[number or 0 for number in row] for row in cells])
        _numbers(axes, cells, of)
        _names(axes, sources, targets)
        axes.set_title(title + shown, pad=14)
    return figure


def _numbers(axes: Axes, cells: Sequence[Sequence[int | None]], of: str) -> None:
    """The amount in each cell; a dot where nothing was seen, which is not the same as zero."""
    most = max(number or 0 for row in cells for number in row)
    points = 8 if len(cells[0]) * len(str(most)) > _ROOMY else None
    for y, row in enumerate(cells):
        for x, number in enumerate(row):
            words = "·" if number is None else size(number) if of == "bytes" else str(number)
            write(axes, (x, y), words, (number or 0) / (most or 1), points=points)


def _names(axes: Axes, sources: Sequence[str], targets: Sequence[str]) -> None:
    face = "DejaVu Sans Mono"
    crowded = len(targets) * max(map(len, targets)) > 66
    axes.set_yticks(range(len(sources)), sources, family=face)
    axes.set_xticks(
        range(len(targets)),
        targets,
        family=face,
        rotation=35 if crowded else 0,
        ha="right" if crowded else "center",
        rotation_mode="anchor" if crowded else "default",
    )
    axes.set_ylabel("source")
    axes.set_xlabel("destination")
    # White lines between the cells keep equal neighbours apart.
    axes.set_xticks([x - 0.5 for x in range(1, len(targets))], minor=True)
    axes.set_yticks([y - 0.5 for y in range(1, len(sources))], minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="minor", length=0)
