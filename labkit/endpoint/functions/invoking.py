"""
One event, one invocation: a function run to its end, its lines logged, its outcome told.

The function runs in a thread of its own, so that it can be left behind if it
does not come back.  Nothing else of the lab runs meanwhile in this process but
what the function itself asks for.

Source: AWS Lambda Developer Guide, "Lambda execution environment" and "Sending
Python function logs to CloudWatch Logs".
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.clock import WallClock
from labkit.endpoint.functions import outcome
from labkit.endpoint.functions.context import Context
from labkit.endpoint.functions.outcome import Fault, Outcome
from labkit.endpoint.functions.printing import Printed
from labkit.endpoint.functions.reporting import Reports
from labkit.endpoint.functions.sandbox import Sandbox, turn
from labkit.endpoint.functions.watching import IMPORTING_S, Stopwatch, TimeIsUp, Watch
from labkit.endpoint.moto_seam.protocols import new_request_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.functions.function import Function

SHORTEST_MS: Final = 1
"""What an invocation counts for in which no time passed on the lab's clock [ms]."""

MEMORY_USED_MB: Final = 40
"""What is reported as used: it is not measured, as no two runs would print the same."""

_GRACE_S: Final = 1.0
_CALL_S: Final = 60.0  # no call of the lab's own takes as long


@dataclass(frozen=True, slots=True)
class _End:
    """How the function's own code ended: with an answer, or with the payload of an error."""

    answer: bytes | None = None
    error: dict[str, Any] | None = None
    logged: bool = False
    fatal: bool = False


class Runner:
    """Runs the functions of one application; ``aws.extension(Runner)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._warm: dict[tuple[str, str], Sandbox] = {}

    def run(self, function: Function, event: object, client_context: object = None) -> Outcome:
        """
        What came of one event.

        Not to be called within :meth:`EmbeddedAws.active`, where the function would have
        to wait for itself.

        Args:
            function: The function.
            event: What its handler gets.
            client_context: What the caller says of itself.
        """
        with turn():
            with self._aws.active("Invoke"):
                request_id = new_request_id()
                sandbox = self._sandbox(function)
            watch = self._watch(function)
            printed = Printed(self._aws.clock, request_id)
            printed.line(f"START RequestId: {request_id} Version: {function.version}\n")
            context = Context.of(function, request_id, sandbox.log_stream, watch, client_context)
            with sandbox.entered(watch, printed) as within:

                def work() -> _End:
                    return within.run(_called, sandbox, event, context, watch, printed)

                end = _in_a_thread(watch, work)
            if end is None or end.fatal:
                self.forget(function)
        made = self._ended(function, request_id, watch, printed, end)
        lines = [(round(at_s * 1000), text) for at_s, text in printed.lines]
        self._aws.extension(Reports).invoked(
            function, sandbox.log_stream, lines, _duration_ms(watch), failed=made.failed
        )
        return made

    def forget(self, function: Function) -> None:
        """Let go of what is loaded of a version of a function."""
        self._warm.pop((function.arn, function.version), None)

    def _watch(self, function: Function) -> Watch:
        clock, timeout_s = self._aws.clock, function.timeout_s
        if isinstance(clock, WallClock):
            return Watch(Stopwatch(clock), timeout_s, IMPORTING_S + timeout_s)
        return Watch(clock, timeout_s, self._aws.settings.function_patience_s)

    def _sandbox(self, function: Function) -> Sandbox:
        which = function.arn, function.version
        warm = self._warm.get(which)
        if warm is None or warm.function.revision != function.revision:
            today = datetime.fromtimestamp(self._aws.clock.now(), UTC)
            stream = f"{today:%Y/%m/%d}/[{function.version}]{new_request_id().replace('-', '')}"
            warm = Sandbox(self._aws, function, stream)
            self._warm[which] = warm
        return warm

    def _ended(
        self, function: Function, request_id: str, watch: Watch, printed: Printed, end: _End | None
    ) -> Outcome:
        printed.end()
        status = ""
        if end is None and not watch.is_over:
            gone = outcome.of_exit(request_id, outcome.exit_reason(SystemExit(1)))
            end = _End(error=gone, fatal=True)
        if end is None:
            watch.use_up()
            end = _End(error=outcome.of_timeout(request_id, function.timeout_s), fatal=True)
            now = datetime.fromtimestamp(self._aws.clock.now(), UTC)
            stamp = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"
            waited = f"Task timed out after {function.timeout_s:.2f} seconds"
            printed.line(f"{stamp} {request_id} {waited}\n\n")
            status = "Status: timeout"
        elif end.error is not None and end.fatal:
            kind, message = end.error["errorType"], end.error["errorMessage"]
            if not end.logged:
                printed.line(f"{message}\n{kind}\n")
            ended_by = "Runtime.ExitError" if end.error is outcome.TOO_LARGE else kind
            status = f"Status: error\tError Type: {ended_by}"
        printed.line(f"END RequestId: {request_id}\n")
        printed.line(_report(function, request_id, _duration_ms(watch), status))
        payload = end.answer if end.error is None else _as_json(end.error)
        log = tuple(text for _, text in printed.lines)
        failed = end.error is not None
        return Outcome(request_id, payload or b"", failed, log)


def _as_json(error: dict[str, Any]) -> bytes:
    return json.dumps(error, ensure_ascii=False).encode("utf-8", "replace")


def _duration_ms(watch: Watch) -> float:
    return max(SHORTEST_MS, watch.taken_ms)


def _report(function: Function, request_id: str, duration_ms: float, status: str) -> str:
    used_mb = min(MEMORY_USED_MB, function.memory_mb)
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {-int(-duration_ms // 1)} ms",
        f"Memory Size: {function.memory_mb} MB",
        f"Max Memory Used: {used_mb} MB",
        status,
    ]
    return "\t".join(parts) + "\n"


def _in_a_thread(watch: Watch, work: Callable[[], _End]) -> _End | None:
    """What *work* gives back; None if its time ran out, and it may be running still."""
    ends: list[_End] = []

    def attempt() -> None:
        # What gets here is no answer, and its absence says so: TimeIsUp, of the handler or of what
        # else is the function's, such as an error's __str__; and what becomes of our own steps in
        # a process that the function has broken, from NameError to MemoryError.
        with suppress(BaseException):
            ends.append(work())

    thread = threading.Thread(target=attempt, daemon=True, name="function")
    try:
        thread.start()
        thread.join(watch.patience_left_s)  # the stop button's KeyboardInterrupt arrives here
    finally:
        _stop(thread, watch)
    return ends[0] if ends and not watch.is_over else None


def _stop(thread: threading.Thread, watch: Watch) -> None:
    """Wait for a thread to see that its time is up; leave it behind if it does not."""
    if thread.is_alive():
        watch.is_over = True
        thread.join(_GRACE_S)
        if watch.is_called_back:
            thread.join(_CALL_S)


def _called(
    sandbox: Sandbox, event: object, context: Context, watch: Watch, printed: Printed
) -> _End:
    """What the function's own code gives back, or how it failed."""
    request_id = context.aws_request_id
    try:
        if sandbox.handler is None:
            sandbox.handler = _handler(sandbox.function.handler)
        watch.begin()
        answer = outcome.marshalled(_closed(sandbox.handler(event, context)))
        if len(answer) > outcome.MOST_RESPONSE_BYTES:
            printed.runtime_line(outcome.NOT_TAKEN)
            return _End(error=outcome.TOO_LARGE, logged=True, fatal=True)
    except TimeIsUp:
        raise
    except Fault as fault:
        error, fatal = outcome.of_fault(fault, request_id), fault.ends_sandbox
    except Exception as raised:  # noqa: BLE001  the learner's code may raise any
        error, fatal = outcome.of_exception(raised, request_id), sandbox.handler is None
    except BaseException as left:  # noqa: BLE001  what ends a Python program ends the function
        # SystemExit, ProcessExit, a KeyboardInterrupt of the function's own: signals, and so the
        # stop button's, go to the main thread, and this is never it.
        return _End(error=outcome.of_exit(request_id, outcome.exit_reason(left)), fatal=True)
    else:
        return _End(answer=answer)
    printed.end()
    printed.line(outcome.log_line(error))
    return _End(error=error, logged=True, fatal=fatal)


