"""``labkit run``: every lesson from top to bottom, headless, with a report."""

from __future__ import annotations

import html
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import yaml

from labkit.errors import LabError
from labkit.workbook import notebooks_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_CELL_TIMEOUT_S: Final = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one notebook went: ``error`` is empty when every cell ran."""

    notebook: str
    seconds: float
    error: str = ""

    @property
    def word(self) -> str:
        return "failed" if self.error else "ok"


@click.command()
@click.argument("notebooks", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jobs", default=min(2, os.cpu_count() or 1), show_default=True, help="At once.")
@click.option(
    "--out",
    default="run-output",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the executed notebooks and the report.",
)
@click.option("-p", "--parameter", "parameters", nargs=2, multiple=True, metavar="NAME VALUE")
@click.option("--timeout", default=_CELL_TIMEOUT_S, show_default=True, help="Per cell [s].")
def run(
    notebooks: tuple[Path, ...],
    jobs: int,
    out: Path,
    parameters: tuple[tuple[str, str], ...],
    timeout: int,
) -> None:
    """Execute NOTEBOOKS (default: all lessons) and report; exit 1 if a cell raises."""
    chosen = notebooks or tuple(sorted(notebooks_folder().glob("*.ipynb")))
    values = {name: yaml.safe_load(value) for name, value in parameters}
    for notebook in chosen:
        _check_parameters(notebook, values)
    out.mkdir(parents=True, exist_ok=True)
    outcomes = list(_execute_all(chosen, out, values, jobs=jobs, timeout_s=timeout))
    outcomes.sort(key=lambda outcome: outcome.notebook)
    (out / "report.txt").write_text(text_report(outcomes), encoding="utf-8")
    (out / "report.html").write_text(html_report(outcomes), encoding="utf-8")
    click.echo(text_report(outcomes))
    click.echo(f"Executed notebooks and report: {out}")
    if any(outcome.error for outcome in outcomes):
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


def _execute_all(
    notebooks: Sequence[Path], out: Path, values: Mapping[str, object], *, jobs: int, timeout_s: int
) -> Iterator[Outcome]:
    from tqdm import tqdm  # noqa: PLC0415  only needed here

    with ProcessPoolExecutor(jobs) as pool, tqdm(total=len(notebooks), unit="notebook") as bar:
        futures = [pool.submit(execute, each, out, values, timeout_s) for each in notebooks]
        for future in as_completed(futures):
            outcome = future.result()
            bar.set_postfix_str(f"{outcome.notebook} {outcome.word}")
            bar.update()
            yield outcome


def execute(notebook: Path, out: Path, values: Mapping[str, object], timeout_s: int) -> Outcome:
    """How one notebook went; writes it, executed, into *out* as .ipynb and .html."""
    import papermill  # noqa: PLC0415  heavy, and only needed here

    executed = out / notebook.name
    started = time.monotonic()
    error = ""
    try:
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            parameters=dict(values),
            cwd=str(notebook.parent),
            execution_timeout=timeout_s,
            progress_bar=False,
        )
    except papermill.PapermillExecutionError as failure:
        error = f"cell {failure.exec_count}: {failure.ename}: {failure.evalue}"
    except TimeoutError as failure:
        error = f"a cell took longer than {timeout_s} s: {failure}"
    outcome = Outcome(notebook.name, time.monotonic() - started, error)
    _write_html(executed)
    return outcome


def _write_html(executed: Path) -> None:
    from nbconvert import HTMLExporter  # noqa: PLC0415  heavy, and only needed here

    if executed.exists():
        page, _ = HTMLExporter().from_filename(str(executed))
        executed.with_suffix(".html").write_text(page, encoding="utf-8")


def text_report(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as aligned lines, failures with their error below."""
    width = max((len(outcome.notebook) for outcome in outcomes), default=0)
    lines = [
        f"{outcome.notebook:<{width}}  {outcome.seconds:6.1f} s  {outcome.word}"
        + (f"\n    {outcome.error}" if outcome.error else "")
        for outcome in outcomes
    ]
    failed = sum(bool(outcome.error) for outcome in outcomes)
    return "\n".join([*lines, f"{len(outcomes) - failed} ok, {failed} failed"])


def html_report(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as a small page with links to the executed notebooks."""
    rows = "\n".join(_html_row(outcome) for outcome in outcomes)
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>labkit run</title>\n'
        "<style>body{font-family:system-ui;margin:2rem}td,th{padding:.3rem 1rem;"
        "text-align:left;border-bottom:1px solid #999}</style>\n<h1>labkit run</h1>\n"
        "<table><tr><th>Notebook</th><th>Time [s]</th><th>Result</th></tr>\n"
        f"{rows}\n</table></html>\n"
    )


def _html_row(outcome: Outcome) -> str:
    page = html.escape(Path(outcome.notebook).with_suffix(".html").name)
    mark = "\u2717 failed: " + html.escape(outcome.error) if outcome.error else "\u2713 ok"
    name = html.escape(outcome.notebook)
    return (
        f'<tr><td><a href="{page}">{name}</a></td>'
        f"<td>{outcome.seconds:.1f}</td><td>{mark}</td></tr>"
    )
