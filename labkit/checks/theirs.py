"""
What a learner wrote, run with care: an exception of theirs is shown as theirs.

Judges call a learner's function or query inside ``theirs``. Whatever it raises
is caught there and nowhere else, so that a fault of a judge's own still shows.
``sys.exit`` counts as well: it would end the cell without a word about why.
"""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

from labkit.checks.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Callable

_OURS: Final = str(Path(__file__).resolve().parents[1])
_LIBRARIES: Final = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_T = TypeVar("_T")


class StillBlank(Exception):
    """A learner's function gave back ``____``: nobody has filled it in."""


@dataclass(frozen=True, slots=True)
class Raised(Exception):
    """An exception from a learner's own code, with what was being run."""

    what: str
    error: Exception | SystemExit

    @property
    def message(self) -> str:
        """The exception's type and message, as Python ends a traceback."""
        return "".join(traceback.format_exception_only(self.error)).strip()

    @property
    def frames(self) -> str:
        """The learner's part of the traceback, without the judge that called it and libraries."""
        entries = traceback.extract_tb(self.error.__traceback__)
        own = [each for each in entries if not each.filename.startswith((_OURS, *_LIBRARIES))]
        return "".join(traceback.format_list(own)).rstrip()


@contextmanager
def theirs(what: str) -> Iterator[None]:
    """
    Run a learner's code: *what* says which, for example ``"your query"``.

    Raises:
        Raised: It raised; holds the exception.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        raise Raised(what, error) from error


def call(function: Callable[..., _T], *arguments: object) -> _T:
    """
    What a learner's function gives back; a generator is run to its end, as theirs.

    Raises:
        Raised: It raised; holds the exception.
        StillBlank: It gave back ``____``.
    """
    with theirs("your function"):
        result = function(*arguments)
        if isinstance(result, Iterator):
            result = cast("_T", list(result))
    if isinstance(result, Blank):
        raise StillBlank
    return result
