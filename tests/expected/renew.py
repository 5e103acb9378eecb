"""
Run every lesson and keep what it printed: ``make expected``.

nbval compares a fresh run with these, output by output. Look at the
difference before you commit it: it is what learners will see.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import papermill

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parents[1] / "notebooks"


def main() -> None:
    """Execute the lessons in order; volatile metadata such as durations is left out."""
    for source in sorted(NOTEBOOKS.glob("*.ipynb")):
        target = HERE / source.name
        papermill.execute_notebook(
            str(source), str(target), cwd=str(NOTEBOOKS), execution_timeout=300, progress_bar=False
        )
        notebook = nbformat.read(target, as_version=4)
        notebook.metadata.pop("papermill", None)
        notebook.metadata.pop("language_info", None)
        notebook.metadata.pop("widgets", None)
        for cell in notebook.cells:
            cell.metadata.pop("papermill", None)
            cell.metadata.pop("execution", None)
        nbformat.write(notebook, target)
        print(source.name, file=sys.stderr)


if __name__ == "__main__":
    main()
