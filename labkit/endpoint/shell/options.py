"""Options of a command as getopt reads them, and numbers as C reads them."""

from __future__ import annotations

import re
from getopt import GetoptError, gnu_getopt
from typing import TYPE_CHECKING, Final

from labkit.endpoint.shell.words import NotSimulatedWord

if TYPE_CHECKING:
    from collections.abc import Sequence


_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,25}")
_DECIMAL: Final = re.compile(r"[0-9]{1,25}(\.[0-9]{0,25})?|\.[0-9]{1,25}")
_SPAN: Final = re.compile(r"([0-9]{1,20}(?:\.[0-9]{0,20})?)([smhd]?)")
_UNITS_S: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class UsageError(Exception):
    """A command was called wrongly; the message is what the program prints."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def parsed(
    program: str,
    arguments: Sequence[str],
    short: str,
    long: Sequence[str] = (),
) -> tuple[dict[str, str], list[str]]:
    """
    The options given and the words left over.

    Args:
        program: For the message about an option the lab does not know.
        arguments: Without the program itself.
        short: Short options as getopt takes them.
        long: Long options likewise.

    Raises:
        NotSimulatedWord: An option is not among those the lab acts out.
        UsageError: An option lacks its argument.

    >>> parsed("ping", ["-c4", "10.2.1.10", "-q"], "c:q")
    ({'-c': '4', '-q': ''}, ['10.2.1.10'])
    """
    try:
        given, rest = gnu_getopt(list(arguments), short, list(long))
    except GetoptError as wrong:
        option = f"{'--' if len(wrong.opt) > 1 else '-'}{wrong.opt}"
        if "requires argument" in wrong.msg:
            raise UsageError(
                f"{program}: option requires an argument -- '{wrong.opt}'", 2
            ) from None
        raise NotSimulatedWord(f"{program} {option}") from None
    return dict(given), rest


def whole_number(program: str, text: str, low: int, high: int) -> int:
    """
    A whole number within bounds.

    Raises:
        UsageError: It is none, in the words of iputils.
    """
    if not _WHOLE.fullmatch(text):
        raise UsageError(f"{program}: invalid argument: '{text}'", 1)
    value = int(text)
    if not low <= value <= high:
        reason = f"out of range: {low} <= value <= {high}"
        raise UsageError(f"{program}: invalid argument: '{text}': {reason}", 1)
    return value


def seconds(program: str, text: str) -> float:
    """
    A span of time [s] above zero, fractions welcome.

    Raises:
        UsageError: It is none.
    """
    value = float(text) if _DECIMAL.fullmatch(text) else 0.0
    if value <= 0:
        raise UsageError(f"{program}: bad timing interval: '{text}'", 1)
    return value


def span_s(program: str, text: str, code: int) -> float:
    """
    A span of time [s] as coreutils read it, with a unit or without.

    Raises:
        UsageError: It is none; *code* is the program's exit code for that.

    >>> span_s("sleep", "1.5m", 1)
    90.0
    """
    span = _SPAN.fullmatch(text)
    if span is None:
        raise UsageError(f"{program}: invalid time interval '{text}'", code)
    return float(span[1]) * _UNITS_S[span[2]]
