"""One of several hints, ready to be shown: each says more than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from labkit.checks.feedback import as_html, as_text


@dataclass(frozen=True, slots=True, repr=False)
class Hint:
    """
    A hint.

    Args:
        heading: Which one of how many, and about what.
        text: What it says.
        then: What to do if it is not enough.
    """

    heading: str
    text: str
    then: str

    def __repr__(self) -> str:
        return "\n".join([self.heading, *as_text([("", self.text), ("", self.then)])])

    def _repr_html_(self) -> str:
        parts = [("Hint", self.text), ("Next", self.then)]
        return as_html(f"<strong>{escape(self.heading)}</strong>", parts, line="3px solid #767676")
