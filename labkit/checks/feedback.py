"""
An outcome as a learner sees it: text, HTML, and a form that programs read.

Each word has a symbol and a line style of its own, so that nothing hangs on
colour. Nothing is random: the same outcome always looks the same.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labkit.checks.outcome import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.checks.outcome import Outcome
    from labkit.checks.sheet import Exercise

OUTCOME_MIME: Final = "application/vnd.labkit.outcome+json"
_WIDTH: Final = 92


class Look(NamedTuple):
    """How a word looks: its symbol, and the line that runs beside it."""

    symbol: str
    line: str


LOOKS: Final = {
    Word.NOT_ATTEMPTED: Look("○", "3px dotted #767676"),
    Word.NOT_YET: Look("✗", "3px dashed #D55E00"),
    Word.ALMOST: Look("◐", "5px double #0072B2"),
    Word.DONE: Look("✓", "5px solid #009E73"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Feedback:
    """The outcome of one exercise, ready to be shown."""

    exercise: Exercise
    outcome: Outcome

    @property
    def word(self) -> Word:
        return self.outcome.word

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Label and text of everything there is to say, in order."""
        parts = list(self.outcome.parts)
        if self.word is Word.DONE:
            return [*parts, ("Why", self.exercise.explanation)]
        return [*parts, ("Stuck?", f'`hint("{self.exercise.id}")`')]

    def __repr__(self) -> str:
        title = f"{LOOKS[self.word].symbol} {self.word}: {self.exercise.title}"
        return "\n".join([title, *as_text(self.parts), *self.outcome.folded.splitlines()])

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            "text/plain": repr(self),
            "text/html": self._html(),
            OUTCOME_MIME: {
                "exercise": self.exercise.id,
                "outcome": str(self.word),
                "message": "\n".join(f"{label}: {text}" for label, text in self.outcome.parts),
            },
        }

    def _html(self) -> str:
        look = LOOKS[self.word]
        heading = f"{look.symbol} <strong>{self.word}</strong>: {escape(self.exercise.title)}"
        folded = (
            f"<details><summary>Traceback</summary><pre>{escape(self.outcome.folded)}</pre></details>"
            if self.outcome.folded
            else ""
        )
        return as_html(heading, self.parts, line=look.line, after=folded)


def as_text(parts: Iterable[tuple[str, str]]) -> list[str]:
    """Labelled texts as lines, wrapped, labels in a column of their own."""
    labelled = list(parts)
    column = max((len(label) for label, _ in labelled), default=0) + 4
    return [line for label, text in labelled for line in _wrapped(label, text, column)]


def _wrapped(label: str, text: str, column: int) -> list[str]:
    lines = [
        piece
        for paragraph in text.splitlines() or [""]
        for piece in textwrap.wrap(paragraph, _WIDTH - column) or [""]
    ]
    heads = [f"  {label}", *[""] * (len(lines) - 1)]
    return [f"{head:<{column}}{line}".rstrip() for head, line in zip(heads, lines, strict=True)]


def as_html(heading: str, parts: Iterable[tuple[str, str]], *, line: str, after: str = "") -> str:
    """A heading (HTML) and labelled texts (plain), with a line down their left side."""
    rows = "".join(
        '<tr style="background:none"><th scope="row" style="text-align:left;vertical-align:top;'
        f'white-space:nowrap">{escape(label)}</th><td style="text-align:left">'
        f"{_code(text)}</td></tr>"
        for label, text in parts
    )
    return (
        f'<div style="border-left:{line};padding:.2em 0 .2em 1em;max-width:60em">'
        f'<p style="margin:.2em 0">{heading}</p><table style="margin:0">{rows}</table>{after}</div>'
    )


def _code(text: str) -> str:
    """Plain text as HTML: what stands in backquotes is code, and line ends stay."""
    pieces = escape(text).split("`")
    marked = [f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces)]
    return "".join(marked).replace("\n", "<br>")
