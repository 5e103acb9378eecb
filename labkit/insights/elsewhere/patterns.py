r"""
RE2's patterns in, patterns that Java's and Trino's engines read alike out.

Both know the same notation, yet disagree on what some of it means: ``.`` and
``$`` know more line ends in Java, ``\s`` knows the vertical tab, ``[a[b]]`` and
``&&`` are sets of sets.  What can be spelled out is; the rest is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_PIECE: Final = re.compile(
    r"""
      \\Q.*?(?:\\E|$)                     # text taken as it is
    | \\[pP](?:\{[^}]*\}|.)               # a property of characters
    | \\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})
    | \\.                                 # any other escape
    | \(\?[a-zA-Z-]*[:)]                  # flags, or a group that catches nothing
    | \[\^?\]?                            # the start of a class, in which a first ] is plain
    | \{[0-9]+(?:,[0-9]*)?\}              # how often
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_CLASS_PIECE: Final = re.compile(
    r"\\[pP](?:\{[^}]*\}|.)|\\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|\\.|\[:\^?[a-z]+:\]|.", re.DOTALL
)
_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}-&")
_CONTROL: Final = frozenset("nrtf")
_ANCHORS: Final = frozenset("AzbB")


class NotPortable(ValueError):
    """A pattern, or part of one, that other engines read differently; the text is that part."""


def portable(pattern: str) -> str:
    r"""
    Pattern for Java and Trino that matches what RE2 makes of *pattern*.

    Raises:
        NotPortable: It holds something the engines do not agree on.

    >>> portable(r"(?i)^eni-\w+\s.$")
    '(?i)^eni-[0-9A-Za-z_]+[\\t\\n\\f\\r ][^\\n]\\z'
    """
    return "".join(_pieces(pattern))


def _pieces(pattern: str) -> Iterator[str]:
    position, in_class, dot_takes_all = 0, False, False
    while found := (_CLASS_PIECE if in_class else _PIECE).match(pattern, position):
        piece, position = found[0], found.end()
        if in_class:
            in_class = piece != "]"
            yield _in_class(piece)
        elif piece.startswith("["):
            in_class = True
            yield piece.replace("]", r"\]")
        elif piece.startswith("(?"):
            dot_takes_all |= _flags(piece, at_start=found.start() == 0)
            yield piece
        elif piece == ".":
            yield "." if dot_takes_all else r"[^\n]"
        else:
            yield _outside(piece)


def _flags(piece: str, *, at_start: bool) -> bool:
    """Whether this group of flags lets a dot match line ends."""
    flags = piece.strip("(?:)")
    if flags.strip("i") and not (at_start and piece.endswith(")") and not flags.strip("is")):
        raise NotPortable(piece)
    return "s" in flags


def _outside(piece: str) -> str:
    if piece == "$":
        return r"\z"
    if piece in {"{", "}"}:
        return "\\" + piece
    if not piece.startswith("\\"):
        return piece
    letter = piece[1:]
    if letter.lower() in _CLASSES:
        return f"[{'^' if letter.isupper() else ''}{_CLASSES[letter.lower()]}]"
    return piece if letter in _ANCHORS else _escape(piece)


def _in_class(piece: str) -> str:
    if piece == "]":
        return piece
    if piece.startswith("[") and piece != "[":
        raise NotPortable(piece)
    if piece in _SPECIAL - {"-", "\\"}:
        return "\\" + piece
    if not piece.startswith("\\"):
        return piece
    return _CLASSES.get(piece[1:]) or _escape(piece)


def _escape(piece: str) -> str:
    r"""An escape that means one character: ``\x41``, ``\n``, or a mark made plain."""
    letter = piece[1:]
    if letter in _SPECIAL or letter in _CONTROL or letter.startswith("x"):
        return piece
    if len(letter) == 1 and not letter.isalnum():
        return letter
    raise NotPortable(piece)
