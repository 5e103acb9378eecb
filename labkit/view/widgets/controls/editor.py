"""A text box in which queries are written, with completion at the caret."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.insights.completion import Completion

_HERE = Path(__file__).parent


class Editor(anywidget.AnyWidget):
    """
    The box. ``value`` is its text; the keys that run are Ctrl, Shift or Cmd with Enter.

    Args:
        complete: What may stand at the caret, from text and offset.
        run: Called with the text when the keys are pressed.
    """

    _esm = _HERE / "editor.js"
    _css = _HERE / "editor.css"

    value = traitlets.Unicode("").tag(sync=True)
    rows = traitlets.Int(5).tag(sync=True)

    def __init__(
        self,
        complete: Callable[[str, int], Completion],
        run: Callable[[str], None],
        value: str = "",
    ) -> None:
        super().__init__(value=value)
        self._complete = complete
        self._run = run
        self.on_msg(self._heard)

    def _heard(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        if message["kind"] == "run":
            self._run(message["text"])
        else:
            completion = self._complete(message["text"], message["caret"])
            self.send({"number": message["number"], **asdict(completion)})
