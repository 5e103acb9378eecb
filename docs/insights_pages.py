"""What the documents say of Logs Insights, made from the tables in the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from labkit.insights import left_out, mistakes
from labkit.insights.choices import CHOICES
from labkit.insights.elsewhere.export import DIALECTS
from labkit.insights.engine import check
from labkit.insights.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def choices() -> str:
    """What the engine does where AWS does not say."""
    return table(["Question", "Our answer", "Why"], [(c.name, c.value, c.reason) for c in CHOICES])


def what_is_left_out() -> str:
    """What AWS's language has and the engine refuses by name."""
    rows = [
        *((f"`{form.name}`", form.why) for form in left_out.FORMS),
        *((f"`{name}`", why) for name, why in left_out.COMMANDS.items()),
        *((f"`{name}(...)`", why) for name, why in left_out.FUNCTIONS.items()),
    ]
    return table(["Left out", "What it does, or why"], rows)


def what_has_no_sql() -> str:
    """Functions that other engines' SQL cannot say, and why."""
    where: dict[tuple[str, str], list[str]] = {}
    for dialect in DIALECTS.values():
        for function, why in dialect.refused.items():
            where.setdefault((function, why), []).append(dialect.name)
    rows = [(f"`{name}`", ", ".join(where[name, why]), why) for name, why in sorted(where)]
    return table(["Function", "Not in", "Why"], rows)


def gallery() -> str:
    """The page of wrong queries: what is said about each, and what to write instead."""
    return "\n".join([_GALLERY_HEAD, *(_exhibit(mistake) for mistake in mistakes.ALL)])


_GALLERY_HEAD = """# Wrong queries, and what to write instead

Every query below is refused. On the wire the refusal is a `MalformedQueryException` in AWS's own
words; in Python it is the longer text, with the line, a caret under the place, and the way out.
The page is made from the table that the tests use: `labkit/insights/mistakes.py`.
"""


def _exhibit(mistake: mistakes.Mistake) -> str:
    try:
        check(mistake.wrong)
    except QueryError as found:
        said, wire = f"{type(found).__name__}: {found}", found.aws_message
    return (
        f"## {mistake.message}\n\n```text\n{said}\n```\n\n"
        f"On the wire: `{wire}`\n\nInstead:\n\n```text\n{mistake.right}\n```\n"
    )


def corpus() -> str:
    """The page on queries published by others."""
    outcomes = yaml.safe_load((CASES / "corpus.yml").read_text(encoding="utf-8"))
    found = [each for each in outcomes.values() if _told(each["outcome"])[0] in "123456789"]
    rows = [
        (f"`{name}`", each["logs"], _told(each["outcome"]), _told(each["default"]), each["why"])
        for name, each in outcomes.items()
    ]
    head = ["Query", "Logs that carry its names", "Outcome there", "On default-format logs", "Why"]
    return _CORPUS_HEAD.format(all=len(outcomes), found=len(found)) + table(head, rows) + "\n"


_CORPUS_HEAD = """# Queries published by others

A collection of {all} queries about flow logs, from AWS's pages, articles and tools, run on one
list of flows written in every form that they expect. {found} find rows on logs that carry the names
they use; the others are told why not, as on AWS. Half of them use lower-case names, which
default-format records do not have: there they find nothing, or put everything into one group.

The texts are their authors', so they are not repeated here. `tests/insights/test_corpus.py` checks
this table wherever the collection lies beside the repository, and
`tests/insights/published_logs.py` has the flows.

"""


def _told(outcome: int | str) -> str:
    if isinstance(outcome, str):
        return f"error: `{outcome}`"
    return f"{outcome} row{'' if outcome == 1 else 's'}"


PARTS = {
    ("fidelity.md", "choices"): choices,
    ("fidelity.md", "left out"): what_is_left_out,
    ("sql.md", "no sql"): what_has_no_sql,
}
"""Parts of pages, by page and by the mark they stand at."""

PAGES = {"insights-errors.md": gallery, "insights-corpus.md": corpus}
"""Whole pages."""
