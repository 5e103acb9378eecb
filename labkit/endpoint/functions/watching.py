"""
What ends an invocation that would not end by itself.

Nothing in Python can stop another thread for certain.  So the source of a
function is compiled with a question at every place that can come round again,
a loop's body, a function's, a comprehension's: is my time up?  If it is, the
answer is :class:`TimeIsUp`, again and again, so that no handler of exceptions
in the function's own code can go on for ever.  Time is that of the lab's clock,
which sleeping moves; and, since an endless loop moves no clock, a bound on the
machine's own seconds.

What cannot be asked is one call that never comes back.  If it waits, as
``lock.acquire()`` does, its thread is left behind, and stops where it is asked
next.  Nothing is thrown at it from outside: it would not take it, and a thrown
exception that nobody takes keeps every thread of a Python 3.11 from being
traced, so that whoever attaches a debugger hangs.  If it counts without ever
letting other threads in, as ``sum(itertools.count())`` does, nothing can end it.
"""

from __future__ import annotations

import ast
import threading
import time
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.clock import WallClock

    LoopT = TypeVar("LoopT", ast.For, ast.AsyncFor, ast.While)
    DefinitionT = TypeVar("DefinitionT", ast.FunctionDef, ast.AsyncFunctionDef)

QUESTION: Final = "__labkit_is_my_time_up__"
"""The name, in every module of a function, of what asks."""


IMPORTING_S: Final = 10.0
"""How long it may take to import a function's modules, before its own time begins [s]."""


class TimeIsUp(BaseException):
    """An invocation has taken as long as it may."""


class Timepiece(Protocol):
    """What the time of an invocation is told by: the lab's clock, or a :class:`Stopwatch`."""

    def now(self) -> float:
        """The time [s]."""

    def sleep(self, seconds: float) -> None:
        """Let *seconds* [s] pass."""


class Stopwatch:
    """
    Time as a function takes it on a wall clock.

    Its code takes as many of the machine's seconds whether that clock runs fast or not, only
    its sleep goes by as fast as that clock.

    Args:
        clock: The lab's.
    """

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._won_s = 0.0

    def now(self) -> float:
        """Seconds since some moment or other [s]."""
        return time.monotonic() + self._won_s

    def sleep(self, seconds: float) -> None:
        """Let *seconds* [s] pass by the lab's clock."""
        self._clock.sleep(seconds)
        self._won_s += max(0.0, seconds) * (1 - 1 / self._clock.speed)


class Watch:
    """
    The time of one invocation.

    Args:
        clock: What tells it.
        timeout_s: How long it may take [s].
        patience_s: How many of the machine's own seconds it may take [s].
    """

    def __init__(self, clock: Timepiece, timeout_s: float, patience_s: float) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._context = copy_context()  # the lab's clock shows the instant of what is under way
        self._began_s = self._now()
        self._ends_s = self._began_s + max(timeout_s, IMPORTING_S)
        self._patient_until = time.monotonic() + patience_s
        self._inside = threading.Lock()
        self._called_back = 0
        self.is_over = False

    def _now(self) -> float:
        """The time of the invocation, in whatever thread."""
        return self._context.copy().run(self._clock.now)

    def begin(self) -> None:
        """Have its own time begin now: its modules are there."""
        self._began_s = self._now()
        self._ends_s = self._began_s + self._timeout_s

    def ask(self) -> None:
        """
        Nothing, while there is time.

        Raises:
            TimeIsUp: There is none left.
        """
        if self.is_over or time.monotonic() > self._patient_until or self._now() > self._ends_s:
            self.end()

    def sleep(self, seconds: float) -> None:
        """
        Let time pass by the lab's clock, as much as there is.

        Raises:
            TimeIsUp: There is less than asked for.
        """
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        left_s = self._ends_s - self._now()
        self._clock.sleep(min(seconds, left_s))
        if seconds > left_s:
            self.end()
        self.ask()

    def end(self) -> None:
        """
        Let nothing more happen.

        Raises:
            TimeIsUp: Always.
        """
        self.is_over = True
        raise TimeIsUp

    @property
    def left_ms(self) -> int:
        """What is left of its time [ms]."""
        return max(0, round((self._ends_s - self._now()) * 1000))

    @property
    def taken_ms(self) -> float:
        """What it has taken so far [ms]."""
        return (min(self._now(), self._ends_s) - self._began_s) * 1000

    def use_up(self) -> None:
        """Let all of its time have passed."""
        self._clock.sleep(self._ends_s - self._now())

    @property
    def is_called_back(self) -> bool:
        """Whether the function is inside the application."""
        return self._called_back > 0

    @property
    def patience_left_s(self) -> float:
        """How many of the machine's own seconds are left [s]."""
        return max(0.0, self._patient_until - time.monotonic())

    @contextmanager
    def calling_back(self) -> Iterator[None]:
        """
        A span in which the function is inside the application, which it must leave in order.

        Raises:
            TimeIsUp: Before, or when the call is done, there is no time left.
        """
        self.ask()
        with self._inside:
            self._called_back += 1
        try:
            yield
        finally:
            with self._inside:
                self._called_back -= 1
        self.ask()


def compiled(source: bytes, file_name: str) -> Any:  # noqa: ANN401  a code object
    """
    The code of a module that asks whether its time is up wherever it can come round again.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = ast.parse(source, file_name)
    try:
        asking = ast.fix_missing_locations(_Asking().visit(tree))
    except RecursionError:  # deeper than we can walk, though Python could read it
        asking = tree
    return compile(asking, file_name, "exec", dont_inherit=True)


class _Asking(ast.NodeTransformer):
    """Puts the question in."""

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._loop(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        return self._loop(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._loop(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._definition(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        node.body = ast.copy_location(ast.BoolOp(ast.Or(), [_question(), node.body]), node.body)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs.insert(0, ast.copy_location(ast.UnaryOp(ast.Not(), _question()), node.iter))
        return node

    def _loop(self, node: LoopT) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, ast.copy_location(ast.Expr(_question()), node.body[0]))
        return node

    def _definition(self, node: DefinitionT) -> ast.AST:
        self.generic_visit(node)
        at = int(ast.get_docstring(node, clean=False) is not None)
        place = node.body[min(at, len(node.body) - 1)]
        node.body.insert(at, ast.copy_location(ast.Expr(_question()), place))
        return node


def _question() -> ast.Call:
    return ast.Call(ast.Name(QUESTION, ast.Load()), [], [])
