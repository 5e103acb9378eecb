"""
Advice for errors that come from running cells twice, out of order, or with a blank left in.

AWS's own messages stay as they are; reading them is part of the work. But
whether the lesson can go on, AWS does not say, and a learner has to know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from labkit.checks.feedback import as_html, as_text

if TYPE_CHECKING:
    from types import TracebackType

# AWS names what is there already, and what is missing, in many ways.
_THERE: Final = re.compile(r"AlreadyExists|Duplicate|Conflict|InUse|AlreadyAssociated")
_MISSING: Final = re.compile(r"NotFound|NoSuchEntity|NoSuchBucket|DoesNotExist|\.Malformed")
_PAST: Final = re.compile(r"InvalidStateTransition|IncorrectState|IncorrectInstanceState")
_POLICY: Final = re.compile(r"MalformedPolicyDocument")

_AFRESH: Final = (
    "To begin afresh: Kernel, Restart Kernel, and run the notebook from its first cell."
)
TWICE: Final = (
    "it is there already. If this cell has run before, nothing is lost: go on with the next one. "
    f"To change what is there, look for a call that begins with replace or modify. {_AFRESH}"
)
GONE: Final = (
    "it is not there, or not any more. Did this cell run before, or was something deleted or "
    f"renamed? If a later cell needs it, make it again. {_AFRESH}"
)
PAST: Final = (
    "in the state it is in, this cannot be done. If this cell has run before, it is done already: "
    f"go on with the next one. {_AFRESH}"
)
POLICY: Final = (
    "AWS cannot read this policy. Statement is a list of dicts, each with Effect and Action. An "
    'action begins with its service, as in "ec2:CreateVpc". A Principal says what kind it is, as '
    'in {"Service": "..."}. A Condition is one dict: {operator: {key: value}}.'
)
SKIPPED: Final = (
    "a cell further up sets this name, and has not run in this kernel. Choose Run, Run All Above "
    "Selected Cell, then run this cell again."
)
BLANK: Final = "there is still a blank in this call: put your answer in place of ____."
_ABOUT_CODES: Final = ((_THERE, TWICE), (_MISSING, GONE), (_PAST, PAST), (_POLICY, POLICY))


@dataclass(frozen=True, slots=True, repr=False)
class Advice:
    """What an error means for the lesson, to be shown before the error itself."""

    happened: str
    advice: str

    def __repr__(self) -> str:
        return "\n".join([f"! {self.happened}", *as_text([("To do", self.advice)])])

    def _repr_html_(self) -> str:
        heading = f"! <strong>{escape(self.happened)}</strong>"
        return as_html(heading, [("To do", self.advice)], line="3px dashed #767676")


def advice_on(error: BaseException) -> Advice | None:
    """
    What to do about an error, if it is one of those.

    >>> advice_on(NameError("name 'routes_a' is not defined"))
    ! name 'routes_a' is not defined
      To do  a cell further up sets this name, and has not run in this kernel. Choose Run, Run
             All Above Selected Cell, then run this cell again.
    """
    if isinstance(error, NameError):
        return Advice(str(error), SKIPPED)
    if isinstance(error, ParamValidationError) and "____" in str(error):
        return Advice("AWS was not asked yet.", BLANK)
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        for pattern, advice in _ABOUT_CODES:
            if pattern.search(code):
                return Advice(f"AWS refused {error.operation_name}: {code}", advice)
    return None


def advise() -> None:
    """Show advice with errors from now on, where code runs in IPython; elsewhere do nothing."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  loads when wanted

    shell: Any = get_ipython()
    if shell is not None:
        shell.set_custom_exc((ClientError, ParamValidationError, NameError), _show)


def _show(
    shell: Any,  # noqa: ANN401  IPython calls it with itself first
    kind: type[BaseException],
    error: BaseException,
    frames: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """The advice, then the error; of an error from botocore its own frames tell nobody anything."""
    from IPython.display import display  # noqa: PLC0415  loads when wanted

    advice = advice_on(error)
    if advice is not None:
        display(advice)
    only_message = not isinstance(error, NameError)
    shell.showtraceback((kind, error, frames), tb_offset=tb_offset, exception_only=only_message)
