"""The reachability matrix: a button for every pair, which shows the way between the two."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final

import ipywidgets as ui

from labkit.view.theme import Tone
from labkit.view.widgets.controls.page import page
from labkit.view.widgets.controls.reporting import reporting

if TYPE_CHECKING:
    from labkit.view.widgets.matrix import Matrix

_STYLES: Final = {Tone.GOOD: "success", Tone.BAD: "danger", Tone.OPEN: "info", Tone.QUIET: ""}


def controls(matrix: Matrix) -> ui.Widget:
    """The matrix, what can be done with it, and the way that was asked for."""
    return _Controls(matrix).root


class _Controls:
    """The widgets of one matrix."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._message, self._sentence, self._way = (ui.HTML() for _ in range(3))
        self._cells = ui.GridBox(layout=ui.Layout(overflow="auto"))
        buttons = ui.HBox(
            [self._button("↻ Look again", ping=False), self._button("▶ Ping all", ping=True)]
        )
        parts = [self._sentence, self._cells, buttons, self._message, self._way]
        self.root = ui.VBox(parts)
        self._fill()

    def _button(self, words: str, *, ping: bool) -> ui.Button:
        def look() -> None:
            self._matrix.look_again(ping=ping)
            self._fill()

        button = ui.Button(description=words, button_style="primary" if ping else "")
        act = reporting(self._message, look)
        button.on_click(lambda _button: act())
        return button

    def _fill(self) -> None:
        """Every cell anew, from the matrix as it is."""
        result = self._matrix.result
        self._sentence.value = f"<p>{escape(result.description)}</p>"
        self._way.value = ""
        heads = [_head(name) for name in ("from ↓ to →", *result.names)]
        rows = [
            cell
            for source in result.names
            for cell in (_head(source), *(self._cell(source, target) for target in result.names))
        ]
        self._cells.layout.grid_template_columns = f"repeat({len(heads)}, max-content)"
        self._cells.children = [*heads, *rows]

    def _cell(self, source: str, target: str) -> ui.Widget:
        if (source, target) not in self._matrix.result.pairs:
            return ui.HTML('<div style="text-align:center">-</div>')
        pair = self._matrix.pair(source, target)
        button = ui.Button(
            description=pair.words,
            tooltip=f"{source} pings {target}: {pair.words}. Shows the way.",
            button_style=_STYLES[pair.tone],
            layout=ui.Layout(width="auto"),
        )
        show = reporting(self._message, partial(self._show, source, target))
        button.on_click(lambda _button: show())
        return button

    def _show(self, source: str, target: str) -> None:
        self._way.value = page(self._matrix.way(source, target)._repr_html_())


def _head(name: str) -> ui.HTML:
    return ui.HTML(f'<strong style="padding:0 .6em">{escape(name)}</strong>')
