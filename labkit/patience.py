"""
Somebody else's code, run for a bounded time.

Notebooks run their cells in the main thread. There a timer's signal interrupts
the code wherever it is, also while it waits. In any other thread, and on
Windows, which has no such timer, the code gets a thread of its own. It sees that
its time is up at its next step, and is left behind if it never takes one, or
catches whatever is raised.

What cannot be interrupted: one call into C that does not come back, such as
``sum(itertools.count())``. And nothing is, while it is ``uninterrupted``.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Code that catches whatever is raised at it is told again and again.
_AGAIN_S: Final = 0.05
_GRACE_S: Final = 1.0
_SPARED_S: Final = 60.0  # no call of the lab's own takes as long
_AT_ONCE_S: Final = 1e-6


class TookTooLong(BaseException):
    """Somebody else's code has taken as long as it may; ``except Exception`` does not catch it."""


class Limit:
    """The time of one run, as those see it who have to end it."""

    def __init__(self) -> None:
        self.is_over = False
        self._stepping_aside = threading.Lock()
        self._spared = 0

    @property
    def is_spared(self) -> bool:
        """Whether the run is where it must not be interrupted."""
        return self._spared > 0

    @contextmanager
    def spared(self) -> Iterator[None]:
        """
        A span in which the run is not interrupted.

        Raises:
            TookTooLong: When it is done, there is no time left.
        """
        before = self._spared
        try:
            with self._stepping_aside:
                self._spared = before + 1
            _let_interruptions_arrive()
            yield
        finally:
            with self._stepping_aside:
                self._spared = before
        if self.is_over and not before:
            raise TookTooLong

    def interrupt(self, thread: threading.Thread) -> None:
        """Have a thread see that its time is up at its next step, unless it is spared."""
        self.is_over = True
        with self._stepping_aside:
            if not self.is_spared:
                _throw_at(thread.ident, TookTooLong)

    def close(self) -> None:
        """Let nothing more be told: the run is done, and what its thread has left to do is ours."""
        with self._stepping_aside:
            self._spared = 1
        _let_interruptions_arrive()

    def give_up(self, thread: threading.Thread) -> None:
        """
        Take back what a thread was told and never took, because it waits for ever.

        While an exception waits to be taken, a Python 3.11 that traces any thread
        loops without end: whoever attached a debugger later would hang.  Nothing but
        an exception that is taken clears its mark, so this thread takes one.
        """
        _throw_at(thread.ident, None)
        with suppress(TookTooLong):
            _throw_at(threading.get_ident(), TookTooLong)
            _let_interruptions_arrive()


def _throw_at(thread_id: int | None, exception: type[BaseException] | None) -> None:
    """Have a thread raise an exception at its next step; None takes back what it has not raised."""
    if thread_id is not None:
        thrown = ctypes.py_object() if exception is None else ctypes.py_object(exception)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), thrown)


_limit: Final[ContextVar[Limit | None]] = ContextVar("limit", default=None)


def _let_interruptions_arrive() -> None:
    """Take a few steps: what was thrown at this thread before arrives here, not later."""
    for _ in range(10):
        pass


class _LostWithoutAWord:
    """
    A span in which nothing is printed of what was raised where Python cannot raise.

    In a destructor or a callback of the garbage collector whatever is raised is
    lost, with a traceback on the standard error stream.  Here that would tell a
    reader of nothing: the code is told again as soon as it is out of there.
    """

    def __enter__(self) -> None:
        self._hook_before = sys.unraisablehook
        if not isinstance(self._hook_before, _LostWithoutAWord):  # within another limit
            sys.unraisablehook = self

    def __exit__(self, *_: object) -> None:
        if sys.unraisablehook is self:
            sys.unraisablehook = self._hook_before

    def __call__(self, lost: sys.UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, TookTooLong):
            self._hook_before(lost)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """
    A span in which ``within`` does not interrupt: what is half-way through would stay half done.

    Raises:
        TookTooLong: When it is done, there is no time left.
    """
    limit = _limit.get()
    if limit is None:
        yield
    else:
        with limit.spared():
            yield


