"""What the signs of a drawing mean, in words; only those that the drawing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.network.walk import Leg
from labkit.view import lettering, theme
from labkit.view.geometry import Box
from labkit.view.layout import MARGIN
from labkit.view.svg import circle, group, polyline, rect, text
from labkit.view.theme import Tone
from labkit.view.tracks import tone_of
from labkit.view.trail import end_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.walk import Walk
    from labkit.view.content import Content
    from labkit.view.svg import Markup

_SWATCH: Final = 34
_STEP: Final = 22
_LINKS: Final = {
    Tone.GOOD: "active peering connection",
    Tone.QUIET: "peering connection not active yet",
    Tone.BAD: "peering connection failed or gone",
    Tone.OPEN: "way to a gateway",
}


def legend(
    parts: Content, walk: Walk | None, top: float, width: float
) -> tuple[list[Markup], float]:
    """The legend's markup from *top* on, and the height of the picture that ends with it."""
    x, y = float(MARGIN), top
    markup: list[Markup] = []
    for swatch, words in _items(parts, walk):
        needed = _SWATCH + lettering.width(words, theme.SMALL_PX) + 16
        if x > MARGIN and x + needed > width - MARGIN:
            x, y = float(MARGIN), y + _STEP
        markup.append(_swatch(swatch, x, y))
        markup.append(text(x + _SWATCH, y + 4, words, size=theme.SMALL_PX))
        x += needed
    return markup, (y + 20 if markup else top)


def _items(parts: Content, walk: Walk | None) -> Iterator[tuple[str, str]]:
    if walk is not None:
        yield from _walk_items(walk)
    tones = {each.tone for each in parts.exits}
    yield from ((f"link {tone}", words) for tone, words in _LINKS.items() if tone in tones)
    if any(vpc.subnets for vpc in parts.vpcs):
        yield "gate", "gate that packets pass: security group (SG), network ACL, route table"


def _walk_items(walk: Walk) -> Iterator[tuple[str, str]]:
    yield "disc", "request, hop by hop"
    if walk.leg is Leg.REPLY:
        yield "ring", "reply, hop by hop"
    tone = tone_of(walk)
    if tone is Tone.GOOD:
        yield "end good", "answered"
    elif tone is Tone.BAD:
        yield "end bad", "stopped here, and why"
    else:
        yield "end open", "left the lab here"
    yield "tint", "row that decided"


def _swatch(name: str, x: float, y: float) -> Markup:
    middle = (x + 13, y)
    ends = [(x, y), (x + 26, y)]
    if name.startswith("link"):
        return polyline(ends, name)
    if name.startswith("end"):
        tone = Tone(name.removeprefix("end "))
        return group([polyline(ends, f"track request {tone}"), end_mark(middle, tone, 9)])
    if name == "gate":
        return rect(Box(x + 8, y - 8, 10, 16), "gate", radius=2)
    if name == "tint":
        return rect(Box(x, y - 7, 26, 14), "tint good", radius=3)
    leg = "request" if name == "disc" else "reply"
    return group([polyline(ends, f"track {leg} good"), circle(middle, 7, f"{name} good")])
