"""HTML for widgets: they set lines as far apart as buttons are high, which suits no text."""

from __future__ import annotations


def page(html: str) -> str:
    """*html* with lines as close as in the rest of a notebook."""
    return f'<div style="line-height:1.4">{html}</div>' if html else ""
