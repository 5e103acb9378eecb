"""
This process, made to look to a function like the one it has on Lambda, and put back afterwards.

While a function runs, the environment variables are its own, so are the
modules of its package, standard output, the root logger and what boto3 takes
for its default session: ``boto3.client("ec2")`` reaches the lab.  Its modules
stay loaded from one invocation to the next, as on Lambda, until its code or
its settings change.

All of this belongs to the process, so one function runs at a time; one that
invokes another waits for it.
"""

from __future__ import annotations

import builtins
import io
import linecache
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import weakref
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore import handlers
from botocore.loaders import Loader

from labkit.endpoint.functions.memory import Allowance
from labkit.endpoint.functions.outcome import TASK_ROOT
from labkit.endpoint.functions.role_door import RoleDoor
from labkit.endpoint.functions.watching import QUESTION, Watch, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping, Sequence
    from types import ModuleType

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.functions.function import Function
    from labkit.endpoint.functions.printing import Printed

_NO_SECRETS: Final = {
    "AWS_ACCESS_KEY_ID": "labkit",
    "AWS_SECRET_ACCESS_KEY": "labkit",
    "AWS_SESSION_TOKEN": "labkit",
}
_KEPT_VARIABLES: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
_MISSING: Final = object()
_one_at_a_time = threading.Lock()
_within: ContextVar[bool] = ContextVar("within", default=False)


class ProcessExit(BaseException):
    """The function has tried to end the process, by ``os._exit`` or a signal."""

    def __init__(self, code: object = 1) -> None:
        super().__init__(code)
        self.code = code


@cache
def _service_descriptions() -> Loader:
    """What botocore knows of each service, read once for all functions of a process."""
    return Loader()


class Sandbox:
    """
    What stays of a function between two invocations.

    Args:
        aws: The application it belongs to.
        function: The function.
        log_stream: Where its lines go.

    Attributes:
        root: Where its files are.
    """

    def __init__(self, aws: EmbeddedAws, function: Function, log_stream: str) -> None:
        self.function = function
        self.log_stream = log_stream
        self.handler: Any = None
        self.watch: Watch | None = None
        self.allowance = Allowance(function.memory_mb)
        self._door = RoleDoor(aws, function, self)
        self.root = Path(tempfile.mkdtemp(prefix="labkit-function-"))
        weakref.finalize(self, shutil.rmtree, self.root, ignore_errors=True)
        self._modules: dict[str, ModuleType] = {}
        self._session: Any = None
        function.package.unpack(self.root)

    def ask(self) -> None:
        """
        Nothing, while the invocation under way has time.

        Raises:
            TimeIsUp: There is none left, or no invocation.
        """
        (self.watch or _NO_TIME).ask()

    def sleep(self, seconds: float) -> None:
        """Sleep by the lab's clock; as ``time.sleep``, also for threads that are not ours."""
        if self.watch is None or not _within.get():
            _really_sleep(seconds)
        else:
            self.watch.sleep(seconds)

    @contextmanager
    def entered(self, watch: Watch, printed: Printed) -> Iterator[None]:
        """A span in which this process is the function's."""
        nested = _within.get()
        if not nested:
            _one_at_a_time.acquire()
        inside = _within.set(True)
        outer_watch, self.watch = self.watch, watch
        try:
            with ExitStack() as stack:
                for change in self._changes(printed):
                    stack.enter_context(change)
                yield
        finally:
            self.watch = outer_watch
            _within.reset(inside)
            if not nested:
                _one_at_a_time.release()

    def _changes(self, printed: Printed) -> Iterator[Any]:
        yield _items(os.environ, self._environment())
        yield _attributes(sys, stdout=printed, stderr=printed, stdin=io.StringIO(""))
        yield _attributes(sys, dont_write_bytecode=True)
        yield _recursion_limit()
        yield _attributes(time, sleep=self.sleep)
        yield _attributes(os, _exit=_leave, abort=_leave, kill=_kill)
        yield _attributes(signal, alarm=_leave, setitimer=_leave, raise_signal=_leave)
        yield _attributes(builtins, exit=sys.exit, quit=sys.exit)
        yield self._importing()
        yield self._talking_to_the_lab()
        yield _logging_to(printed)
        yield _working_in(self.root)
        yield self.allowance
        yield _as_it_was(vars(builtins))  # first to be put back: the others need them

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
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
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
    def _importing(self) -> Iterator[None]:
        finder = _PackageFinder(self)
        modules, path, meta_path = dict(sys.modules), list(sys.path), list(sys.meta_path)
        for name in self._hidden():
            del sys.modules[name]
        sys.modules.update(self._modules)
        sys.meta_path.insert(0, finder)
        sys.path.insert(0, str(self.root))
        try:
            yield
        finally:
            sys.path[:], sys.meta_path[:] = path, meta_path
            for name in finder.found | self._modules.keys():
                module = sys.modules.pop(name, None)
                if module is not None:
                    self._modules[name] = module
            sys.modules.update(modules)  # whatever the function did to them
            _forget_lines()

    def _hidden(self) -> list[str]:
        """Names of modules that the package has, too, and that are its own for the function."""
        tops = {each.stem for each in self.root.iterdir() if each.suffix == ".py" or each.is_dir()}
        tops -= sys.stdlib_module_names
        return [name for name in sys.modules if name.split(".")[0] in tops]

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


