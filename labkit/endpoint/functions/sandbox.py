"""
This process, made to look to a function like the one it has on Lambda, and put back afterwards.

While a function runs, the environment variables are its own, so are the
modules of its package, standard output, the root logger and what boto3 takes
for its default session: ``boto3.client("ec2")`` reaches the lab.  Its modules
stay loaded from one invocation to the next, as on Lambda, until its code or
its settings change.

All of this belongs to the process, so one function runs at a time, whoever has
the ``turn``; those that it invokes itself run meanwhile, again one at a time.
"""

from __future__ import annotations

import builtins
import io
import os
import shutil
import signal
import sys
import threading
import time
import typing
import weakref
from contextlib import ExitStack, contextmanager
from contextvars import Context, ContextVar, copy_context
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import boto3
import botocore.session
from botocore import handlers
from botocore.loaders import Loader

from labkit.endpoint.functions import process
from labkit.endpoint.functions.directories import new_directory
from labkit.endpoint.functions.loggers import Loggers
from labkit.endpoint.functions.memory import Allowance
from labkit.endpoint.functions.modules import Modules
from labkit.endpoint.functions.outcome import TASK_ROOT
from labkit.endpoint.functions.printing import Output
from labkit.endpoint.functions.role_door import RoleDoor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.functions.function import Function
    from labkit.endpoint.functions.printing import Printed
    from labkit.endpoint.functions.watching import Watch

AnswerT = TypeVar("AnswerT")

_NO_SECRETS: Final = {
    "AWS_ACCESS_KEY_ID": "labkit",
    "AWS_SECRET_ACCESS_KEY": "labkit",
    "AWS_SESSION_TOKEN": "labkit",
}
_KEPT_VARIABLES: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
_really_sleep = time.sleep

_of_the_process: Final = threading.Lock()
_turns: ContextVar[threading.Lock] = ContextVar("turns", default=_of_the_process)


def turn() -> threading.Lock:
    """What whoever runs a function holds from before its time begins until it is over."""
    return _turns.get()


@cache
def _service_descriptions() -> Loader:
    """What botocore knows of each service, read once for all functions of a process."""
    return Loader()


class _UnderWay:
    """
    One invocation: what bounds it, and in what context it calls back, whichever thread does.

    The context holds whose turn it is within, one at a time; at what instant, by how long a
    chain and for whom it was invoked.
    """

    def __init__(self, watch: Watch, memory_mb: int) -> None:
        self.watch = watch
        self.allowance = Allowance(memory_mb)
        self.context = copy_context()
        self.context.run(_turns.set, threading.Lock())


class Sandbox:
    """
    What stays of a function between two invocations.

    Args:
        aws: The application it belongs to.
        function: The function.
        log_stream: Where its lines go.
    """

    def __init__(self, aws: EmbeddedAws, function: Function, log_stream: str) -> None:
        self.function = function
        self.log_stream = log_stream
        self.handler: Any = None
        self._door = RoleDoor(aws, function, self)
        self._root = new_directory()
        weakref.finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        self._modules = Modules(self._root, self.ask)
        self._output = Output()
        self._loggers = Loggers(self._output)
        self._session: Any = None
        self._under_way: _UnderWay | None = None

    def ask(self) -> None:
        """
        Nothing, while the invocation under way has time.

        Raises:
            TimeIsUp: There is none left.
            SystemExit: There is no invocation, and this is a thread that outlived its own.
        """
        under_way = self._under_way
        if under_way is None:
            raise SystemExit  # which ends a thread without a word
        under_way.watch.ask()

    def sleep(self, seconds: float) -> None:
        """Sleep by the lab's clock; as ``time.sleep``, also for threads that are not ours."""
        under_way = self._under_way
        if under_way is None or _turns.get() is _of_the_process:
            _really_sleep(seconds)
        else:
            under_way.watch.sleep(seconds)

    def call_back(self, work: Callable[[], AnswerT]) -> AnswerT:
        """
        What *work* in the application comes to; the function's own bounds hold no more in it.

        Raises:
            ConnectionError: The invocation is over, and this is a thread that outlived it.
            TimeIsUp: There is no time left, before or when the call is done.
        """
        under_way = self._under_way
        if under_way is None:
            raise ConnectionError("The invocation that made this client is over.")
        with under_way.watch.calling_back(), under_way.allowance.lifted():
            return under_way.context.copy().run(work)

    @contextmanager
    def entered(self, watch: Watch, printed: Printed) -> Iterator[Context]:
        """
        A span in which this process is the function's; gives the context to run it in.

        Whoever enters it has the ``turn``.
        """
        under_way = _UnderWay(watch, self.function.memory_mb)
        outer, self._under_way = self._under_way, under_way
        try:
            with ExitStack() as stack:
                for change in self._changes(printed, under_way):
                    stack.enter_context(change)
                yield under_way.context.copy()
        finally:
            self._under_way = outer

    def _changes(self, printed: Printed, under_way: _UnderWay) -> Iterator[Any]:
        self._unpacked()
        yield process.environment(self._environment())
        yield self._output.going_to(printed)
        yield process.attributes(
            sys, stdout=self._output, stderr=self._output, stdin=io.StringIO("")
        )
        yield process.attributes(sys, dont_write_bytecode=True)
        yield process.recursion_limit()
        yield process.botocore_initializers()
        yield process.attributes(typing)  # which typing_extensions changes
        yield process.attributes(time, sleep=self.sleep)
        leave = process.leave
        yield process.attributes(os, _exit=leave, abort=leave, kill=process.kill)
        yield process.attributes(signal, alarm=leave, setitimer=leave, raise_signal=leave)
        yield process.letting_go_of_pools()
        yield self._modules.importable()
        yield self._talking_to_the_lab()
        yield self._loggers.in_place()
        yield process.working_in(self._root)
        yield under_way.allowance.bounding()
        # Put back first: the others need them.
        yield process.attributes(builtins, exit=sys.exit, quit=sys.exit)

    def _unpacked(self) -> None:
        """Have the files there, be it again: on Lambda a function cannot remove its own code."""
        if not self._root.is_dir() or not any(self._root.iterdir()):
            self.function.package.unpack(self._root)

    def _environment(self) -> dict[str, str]:
        function = self.function
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        return {
            **kept,
            **_NO_SECRETS,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": TASK_ROOT,
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream,
            # So that the machine's own accounts stay out of it.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            **function.environment,
        }

    @contextmanager
    def _talking_to_the_lab(self) -> Iterator[None]:
        """Every session of boto3 made in this span reaches the lab, and only those."""
        builtin = ("before-send", self._door.answer)
        outside = boto3.DEFAULT_SESSION
        handlers.BUILTIN_HANDLERS.insert(0, builtin)
        try:
            boto3.DEFAULT_SESSION = self._session or self._default_session()
            yield
        finally:
            self._session, boto3.DEFAULT_SESSION = boto3.DEFAULT_SESSION, outside
            handlers.BUILTIN_HANDLERS.remove(builtin)

    def _default_session(self) -> Any:  # noqa: ANN401  boto3 has no types
        reader = botocore.session.Session()
        reader.register_component("data_loader", _service_descriptions())
        return boto3.Session(botocore_session=reader, region_name=self.function.region)
