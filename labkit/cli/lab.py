"""``labkit lab``: JupyterLab on the first notebook."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import click

from labkit.workbook import FIRST_NOTEBOOK, notebooks_folder

# The workbook needs no network, so JupyterLab is told not to ask for news or updates.
_SETTINGS: Final = Path(__file__).with_name("jupyter")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; default: 8888.")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening it.")
def lab(port: int | None, *, no_browser: bool) -> None:
    """Open the workbook in JupyterLab."""
    words = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={notebooks_folder()}",
        # So that the address it prints leads to the notebook too, not only the browser it opens.
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
    ]
    words += [f"--ServerApp.port={port}"] if port else []
    words += ["--no-browser"] if no_browser else []
    words += ["--allow-root"] if _is_root() else []
    # JupyterLab takes this process's place, so that Ctrl-C and exit codes are its own.
    os.execve(sys.executable, words, os.environ | _config_path())  # noqa: S606  our own words


def _config_path() -> dict[str, str]:
    others = os.environ.get("JUPYTER_CONFIG_PATH", "")
    return {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, [others, str(_SETTINGS)]))}


def _is_root() -> bool:
    """True in most containers, where Jupyter would refuse to start; it listens on loopback only."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
