"""The scrubber: slide through time; see which records there were, and the network as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.errors import LabError
from labkit.view import frames
from labkit.view.widgets.tool import Tool

if TYPE_CHECKING:
    from ipywidgets import Widget

    from labkit.view.moments import Instant, Past


class Scrubber(Tool):
    """
    A slider over everything that happened.

    Args:
        past: The records, and what happened.

    Raises:
        LabError: Nothing has happened yet.
    """

    plain_call = 'lab.scrub().at("12:05:00")'

    def __init__(self, past: Past) -> None:
        self.past = past
        self.instants = past.instants()
        if not self.instants:
            raise LabError(
                "There is no time to slide through: nothing has been pinged or recorded yet. "
                'Send something first: lab.ping("app-a", "app-b").'
            )

    def at(self, when: object) -> Instant:
        """
        How things stood at a time.

        Args:
            when: A timestamp, Unix time [s], or a time of the last day such as ``"12:05:00"``.

        Raises:
            ValueError: It is no time.
        """
        if isinstance(when, str) and ":" in when and "-" not in when:
            when = f"{self.instants[-1]:%Y-%m-%d} {when}"
        [moment] = frames.moments([when])
        return self.past.at(moment)

    def __repr__(self) -> str:
        return repr(self.past.at(self.instants[-1]))

    def still_html(self) -> str:
        """How things stand at the end."""
        return self.past.at(self.instants[-1])._repr_html_()

    def controls(self) -> Widget:
        """A slider whose every step is an instant at which something changed."""
        from labkit.view.widgets.controls.scrubber import controls  # noqa: PLC0415  optional

        return controls(self)
