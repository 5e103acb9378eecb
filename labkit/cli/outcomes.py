"""What the checks of an executed notebook said, read from its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.checks.feedback import OUTCOME_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last check of an exercise said: its id, one of the four words, and the message."""

    exercise: str
    outcome: str
    message: str


def outcomes_of(notebook: NotebookNode) -> list[Checked]:
    """One entry per exercise that was checked, in the order of the first check."""
    found = {
        output.data[OUTCOME_MIME]["exercise"]: Checked(**output.data[OUTCOME_MIME])
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if OUTCOME_MIME in output.get("data", {})
    }
    return list(found.values())
