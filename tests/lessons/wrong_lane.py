"""
All wrong answers of lessons in one pass: ``python wrong_lane.py NOTEBOOK...``.

Each lesson gets a copy of this process, which runs the cells of its notebook.
Where an exercise comes, the copy forks once for each wrong answer: the child
runs the answer in place of the exercise, goes on to the check, and tells what
it said. The parent runs the solution and goes on. So no cell before an
exercise ever runs twice.

Prints a JSON list of what happened, one entry per wrong answer. Nothing here
waits for ever: an answer that does not come back dies alone, and a lesson that
does not come back ends all with an error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import redirect_stdout
from multiprocessing import get_context
from pathlib import Path

import nbformat
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from labkit.checks.feedback import OUTCOME_MIME
from labkit.cli import warm

HERE = Path(__file__).resolve().parent
ANSWER_S = 120
LESSON_S = 900


def main(paths: list[Path]) -> list[dict[str, str]]:
    """What every check says to every wrong answer, lesson by lesson."""
    warm.warm_up()
    with get_context("fork").Pool(min(2, os.cpu_count() or 1), maxtasksperchild=1) as pool:
        lessons = pool.imap(one_lesson, paths, chunksize=1)
        return [told for _ in paths for told in lessons.next(timeout=LESSON_S)]


def one_lesson(path: Path) -> list[dict[str, str]]:
    """What the check of each exercise of a lesson says to each of its wrong answers."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    os.chdir(path.parent)
    os.environ["MPLBACKEND"] = "agg"
    shell = InteractiveShell.instance()
    shell.display_pub = CapturingDisplayPublisher()
    said: list[dict[str, str]] = []
    for place, cell in enumerate(cells):
        exercise = cell.metadata.get("exercise")
        if exercise is None:
            must_run(shell, cell.source)
            continue
        for answer in sorted((HERE / "wrong" / exercise).glob("*.py")):
            told = in_child(shell, exercise, answer, cells[place + 1 :])
            said.append({"exercise": exercise, "answer": answer.stem, **told})
        must_run(shell, (HERE / "solutions" / f"{exercise}.py").read_text())
    return said


def must_run(shell: InteractiveShell, source: str) -> object:
    """The value of a cell that has to run to its end."""
    result = run(shell, source)
    result.raise_error()
    return result.result


def run(shell: InteractiveShell, source: str):
    """The result of a cell, with what it prints thrown away."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        return shell.run_cell(source, silent=False)


def in_child(shell, exercise: str, answer: Path, cells: list) -> dict[str, str]:
    """What the check says once *answer* has run, found out in a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, whatever it waits for
        signal.alarm(ANSWER_S)
        try:
            told = told_by_check(shell, exercise, answer, cells)
            with os.fdopen(writer, "w") as pipe:
                json.dump(told, pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"outcome": "died", "message": ""}


def told_by_check(shell, exercise: str, answer: Path, cells: list) -> dict[str, str]:
    """Outcome and message of the exercise's check, and the exception of the answer if it raised."""
    answered = run(shell, answer.read_text())
    raised = {} if answered.success else {"raised": repr(answered.error_in_exec)}
    for cell in cells:
        result = run(shell, cell.source)
        if f'check("{exercise}"' in cell.source:
            if not result.success:
                return {"outcome": "raised", "message": repr(result.error_in_exec), **raised}
            told = result.result._repr_mimebundle_()[OUTCOME_MIME]
            return {"outcome": told["outcome"], "message": told["message"], **raised}
    return {"outcome": "no check follows", "message": "", **raised}


if __name__ == "__main__":
    json.dump(main([Path(word).resolve() for word in sys.argv[1:]]), sys.stdout, indent=1)
