"""
Notebooks executed side by side, each in a process of its own and within a time of its own.

Papermill runs them. The time limit stands outside of it: a process that
hangs, for whatever reason, is ended together with its kernel.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from labkit.cli import warm
from labkit.cli.outcomes import outcomes_of
from labkit.cli.solved import solved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext
    from pathlib import Path

    from nbformat import NotebookNode

    from labkit.cli.outcomes import Checked

if TYPE_CHECKING:
    _Context: TypeAlias = ForkContext | SpawnContext
_TO_END_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Task:
    """
    One notebook to execute.

    Args:
        notebook: The file to read.
        executed: The file to write; an HTML page is written beside it.
        values: Parameters to set, by name.
        solutions: Folder of solutions to put in; None runs the notebook as it is.
    """

    notebook: Path
    executed: Path
    values: Mapping[str, object]
    solutions: Path | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How one notebook went: ``error`` is empty when every cell ran."""

    notebook: str
    seconds: float
    error: str = ""
    checks: tuple[Checked, ...] = ()


def execute_all(
    tasks: Sequence[Task], *, jobs: int, timeout_s: float, warm_kernels: bool
) -> Iterator[Ran]:
    """How each notebook went, in the order in which they end."""
    context: _Context = (
        multiprocessing.get_context("fork")
        if warm.POSSIBLE
        else multiprocessing.get_context("spawn")
    )
    if warm_kernels:
        warm.warm_up()
    waiting = deque(tasks)
    running: list[_Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.popleft()
                running.append(_Running(context, task, timeout_s, warm_kernels=warm_kernels))
            wait([each.answers for each in running], min(each.left_s for each in running))
            ended = [each for each in running if each.has_ended()]
            running = [each for each in running if each not in ended]
            yield from (each.end() for each in ended)
    finally:
        for each in running:
            each.end()


class _Running:
    """A notebook that is being executed, and the cell it is at."""

    def __init__(
        self, context: _Context, task: Task, timeout_s: float, *, warm_kernels: bool
    ) -> None:
        self.task = task
        self.timeout_s = timeout_s
        self.started = time.monotonic()
        self.answers, answer = context.Pipe(duplex=False)
        self.at = _At(0, "before the first cell")
        self.ran: Ran | None = None
        work = (task, timeout_s, warm_kernels, answer)
        self.process = context.Process(target=_work, args=work, name=task.notebook.name)
        self.process.start()
        answer.close()

    @property
    def left_s(self) -> float:
        """What is left of its time [s]; never negative."""
        return max(0.0, self.started + self.timeout_s - time.monotonic())

    def has_ended(self) -> bool:
        """Whether it told how it went, died, or ran out of time."""
        try:
            while self.ran is None and self.answers.poll():
                told = self.answers.recv()
                if isinstance(told, Ran):
                    self.ran = told
                else:
                    self.at = told
        except EOFError:
            self.process.join(_TO_END_S)
            self.ran = self._failed(f"its process ended with exit code {self.process.exitcode}")
        return self.ran is not None or not self.left_s

    def end(self) -> Ran:
        """How it went; the process, and its kernel, are gone afterwards."""
        if self.ran is None:
            self.process.terminate()  # papermill's client takes the kernel down with it
        self.process.join(_TO_END_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        return self.ran or self._failed(f"took longer than {self.timeout_s:g} s")

    def _failed(self, error: str) -> Ran:
        seconds = time.monotonic() - self.started
        return Ran(self.task.notebook.name, seconds, f"{self.at}: {error}")


@dataclass(frozen=True, slots=True)
class _At:
    """The cell that is running."""

    number: int
    first_line: str

    def __str__(self) -> str:
        return f"cell {self.number} ({self.first_line})" if self.number else self.first_line


def _work(task: Task, timeout_s: float, warm_kernels: bool, answer: Connection) -> None:  # noqa: FBT001  arguments of a process
    answer.send(execute(task, timeout_s, answer.send, warm_kernels=warm_kernels))
    answer.close()


def execute(
    task: Task, timeout_s: float, tell: Callable[[_At], None], *, warm_kernels: bool
) -> Ran:
    """How one notebook went; writes it, executed, as .ipynb and .html."""
    import nbformat  # noqa: PLC0415  only needed here

    started = time.monotonic()
    engine: dict[str, Any] = {"on_cell_start": _telling(tell)}
    if warm_kernels:
        engine["kernel_manager_class"] = warm.manager_of(warm.Copy())
    task.executed.unlink(missing_ok=True)
    if task.solutions is not None:
        notebook = solved(task.notebook, task.solutions)
        nbformat.write(notebook, task.executed)  # type: ignore[no-untyped-call]
    error = _execute(task, timeout_s, engine)
    if not task.executed.exists():
        return Ran(task.notebook.name, time.monotonic() - started, error)
    executed = nbformat.read(task.executed, as_version=4)  # type: ignore[no-untyped-call]
    _write_html(executed, task.executed.with_suffix(".html"))
    checks = tuple(outcomes_of(executed))
    return Ran(task.notebook.name, time.monotonic() - started, error, checks)


def _telling(tell: Callable[[_At], None]) -> Callable[..., None]:
    def on_cell_start(cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code":
            tell(_At(cell_index + 1, cell.source.partition("\n")[0]))

    return on_cell_start


def _execute(task: Task, timeout_s: float, engine: dict[str, Any]) -> str:
    """What went wrong, in one line; empty when nothing did."""
    import papermill  # noqa: PLC0415  heavy, and only needed here

    try:
        papermill.execute_notebook(
            str(task.notebook if task.solutions is None else task.executed),
            str(task.executed),
            parameters=dict(task.values),
            cwd=str(task.notebook.parent),
            execution_timeout=timeout_s,
            progress_bar=False,
            coalesce_streams=True,  # or what is printed splits by chance
            request_save_on_cell_execute=False,  # saving after each cell takes longer than the cell
            **engine,
        )
    except papermill.PapermillExecutionError as failure:
        return f"cell {failure.exec_count}: {failure.ename}: {failure.evalue}"
    except TimeoutError as failure:
        return f"a cell took longer than {timeout_s:g} s: {failure}"
    except RuntimeError as failure:  # what jupyter_client and nbclient raise of a kernel that died
        return f"its kernel did not go on: {failure}"
    return ""


def _write_html(notebook: NotebookNode, path: Path) -> None:
    page, _ = warm.html_exporter().from_notebook_node(notebook)
    path.write_text(page, encoding="utf-8")


def usual_jobs() -> int:
    """How many notebooks to run at once: a kernel keeps one processor busy."""
    return max(1, os.cpu_count() or 1)
