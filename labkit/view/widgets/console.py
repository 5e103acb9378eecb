"""The query console: write a query with completion, run it, see table and chart side by side."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from labkit.view.console import EXAMPLES, Answer, Session
from labkit.view.widgets.tool import Tool

if TYPE_CHECKING:
    from ipywidgets import Widget


class Console(Tool):
    """
    A console for one log group.

    Args:
        session: Asks the queries and remembers them.
        query: What stands in the box at first; it is run at once.
    """

    plain_call = "lab.insights(query)"

    def __init__(self, session: Session, query: str | None = None) -> None:
        self.session = session
        self.answer: Answer | None = None
        self.query = next(iter(EXAMPLES.values())).strip()
        if query is not None:
            self.run(query)

    def run(self, query: str) -> Answer:
        """The answer to a query: what the run button shows."""
        self.query = query.strip()
        self.answer = self.session.run(query)
        return self.answer

    def __repr__(self) -> str:
        answer = [repr(self.answer)] if self.answer else []
        return "\n".join([self.query, *answer])

    def still_html(self) -> str:
        """The query as it stands, and its answer if it was run."""
        answer = self.answer._repr_html_() if self.answer else ""
        return f"<pre>{escape(self.query)}</pre>{answer}"

    def controls(self) -> Widget:
        """A box with completion, a run button, examples, and what was asked before."""
        from labkit.view.widgets.controls.console import controls  # noqa: PLC0415  optional

        return controls(self)
