"""What a run found, as text for a terminal and as a page to keep."""

from __future__ import annotations

import html
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.checks.feedback import LOOKS
from labkit.checks.outcome import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labkit.cli.execution import Ran
    from labkit.cli.outcomes import Checked


def text_report(runs: Sequence[Ran]) -> str:
    """One line per notebook, with its error or its exercises below; last, the counts."""
    width = max((len(ran.notebook) for ran in runs), default=0)
    lines = [line for ran in runs for line in _text_lines(ran, width)]
    return "\n".join([*lines, summary(runs)])


def _text_lines(ran: Ran, width: int) -> list[str]:
    head = f"{ran.notebook:<{width}}  {ran.seconds:6.1f} s  {'failed' if ran.error else 'ok'}"
    checks = [f"    {marked(check.outcome)}: {check.exercise}" for check in ran.checks]
    return [head, *([f"    {ran.error}"] if ran.error else []), *checks]


def marked(outcome: str) -> str:
    """An outcome with its symbol."""
    return f"{LOOKS[Word(outcome)].symbol} {outcome}"


def summary(runs: Sequence[Ran]) -> str:
    """How many notebooks ran, and how many exercises are how far."""
    failed = sum(bool(ran.error) for ran in runs)
    counted = counts(check for ran in runs for check in ran.checks)
    notebooks = f"{len(runs) - failed} ok, {failed} failed"
    return f"{notebooks}; exercises: {counted}" if counted else notebooks


def counts(checks: Iterable[Checked]) -> str:
    """How many exercises have each outcome, best last."""
    found = Counter(check.outcome for check in checks)
    return ", ".join(f"{found[word]} {word}" for word in Word if found[word])


def html_report(runs: Sequence[Ran]) -> str:
    """The runs as a small page with links to the executed notebooks."""
    rows = "\n".join(map(_html_row, runs))
    return page(
        "labkit run",
        f"<p>{html.escape(summary(runs))}</p>\n<table><tr><th>Notebook</th><th>Time [s]</th>"
        f"<th>Result</th><th>Exercises</th></tr>\n{rows}\n</table>",
    )


def page(title: str, body: str) -> str:
    """A page that stands alone, in light and in dark."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>\n<style>:root{{color-scheme:light dark}}"
        "body{font-family:system-ui,sans-serif;margin:2rem}"
        "td,th{padding:.3rem 1rem;text-align:left;vertical-align:top;border-bottom:1px solid #999}"
        f"</style></head>\n<body><h1>{html.escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def _html_row(ran: Ran) -> str:
    link = html.escape(Path(ran.notebook).with_suffix(".html").name)
    result = f"✗ failed: {html.escape(ran.error)}" if ran.error else "✓ ok"
    exercises = "<br>".join(
        f"{marked(check.outcome)}: {html.escape(check.exercise)}" for check in ran.checks
    )
    return (
        f'<tr><td><a href="{link}">{html.escape(ran.notebook)}</a></td>'
        f"<td>{ran.seconds:.1f}</td><td>{result}</td><td>{exercises}</td></tr>"
    )
