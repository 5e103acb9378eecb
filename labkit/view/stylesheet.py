"""The style of drawings: every rule is bound to one picture's id, so none leaks into the page."""

from __future__ import annotations

from typing import Final

from labkit.view import theme
from labkit.view.theme import LOOKS, Tone

_RULES: Final = (
    (" text", f"font-family:{theme.SANS};fill:var(--lk-ink);stroke:none"),
    (" .m", f"font-family:{theme.MONO}"),
    (" .b", "font-weight:650"),
    (" .i", "font-style:italic"),
    (" .q", "fill:var(--lk-muted)"),
    (" .page", "fill:var(--lk-page)"),
    (" .vpc", "fill:var(--lk-shade);stroke:var(--lk-edge);stroke-width:1.5"),
    (" .subnet", "fill:var(--lk-card);stroke:var(--lk-edge)"),
    (" .host", "fill:var(--lk-card);stroke:var(--lk-ink);stroke-width:1.4"),
    (" .gate", "fill:var(--lk-shade);stroke:var(--lk-edge)"),
    (" .table", "fill:none;stroke:var(--lk-edge);stroke-width:.7"),
    (" .spare", "fill:var(--lk-card);stroke-dasharray:4 4"),
    (" .off", "stroke-dasharray:5 4"),
    (" .exit", "fill:var(--lk-card);stroke-width:1.6"),
    (" .head", "fill:none"),
    (" .link", "fill:none;stroke-width:4"),
    (" .halo", "fill:none;stroke:var(--lk-page);stroke-width:8;stroke-linejoin:round;opacity:.8"),
    (" .track", "fill:none;stroke-linejoin:round;stroke-linecap:butt"),
    (" .request", "stroke-width:4"),
    (" .reply", "stroke-width:2.6"),
    (" .ring", "fill:var(--lk-page);stroke-width:2.4"),
    (" .disc", "stroke:var(--lk-page);stroke-width:1.5"),
    (" .disc-n", "fill:#fff"),
    (" .sign", "fill:none;stroke:#fff;stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round"),
    (" .callout", "fill:var(--lk-page);stroke-width:2.2"),
    (" .leader", "fill:none;stroke-width:2.2"),
    (" .banner", "fill-opacity:.12"),
    (" .tint", "fill-opacity:.28"),
)


def stylesheet(selector: str) -> str:
    """The CSS of the picture that *selector* names."""
    rules = [f"{selector}{inner}{{{body}}}" for inner, body in _RULES]
    tones = [rule for tone in Tone for rule in _tone_rules(selector, tone)]
    return theme.css_colours(selector) + "".join([*rules, *tones])


def _tone_rules(selector: str, tone: Tone) -> list[str]:
    colour, dash = f"var(--lk-{tone})", LOOKS[tone].dash
    lines = ("track", "ring", "callout", "leader")
    # What merely works is drawn calmly: on this page green means that a packet passed.
    calm = "var(--lk-edge)" if tone is Tone.GOOD else colour
    fills = ("disc", "tint", "banner")
    dashed = [f"{selector} .{name}.{tone}{{stroke-dasharray:{dash}}}" for name in ("link", "track")]
    return [
        *(f"{selector} .{name}.{tone}{{stroke:{colour}}}" for name in lines),
        *(f"{selector} .{name}.{tone}{{stroke:{calm}}}" for name in ("exit", "link")),
        *(f"{selector} .{name}.{tone}{{fill:{colour}}}" for name in fills),
        f"{selector} .f-{tone}{{fill:{colour}}}",
        *(dashed if dash else ()),
    ]
