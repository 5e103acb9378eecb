"""
Run every lesson with its exercises solved, and keep what it printed: ``make expected``.

nbval compares a fresh run with these, output by output. Look at the
difference before you commit it: it is what learners will see. Arguments
choose lessons by the start of their names: ``renew.py 06 12``.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import papermill

from labkit.cli.outcomes import outcomes_of
from labkit.cli.solved import solved

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
SOLUTIONS = HERE.parent / "lessons" / "solutions"


def main(chosen: list[str]) -> None:
    """Execute the lessons side by side; exit 1 if a check is not done."""
    sources = [
        path
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        if not chosen or path.name.startswith(tuple(chosen))
    ]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        open_ends = [line for lines in pool.map(renew, sources) for line in lines]
    print(*[path.name for path in sources], *open_ends, sep="\n", file=sys.stderr)
    sys.exit(bool(open_ends))


def renew(source: Path) -> list[str]:
    """Execute one lesson, solved, into this folder; what its checks say that is not done."""
    notebook = executed(solved(source, SOLUTIONS))
    nbformat.write(notebook, HERE / source.name)
    checked = outcomes_of(notebook)
    return [f"{each.exercise}: {each}" for each in checked if each.outcome != "done"]


def executed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook after a run, without volatile metadata such as durations."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lesson.ipynb"
        nbformat.write(notebook, path)
        result = papermill.execute_notebook(
            str(path),
            None,
            cwd=str(NOTEBOOKS),
            execution_timeout=300,
            progress_bar=False,
            coalesce_streams=True,  # or what is printed splits by chance
        )
    for name in ("papermill", "language_info", "widgets"):
        result.metadata.pop(name, None)
    for cell in result.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if not cell.metadata.get("tags", ["kept"]):
            cell.metadata.pop("tags")
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
