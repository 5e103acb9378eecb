"""
How invocations end: the payloads of errors, as AWS's Python runtime and Lambda itself word them.

Source: AWS Lambda Developer Guide, "Lambda function errors in Python"; the
open-source runtime interface client for Python.
"""

from __future__ import annotations

import base64
import json
import math
import signal
import sys
import traceback
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_RESPONSE_BYTES: Final = 6_291_556
"""How long an answer may be."""

TASK_ROOT: Final = "/var/task"
"""Where a function's files are, by the names its tracebacks show."""

_OURS: Final = str(Path(__file__).parents[2])
_STANDARD_LIBRARY: Final = str(Path(traceback.__file__).parent).replace("\\", "/")
_INDENT: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of one invocation.

    Args:
        request_id: The invocation's id.
        payload: The answer, or a JSON object about the error.
        failed: Whether it is an error.
        log: The lines of the invocation, first to last.
    """

    request_id: str
    payload: bytes
    failed: bool
    log: tuple[str, ...]

    @property
    def log_tail(self) -> str:
        """The last 4 KB of the log in base64, as ``LogType=Tail`` shows it."""
        return base64.b64encode("".join(self.log).encode()[-4096:]).decode()


class Fault(Exception):
    """
    A function that cannot be begun, or whose answer cannot be passed on.

    Args:
        kind: As in ``Runtime.HandlerNotFound``.
        message: What is wrong.
        trace: Lines about where.
        ends_sandbox: Whether Lambda lets go of the process.
    """

    def __init__(
        self, kind: str, message: str, trace: Sequence[str] = (), *, ends_sandbox: bool = False
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.trace = list(trace)
        self.ends_sandbox = ends_sandbox


def of_fault(fault: Fault, request_id: str) -> dict[str, Any]:
    """The payload about a fault of the runtime's."""
    return _error(fault.message, fault.kind, request_id, fault.trace)


def of_exception(error: BaseException, request_id: str) -> dict[str, Any]:
    """The payload about an exception a function raised, with the frames of its own files on."""
    frames = [
        _as_on_lambda(each)
        for each in traceback.extract_tb(error.__traceback__)
        if not each.filename.startswith(_OURS)
    ]
    own = [number for number, each in enumerate(frames) if each.filename.startswith(TASK_ROOT)]
    trace = traceback.format_list(frames[own[0] :] if own else [])
    return _error(_text(error), type(error).__name__, request_id, trace)


def _as_on_lambda(frame: traceback.FrameSummary) -> traceback.FrameSummary:
    """A frame with the path its file has on Lambda, rather than on this machine."""
    version = f"/var/lang/lib/python{sys.version_info.major}.{sys.version_info.minor}"
    name = frame.filename.replace("\\", "/")
    if "/site-packages/" in name:
        frame.filename = f"{version}/site-packages/{name.rpartition('/site-packages/')[2]}"
    elif name.startswith(_STANDARD_LIBRARY):
        frame.filename = version + name.removeprefix(_STANDARD_LIBRARY)
    return frame


def of_exit(request_id: str, reason: str) -> dict[str, Any]:
    """The payload about a process that is gone."""
    message = f"RequestId: {request_id} Error: Runtime exited {reason}"
    return {"errorType": "Runtime.ExitError", "errorMessage": message}


def of_timeout(request_id: str, timeout_s: int) -> dict[str, Any]:
    """The payload about an invocation that took too long."""
    message = f"RequestId: {request_id} Error: Task timed out after {timeout_s:.2f} seconds"
    return {"errorType": "Sandbox.Timedout", "errorMessage": message}


TOO_LARGE: Final = {
    "errorType": "Function.ResponseSizeTooLarge",
    "errorMessage": (
        "Response payload size exceeded maximum allowed payload size "
        f"({MOST_RESPONSE_BYTES} bytes)."
    ),
}
"""The payload about an answer that is too long."""

NOT_TAKEN: Final = (
    "Failed to post handler success response. Http response code: 413. "
    f'{{"errorMessage":"Exceeded maximum allowed payload size ({MOST_RESPONSE_BYTES} bytes).",'
    '"errorType":"RequestEntityTooLarge"}'
)
"""What the runtime says of such an answer, before it exits."""


def exit_reason(left: BaseException) -> str:
    """What Lambda says of a process that ended by an exception, with a ``code`` or without."""
    interrupt = signal.SIGINT if isinstance(left, KeyboardInterrupt) else 0
    number = getattr(left, "signal_number", interrupt)
    if number:
        return f"with error: signal: {(signal.strsignal(number) or str(number)).lower()}"
    code = getattr(left, "code", 1)
    status = code if isinstance(code, int) else int(code is not None)
    return f"with error: exit status {status & 0xFF}" if status else "without providing a reason"


def log_line(error: dict[str, Any]) -> str:
    """The line that the runtime logs about an error; its lines are joined by returns."""
    lines = [f"[ERROR] {error['errorType']}: {error['errorMessage']}"]
    lines.append("Traceback (most recent call last):")
    for line in "".join(error["stackTrace"]).splitlines():
        bare = line.lstrip(" ")
        lines.append(_INDENT * (len(line) - len(bare)) + bare)
    return "\r".join(lines) + "\n"


def marshalled(result: object) -> bytes:
    """
    An answer as JSON; bytes are passed on as they are.

    Raises:
        Fault: JSON cannot say it.
    """
    if isinstance(result, bytes):
        return result
    try:
        text = json.dumps(result, default=_plain, ensure_ascii=False)
        return text.encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError) as unfit:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {unfit}") from None


def _plain(value: object) -> Any:  # noqa: ANN401  JSON
    if isinstance(value, Decimal):
        return math.nan if value.is_nan() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as worse:  # noqa: BLE001  code of the learner's
        return f"{type(worse).__name__} while printing the error"


def _error(message: str, kind: str, request_id: str, trace: list[str]) -> dict[str, Any]:
    return {
        "errorMessage": message,
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": trace,
    }
