"""A field of cells, stronger in colour the larger their numbers, with words in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.view.theme import INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_PALETTE: Final = "Blues"
# Above this share of the largest number a cell is so dark that its words must be white.
_DARK: Final = 0.6


def shade(axes: Axes, numbers: Sequence[Sequence[int]]) -> None:
    """Fill the axes with a cell for each number, row by row from the top down."""
    axes.imshow(numbers, cmap=_PALETTE, vmin=0, aspect="auto")
    axes.tick_params(length=0)
    for edge in axes.spines.values():
        edge.set_visible(False)


def write(
    axes: Axes,
    at: tuple[int, int],
    words: str,
    share: float,
    *,
    points: float | None = None,
) -> None:
    """
    Write into the cell at a column and row, in ink that stands out from its shade.

    Args:
        axes: The field.
        at: Column and row.
        words: What to write.
        share: The cell's number, as a share of the largest one.
        points: Letter height [pt].
    """
    axes.text(
        *at,
        words,
        ha="center",
        va="center",
        color="white" if share > _DARK else INK,
        fontweight="bold" if share else "normal",
        fontsize=points,
    )
