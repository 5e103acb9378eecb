"""
What of this process is a function's while it runs, and is put back afterwards.

Every change is a span: whatever the function does to the same things in it, and
however it ends, they are as they were when it is over.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import thread as thread_pools
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import botocore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

_OUR_PROCESS: Final = os.getpid()
_really_leave, _really_kill = os._exit, os.kill


class ProcessExit(BaseException):
    """
    The function has tried to end the process.

    Args:
        code: What it gave to ``os._exit``.
        signal_number: What it sent to itself, if it was a signal.
    """

    def __init__(self, code: object = 1, signal_number: int = 0) -> None:
        super().__init__(code, signal_number)
        self.code, self.signal_number = code, signal_number


def leave(code: object = 1, *_: object) -> None:
    """End the process, which is the lab's: so only the function ends; a child may go."""
    if os.getpid() != _OUR_PROCESS:
        _really_leave(code if isinstance(code, int) else 1)
    raise ProcessExit(code)


def kill(process: int, number: int) -> None:
    """Send a signal, as ``os.kill`` does; the lab's own process is only asked if it is there."""
    if number and process in {0, -1, _OUR_PROCESS}:
        raise ProcessExit(signal_number=number)
    _really_kill(process, number)


@contextmanager
def as_it_was(mapping: MutableMapping[str, Any]) -> Iterator[None]:
    """A span after which a mapping holds what it held before; it is not emptied for that."""
    outside = dict(mapping)
    try:
        yield
    finally:
        for name in mapping.keys() - outside.keys():
            del mapping[name]
        mapping.update(outside)


@contextmanager
def attributes(module: object, **values: object) -> Iterator[None]:
    """A span in which a module has some attributes, and after which it has all that it had."""
    with as_it_was(vars(module)):
        vars(module).update(values)
        yield


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """A span with these environment variables and no others."""
    with as_it_was(os.environ):
        os.environ.clear()
        os.environ.update(variables)
        yield


@contextmanager
def botocore_initializers() -> Iterator[None]:
    """
    A span after which no more runs in each new session of botocore's than did before.

    Libraries for Lambda register themselves there, and the lab has sessions of its own.
    """
    initializers: list[Any] = vars(botocore)["_INITIALIZERS"]
    outside = list(initializers)
    try:
        yield
    finally:
        initializers[:] = outside


@contextmanager
def recursion_limit() -> Iterator[None]:
    """A span after which Python recurses as deep as before."""
    outside = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(outside)


@contextmanager
def working_in(directory: Path) -> Iterator[None]:
    """A span in which relative paths begin in a directory."""
    try:
        outside: Path | None = Path.cwd()
    except FileNotFoundError:
        outside = None
    os.chdir(directory)
    try:
        yield
    finally:
        if outside is not None:
            with suppress(OSError):
                os.chdir(outside)


@contextmanager
def letting_go_of_pools() -> Iterator[None]:
    """
    A span after which Python, when it exits, does not wait for thread pools begun in it.

    It joins the threads of every pool without limit, and one of a function's may
    wait for what never comes.  Those of others are not daemons, as a function's are.
    """
    joined_at_exit: MutableMapping[Any, Any] = vars(thread_pools)["_threads_queues"]
    outside = set(joined_at_exit)
    try:
        yield
    finally:
        for each in set(joined_at_exit) - outside:
            if each.daemon:
                del joined_at_exit[each]
