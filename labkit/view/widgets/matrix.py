"""The reachability matrix to click: every pair of instances, and the way between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.view.trace import trace_table
from labkit.view.widgets.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget

    from labkit.network.topology import Topology
    from labkit.view.reachability import Pair, Reachability
    from labkit.view.trace import Trace


class Matrix(Tool):
    """
    Who can ping whom.

    Args:
        look: The network and what holds in it now; with True, by real pings too.
        ping: Whether to ping at once.
    """

    plain_call = "lab.reachability(ping=True)"

    def __init__(
        self, look: Callable[[bool], tuple[Topology, Reachability]], *, ping: bool = False
    ) -> None:
        self._look = look
        self.look_again(ping=ping)

    def look_again(self, *, ping: bool = False) -> Reachability:
        """The same for the network as it is now."""
        self.topology, self.result = self._look(ping)
        return self.result

    def pair(self, source: str, target: str) -> Pair:
        """
        What became of one ping.

        Raises:
            NameNotFound: There is no instance of that name, or none to try from there.
        """
        return self.result.pair(source, target)

    def way(self, source: str, target: str) -> Trace:
        """
        The way between two instances, hop by hop.

        Raises:
            NameNotFound: There is no instance of that name, or none to try from there.
        """
        return trace_table(self.pair(source, target).walk, self.topology)

    def __repr__(self) -> str:
        return repr(self.result)

    def still_html(self) -> str:
        """The whole table."""
        return self.result._repr_html_()

    def controls(self) -> Widget:
        """A button for every pair; it shows the way between the two."""
        from labkit.view.widgets.controls.matrix import controls  # noqa: PLC0415  optional

        return controls(self)
