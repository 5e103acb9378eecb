"""An explained query as a table: each command, the rows before and after it, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from labkit.view.grid import Grid, Line

if TYPE_CHECKING:
    from labkit.insights.explanation import Explanation

_HEADINGS: Final = ("#", "rows in", "rows out", "command")
_COMMAND_WIDTH: Final = 76
_FIELDS_SHOWN: Final = 25
_LEAST_USD: Final = 0.0001


@dataclass(frozen=True, slots=True, repr=False)
class ExplanationTable:
    """
    An explained query.

    Args:
        grid: One line per command.
        remarks: What was scanned, what that would cost, which fields there are.
    """

    grid: Grid
    remarks: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join([self.grid.to_text(last_width=_COMMAND_WIDTH), *self.remarks])

    def _repr_html_(self) -> str:
        remarks = "".join(f"<li>{escape(remark)}</li>" for remark in self.remarks)
        return f"{self.grid.to_html()}<ul>{remarks}</ul>"


def explanation_table(explanation: Explanation) -> ExplanationTable:
    """The commands with the rows that go in and come out, and remarks on the whole."""
    lines = tuple(
        Line((str(number), _rows(stage.rows_in), _rows(stage.rows_out), stage.command))
        for number, stage in enumerate(explanation.stages, start=1)
    )
    caption = f"What the query does in {explanation.log_group}"
    grid = Grid(_HEADINGS, lines, caption, frozenset({0, 1, 2}), frozenset({3}))
    return ExplanationTable(grid, tuple(_remarks(explanation)))


def _rows(count: int | None) -> str:
    return "not counted" if count is None else f"{count:,}"


def _usd(amount: float) -> str:
    return f"about ${amount:.4f}" if amount >= _LEAST_USD else f"less than ${_LEAST_USD}"


def _remarks(explanation: Explanation) -> list[str]:
    names = [f"{name} ({percent}%)" for name, percent in explanation.fields]
    more = len(names) - _FIELDS_SHOWN
    shown = ", ".join(names[:_FIELDS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    cost = (
        f"On AWS one run costs {_usd(explanation.usd)}, at an assumed"
        f" ${explanation.usd_per_gib} per GiB scanned; this explanation made {explanation.runs}."
    )
    return [
        f"Scanned: {explanation.scanned:,} events, {explanation.scanned_bytes:,} bytes.",
        cost,
        f"Fields found: {shown or 'none'}.",
    ]
