"""Rows in, a table out: as HTML that every notebook front end shows, and as aligned text."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

from labkit.view import theme
from labkit.view.theme import LOOKS, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

_CELL: Final = "padding:.25em .7em;vertical-align:top;"
_TINTS: Final = {
    Tone.GOOD: "",
    Tone.BAD: "background:rgba(213,94,0,.16);font-weight:600;",
    Tone.OPEN: "background:rgba(0,114,178,.14);",
    Tone.QUIET: "opacity:.75;",
}


@dataclass(frozen=True, slots=True)
class Line:
    """
    One row of cells. ``tone`` tints it, ``tones`` single cells of it, by position.

    The words must say the same without the tint.
    """

    cells: tuple[str, ...]
    tone: Tone | None = None
    tones: tuple[Tone | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """
    A small table of text.

    Args:
        headings: One per column.
        lines: The rows; every one has as many cells as there are headings.
        caption: What the table shows; stands above it.
        numeric: Columns to set flush right, by position.
        addresses: Columns to set in a fixed-width face, by position.
    """

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    caption: str = ""
    numeric: frozenset[int] = field(default=frozenset())
    addresses: frozenset[int] = field(default=frozenset())

    def to_html(self) -> str:
        """
        A table element with its styles on the elements, so that it needs no ids.

        Same grid, same bytes.
        """
        style = "border-collapse:collapse;margin:.4em 0;font-size:.92em"
        caption = self.caption and (
            f'<caption style="text-align:left;font-weight:600;padding:.3em 0">'
            f"{escape(self.caption)}</caption>"
        )
        head = "".join(
            f'<th scope="col" style="{_CELL}{self._align(index)}'
            f'border-bottom:2px solid currentColor">{escape(heading)}</th>'
            for index, heading in enumerate(self.headings)
        )
        body = "".join(self._row(line) for line in self.lines)
        return (
            f'<table style="{style}">{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )

    def _row(self, line: Line) -> str:
        tint = _TINTS[line.tone] if line.tone else ""
        cells = "".join(
            f'<td style="{_CELL}{self._align(index)}{self._face(index)}{tint}">{escape(cell)}</td>'
            for index, (cell, tint) in enumerate(zip(line.cells, _tints(line), strict=True))
        )
        edge = LOOKS[line.tone].colour if line.tone and tint else "transparent"
        return f'<tr style="{tint}border-left:4px solid {edge}">{cells}</tr>'

    def _align(self, index: int) -> str:
        side = "right" if index in self.numeric else "left"
        # Only the last column, which holds the longest words, may break its lines.
        breaks = "" if index == len(self.headings) - 1 else "white-space:nowrap;"
        return f"text-align:{side};{breaks}"

    def _face(self, index: int) -> str:
        face = escape(theme.MONO, quote=True)
        return f"font-family:{face};" if index in self.addresses else ""

    def to_text(self, *, last_width: int | None = None) -> str:
        """
        The table in columns of plain text, without trailing blanks.

        Args:
            last_width: Where to wrap the last column [characters]; None never wraps.
        """
        rows = [self.headings]
        for line in self.lines:
            rows += _wrapped(line.cells, last_width) if last_width else [line.cells]
        widths = [max(map(_columns, column)) for column in zip(*rows, strict=True)]
        lines = [self._text_row(row, widths) for row in rows]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([*filter(None, [self.caption]), lines[0], rule, *lines[1:]])

    def _text_row(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        padded = (
            " " * (width - _columns(cell)) + cell
            if index in self.numeric
            else cell + " " * (width - _columns(cell))
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(padded).rstrip()


def _tints(line: Line) -> list[str]:
    """The style that each cell has of its own."""
    tones = line.tones or (None,) * len(line.cells)
    return [_TINTS[tone] if tone else "" for tone in tones]


def _wrapped(cells: tuple[str, ...], width: int) -> list[tuple[str, ...]]:
    """One row as several, the last cell running on below itself."""
    pieces = textwrap.wrap(cells[-1], width) or [""]
    blank = ("",) * (len(cells) - 1)
    return [(*(blank if index else cells[:-1]), piece) for index, piece in enumerate(pieces)]


def _columns(text: str) -> int:
    """Terminal columns that *text* takes."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