def _closed(result: object) -> object:
    """A handler's answer; a coroutine, which is no answer, will not complain of never being run."""
    if inspect.iscoroutine(result):
        result.close()
    return result


def _handler(named: str) -> Callable[[object, Context], object]:
    """
    The function that a handler's name stands for.

    Raises:
        Fault: There is none.
    """
    module_name, dot, name = named.rpartition(".")
    if not dot:
        raise _unfit(
            "Runtime.MalformedHandlerName",
            f"Bad handler '{named}': not enough values to unpack (expected 2, got 1)",
        )
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise _unfit("Runtime.BuiltInModuleConflict", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as missing:
        raise _unfit(
            "Runtime.ImportModuleError", f"Unable to import module '{module_name}': {missing}"
        ) from missing
    except SyntaxError as wrong:
        trace = [f'  File "{wrong.filename}" Line {wrong.lineno}\n    {wrong.text}']
        message = f"Syntax error in module '{module_name}': {wrong}"
        raise _unfit("Runtime.UserCodeSyntaxError", message, trace) from wrong
    except ValueError as empty:  # of a name such as ".handler"
        raise _unfit("Runtime.MalformedHandlerName", f"Bad handler '{named}': {empty}") from empty
    try:
        found: Callable[[object, Context], object] = getattr(module, name)
    except AttributeError:
        raise _unfit(
            "Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module_name}'"
        ) from None
    return found


def _unfit(kind: str, message: str, trace: list[str] | None = None) -> Fault:
    return Fault(kind, message, trace or (), ends_sandbox=True)
