"""
Write what follows from ``data/lessons.yaml``: ``make docs``.

The table of lessons in README.md, and the objectives and needs at the head of
each notebook; what the pages say of Logs Insights comes from the tables in
``labkit/insights``. With ``--check`` nothing is written; exit 1 if anything would be.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import insights_pages
import nbformat

from labkit.checks.lessons import plans
from labkit.workbook import data_folder, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.checks.lessons import Plan

COST = (
    "nothing: an AWS of its own runs inside this notebook. On your own account, {cost} "
    "an hour until you take the lab down"
)
LUNCH_MIN = 45
ROOT = Path(__file__).resolve().parent.parent


def main(*, write: bool) -> list[str]:
    """The names of the files that were, or would be, written."""
    changed = []
    for path, text in made():
        if text != path.read_text(encoding="utf-8"):
            changed.append(path.relative_to(ROOT).as_posix())
            if write:
                path.write_text(text, encoding="utf-8")
    return changed


def made() -> Iterator[tuple[Path, str]]:
    """Each file with its text as it should be."""
    written = [plan for plan in plans().values() if notebook_path(plan).is_file()]
    readme = ROOT / "README.md"
    yield readme, between(readme.read_text(encoding="utf-8"), "lessons", lessons_table(written))
    teaching = ROOT / "docs" / "teaching.md"
    yield teaching, between(teaching.read_text(encoding="utf-8"), "schedules", schedules())
    for plan in written:
        yield notebook_path(plan), with_head(plan)
    yield from _about_insights()


def _about_insights() -> Iterator[tuple[Path, str]]:
    docs = ROOT / "docs"
    parts: dict[str, str] = {}
    for (page, mark), part in insights_pages.PARTS.items():
        text = parts.get(page) or (docs / page).read_text(encoding="utf-8")
        parts[page] = between(text, mark, part())
    whole = {page: content() for page, content in insights_pages.PAGES.items()}
    yield from ((docs / page, text) for page, text in (parts | whole).items())


def notebook_path(plan: Plan) -> Path:
    return ROOT / "notebooks" / f"{plan.name}.ipynb"


def between(text: str, name: str, content: str) -> str:
    """*text* with *content* between the two comments that carry *name*."""
    begin, end = f"<!-- {name}: made by make docs -->", f"<!-- {name}: end -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", text)


def lessons_table(lessons: list[Plan]) -> str:
    rows = [
        f"| [{plan.name}](notebooks/{plan.name}.ipynb) | {plan.minutes} | {plan.summary} |"
        for plan in lessons
    ]
    head = ["| Notebook | Minutes | You will be able to |", "|---|---|---|"]
    return "\n".join([*head, *rows])


def schedules() -> str:
    """Each schedule as a table with clock times, and how long the whole workbook takes."""
    planned = read_yaml(data_folder() / "schedules.yaml")
    total = duration(sum(plan.minutes for plan in plans().values()))
    whole = (
        f"All {len(plans())} lessons together take about {total}, in as many sittings as you like."
    )
    return "\n\n".join([*map(schedule, planned.values()), "## All of it", whole])


def schedule(planned: dict[str, Any]) -> str:
    """One schedule as a table with clock times."""
    now_min = minutes_of(planned["start"])
    begin_min = now_min
    rows = []
    for item in planned["items"]:
        if isinstance(item, int):
            what, minutes = ("Lunch" if item >= LUNCH_MIN else "Break"), item
        else:
            what, minutes = f"[{item}](../notebooks/{item}.ipynb)", plans()[item].minutes
        rows.append(f"| {clock(now_min)} | {what} | {minutes} |")
        now_min += minutes
    head = f"## {planned['title']}: {duration(now_min - begin_min)} with breaks"
    table = ["| From | What | Minutes |", "|---|---|---|", *rows, f"| {clock(now_min)} | End | |"]
    return "\n".join([head, "", *table])


def minutes_of(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def duration(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02} min"


def with_head(plan: Plan) -> str:
    """A notebook's text, with the cells that follow from its plan brought up to date."""
    notebook = nbformat.read(notebook_path(plan), as_version=4)
    cells = {"objectives": objectives(plan), "before": before_you_start(plan)}
    for cell in notebook.cells:
        if "generated" in cell.metadata:
            cell.source = cells[cell.metadata["generated"]]
    return nbformat.writes(notebook) + "\n"


def objectives(plan: Plan) -> str:
    lines = [f"- {objective.text}" for objective in plan.objectives]
    return "\n".join(["## You will be able to", "", *lines])


def before_you_start(plan: Plan) -> str:
    needs = ", ".join(need(each) for each in plan.needs)
    return "\n".join(
        [
            "## Before you start",
            "",
            "| | |",
            "|---|---|",
            f"| Time | about {plan.minutes} minutes |",
            f"| Cost | {COST.format(cost=plan.cost)} |",
            f"| You need | {needs} |",
        ]
    )


def need(words: str) -> str:
    """A lesson to have done before, as a link; other needs as they are."""
    if words in plans():
        return f"what [{words}]({words}.ipynb) teaches"
    return words


if __name__ == "__main__":
    checking = "--check" in sys.argv
    files = main(write=not checking)
    sys.stdout.writelines(f"{name}\n" for name in files)
    sys.exit(checking and bool(files))
