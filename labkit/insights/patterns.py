"""Regular expressions and globs of the language in, patterns the engine can run out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from labkit.insights import database

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUP: Final = re.compile(r"\(\?P?<([A-Za-z_@][A-Za-z0-9_@.]*)>")
_LONGEST: Final = 4000


class Cut(NamedTuple):
    """
    A pattern whose groups cut a text into named parts.

    Attributes:
        pattern: In the engine's notation.
        names: Of the named groups, in order.
        groups: The numbers of those groups, counted from 1.
        opened: How many groups there are, named or not.
    """

    pattern: str
    names: tuple[str, ...]
    groups: tuple[int, ...]
    opened: int


class BadPattern(ValueError):
    """A pattern that the regular expression engine cannot run; the text says why."""


def readable(pattern: str) -> Cut:
    r"""
    Pattern in the engine's notation, with its named groups.

    Names of groups are kept aside, so that a group may be called ``@ip`` as on
    AWS.  The engine (RE2) works in time linear in the text, whatever the
    pattern; look-around and back-references are therefore refused, as on AWS.

    Raises:
        BadPattern: The engine cannot run this pattern.

    >>> readable(r"(?<user>\w+)@(\w+) (?P<code>\d+)")
    Cut(pattern='(\\w+)@(\\w+) (\\d+)', names=('user', 'code'), groups=(1, 3), opened=3)
    """
    pieces, names, groups, count = [], [], [], 0
    for piece, opens, name in _pieces(pattern):
        count += opens
        if name:
            names.append(name)
            groups.append(count)
        pieces.append("(" if name else piece)
    translated = "".join(pieces)
    _check(translated)
    return Cut(translated, tuple(names), tuple(groups), count)


def _pieces(pattern: str) -> Iterator[tuple[str, int, str]]:
    """Pieces of a pattern: text, capturing groups it opens (0 or 1), name of the group."""
    position, in_class = 0, False
    while position < len(pattern):
        named = None if in_class else _GROUP.match(pattern, position)
        width = 2 if pattern[position] == "\\" else 1
        piece = named[0] if named else pattern[position : position + width]
        opens = not in_class and piece == "(" and pattern[position + 1 : position + 2] != "?"
        yield piece, int(opens or named is not None), named[1] if named else ""
        in_class = piece == "[" or (in_class and piece != "]")
        position += len(piece)


def _check(pattern: str) -> None:
    if len(pattern) > _LONGEST:
        raise BadPattern(f"longer than {_LONGEST} characters")
    if reason := database.refusal("SELECT regexp_matches('', ?)", pattern):
        raise BadPattern(reason)


def glob_cut(glob: str) -> Cut:
    r"""
    Pattern for a glob: each star takes as little as it can, a last star takes the line's rest.

    The match may begin anywhere in the text.

    >>> glob_cut("[*] is *").pattern
    '\\[(.*?)\\] is (.*)'
    """
    literals = [literal_pattern(text) for text in glob.split("*")]
    stars = len(literals) - 1
    pattern = literals[0]
    for index, literal in enumerate(literals[1:], start=1):
        last = index == stars and not literal
        pattern += ("(.*)" if last else "(.*?)") + literal
    _check(pattern)
    return Cut(pattern, (), tuple(range(1, stars + 1)), stars)


def literal_pattern(text: str) -> str:
    """Pattern that matches this text and nothing else."""
    return re.escape(text).replace("\\ ", " ").replace("\\\n", "\n")
