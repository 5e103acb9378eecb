"""
What the cell before a check did: a call that AWS refused leaves the lab as it was.

To somebody who looks at the lab alone, that is an exercise nobody has begun;
so is a call that changes something into what it is already. And a function
whose cell does not run is the one of an earlier run. The learner believes
otherwise, so the check speaks of that cell.
"""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from labkit.checks.outcome import Word, not_yet

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome


# A call that is meant to change something (text has a method "replace"), and a blank in its place.
_CHANGE: Final = re.compile(
    r"\.((accept|allocate|associate|attach|authorize|create|delete|detach|disassociate|modify|put"
    r"|release|revoke|run_instances|terminate)(_\w+)?|replace_\w+)\("
)
_BLANK: Final = "____"
_FAILED: Final = "the cell before this check ended with an error."


@dataclass(slots=True)
class _Cells:
    """What is known of the last cell that asked nothing: how it ended, and whether it changes."""

    failed: BaseException | None = None
    is_change: bool = False
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
        source = result.info.raw_cell
        _cells.failed = result.error_before_exec or result.error_in_exec
        _cells.is_change = _BLANK not in source and _CHANGE.search(source) is not None
    _cells.is_asking = False


def asking() -> None:
    """The cell that runs now asks for a check or a hint, and is no attempt at anything."""
    _cells.is_asking = True


def tried(outcome: Outcome) -> Outcome:
    """The same outcome, or what to say if the cell before was an attempt that came to nothing."""
    if outcome.word is Word.NOT_ATTEMPTED:
        return _came_to_nothing(to_do="; ".join(text for _, text in outcome.parts)) or outcome
    if outcome.word is Word.DONE or _cells.failed is None:
        return outcome
    note = f"{_FAILED} {_in_short(_cells.failed)} What is judged may be of an earlier run."
    return replace(outcome, parts=(("Before", note), *outcome.parts))


def _came_to_nothing(to_do: str) -> Outcome | None:
    if _cells.failed is not None:
        return not_yet(
            observed=f"{_FAILED} {_in_short(_cells.failed)}",
            expected=to_do,
            look="the last line below that cell.",
        )
    if _cells.is_change:
        return not_yet(
            observed="the cell before this check ran to its end, and what the check looks at is "
            "as it was.",
            expected=to_do,
            look="the call in that cell: what it names, and what it makes of it.",
        )
    return None


def _in_short(error: BaseException) -> str:
    if isinstance(error, ClientError):
        return f"AWS refused {error.operation_name}: {error.response['Error']['Code']}."
    said = traceback.format_exception_only(error)[-1].strip()
    return said if said.endswith((".", "!", "?")) else f"{said}."
