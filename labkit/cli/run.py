"""``labkit run``: every lesson from top to bottom, headless, with a report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import yaml

from labkit.cli import warm
from labkit.cli.execution import Task, execute_all, usual_jobs
from labkit.cli.report import html_report, text_report
from labkit.cli.solved import solutions_folder
from labkit.errors import LabError
from labkit.workbook import notebooks_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.cli.execution import Ran

_TIMEOUT_S: Final = 600


@click.command()
@click.argument("notebooks", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--solutions", is_flag=True, help="Solve the exercises; each check has to be done.")
@click.option("--jobs", default=usual_jobs(), show_default=True, help="At once.")
@click.option(
    "--out",
    default="run-output",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the executed notebooks and the report.",
)
@click.option("-p", "--parameter", "parameters", nargs=2, multiple=True, metavar="NAME VALUE")
@click.option("--timeout", default=_TIMEOUT_S, show_default=True, help="Per notebook [s].")
@click.option(
    "--cold", is_flag=True, help="Start each kernel afresh, as Jupyter does; takes longer."
)
def run(
    notebooks: tuple[Path, ...],
    *,
    solutions: bool,
    jobs: int,
    out: Path,
    parameters: tuple[tuple[str, str], ...],
    timeout: int,
    cold: bool,
) -> None:
    """
    Execute NOTEBOOKS (default: all lessons) and report.

    Exits with 1 if a cell raises or, with --solutions, a check is not done.
    """
    chosen = notebooks or tuple(sorted(notebooks_folder().glob("*.ipynb")))
    values = {name: yaml.safe_load(value) for name, value in parameters}
    for notebook in chosen:
        _check_parameters(notebook, values)
    folder = solutions_folder() if solutions else None
    out.mkdir(parents=True, exist_ok=True)
    tasks = [Task(each, out / each.name, values, folder) for each in chosen]
    runs = _run_with_bar(
        tasks, jobs=jobs, timeout_s=timeout, warm_kernels=warm.POSSIBLE and not cold
    )
    (out / "report.txt").write_text(f"{text_report(runs)}\n", encoding="utf-8")
    (out / "report.html").write_text(html_report(runs), encoding="utf-8")
    click.echo(text_report(runs))
    click.echo(f"Executed notebooks and report: {out}")
    if any(ran.error for ran in runs) or (solutions and not all(map(_is_done, runs))):
        sys.exit(1)


def _check_parameters(notebook: Path, values: Mapping[str, object]) -> None:
    """Papermill only warns of a parameter that a notebook does not have; a typo deserves more."""
    import papermill  # noqa: PLC0415  heavy, and only needed here

    if not values:
        return
    known = papermill.inspect_notebook(str(notebook))
    unknown = sorted(values.keys() - known.keys())
    if unknown:
        raise LabError(
            f"{notebook.name} has no parameter {', '.join(unknown)}. "
            f"It takes: {', '.join(sorted(known)) or 'none'}."
        )


def _run_with_bar(
    tasks: Sequence[Task], *, jobs: int, timeout_s: float, warm_kernels: bool
) -> list[Ran]:
    from tqdm import tqdm  # noqa: PLC0415  only needed here

    tqdm.monitor_interval = 0  # its thread would not survive a fork
    runs = []
    with tqdm(total=len(tasks), unit="notebook") as bar:
        for ran in execute_all(tasks, jobs=jobs, timeout_s=timeout_s, warm_kernels=warm_kernels):
            bar.set_postfix_str(f"{ran.notebook} {'failed' if ran.error else 'ok'}")
            bar.update()
            runs.append(ran)
    return sorted(runs, key=lambda ran: ran.notebook)


def _is_done(ran: Ran) -> bool:
    return all(check.outcome == "done" for check in ran.checks)
