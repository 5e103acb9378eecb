"""Where the workbook's notebooks are, seen from a command."""

from __future__ import annotations

from pathlib import Path

from labkit.errors import LabError

FIRST_NOTEBOOK = "00-start-here.ipynb"


def notebooks_folder() -> Path:
    """
    The folder of the lessons: ``notebooks/`` here, or beside the installed package.

    Raises:
        LabError: Neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (Path.cwd() / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST_NOTEBOOK).is_file():
            return folder
    raise LabError(
        "No notebooks here. Run this command from the folder you cloned the workbook into."
    )
