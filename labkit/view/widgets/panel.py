"""The break-and-fix panel: take routes and rules away, put them back, and see what changes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from labkit.errors import LabError, NameNotFound
from labkit.view.widgets.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipywidgets import Widget

    from labkit.view.experiment import Experiment


class Switch(Protocol):
    """A route or a rule that can be taken away and put back."""

    @property
    def name(self) -> str:
        """What it is called, and no other."""

    @property
    def place(self) -> str:
        """The table, group or list that holds it."""

    @property
    def what(self) -> str:
        """The row itself."""

    @property
    def take_away(self) -> object:
        """The call that removes it; its text shows it."""

    @property
    def put_back(self) -> object:
        """The call that makes it again; its text shows it."""


class Panel(Tool):
    """
    Switches for everything that lets a packet pass, and one ping to try them on.

    Args:
        present: The switches whose route or rule is in the network now.
        make: Makes one of a switch's calls.
        ping: Tries it: from one instance, to another.
        names: The instances there are.
        ends: Whom to ping from, and whom.
        refusals: Exceptions, beside our own, by which the cloud says no.
    """

    plain_call = 'panel.turn_off("route table ..."), or the boto3 call that it shows'

    def __init__(
        self,
        present: Callable[[], Sequence[Switch]],
        make: Callable[[Any], None],
        ping: Callable[[str, str], Experiment],
        names: Sequence[str],
        ends: tuple[str, str],
        refusals: tuple[type[Exception], ...] = (),
    ) -> None:
        self._present = present
        self._make = make
        self._ping = ping
        self.names = tuple(names)
        self.ends = ends
        self.refusals = refusals
        self._known: dict[str, Switch] = {}
        self.last_call = ""
        self.experiment = ping(*ends)

    def switches(self) -> list[tuple[Switch, bool]]:
        """Every switch that the panel has seen, and whether its route or rule is there now."""
        here = {each.name: each for each in self._present()}
        self._known |= here
        return [(switch, name in here) for name, switch in self._known.items()]

    def turn_off(self, name: str) -> Experiment:
        """
        Take a route or rule away, and try the ping again.

        Args:
            name: Of the switch, or enough of it to tell which one.

        Raises:
            NameNotFound: No switch goes by this name; lists them.
            LabError: Several do.
            ClientError: The cloud refuses.
        """
        return self._turn(name, on=False)

    def turn_on(self, name: str) -> Experiment:
        """
        Put a route or rule back that was taken away here, and try the ping again.

        Args:
            name: Of the switch, or enough of it to tell which one.

        Raises:
            NameNotFound: No switch goes by this name; lists them.
            LabError: Several do.
            ClientError: The cloud refuses, for example a route to what is gone.
        """
        return self._turn(name, on=True)

    def _turn(self, name: str, *, on: bool) -> Experiment:
        switch, is_on = self._meant(name)
        if is_on != on:
            call = switch.put_back if on else switch.take_away
            self._make(call)
            self.last_call = str(call)
        return self.try_again()

    def _meant(self, name: str) -> tuple[Switch, bool]:
        """The switch of this name, or the only one whose name has these words in it."""
        states = {switch.name: (switch, is_on) for switch, is_on in self.switches()}
        fitting = [name] if name in states else [each for each in states if name in each]
        if not fitting:
            raise NameNotFound("switch", name, states)
        if len(fitting) > 1:
            raise LabError(
                f"{name!r} fits several switches: {'; '.join(fitting)}. Say more of one."
            )
        return states[fitting[0]]

    def try_again(self) -> Experiment:
        """The same ping on the network as it is now."""
        self.experiment = self._ping(*self.ends)
        return self.experiment

    def between(self, source: str, target: str) -> Experiment:
        """The ping between two other instances."""
        self.ends = (source, target)
        return self.try_again()

    def __repr__(self) -> str:
        rows = [f"[{'x' if on else ' '}] {each.name}" for each, on in self.switches()]
        return "\n".join([*rows, f"{self.ends[0]} pings {self.ends[1]}:", repr(self.experiment)])

    def still_html(self) -> str:
        """Every switch with its state, and the last try."""
        rows = "".join(
            f"<li>{'☑' if on else '☐ taken away:'} {escape(each.name)}</li>"
            for each, on in self.switches()
        )
        return f'<ul style="list-style:none;padding:0">{rows}</ul>{self.experiment._repr_html_()}'

    def controls(self) -> Widget:
        """A box to tick for every switch, two lists of instances, and the consequences."""
        from labkit.view.widgets.controls.panel import controls  # noqa: PLC0415  optional

        return controls(self)