class _NoTime(Watch):
    def __init__(self) -> None:
        """Over from the start."""

    def ask(self) -> None:
        raise SystemExit  # which ends a thread without a word


_NO_TIME: Final = _NoTime()
_OUR_PROCESS: Final = os.getpid()
_really_sleep, _really_leave, _really_kill = time.sleep, os._exit, os.kill


class _PackageFinder(MetaPathFinder):
    """Finds the modules of a function's package, before those of the machine."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.found: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        root = str(self._sandbox.root)
        if path is not None and not any(str(each).startswith(root) for each in path):
            return None
        spec = PathFinder.find_spec(name, [root] if path is None else path)
        if spec is None:
            return None
        self.found.add(name)
        if isinstance(spec.loader, SourceFileLoader):
            spec.loader = _PackageLoader(name, spec.loader.path, self._sandbox)
        return spec


class _PackageLoader(SourceFileLoader):
    """Compiles a module so that it can be stopped, by the name it has on Lambda."""

    def __init__(self, name: str, path: str, sandbox: Sandbox) -> None:
        super().__init__(name, path)
        self._sandbox = sandbox

    def get_code(self, fullname: str) -> Any:  # noqa: ANN401  a code object
        source = self.get_data(self.get_filename(fullname))
        place = Path(self.path).relative_to(self._sandbox.root).as_posix()
        shown = f"{TASK_ROOT}/{place}"
        lines = source.decode(errors="replace").splitlines(keepends=True)
        linecache.cache[shown] = (len(source), None, lines, shown)
        return compiled(source, shown)

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, QUESTION, self._sandbox.ask)
        super().exec_module(module)


def _forget_lines() -> None:
    for name in [each for each in linecache.cache if each.startswith(TASK_ROOT)]:
        del linecache.cache[name]


def _leave(code: object = 1, *_: object) -> None:
    """End the process, which is the lab's: so only the function ends; a child may go."""
    if os.getpid() != _OUR_PROCESS:
        _really_leave(code if isinstance(code, int) else 1)
    raise ProcessExit(code)


def _kill(process: int, number: int) -> None:
    if process in {0, -1, _OUR_PROCESS}:
        _leave()
    _really_kill(process, number)


@contextmanager
def _attributes(owner: Any, **values: object) -> Iterator[None]:  # noqa: ANN401  a module
    outside = {name: getattr(owner, name, _MISSING) for name in values}
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in outside.items():
            if value is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


@contextmanager
def _as_it_was(mapping: dict[str, Any]) -> Iterator[None]:
    """A span after which a dictionary holds again what it held, whatever was done to it."""
    outside = dict(mapping)
    try:
        yield
    finally:
        for name in mapping.keys() - outside.keys():
            del mapping[name]
        mapping.update(outside)


@contextmanager
def _items(mapping: MutableMapping[str, str], values: Mapping[str, str]) -> Iterator[None]:
    outside = dict(mapping)
    mapping.clear()
    mapping.update(values)
    try:
        yield
    finally:
        mapping.clear()
        mapping.update(outside)


@contextmanager
def _recursion_limit() -> Iterator[None]:
    outside = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(outside)


@contextmanager
def _logging_to(printed: Printed) -> Iterator[None]:
    """The root logger as Lambda's runtime sets it up, but empty of what others hung on it."""
    root = logging.getLogger()
    outside, level = root.handlers, root.level
    root.handlers = [printed.handler()]
    root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.handlers = outside
        root.setLevel(level)


@contextmanager
def _working_in(directory: Path) -> Iterator[None]:
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
