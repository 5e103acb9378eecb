"""The query console: a box with completion, a run button, examples, and what was asked before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets as ui

from labkit.view.console import EXAMPLES
from labkit.view.widgets.controls.editor import Editor
from labkit.view.widgets.controls.page import page
from labkit.view.widgets.controls.reporting import reporting

if TYPE_CHECKING:
    from labkit.view.widgets.console import Console

_HELP: Final = (
    "Ctrl-Enter runs. Tab takes the word that is offered, arrows choose another, "
    "Ctrl-Space asks for words, Esc sends them away."
)
_SHORT: Final = 60
_EXAMPLES: Final = "Example questions …"
_HISTORY: Final = "Asked before …"


def controls(console: Console) -> ui.Widget:
    """The box on top, what can be done with it below, then the answer."""
    return _Controls(console).root


class _Controls:
    """The widgets of one console."""

    def __init__(self, console: Console) -> None:
        self._console = console
        message, self._answer = ui.HTML(), ui.HTML()
        run = reporting(message, self._run)
        self._editor = Editor(console.session.complete, run, console.query)
        button = ui.Button(description="▶ Run", button_style="primary", tooltip=_HELP)
        button.on_click(lambda _button: run(self._editor.value))
        examples = self._picker(_EXAMPLES)
        examples.options = [(_EXAMPLES, ""), *EXAMPLES.items()]
        self._history = self._picker(_HISTORY)
        row = ui.HBox([button, examples, self._history], layout=ui.Layout(flex_flow="row wrap"))
        help_ = ui.HTML(f'<small style="opacity:.8">{_HELP}</small>')
        self.root = ui.VBox([self._editor, row, help_, message, self._answer])
        self._show()

    def _picker(self, words: str) -> ui.Dropdown:
        """A list whose choice goes into the box; it then stands at its first line again."""
        picker = ui.Dropdown(options=[(words, "")], layout=ui.Layout(width="18em"))

        def pick(change: dict[str, Any]) -> None:
            if change["new"]:
                self._editor.value = change["new"].strip()
                picker.index = 0

        picker.observe(pick, "value")
        return picker

    def _run(self, query: str) -> None:
        self._answer.value = "<p>…</p>"
        try:
            self._console.run(query)
        finally:
            self._show()

    def _show(self) -> None:
        answer = self._console.answer
        self._answer.value = page(answer._repr_html_() if answer else "")
        asked = dict.fromkeys(reversed(self._console.session.history))
        self._history.options = [(_HISTORY, ""), *((_shortened(each), each) for each in asked)]


def _shortened(query: str) -> str:
    line = " ".join(query.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"