def within(
    seconds: float, function: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs
) -> _T:
    """
    What a function gives back, if it does so in time.

    Args:
        seconds: How much of the machine's time it may take [s].
        function: Somebody else's.
        arguments: What it is called with.
        named: The same, by name.

    Raises:
        TookTooLong: It did not come back in time.

    >>> within(5, max, 3, 4)
    4
    """

    def run() -> _T:
        return function(*arguments, **named)

    limit = Limit()
    outside = _limit.set(limit)
    try:
        with _LostWithoutAWord():
            found = (_by_signal if _has_signals() else _in_a_thread)(limit, seconds, run)
    finally:
        _limit.reset(outside)
    if limit.is_over:
        raise TookTooLong  # it was told, and carried on
    return found


def _has_signals() -> bool:
    here = threading.current_thread() is threading.main_thread()
    return here and hasattr(signal, "setitimer") and signal.getsignal(signal.SIGALRM) is not None


def _by_signal(limit: Limit, seconds: float, run: Callable[[], _T]) -> _T:
    done = False

    def ring(_: int, at: FrameType | None) -> None:
        if done:
            return
        limit.is_over = True
        if limit.is_spared or at is None or at.f_code in _NEVER_IN:
            return
        # Whoever catches what is raised is told at their next line.
        sys.settrace(tell)
        caller: FrameType | None = at
        while caller is not None and caller.f_code is not _by_signal.__code__:
            caller.f_trace = tell
            caller = caller.f_back
        raise TookTooLong

    def tell(at: FrameType, event: str, _: object) -> Any:  # noqa: ANN401  what settrace takes
        if event in ("call", "line") and not (done or limit.is_spared or at.f_code in _NEVER_IN):
            raise TookTooLong
        return tell

    trace_before = sys.gettrace()
    ring_before = signal.signal(signal.SIGALRM, ring)
    left_s, again_s = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
    began_s = time.monotonic()
    try:
        return run()
    finally:
        done = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.settrace(trace_before)
        signal.signal(signal.SIGALRM, ring_before)
        if left_s:  # somebody else's timer goes on from where it would be by now
            left_s = max(_AT_ONCE_S, left_s - (time.monotonic() - began_s))
            signal.setitimer(signal.ITIMER_REAL, left_s, again_s)


# On the way in and out of the first nothing is raised: that would leave the timer running.
_NEVER_IN: Final = {_by_signal.__code__, _LostWithoutAWord.__call__.__code__}


def _in_a_thread(limit: Limit, seconds: float, run: Callable[[], _T]) -> _T:
    found: list[_T] = []
    raised: list[BaseException] = []

    def attempt() -> None:
        # Raised again below, in the thread of who called, as if there were no other: also
        # SystemExit, which would end this one without a word, and TookTooLong. The stop
        # button's KeyboardInterrupt does not get here, since signals go to the main thread.
        try:
            try:
                found.append(run())
            except BaseException as error:  # noqa: BLE001  nothing is lost: it is raised again
                raised.append(error)
            limit.close()
        except TookTooLong:  # told again on its way out, where nobody else would catch it
            limit.close()

    thread = threading.Thread(target=copy_context().run, args=(attempt,), daemon=True)
    try:
        thread.start()
        thread.join(seconds)
    finally:
        _stop(thread, limit)
    if limit.is_over:
        raise TookTooLong
    if raised:
        raise raised[0]
    return found[0]


def _stop(thread: threading.Thread, limit: Limit) -> None:
    """Wait for a thread to see that its time is up; leave it behind if it does not."""
    began_s = time.monotonic()
    while thread.is_alive():
        limit.interrupt(thread)
        thread.join(_AGAIN_S)
        grace_s = _SPARED_S if limit.is_spared else _GRACE_S
        if time.monotonic() - began_s > grace_s:
            limit.give_up(thread)
            return
