"""What all tools have in common: a still view, and controls where somebody can use them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING, Final

from labkit.errors import LabError
from labkit.view.widgets.live import page_is_live

if TYPE_CHECKING:
    from ipywidgets import Widget

_STILL: Final = "Still view: how it looked when this cell ran"


class WidgetsMissing(LabError):
    """The libraries behind widgets are not installed; says how to get them, and what works now."""


class Tool(ABC):
    """
    Something to look at that can also be clicked.

    Its ``repr`` and its HTML are the still view. On a live page the controls
    stand first, and the still view folded below them: that is what remains when
    the notebook is opened again without its kernel.
    """

    plain_call: str
    """The call that does the same without a widget, for people to copy."""

    @abstractmethod
    def still_html(self) -> str:
        """The still view as HTML."""

    @abstractmethod
    def controls(self) -> Widget:
        """
        The same, to click.

        Raises:
            ModuleNotFoundError: A library behind it is not installed.
        """

    def widget(self) -> Widget:
        """
        The controls, for pages that ask for widgets by themselves.

        Raises:
            WidgetsMissing: ipywidgets or anywidget is not installed.
        """
        try:
            return self.controls()
        except ModuleNotFoundError as missing:
            raise WidgetsMissing(
                f"{missing.name or 'ipywidgets'} is not installed, so there is nothing to click. "
                "Get it with: pip install ipywidgets anywidget. "
                f"Without it, this call does the same: {self.plain_call}"
            ) from missing

    def _repr_html_(self) -> str:
        return self.still_html()

    def _ipython_display_(self) -> None:
        from IPython.display import display  # noqa: PLC0415  there is a notebook, so it is loaded

        if not page_is_live():
            display({"text/plain": repr(self), "text/html": self.still_html()}, raw=True)
            return
        try:
            display(self.widget())
        except WidgetsMissing as missing:
            words = f"{missing}\n\n{self!r}"
            page = f"<p>{escape(str(missing))}</p>{self.still_html()}"
            display({"text/plain": words, "text/html": page}, raw=True)
            return
        folded = f"<details><summary>{_STILL}</summary>{self.still_html()}</details>"
        display({"text/plain": repr(self), "text/html": folded}, raw=True)
