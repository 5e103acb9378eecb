"""The break-and-fix panel as ipywidgets."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

import ipywidgets as ui

from labkit.view.widgets.controls.page import page
from labkit.view.widgets.controls.reporting import Arguments, reporting

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.view.widgets.panel import Panel, Switch


def controls(panel: Panel) -> ui.Widget:
    """Boxes on the left, consequences on the right, the picture below."""
    return _Controls(panel).root


class _Controls:
    """The widgets of one panel; what they show always comes from the network."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._message = ui.HTML()
        self._facts, self._picture, self._call = (ui.HTML() for _ in range(3))
        self._boxes: dict[str, ui.Checkbox] = {}
        self._showing = False
        boxes = self._grouped_boxes()
        # A network with gateways has dozens, and the picture is to stay in sight.
        room = ui.Layout(flex="0 1 24em", max_height="40em", overflow="hidden auto")
        side = ui.VBox(boxes, layout=room)
        news = ui.VBox(
            [self._ends(), self._message, self._call, self._facts],
            layout=ui.Layout(flex="1 1 30em", overflow="visible"),
        )
        top = ui.HBox([side, news], layout=ui.Layout(flex_flow="row wrap"))
        self.root = ui.VBox([top, self._picture])
        self._show()

    def _grouped_boxes(self) -> list[ui.Widget]:
        rows: list[ui.Widget] = []
        switches = self._panel.switches()
        for place, group in groupby(switches, key=lambda pair: pair[0].place):
            rows.append(ui.HTML(page(f"<strong>{escape(place)}</strong>")))
            rows += [self._box(switch, on=on) for switch, on in group]
        return rows

    def _box(self, switch: Switch, *, on: bool) -> ui.Checkbox:
        box = ui.Checkbox(
            value=on,
            description=switch.what,
            tooltip=switch.name,
            indent=False,
            layout=ui.Layout(width="auto", margin="0 0 0 .6em"),
        )
        turn = self._safely(lambda wanted: self._turn(switch.name, on=wanted))
        box.observe(lambda change: None if self._showing else turn(change["new"]), "value")
        self._boxes[switch.name] = box
        return box

    def _ends(self) -> ui.Widget:
        source, target = (
            ui.Dropdown(options=self._panel.names, value=end, layout=ui.Layout(width="12em"))
            for end in self._panel.ends
        )
        again = ui.Button(description="▶ Ping", button_style="primary", tooltip="Ping once more")
        ping = self._safely(lambda: self._between(source.value, target.value))
        again.on_click(lambda _button: ping())
        for end in (source, target):
            end.observe(lambda _change: ping(), "value")
        row = [source, ui.HTML("→"), target, again]
        return ui.HBox(row, layout=ui.Layout(flex_flow="row wrap", align_items="center"))

    def _safely(self, action: Callable[Arguments, None]) -> Callable[Arguments, None]:
        return reporting(self._message, action, self._panel.refusals)

    def _turn(self, name: str, *, on: bool) -> None:
        turn = self._panel.turn_on if on else self._panel.turn_off
        try:
            turn(name)
        finally:
            self._show()

    def _between(self, source: str, target: str) -> None:
        self._panel.between(source, target)
        self._show()

    def _show(self) -> None:
        """All widgets as the network is now, refused changes included."""
        self._showing = True
        try:
            for switch, on in self._panel.switches():
                if switch.name in self._boxes:
                    self._boxes[switch.name].value = on
        finally:
            self._showing = False
        experiment: Any = self._panel.experiment
        self._facts.value = page(experiment.facts_html())
        self._picture.value = page(experiment.picture._repr_html_())
        call = self._panel.last_call
        self._call.value = page(f"<code>{escape(call)}</code>" if call else "")
