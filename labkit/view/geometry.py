"""Boxes and orthogonal lines on the page: x to the right, y down, all in CSS pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def contains(self, other: Box) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: Box) -> bool:
        """
        Whether the two share any area; touching edges do not count.

        >>> Box(0, 0, 10, 10).overlaps(Box(10, 0, 5, 5))
        False
        """
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def inset(self, by: float) -> Box:
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)

    def within(self, frame: Box, *, mirrored: bool) -> Box:
        """This box flipped left to right inside *frame* if *mirrored*, else itself."""
        if not mirrored:
            return self
        return replace(self, x=frame.x + frame.right - self.right)


def beside(points: Sequence[Point], distance: float) -> list[Point]:
    """
    A line of right angles moved *distance* to its own left, corners kept square.

    There and back along one way thus never cover each other: both keep left.

    >>> beside([(0, 0), (10, 0), (10, 10)], 2)
    [(0, -2), (12, -2), (12, 10)]
    """
    moved: list[Point] = []
    for here, (x, y) in enumerate(points):
        before = _left(points[here - 1], points[here]) if here else None
        after = _left(points[here], points[here + 1]) if here + 1 < len(points) else None
        shifts = {before, after} - {None, (0, 0)} or {(0, -1)}
        dx = sum(shift[0] for shift in shifts if shift)
        dy = sum(shift[1] for shift in shifts if shift)
        moved.append((x + distance * _sign(dx), y + distance * _sign(dy)))
    return moved


def _left(start: Point, end: Point) -> tuple[int, int]:
    """The unit step to the left of somebody who goes from *start* to *end*."""
    return _sign(end[1] - start[1]), -_sign(end[0] - start[0])


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
