"""A query in, its answer out: table and chart, or what is wrong with it and what to write."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

from labkit.errors import LabError
from labkit.view import charts, theme
from labkit.view.grid import Grid, Line
from labkit.view.theme import LOOKS, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from labkit.insights.completion import Completion
    from labkit.view.chart import Chart

MAX_ROWS: Final = 50

_BIN: Final = re.compile(r"\bbin\(\s*(\d*)\s*([a-z]+)\s*\)")

EXAMPLES: Final = {
    "Who is rejected most?": """
filter action="REJECT"
| stats count(*) as numRejections by srcAddr
| sort numRejections desc
| limit 10""",
    "When was something rejected?": """
filter logStatus="OK"
| stats count(*) as records by bin(1m) as minute, action
| sort minute""",
    "Who talks to whom?": """
filter logStatus="OK"
| stats sum(packets) as packets by srcAddr, dstAddr""",
    "Which protocols are there?": """
filter logStatus="OK"
| stats sum(bytes) as bytes by protocol""",
    "Which interfaces say nothing?": """
filter logStatus="NODATA"
| stats count(*) as windows by interfaceId""",
    "What are the last records?": """
fields @timestamp, interfaceId, srcAddr, dstAddr, action
| sort @timestamp desc
| limit 20""",
}
"""Questions to start from, each with its query."""


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """
    What came of one query.

    Args:
        query: As it was asked.
        frame: The rows; None if the query was refused.
        chart: What suits the rows, or None.
        error: Why it was refused, with a caret and advice; else empty.
    """

    query: str
    frame: pd.DataFrame | None = None
    chart: Chart | None = None
    error: str = ""

    @property
    def sentence(self) -> str:
        """What there is to see, in one line."""
        if self.frame is None:
            return "The query was refused."
        count = len(self.frame)
        rows = "No row" if not count else "1 row" if count == 1 else f"{count} rows"
        return f"{rows}. {self.chart.description}" if self.chart else f"{rows}."

    @property
    def grid(self) -> Grid:
        """The rows as text, at most fifty of them."""
        if self.frame is None:
            return Grid((), ())
        shown = self.frame.head(MAX_ROWS)
        names = tuple(map(str, shown.columns))
        columns = [_cells(shown[name]) for name in shown.columns]
        lines = tuple(Line(cells) for cells in zip(*columns, strict=True))
        numeric = frozenset(
            index for index, name in enumerate(shown.columns) if shown[name].dtype.kind in "iuf"
        )
        hidden = len(self.frame) - len(shown)
        return Grid(names, lines, f"The first {MAX_ROWS} rows" if hidden else "", numeric)

    def __repr__(self) -> str:
        if self.frame is None:
            return f"{LOOKS[Tone.BAD].symbol} {self.error}"
        return f"{self.grid.to_text()}\n{self.sentence}" if len(self.frame) else self.sentence

    def _repr_html_(self) -> str:
        if self.frame is None:
            return error_html(self.error)
        panes = (
            [f'<div style="overflow-x:auto">{self.grid.to_html()}</div>'] if len(self.frame) else []
        )
        if self.chart:
            panes.append(
                f'<div style="flex:1 1 24em;max-width:46em">{self.chart.image_html()}</div>'
            )
        return (
            f'<p style="margin:.4em 0">{escape(self.sentence)}</p>'
            '<div style="display:flex;flex-wrap:wrap;gap:1.5em;align-items:flex-start">'
            f"{''.join(panes)}</div>"
        )


def error_html(words: str) -> str:
    """Words of an error with their line breaks and their caret, beside a cross."""
    look = LOOKS[Tone.BAD]
    return (
        f'<div role="alert" style="border-left:4px solid {look.colour};padding:.2em .8em;'
        f'margin:.4em 0;display:flex;gap:.6em"><strong>{look.symbol}</strong>'
        f'<pre style="margin:0;white-space:pre-wrap;font-family:{escape(theme.MONO)};'
        f'color:inherit;background:none">{escape(words)}</pre></div>'
    )


def _cells(column: pd.Series) -> list[str]:
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    if column.dtype.kind == "M":
        return ["" if pd.isna(at) else at.strftime("%Y-%m-%d %H:%M:%S") for at in column]
    return ["" if pd.isna(value) else str(value) for value in column]


def _bin_s(query: str) -> int | None:
    """The width of the windows that a query makes with ``bin`` [s], for its bars."""
    from labkit.insights.ast import Duration, Span  # noqa: PLC0415  loads the compiler
    from labkit.insights.periods import period  # noqa: PLC0415

    found = _BIN.search(query)
    if found is None:
        return None
    window = period(Duration(Span(0, 0), int(found[1] or 1), found[2]), capped=True)
    return window.milliseconds // 1000 or None if window else None


@dataclass(slots=True)
class Session:
    """
    A run of queries against one log group: asks them, and remembers them.

    Args:
        ask: The rows that answer a query.
        known_fields: Names that completion may offer; asked for anew each time.
        refusals: Exceptions, beside our own, that are answers: they say why not.
    """

    ask: Callable[[str], pd.DataFrame]
    known_fields: Callable[[], Sequence[str]] = tuple
    refusals: tuple[type[Exception], ...] = ()
    history: list[str] = field(default_factory=list)

    def run(self, query: str) -> Answer:
        """The answer to *query*; a refusal is one as well."""
        query = query.strip()
        if not query:
            return Answer(query, error='There is no query yet. Try: filter action="REJECT"')
        if self.history[-1:] != [query]:
            self.history.append(query)
        refused: tuple[type[Exception], ...] = (LabError, *self.refusals)
        try:
            frame = self.ask(query)
        except refused as refusal:
            return Answer(query, error=str(refusal))
        return Answer(query, frame, charts.suited(frame, bin_s=_bin_s(query)))

    def complete(self, text: str, caret: int) -> Completion:
        """The words that may stand at the caret."""
        from labkit.insights.completion import complete  # noqa: PLC0415  loads the compiler

        return complete(text, caret, self.known_fields())
