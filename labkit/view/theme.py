"""
One look for every picture: colours, symbols, line styles, fonts and sizes.

Colours are from the palette of Okabe and Ito, which people with the common
kinds of colour blindness can tell apart. No meaning hangs on colour alone:
each tone also has a symbol, a word and a line style, so pictures survive
grey printing. Drawings take their paper and ink from the notebook's theme
where it offers them, and bring their own white paper where it does not.

Source: M. Okabe and K. Ito, "Color Universal Design" (2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

BLUISH_GREEN: Final = "#009E73"
VERMILION: Final = "#D55E00"
SKY_BLUE: Final = "#56B4E9"
BLUE: Final = "#0072B2"
GREY: Final = "#767676"
INK: Final = "#1a1a1a"

SANS: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
MONO: Final = 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace'

TITLE_PX: Final = 17
NAME_PX: Final = 13
BODY_PX: Final = 12
SMALL_PX: Final = 11


class Tone(StrEnum):
    """How good a piece of news is."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Look:
    """A tone as ink: what it looks like when colour is seen, and when it is not."""

    colour: str
    symbol: str
    dash: str
    hatch: str


LOOKS: Final = {
    Tone.GOOD: Look(BLUISH_GREEN, "✓", "", ""),
    Tone.BAD: Look(VERMILION, "✗", "7 5", "////"),
    Tone.OPEN: Look(BLUE, "→", "2 4", "...."),
    Tone.QUIET: Look(GREY, "◌", "1 4", "xx"),
}

# For charts of one series, which needs to be told from nothing else.
PLAIN: Final = Look(BLUE, "", "", "")

ACTION_TONES: Final = {"ACCEPT": Tone.GOOD, "REJECT": Tone.BAD}

# Custom properties of JupyterLab's theme, each with what to use where it is not defined.
CSS_COLOURS: Final = {
    "--lk-page": "var(--jp-layout-color0, #ffffff)",
    "--lk-card": "var(--jp-layout-color1, #ffffff)",
    "--lk-shade": "var(--jp-layout-color2, #f2f2f2)",
    "--lk-ink": f"var(--jp-content-font-color1, {INK})",
    "--lk-muted": "var(--jp-content-font-color2, #4d4d4d)",
    "--lk-edge": "var(--jp-border-color0, #9a9a9a)",
    "--lk-good": BLUISH_GREEN,
    "--lk-bad": VERMILION,
    "--lk-open": BLUE,
    "--lk-quiet": GREY,
}

# What shows a figure in JupyterLab's dark theme: white becomes the theme's own paper (#121212),
# black a light ink, and hues stay what they are. A figure itself cannot know the theme.
FIGURE_CLASS: Final = "lk-figure"
FIGURE_CSS: Final = (
    f'[data-jp-theme-light="false"] .{FIGURE_CLASS}{{filter:invert(.93) hue-rotate(180deg)}}'
)

# For figures: their own white paper, so that they read the same on any page.
FIGURE_STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 11.0,
    "axes.titlesize": 13.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": "#4d4d4d",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.12,
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "text.color": INK,
    "grid.color": "#d9d9d9",
    "hatch.linewidth": 1.2,
    "text.parse_math": False,
    "svg.hashsalt": "labkit",
    "svg.fonttype": "path",
}
FIGURE_DPI: Final = 110


def css_colours(selector: str) -> str:
    """The rule that gives *selector* our colour names."""
    body = "".join(f"{name}:{value};" for name, value in CSS_COLOURS.items())
    return f"{selector}{{{body}}}"


def action_words(action: str) -> str:
    """
    An action with its symbol, as every table and legend writes it.

    >>> action_words("REJECT")
    '✗ REJECT'
    """
    tone = ACTION_TONES.get(action)
    return f"{LOOKS[tone].symbol} {action}" if tone else action
