"""``labkit grade``: how far each learner is, read from the notebooks they executed."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from labkit.checks.outcome import Word
from labkit.checks.sheet import exercises
from labkit.cli.outcomes import outcomes_of
from labkit.cli.report import marked, page
from labkit.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from nbformat import NotebookNode

NOT_CHECKED: Final = "not checked"
_LESSON: Final = re.compile(r"\d\d(-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Mark:
    """One exercise of one learner; ``outcome`` is one of the four words, or ``not checked``."""

    learner: str
    lesson: str
    exercise: str
    outcome: str
    message: str = ""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "html"]),
    default="table",
    show_default=True,
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write to.")
def grade(folder: Path, form: str, out: Path | None) -> None:
    """
    Tell how far each learner is, from executed notebooks in FOLDER.

    A folder inside FOLDER is a learner; notebooks directly in it belong to the
    learner their name tells after the lesson's, as in 06-routes.ada.ipynb.

    The outcomes are those that the checks printed. Somebody may have edited
    them: to be sure, execute the notebooks first with labkit run, and grade
    what that wrote.
    """
    marks = list(marks_in(folder))
    if not marks:
        raise LabError(
            f"No executed lessons in {folder}. Put notebooks named like 06-routes.ipynb into a "
            "folder for each learner, and give the folder that holds these."
        )
    text = _FORMS[form](marks)
    if out is None:
        click.echo(text.rstrip("\n"))
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"{len(marks)} marks written to {out}")


def marks_in(folder: Path) -> Iterator[Mark]:
    """One mark for every exercise of every lesson found, in order of learner and exercise."""
    found = {path: _who(path, folder) for path in folder.rglob("*.ipynb")}
    kept = {
        path: who for path, who in found.items() if who and ".ipynb_checkpoints" not in path.parts
    }
    for path, (learner, lesson) in sorted(kept.items(), key=lambda each: (each[1], each[0])):
        yield from _marks(path, learner, lesson)


def _is_copy(path: Path) -> bool:
    """Whether Jupyter keeps this file beside the notebook it is a copy of."""
    return ".ipynb_checkpoints" in path.parts


def _who(path: Path, folder: Path) -> tuple[str, str] | None:
    """Learner and lesson of a notebook; None for one that is no lesson."""
    lesson = _LESSON.match(path.stem)
    if lesson is None:
        return None
    inside = path.relative_to(folder).parts[:-1]
    rest = path.stem.removeprefix(lesson[0]).strip(" ._-")
    return ("/".join(inside) or rest or "-", lesson[0])


def _marks(path: Path, learner: str, lesson: str) -> Iterator[Mark]:
    try:
        checked = {each.exercise: each for each in outcomes_of(_read(path))}
    except (ValueError, KeyError, AttributeError) as error:
        click.echo(f"labkit: {path} cannot be read as a notebook: {error}", err=True)
        return
    for exercise in _of_lesson(lesson):
        found = checked.get(exercise)
        outcome = found.outcome if found else NOT_CHECKED
        yield Mark(learner, lesson, exercise, outcome, found.message if found else "")


def _read(path: Path) -> NotebookNode:
    import nbformat  # noqa: PLC0415  only needed here

    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def _of_lesson(lesson: str) -> list[str]:
    return [exercise for exercise in exercises() if exercise[:2] == lesson[:2]]


def as_table(marks: Sequence[Mark]) -> str:
    """A line per learner and lesson: how many are done, and how far the others are."""
    by_lesson: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        by_lesson.setdefault((mark.learner, mark.lesson), []).append(mark)
    rows = [("learner", "lesson", "done", "open")]
    rows += [(*who, *_standing(own)) for who, own in by_lesson.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join(
            [*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[3]]
        ).rstrip()
        for row in rows
    )


def _standing(marks: Sequence[Mark]) -> tuple[str, str]:
    done = sum(mark.outcome == Word.DONE for mark in marks)
    left = [f"{mark.exercise}: {_shown(mark)}" for mark in marks if mark.outcome != Word.DONE]
    return f"{done} of {len(marks)}", ", ".join(left)


def _shown(mark: Mark) -> str:
    return f"- {NOT_CHECKED}" if mark.outcome == NOT_CHECKED else marked(mark.outcome)


def as_csv(marks: Sequence[Mark]) -> str:
    """A row per learner and exercise."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["learner", "lesson", "exercise", "outcome"])
    writer.writerows((mark.learner, mark.lesson, mark.exercise, mark.outcome) for mark in marks)
    return text.getvalue()


def as_json(marks: Sequence[Mark]) -> str:
    """A list of objects, one per learner and exercise, with what the check said."""
    return json.dumps([asdict(mark) for mark in marks], indent=2, ensure_ascii=False) + "\n"


def as_html(marks: Sequence[Mark]) -> str:
    """A page with a row per learner and a column per exercise."""
    columns = list(dict.fromkeys(mark.exercise for mark in marks))
    learners = list(dict.fromkeys(mark.learner for mark in marks))
    cells = {(mark.learner, mark.exercise): _shown(mark) for mark in marks}
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    rows = "\n".join(
        f"<tr><th>{html.escape(learner)}</th>"
        + "".join(f"<td>{html.escape(cells.get((learner, column), ''))}</td>" for column in columns)
        + "</tr>"
        for learner in learners
    )
    return page("labkit grade", f"<table><tr><th>Learner</th>{head}</tr>\n{rows}\n</table>")


_FORMS: Final[Mapping[str, Callable[[Sequence[Mark]], str]]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
    "html": as_html,
}
