"""A drawing as a value: shows itself in a notebook, prints its meaning as text, saves itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """
    An SVG drawing and the same story in words.

    Args:
        svg: A complete ``<svg>`` element.
        words: What it shows, for people and logs that cannot see it.
        natural_width: The width at which its letters have their intended size [px].
    """

    svg: str
    words: str
    natural_width: float

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        # Below three quarters of its size letters get hard to read: then scroll instead.
        least = round(self.natural_width * 0.75)
        return (
            '<div style="overflow-x:auto"><div style="'
            f'min-width:{least}px;max-width:{round(self.natural_width)}px">{self.svg}</div></div>'
        )

    def save(self, path: str | Path) -> Path:
        """The path of the SVG file written; it stands alone."""
        path = Path(path)
        path.write_text(f"{self.svg}\n", encoding="utf-8")
        return path
