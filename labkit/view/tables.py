"""Rows of route tables and network ACLs in, SVG out, with the numbers of the hops they decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labkit.view import theme
from labkit.view.geometry import Box
from labkit.view.layout import ROW_HEIGHT, TABLE_HEAD
from labkit.view.svg import circle, group, rect, text
from labkit.view.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.view.content import AclTable, Row, Step, Table
    from labkit.view.geometry import Point
    from labkit.view.svg import Markup

_BADGE_STEP: Final = 19


def badge(step: Step, at: Point, tone: Tone, radius: float = 9) -> Markup:
    """A hop's number: on a full disc for the request, in a ring for the reply."""
    ring = "ring" if step.replies else "disc"
    number_ = text(
        at[0],
        at[1] + radius * 0.4,
        str(step.number),
        class_=f"n {ring}-n",
        size=radius + 1.5 if step.number < 10 else radius,
        bold=True,
        anchor="middle",
    )
    return group([circle(at, radius, f"{ring} {tone}"), number_])


def route_table(table: Table, box: Box, *, spare: bool = False) -> Markup:
    tones = _column(table.rows)
    parts = [rect(box, "table spare" if spare else "table", radius=5), _heading(box, table.title)]
    for index, row in enumerate(table.rows):
        line = Box(box.x, box.y + TABLE_HEAD + ROW_HEIGHT * index, box.width, ROW_HEIGHT)
        room = line.width - tones - 34 - _badge_room(row)
        parts += [
            *_tint(row, line),
            text(line.x + 8, line.y + 13, row.first, mono=True, size=theme.SMALL_PX, room=tones),
            text(line.x + tones + 12, line.y + 13, "→" if row.second else "", class_="q"),
            text(line.x + tones + 28, line.y + 13, row.second, size=theme.SMALL_PX, room=room),
        ]
    return group(parts, hover=table.title)


def _column(rows: Sequence[Row]) -> float:
    """Width of the first column: what its longest cell wants, within reason."""
    longest = max((len(row.first) for row in rows), default=0)
    return min(max(longest * 6.9, 80), 190)


def acl_table(table: AclTable, box: Box) -> Markup:
    parts = [rect(box, "table", radius=5), _heading(box, table.title)]
    half = box.width / 2
    for side, (label, rows) in enumerate((("in", table.inbound), ("out", table.outbound))):
        left = Box(box.x + half * side, box.y + TABLE_HEAD, half, ROW_HEIGHT)
        heading = label if rows else f"{label}: nothing may pass"
        parts.append(text(left.x + 8, left.y + 12, heading, class_="q", size=theme.SMALL_PX))
        for index, row in enumerate(rows, start=1):
            line = replace(left, y=left.y + ROW_HEIGHT * index)
            room = half - 14 - _badge_room(row)
            parts += _tint(row, line)
            parts.append(text(line.x + 8, line.y + 13, row.first, size=theme.SMALL_PX, room=room))
    return group(parts, hover=table.title)


def _heading(box: Box, title: str) -> Markup:
    return text(box.x + 8, box.y + 14, title, size=theme.SMALL_PX, bold=True, room=box.width - 16)


def _badge_room(row: Row) -> float:
    return _BADGE_STEP * len(row.steps)


def _tint(row: Row, line: Box) -> list[Markup]:
    """Behind a row that decided something, its tone; at its end, the numbers of those hops."""
    parts: list[Markup] = []
    if row.steps:
        tone = Tone.BAD if row.tone is Tone.BAD else Tone.GOOD
        inner = Box(line.x + 3, line.y + 0.5, line.width - 6, line.height - 1)
        parts.append(rect(inner, f"tint {tone}", radius=3))
    elif row.tone is Tone.BAD:
        parts.append(rect(Box(line.x + 3, line.y + 2, 2.5, line.height - 4), "f-bad", radius=1))
    x = line.right - 13
    for step in reversed(row.steps):
        tone = Tone.BAD if row.tone is Tone.BAD else Tone.GOOD
        parts.append(badge(step, (x, line.y + ROW_HEIGHT / 2), tone, radius=7.5))
        x -= _BADGE_STEP
    return parts
