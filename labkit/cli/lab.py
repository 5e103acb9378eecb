"""``labkit lab``: JupyterLab on the first notebook."""

from __future__ import annotations

import os
import sys

import click

from labkit.cli.rooms import FIRST_NOTEBOOK, notebooks_folder


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; default: 8888.")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening it.")
def lab(port: int | None, *, no_browser: bool) -> None:
    """Open the workbook in JupyterLab."""
    notebook = notebooks_folder() / FIRST_NOTEBOOK
    words = [sys.executable, "-m", "jupyterlab", str(notebook)]
    words += [f"--ServerApp.port={port}"] if port else []
    words += ["--no-browser"] if no_browser else []
    # JupyterLab takes this process's place, so that Ctrl-C and exit codes are its own.
    os.execv(sys.executable, words)  # noqa: S606  our own words, no shell
