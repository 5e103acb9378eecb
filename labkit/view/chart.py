"""A chart as a value: the figure, one sentence that says the same, and its numbers."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.view import theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from labkit.view.grid import Grid


@dataclass(frozen=True, slots=True, repr=False)
class Chart:
    """
    A figure that is never shown without its words.

    Renderers drop the alternative text of images, so the sentence and a table
    of at most ten rows stand beside the picture instead.

    Args:
        figure: A matplotlib Figure that no global list holds on to.
        description: One sentence computed from the data.
        table: The numbers, or the ten that matter most.
    """

    figure: Figure
    description: str
    table: Grid

    def __repr__(self) -> str:
        rows = [self.table.to_text()] if self.table.lines else []
        return "\n".join([self.description, *rows])

    def _repr_html_(self) -> str:
        words = escape(self.description, quote=True)
        table = self.table.to_html() if self.table.lines else ""
        return f'{self.image_html()}<p style="margin:.4em 0">{words}</p>{table}'

    def image_html(self) -> str:
        """The picture alone, for pages that show its words and numbers themselves."""
        image = b64encode(self.png()).decode("ascii")
        words = escape(self.description, quote=True)
        return (
            f"<style>{theme.FIGURE_CSS}</style>"
            f'<img class="{theme.FIGURE_CLASS}" src="data:image/png;base64,{image}" alt="{words}" '
            'style="max-width:100%">'
        )

    def png(self) -> bytes:
        """The picture as PNG; same data, same bytes."""
        return self._written("png", {"Software": None})

    def svg(self) -> str:
        """The picture as SVG, with letters as outlines so that it looks the same everywhere."""
        return self._written("svg", {"Date": None, "Creator": None}).decode()

    def save(self, path: str | Path) -> Path:
        """The path of the file written: SVG if it ends in ``.svg``, else PNG."""
        path = Path(path)
        as_svg = path.suffix.lower() == ".svg"
        path.write_bytes(self.svg().encode() if as_svg else self.png())
        return path

    def _written(self, kind: str, metadata: dict[str, None]) -> bytes:
        import matplotlib as mpl  # noqa: PLC0415  heavy, and only needed here

        with mpl.rc_context(theme.FIGURE_STYLE), io.BytesIO() as file:
            self.figure.savefig(file, format=kind, dpi=theme.FIGURE_DPI, metadata=metadata)
            return file.getvalue()
