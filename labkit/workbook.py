"""Where the files of the workbook are: its notebooks and its data, in a checkout or installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from labkit.errors import LabError

FIRST_NOTEBOOK: Final = "00-start-here.ipynb"
_PACKAGE: Final = Path(__file__).resolve().parent


def notebooks_folder() -> Path:
    """
    The folder of the lessons: ``notebooks/`` here, or beside the package.

    Raises:
        LabError: Neither is there.
    """
    for folder in (Path.cwd() / "notebooks", _PACKAGE.parent / "notebooks"):
        if (folder / FIRST_NOTEBOOK).is_file():
            return folder
    raise LabError(
        "No notebooks here. Run this command from the folder you cloned the workbook into."
    )


def data_folder() -> Path:
    """
    The folder ``data/``: beside the package in a checkout, inside it once installed.

    Raises:
        LabError: Neither is there.
    """
    for folder in (_PACKAGE.parent / "data", _PACKAGE / "data"):
        if (folder / "lessons.yaml").is_file():
            return folder
    raise LabError(
        f"The workbook's data is missing: there is no lessons.yaml beside {_PACKAGE.parent}. "
        "Install labkit again: pip install --force-reinstall ."
    )


def read_yaml(path: Path) -> Any:  # noqa: ANN401  as the file has it
    """What a YAML file holds, read in C where libyaml is there: ten times as fast."""
    import yaml  # noqa: PLC0415  only needed here

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  safe both ways
