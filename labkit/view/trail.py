"""A walk's legs in ink: lines, arrowheads, numbered marks, and the mark where it ended."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Final

from labkit.view.svg import circle, group, polygon, polyline
from labkit.view.tables import badge
from labkit.view.theme import Tone
from labkit.view.tracks import arrowheads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.view.geometry import Box, Point
    from labkit.view.layout import Layout
    from labkit.view.svg import Markup
    from labkit.view.tracks import Mark, Track

END_RADIUS: Final = 13


def trail(tracks: Sequence[Track]) -> Iterator[Markup]:
    """All legs: their lines, and above every line the marks."""
    for track in tracks:
        yield from _lines(track)
    for track in tracks:
        for mark in track.marks:
            yield (
                end_mark(mark.at, mark.tone) if mark.last else badge(mark.step, mark.at, mark.tone)
            )


def _lines(track: Track) -> Iterator[Markup]:
    """One leg: what passed in a full line, what was lost in a broken one."""
    points, lost = track.points, track.lost_from
    passed = points if lost is None else points[: lost + 1]
    yield from _line(passed, Tone.GOOD, track.leg)
    if lost is not None:
        yield from _line(points[lost:], track.marks[-1].tone, track.leg)


def _line(points: tuple[Point, ...], tone: Tone, leg: str) -> Iterator[Markup]:
    if len(points) < 2:
        return
    yield polyline(points, "halo")
    yield polyline(points, f"track {leg} {tone}")
    for at, direction in arrowheads(points):
        yield polygon(_arrow(at, direction), f"f-{tone}")


def _arrow(at: Point, direction: Point, size: float = 6) -> list[Point]:
    (x, y), (dx, dy) = at, direction
    return [
        (x + dx * size, y + dy * size),
        (x - dx * size - dy * size, y - dy * size + dx * size),
        (x - dx * size + dy * size, y - dy * size - dx * size),
    ]


def end_mark(at: Point, tone: Tone, radius: float = END_RADIUS) -> Markup:
    """Where a walk ended: a tick in a disc, a cross in a stop sign, or an arrow in a diamond."""
    x, y = at
    third = radius * 0.42
    if tone is Tone.GOOD:
        tick = [
            (x - third, y),
            (x - third / 4, y + third * 0.8),
            (x + third * 1.1, y - third * 0.8),
        ]
        return group([circle(at, radius, "disc good"), polyline(tick, "sign")])
    if tone is Tone.BAD:
        strokes = [
            polyline([(x - third, y - third), (x + third, y + third)], "sign"),
            polyline([(x - third, y + third), (x + third, y - third)], "sign"),
        ]
        return group([polygon(_octagon(at, radius), "disc bad"), *strokes])
    diamond = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
    shaft = polyline([(x - third, y), (x + third, y)], "sign")
    head = polyline([(x, y - third * 0.8), (x + third, y), (x, y + third * 0.8)], "sign")
    return group([polygon(diamond, "disc open"), shaft, head])


def _octagon(at: Point, radius: float) -> list[Point]:
    angles = [pi / 8 + pi / 4 * corner for corner in range(8)]
    return [(at[0] + radius * cos(angle), at[1] + radius * sin(angle)) for angle in angles]


def leader(mark: Mark, box: Box, layout: Layout) -> list[Point]:
    """The line from the mark where a walk ended to its callout."""
    x, y = mark.at
    if not box.x < x < box.right:
        edge = box.x if x <= box.x else box.right
        middle = box.centre[1]
        return [(x, y), (x, middle), (edge, middle)]
    for vpc in layout.vpcs:
        for subnet in vpc.subnets:
            for host in subnet.hosts:
                if host.box.x < x < host.box.right and host.box.y < y < host.box.bottom:
                    below = host.box.bottom + 5
                    return [(x, y), (x, below), (subnet.trunk_x, below), (subnet.trunk_x, box.y)]
    return [(x, y), (x, box.y)]
