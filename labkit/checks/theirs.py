"""
What a learner wrote, run with care: an exception of theirs is shown as theirs.

Judges call a learner's function or query inside ``theirs``. Whatever it raises
is caught there and nowhere else, so that a fault of a judge's own still shows.
``sys.exit`` counts as well: it would end the cell without a word about why. And
so does a function that does not come back: it is told, and not waited for.
"""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

from labkit.checks.blank import Blank
from labkit.errors import LabError
from labkit.patience import TookTooLong, within

if TYPE_CHECKING:
    from collections.abc import Callable

_OURS: Final = str(Path(__file__).resolve().parents[1])
_LIBRARIES: Final = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_T = TypeVar("_T")

PATIENCE_S: Final = 10.0
"""How long a learner's function may take for the little that a judge gives it to do [s]."""

_MOST_VALUES: Final = 100_000


class StillBlank(Exception):
    """A learner's function gave back ``____``: nobody has filled it in."""


class Raised(LabError):
    """An exception from a learner's own code, with what was being run."""

    def __init__(self, what: str, error: BaseException) -> None:
        self.what = what
        self.error = error
        super().__init__(what, error)

    def __str__(self) -> str:
        return f"{self.what} raised\n{self.message}"

    @property
    def message(self) -> str:
        """The exception's type and message, as Python ends a traceback."""
        return "".join(traceback.format_exception_only(self.error)).strip()

    @property
    def frames(self) -> str:
        """The learner's part of the traceback, without the judge that called it and libraries."""
        entries = traceback.extract_tb(self.error.__traceback__)
        own = [each for each in entries if not _is_of_others(each.filename)]
        return "".join(traceback.format_list(own)).rstrip()


def _is_of_others(file_name: str) -> bool:
    # An environment may stand on another one, whose libraries no path of its own leads to.
    return file_name.startswith((_OURS, *_LIBRARIES)) or "site-packages" in Path(file_name).parts


class NotBack(Raised):
    """A learner's own code that had not come to its end after so many seconds."""

    def __init__(self, what: str, error: TookTooLong, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(what, error)

    def __str__(self) -> str:
        return f"{self.what} did not come back within {self.seconds:g} seconds. It was stopped."


@contextmanager
def theirs(what: str) -> Iterator[None]:
    """
    Run a learner's code: *what* says which, for example ``"your query"``.

    For what comes back by itself. A learner's function may not: ``call`` it.

    Raises:
        Raised: It raised; holds the exception.
    """
    try:
        yield
    except (Raised, StillBlank):  # told already
        raise
    except (Exception, SystemExit) as error:
        raise Raised(what, error) from error


def call(
    function: Callable[..., _T],
    *arguments: object,
    what: str = "your function",
    seconds: float = PATIENCE_S,
) -> _T:
    """
    What a learner's function gives back; what it gives bit by bit is collected into a list.

    Args:
        function: Theirs, or one of ours that calls theirs and reads what it gives back.
        arguments: What it is called with.
        what: Whose it is, in words for the learner.
        seconds: How long it may take [s].

    Raises:
        Raised: It raised; holds the exception.
        NotBack: It did not come back in time.
        StillBlank: It gave back ``____``.
    """
    with theirs(what):
        result: _T = bounded(_answer, function, *arguments, what=what, seconds=seconds)
    if isinstance(result, Blank):
        raise StillBlank
    return result


def bounded(
    function: Callable[..., _T], *arguments: object, what: str, seconds: float = PATIENCE_S
) -> _T:
    """
    What one of our functions makes of what a learner handed in, which may go on for ever.

    Raises:
        NotBack: It did not come back in time. What else it raises is not touched.
    """
    try:
        return within(seconds, function, *arguments)
    except TookTooLong as error:
        raise NotBack(what, error, seconds) from error


def _answer(function: Callable[..., _T], *arguments: object) -> _T:
    """What a function gives back, down to the last value of a generator."""
    result = function(*arguments)
    if not isinstance(result, Iterator):
        return result
    values = list(islice(result, _MOST_VALUES + 1))
    if len(values) > _MOST_VALUES:
        raise LabError(
            f"It gives more than {_MOST_VALUES} values, one after the other. Does its loop end?"
        )
    return cast("_T", values)  # a list serves as well as what gives its values
