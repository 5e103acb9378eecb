"""How wide text will be, before any browser has seen it; and text made to fit."""

from __future__ import annotations

import unicodedata
from typing import Final

ELLIPSIS: Final = "…"
MONO_EM: Final = 0.61

# Advance widths in em of DejaVu Sans, the widest face the font stack is likely to meet.
_THIN: Final = frozenset("ijl.,:;|!'/I ")
_NARROW: Final = frozenset('`()[]{}ftr-"')
_WIDE: Final = frozenset("mwMWOQ@%&+<>=~→")
_THIN_EM, _NARROW_EM, _USUAL_EM, _CAPITAL_EM, _WIDE_EM, _FULL_EM = 0.34, 0.43, 0.63, 0.7, 0.98, 1.1
_BOLD: Final = 1.09
# A name alone, or behind a sign or the word for what it is.
_NAME_WORDS: Final = 2


def _em(character: str) -> float:
    if character in _THIN:
        return _THIN_EM
    if character in _NARROW:
        return _NARROW_EM
    if character in _WIDE:
        return _WIDE_EM
    if not character.isascii():
        wide = unicodedata.east_asian_width(character) in "WF"
        return _FULL_EM if wide else _WIDE_EM
    return _CAPITAL_EM if character.isupper() else _USUAL_EM


def width(text: str, size_px: float, *, bold: bool = False, mono: bool = False) -> float:
    """
    A safe estimate of the drawn width of *text* [px]; real fonts come out a little narrower.

    >>> width("iii", 10) < width("mmm", 10)
    True
    """
    ems = sum(MONO_EM if mono and each.isascii() else _em(each) for each in text)
    return ems * size_px * (_BOLD if bold else 1)


def fit(
    text: str, room_px: float, size_px: float, *, bold: bool = False, mono: bool = False
) -> str:
    """
    *text*, or as much of it as fits, with an ellipsis for the rest.

    Sentences lose their end. Names and ids lose their middle: many begin alike,
    and tell themselves apart by how they end.

    >>> fit("short", 100, 12), fit("a very long sentence indeed", 60, 12)
    ('short', 'a very l…')
    >>> fit("application-server-blue", 100, 12)
    'applicati…-blue'
    """
    if width(text, size_px, bold=bold, mono=mono) <= room_px:
        return text
    tail = 0.4 if len(text.split()) <= _NAME_WORDS else 0
    for kept in range(len(text) - 1, 0, -1):
        end = len(text) - int(kept * tail)
        shown = text[: kept - int(kept * tail)].rstrip() + ELLIPSIS + text[end:].lstrip()
        if width(shown, size_px, bold=bold, mono=mono) <= room_px:
            return shown
    return ELLIPSIS


def wrap(text: str, room_px: float, size_px: float) -> list[str]:
    """Lines of at most *room_px*, broken between words, or within a word that is too long."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, room_px, size_px):
            longer = f"{line} {piece}" if line else piece
            if line and width(longer, size_px) > room_px:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line] if line else lines


def _pieces(word: str, room_px: float, size_px: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, size_px) > room_px:
            pieces.append("")
        pieces[-1] += character
    return pieces
