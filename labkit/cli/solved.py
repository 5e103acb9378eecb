"""A lesson with every exercise solved: what CI runs and what the expected outputs come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.errors import LabError
from labkit.workbook import notebooks_folder

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode


def solutions_folder() -> Path:
    """
    Where the solutions lie, one file per exercise; only a checkout has them.

    Raises:
        LabError: There are none here.
    """
    folder = notebooks_folder().parent / "tests" / "lessons" / "solutions"
    if not folder.is_dir():
        raise LabError(
            f"No solutions here: {folder} does not exist. They come with the repository, not with "
            "an installed labkit; run this from a clone of it."
        )
    return folder


def solved(path: Path, solutions: Path) -> NotebookNode:
    """
    The notebook at *path*, with each exercise cell replaced by its solution.

    Raises:
        LabError: An exercise has no solution; names the file that is missing.
    """
    import nbformat  # noqa: PLC0415  only needed here

    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if "exercise" in cell.metadata:
            cell.source = _solution(solutions / f"{cell.metadata['exercise']}.py")
    return notebook


def _solution(path: Path) -> str:
    if not path.is_file():
        raise LabError(f"This exercise has no solution: there is no {path}.")
    return path.read_text(encoding="utf-8").rstrip("\n")
