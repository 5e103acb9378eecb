"""The scrubber: a slider whose every step is an instant at which something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as ui

from labkit.view.widgets.controls.page import page
from labkit.view.widgets.controls.reporting import reporting

if TYPE_CHECKING:
    from labkit.view.widgets.scrubber import Scrubber


def controls(scrubber: Scrubber) -> ui.Widget:
    """The slider, two buttons that step it, and the instant it stands at."""
    slider = ui.SelectionSlider(
        options=[(f"{when:%H:%M:%S}", when) for when in scrubber.instants],
        value=scrubber.instants[-1],
        description="time (UTC)",
        continuous_update=False,
        layout=ui.Layout(width="95%"),
    )
    message, view = ui.HTML(), ui.HTML(page(scrubber.still_html()))

    def show(change: dict[str, Any]) -> None:
        view.value = page(scrubber.at(change["new"])._repr_html_())

    slider.observe(reporting(message, show), "value")
    steps = ui.HBox([_step(slider, "◀ Earlier", -1), _step(slider, "Later ▶", 1)])
    return ui.VBox([slider, steps, message, view])


def _step(slider: ui.SelectionSlider, words: str, by: int) -> ui.Button:
    """A button that moves the slider by one instant, as far as there are any."""

    def move(_button: ui.Button) -> None:
        slider.index = min(max(slider.index + by, 0), len(slider.options) - 1)

    button = ui.Button(description=words)
    button.on_click(move)
    return button
