"""
How the cell before a check ended: a call that AWS refused leaves the lab as it was.

To somebody who looks at the lab alone, that is an exercise nobody has begun.
The learner knows better, so the check says that the cell has failed.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from labkit.checks.outcome import Word, not_yet

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome


@dataclass(slots=True)
class _Cells:
    """What is known of the cells that have run: how the last one ended that asked nothing."""

    failed: BaseException | None = None
    is_asking: bool = False


_cells: Final = _Cells()


def watch() -> None:
    """Take note of how cells end from now on, where code runs in IPython; elsewhere do nothing."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  loads when wanted

    shell: Any = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", _ended)


def _ended(result: Any) -> None:  # noqa: ANN401  IPython's ExecutionResult
    if not _cells.is_asking:
        _cells.failed = result.error_before_exec or result.error_in_exec
    _cells.is_asking = False


def asking() -> None:
    """The cell that runs now asks for a check or a hint, and is no attempt at anything."""
    _cells.is_asking = True


def tried(outcome: Outcome) -> Outcome:
    """The same outcome, or what to say of the cell before if it failed and nothing else is new."""
    if outcome.word is not Word.NOT_ATTEMPTED or _cells.failed is None:
        return outcome
    return not_yet(
        observed=f"the cell before this check ended with an error. {_in_short(_cells.failed)}",
        expected="; ".join(text for _, text in outcome.parts),
        look="the last line below that cell.",
    )


def _in_short(error: BaseException) -> str:
    if isinstance(error, ClientError):
        return f"AWS refused {error.operation_name}: {error.response['Error']['Code']}."
    return traceback.format_exception_only(error)[-1].strip()
