"""
The modules of a function's package: found before those of the machine, loaded once, stoppable.

Source: Python documentation of ``importlib``, "Setting up an importer".
"""

from __future__ import annotations

import importlib._bootstrap
import linecache
import sys
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.functions.outcome import TASK_ROOT
from labkit.endpoint.functions.process import attributes
from labkit.endpoint.functions.watching import QUESTION, compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

_locks: Final[dict[str, Any]] = vars(importlib._bootstrap)["_module_locks"]  # noqa: SLF001


class Modules(MetaPathFinder):
    """
    The modules of one package.

    Args:
        root: Where its files are.
        ask: Ends whoever calls it, once there is no time left.
    """

    def __init__(self, root: Path, ask: Callable[[], None]) -> None:
        self._root, self._ask = root, ask
        self._found: dict[str, ModuleType | None] = {}

    @contextmanager
    def importable(self) -> Iterator[None]:
        """A span in which they can be imported, and after which nobody sees them."""
        modules, outside = sys.modules, dict(sys.modules)
        self._hide_others()
        modules.update((name, each) for name, each in self._found.items() if each is not None)
        path, meta_path = [str(self._root), *sys.path], [self, *sys.meta_path]
        try:
            with attributes(sys, path=path, meta_path=meta_path):
                yield
        finally:
            for name in self._found:
                self._found[name] = modules.pop(name, self._found[name])
            modules.update(outside)  # whatever the function did to them
            for name in [each for each in linecache.cache if each.startswith(TASK_ROOT)]:
                del linecache.cache[name]

    def _hide_others(self) -> None:
        """
        Take out what others have under names of the package's own.

        Locks, too: whoever imports a module holds one for its name, and a function that
        was left behind in the middle of that never gives it back.
        """
        own = {each.stem for each in self._root.iterdir() if each.suffix == ".py" or each.is_dir()}
        own -= sys.stdlib_module_names
        for each in (sys.modules, _locks):
            for name in [name for name in each if name.split(".")[0] in own]:
                del each[name]

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module of the package is; None for all others."""
        places = [str(self._root)] if path is None else path
        if not any(Path(each).is_relative_to(self._root) for each in places):
            return None
        spec = PathFinder.find_spec(name, places)
        if spec is None:
            return None
        self._found.setdefault(name, None)
        if isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path, self._root, self._ask)
        return spec


class _Loader(SourceFileLoader):
    """Compiles a module so that it can be stopped, by the name it has on Lambda."""

    def __init__(self, name: str, path: str, root: Path, ask: Callable[[], None]) -> None:
        super().__init__(name, path)
        self._shown = f"{TASK_ROOT}/{Path(path).relative_to(root).as_posix()}"
        self._ask = ask

    def get_code(self, fullname: str) -> Any:  # noqa: ANN401  a code object
        source = self.get_data(self.get_filename(fullname))
        lines = source.decode(errors="replace").splitlines(keepends=True)
        linecache.cache[self._shown] = (len(source), None, lines, self._shown)
        return compiled(source, self._shown)

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, QUESTION, self._ask)
        super().exec_module(module)
