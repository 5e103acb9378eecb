"""Small typed functions that write SVG; every text and attribute is escaped here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from labkit.view import lettering, theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labkit.view.geometry import Box, Point

Markup: TypeAlias = str
Attribute: TypeAlias = "str | float | None"

# Characters that XML 1.0 cannot hold, not even escaped.
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """*text* as XML character data, with what XML cannot hold replaced."""
    return escape(_UNSPEAKABLE.sub("\ufffd", text))


def element(tag: str, *children: Markup, **attributes: Attribute) -> Markup:
    """
    One element. Underscores in attribute names become hyphens; None leaves an attribute out.

    >>> element("rect", x=1.50, class_="a<b", rx=None)
    '<rect x="1.5" class="a&lt;b"/>'
    """
    written = "".join(
        f" {name.rstrip('_').replace('_', '-')}={_quoted(value)}"
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _quoted(value: str | float) -> str:
    text = value if isinstance(value, str) else number(value)
    return quoteattr(_UNSPEAKABLE.sub("\ufffd", text))


def number(value: float) -> str:
    """
    A coordinate with at most one decimal.

    >>> number(3.0), number(3.14)
    ('3', '3.1')
    """
    return f"{value:.1f}".removesuffix(".0")


def group(children: Iterable[Markup], class_: str | None = None, hover: str = "") -> Markup:
    """Elements kept together, with *hover* as their tooltip."""
    tip = (element("title", clean(hover)),) if hover else ()
    return element("g", *tip, *children, class_=class_)


def rect(box: Box, class_: str, *, radius: float = 6) -> Markup:
    return element(
        "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=radius, class_=class_
    )


def text(  # noqa: PLR0913  what a line of text is made of, all by keyword
    x: float,
    y: float,
    words: str,
    *,
    class_: str = "",
    room: float | None = None,
    size: float = theme.BODY_PX,
    bold: bool = False,
    mono: bool = False,
    anchor: str | None = None,
) -> Markup:
    """
    One line of text with its baseline at *y*.

    Args:
        x: Where it starts, or ends, or has its middle, by *anchor* [px].
        y: The baseline [px].
        words: What it says.
        class_: More CSS classes.
        room: Width it must fit [px]; cut text carries the whole of it as its tooltip.
        size: Font size [px].
        bold: Heavier weight.
        mono: Fixed-width face, for addresses.
        anchor: SVG's ``text-anchor``; None means start.
    """
    shown = words if room is None else lettering.fit(words, room, size, bold=bold, mono=mono)
    tip = element("title", clean(words)) if shown != words else ""
    classes = " ".join(filter(None, (class_, "b" * bold, "m" * mono)))
    return element(
        "text",
        tip,
        clean(shown),
        x=x,
        y=y,
        class_=classes or None,
        font_size=None if size == theme.BODY_PX else size,
        text_anchor=anchor,
    )


def polyline(points: Sequence[Point], class_: str) -> Markup:
    written = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return element("polyline", points=written, class_=class_)


def polygon(points: Sequence[Point], class_: str) -> Markup:
    written = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return element("polygon", points=written, class_=class_)


def circle(centre: Point, radius: float, class_: str) -> Markup:
    return element("circle", cx=centre[0], cy=centre[1], r=radius, class_=class_)
