"""
The network as it stands, drawn; and on top of it, hop by hop, the last walk.

Half-built networks are the usual case: the picture is drawn after every
building step, so every part may be missing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from labkit.view import lettering, story, theme
from labkit.view.content import Content, content
from labkit.view.geometry import Box
from labkit.view.layout import EXIT_WIDTH, LINE_HEIGHT, MARGIN, PAD, SUBNET_WIDTH, Callout, arrange
from labkit.view.legend import legend
from labkit.view.panels import callout_panel, panels
from labkit.view.picture import Picture
from labkit.view.stylesheet import stylesheet
from labkit.view.svg import Markup, clean, element, polyline, rect, text
from labkit.view.tracks import Atlas, tone_of
from labkit.view.trail import end_mark, leader, trail

if TYPE_CHECKING:
    from labkit.network.topology import Topology
    from labkit.network.walk import Walk
    from labkit.view.layout import Layout
    from labkit.view.theme import Tone
    from labkit.view.tracks import Track

_LEAST_WIDTH: Final = 620
_TITLE_Y: Final = 34


def draw(topology: Topology, walk: Walk | None = None, *, title: str | None = None) -> Picture:
    """
    A picture of the network and, if given, of one packet's walk through it.

    The same values always give the same bytes. A walk that was taken on an
    earlier state of the network is drawn as far as its places still exist,
    with a note that the network has changed.

    Args:
        topology: The network.
        walk: What one packet met, request and reply.
        title: The heading; by default what was sent, or what is shown.
    """
    parts = content(topology, walk)
    heading = title or (story.question(topology, walk) if walk else _default_title(parts))
    words = "\n".join([heading, *story.tell(topology, walk)])
    callout = _callout(topology, parts, walk)
    notes = _notes(topology, walk, placed=callout is not None)
    layout = arrange(parts, _TITLE_Y + 16 + _banner_height(notes), callout)
    width = max(layout.width, _LEAST_WIDTH)
    marks = Atlas(layout).tracks(walk, parts.steps) if walk else ()
    bottom = layout.bottom if parts.vpcs else layout.bottom + 96
    key, height = legend(parts, walk, bottom + 26, width)
    body = [
        text(
            MARGIN, _TITLE_Y - 6, heading, size=theme.TITLE_PX, bold=True, room=width - 2 * MARGIN
        ),
        *_banner(notes, width, tone_of(walk) if walk else None),
        *panels(topology, layout),
        *(_empty(layout) if not parts.vpcs else ()),
        *trail(marks),
        *_callout_markup(layout, callout, walk, marks),
        *key,
    ]
    return Picture(_svg(body, heading, words, width, height), words, width)


def _default_title(parts: Content) -> str:
    if not parts.vpcs:
        return "An empty network"
    count = len(parts.vpcs)
    return "The network: 1 VPC" if count == 1 else f"The network: {count} VPCs"


def _notes(topology: Topology, walk: Walk | None, *, placed: bool) -> list[str]:
    """What the banner says; the cause too, where the drawing has no place for it."""
    if walk is None:
        return []
    sign = theme.LOOKS[tone_of(walk)].symbol
    notes = [f"{sign} {story.headline(topology, walk)}"]
    if not walk.answered and not placed:
        notes.append(story.reason(topology, walk, walk.hops[-1]))
    if story.has_changed(topology, walk):
        notes.append(story.CHANGED)
    return notes


def _banner_height(notes: list[str]) -> float:
    return 18 + (LINE_HEIGHT + 2) * len(notes) + 12 if notes else 0


def _banner(notes: list[str], width: float, tone: Tone | None) -> list[Markup]:
    if not notes:
        return []
    box = Box(MARGIN, _TITLE_Y + 6, width - 2 * MARGIN, _banner_height(notes) - 10)
    stripe = Box(box.x, box.y, 6, box.height)
    markup = [rect(box, f"banner {tone}"), rect(stripe, f"f-{tone}", radius=3)]
    for index, note in enumerate(notes):
        y = box.y + 21 + (LINE_HEIGHT + 2) * index
        size = 15 if index == 0 else theme.BODY_PX
        room = box.width - 30
        markup.append(text(box.x + 18, y, note, size=size, bold=index == 0, room=room))
    return markup


def _callout(topology: Topology, parts: Content, walk: Walk | None) -> Callout | None:
    """The cause in words, for the place where the walk ended; None if it has no place."""
    if walk is None or walk.answered:
        return None
    last = walk.hops[-1]
    exits = {each.exit_id for each in parts.exits}
    in_exit = not last.interface_id and last.component_ids[0] in exits
    place = last.component_ids[0] if in_exit else last.subnet_id or last.vpc_id
    room = (EXIT_WIDTH if in_exit else SUBNET_WIDTH - 2 * PAD) - 2 * PAD
    drawn = {vpc.vpc.vpc_id for vpc in parts.vpcs} | exits
    drawn |= {
        subnet.subnet.subnet_id
        for vpc in parts.vpcs
        for subnet in vpc.subnets
        if any(each.interface_id == last.interface_id for each in subnet.interfaces)
    }
    if place not in drawn:
        return None
    sign = theme.LOOKS[tone_of(walk)].symbol
    words = story.reason_by_name(topology, walk, last)
    title = lettering.wrap(f"{sign} {len(walk.hops)}. {walk.fate}", room / 1.1, theme.BODY_PX)
    return Callout(place, tuple(title), tuple(lettering.wrap(words, room, theme.BODY_PX)))


def _callout_markup(
    layout: Layout, callout: Callout | None, walk: Walk | None, tracks: tuple[Track, ...]
) -> list[Markup]:
    if callout is None or walk is None:
        return []
    boxes = [subnet.callout for vpc in layout.vpcs for subnet in vpc.subnets]
    boxes += [vpc.callout for vpc in layout.vpcs]
    boxes += [each.callout for each in layout.exits]
    box = next(each for each in boxes if each is not None)
    tone = tone_of(walk)
    marks = [mark for track in tracks for mark in track.marks if mark.last]
    markup = [callout_panel(callout, box, tone)]
    for mark in marks:
        markup.append(polyline(leader(mark, box, layout), f"leader {tone}"))
        markup.append(end_mark(mark.at, tone))
    return markup


def _empty(layout: Layout) -> list[Markup]:
    box = Box(MARGIN, layout.bottom, _LEAST_WIDTH - 2 * MARGIN, 96)
    x = box.centre[0]
    return [
        rect(box, "vpc off", radius=10),
        text(x, box.y + 42, "Nothing here yet", size=14, bold=True, anchor="middle"),
        text(x, box.y + 64, "Build a VPC, then draw again.", class_="q", anchor="middle"),
    ]


def _svg(body: list[Markup], heading: str, words: str, width: float, height: float) -> str:
    """The whole element. Its id is a digest of its content, and its style applies to it alone."""
    digest = hashlib.sha256("".join([*body, words]).encode("utf-8", "replace")).hexdigest()
    name = f"lk-{digest[:12]}"
    return element(
        "svg",
        element("title", clean(heading), id=f"{name}-title"),
        element("desc", clean(words), id=f"{name}-desc"),
        element("style", stylesheet(f"#{name}")),
        rect(Box(0, 0, width, height), "page", radius=10),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        id=name,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        viewBox=f"0 0 {round(width)} {round(height)}",
        width=round(width),
        height=round(height),
        font_size=theme.BODY_PX,
        style="max-width:100%;height:auto",
    )
