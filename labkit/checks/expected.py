"""
Failures that belong to a lesson: caught, shown, and missed when they stay away.

A workbook about failure has to show it without stopping there. An error output
would end a headless run, so the failure is caught and shown as a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from botocore.exceptions import ClientError

from labkit.checks.feedback import as_html, as_text
from labkit.errors import LabError

if TYPE_CHECKING:
    from types import TracebackType

_LINE: Final = "3px dashed #767676"


@dataclass(frozen=True, slots=True, repr=False)
class Failure:
    """A failure that was expected, as a result to look at."""

    name: str
    message: str

    def __repr__(self) -> str:
        parts = [("Failed", self.name), ("Message", self.message)]
        return "\n".join(["✗ This failed, as intended.", *as_text(parts)])

    def _repr_html_(self) -> str:
        parts = [("Failed", self.name), ("Message", self.message)]
        return as_html("✗ This <strong>failed, as intended</strong>.", parts, line=_LINE)


class expect_failure:  # noqa: N801  reads as a statement: with expect_failure(...)
    """
    A block that has to fail, and whose failure is shown.

    Args:
        expected: An exception class, or an AWS error code such as
            ``"RouteAlreadyExists"``.

    Raises:
        LabError: The block ran to its end, so that what the lesson says is not so.

    >>> with expect_failure(ZeroDivisionError) as failure:
    ...     1 / 0
    ✗ This failed, as intended.
      Failed   ZeroDivisionError
      Message  division by zero
    >>> failure.error
    ZeroDivisionError('division by zero')
    """

    def __init__(self, expected: type[Exception] | str) -> None:
        self.expected = expected
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        if error is None:
            raise LabError(
                f"This was expected to fail with {self._name}, and it did not fail. The lab is not "
                "in the state this cell needs: run the notebook again from its first cell."
            )
        if not isinstance(error, Exception) or not self._is(error):
            return False
        self.error = error
        _show(Failure(_name(error), _message(error)))
        return True

    @property
    def _name(self) -> str:
        return self.expected if isinstance(self.expected, str) else self.expected.__name__

    def _is(self, error: Exception) -> bool:
        if isinstance(self.expected, str):
            return _name(error) == self.expected
        return isinstance(error, self.expected)


def _name(error: Exception) -> str:
    if isinstance(error, ClientError):
        code: str = error.response["Error"]["Code"]
        return code
    return type(error).__name__


def _message(error: Exception) -> str:
    if isinstance(error, ClientError):
        message: str = error.response["Error"]["Message"]
        return message
    return str(error)


def _show(failure: Failure) -> None:
    from IPython.display import display  # noqa: PLC0415  loads when wanted

    display(failure)
