"""
Regular expressions in filter patterns: what CloudWatch Logs takes between % signs, and no more.

There are no groups, so an expression is some alternatives, and each of them a row of
places for one character.  All ways through the rows are followed at once, as bits of
one number: a text takes as long as it is long, whatever the expression.  ``re`` goes
one way after the other, and for ``.*.*.*.*.*x`` there are more of them than anybody
waits for.

Source: Amazon CloudWatch Logs User Guide, "Supported regular expressions (regex)
syntax".  The method: G. Navarro and M. Raffinot, Flexible Pattern Matching in
Strings, 2002, section 4.2, "Extended strings".
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final, TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lark import ParseTree

Search: TypeAlias = "Callable[[str], bool]"

MOST_PLACES: Final = 1000
"""How many characters in a row an expression may ask for, all its alternatives together."""

_STATES_KEPT: Final = 2048
_PLAIN: Final = r"A-Za-z0-9:_#=@;, \/\-"
_OPERATORS: Final = r"\^$?\[\]{}|\\*+."
_ESCAPED: Final = rf"\\[{_OPERATORS}:_#=@;,\/-]|\\x[0-7][0-9A-F]"
_CLASS: Final = r"\\[dDsSwW]"
_SET: Final = rf"\[(?!\^\])\^?([{_PLAIN}^$?{{}}|*+.]|{_ESCAPED}|{_CLASS})+\]"
_STRUCTURE: Final = r"""
    start: alternative ("|" alternative)*
    alternative: BEGIN? place* END?
    place: (ANY | CHARACTER | CLASS | SET) TIMES?
    BEGIN: "^"
    END: "$"
    ANY: "."
    TIMES: "?" | "*" | "+" | /\{(\d+(,\d*)?|,\d+)\}/
"""
_GRAMMAR: Final = f"""{_STRUCTURE}
    CHARACTER: /[{_PLAIN}]|{_ESCAPED}/
    CLASS: /{_CLASS}/
    SET: /{_SET}/
"""
_ONE: Final = rf"{_ESCAPED}|[^\\]"
_MEMBER: Final = re.compile(rf"({_ONE})-({_ONE})|({_CLASS})|({_ONE})")
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
_OTHER: Final = "\x80"
"""Stands for every character that is not of ASCII: no expression can tell them apart."""

_ASCII: Final = frozenset(map(chr, range(128)))
_ALL: Final = _ASCII | {_OTHER}
_CLASSES: Final = {
    "d": frozenset(digits),
    "s": frozenset(" \t\n\v\f\r"),
    "w": frozenset(ascii_letters + digits + "_"),
}
_TIMES: Final[dict[str, tuple[int, int | None]]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


def invalid_pattern(reason: str) -> AwsError:
    """The error for a filter pattern that cannot be used."""
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {reason}")


@lru_cache(maxsize=256)
def searching(expression: str) -> Search:
    r"""
    Whether an expression is found in a text, anywhere unless it says where.

    Args:
        expression: Without the % signs around it.

    Raises:
        AwsError: It has what AWS does not take, or repeats something too often.

    >>> searching(r"127\.0\.0\.[1-9]$")("ping 127.0.0.7")
    True
    """
    if not expression:
        raise invalid_pattern("there is nothing between two % signs")
    machine = _Machine()
    for alternative in _parsed(expression).children:
        if isinstance(alternative, Tree):
            if not alternative.children:
                raise invalid_pattern(f"%{expression}% has nothing on one side of a |")
            _add(machine, alternative)
    return machine.finds


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr")


def _parsed(expression: str) -> ParseTree:
    try:
        return _parser().parse(expression)
    except UnexpectedInput as wrong:
        at_end = getattr(getattr(wrong, "token", None), "type", "") == "$END"
        found = "its end" if at_end else f"'{expression[wrong.column - 1 :][:2]}'"
        raise invalid_pattern(
            f"the regular expression %{expression}% cannot be read from {found} on. It may have "
            r"letters, digits, : _ # = @ / ; , - and ^ $ ? [ ] { } | \ * + . but no parentheses; "
            r"other characters are written like \x28, and an operator that stands for itself "
            r"like \.",
        ) from None


def _add(machine: _Machine, alternative: ParseTree) -> None:
    """Enter one alternative, place by place."""
    anchors = {child.type for child in alternative.children if isinstance(child, Token)}
    machine.begin(anchored="BEGIN" in anchors)
    for place in alternative.children:
        if isinstance(place, Token):
            continue
        what, *times = (child for child in place.children if isinstance(child, Token))
        machine.add(_characters(what), *(_counts(times[0]) if times else (1, 1)))
    machine.end(anchored="END" in anchors)


def _counts(text: str) -> tuple[int, int | None]:
    """How often at least and at most."""
    if text in _TIMES:
        return _TIMES[text]
    least, comma, most = text[1:-1].partition(",")
    counts = int(least or 0), int(most or least) if most or not comma else None
    if counts[1] is not None and counts[1] < counts[0]:
        raise invalid_pattern(f"{text} asks for more than it allows")
    return counts


def _characters(token: Token) -> Iterable[str]:
    if token.type == "ANY":
        return _ALL
    if token.type == "SET":
        return _set(token)
    return _class(token) if token.type == "CLASS" else {_character(token)}


def _class(text: str) -> frozenset[str]:
    r"""What ``\d`` and its like stand for; a capital for everything else."""
    named = _CLASSES[text[1].lower()]
    return named if text[1].islower() else _ALL - named


def _set(text: str) -> frozenset[str]:
    """What stands in brackets."""
    found: set[str] = set()
    negated = text.startswith("[^")
    for first, last, named, one in _MEMBER.findall(text[2 if negated else 1 : -1]):
        if named:
            found |= _class(named)
        elif one:
            found.add(_character(one))
        else:
            found |= _range(_character(first), _character(last))
    return _ALL - found if negated else frozenset(found)


def _range(first: str, last: str) -> set[str]:
    if first > last:
        raise invalid_pattern(f"the range {first}-{last} in brackets runs backwards")
    return set(map(chr, range(ord(first), ord(last) + 1)))


def _character(text: str) -> str:
    if text.startswith("\\x"):
        return chr(int(f"0{text[1:]}", 0))
    return text[-1]


class _Machine:
    """
    Alternatives as bits: each place has one, and the end of each alternative another.

    A bit that is set says that the text may be about to fill this place.
    """

    def __init__(self) -> None:
        self._size = 0
        self._fits = dict.fromkeys(_ALL, 0)
        """By character, the places that it can fill."""
        self._optional = self._repeated = 0
        self._first = self._always = 0
        """Where a way may begin: at the beginning of the text only, or anywhere."""
        self._done = self._done_at_end = 0
        self._next = lru_cache(maxsize=_STATES_KEPT)(self._after)

    def begin(self, *, anchored: bool) -> None:
        """Begin an alternative."""
        self._first |= 1 << self._size
        if not anchored:
            self._always |= 1 << self._size

    def add(self, characters: Iterable[str], least: int, most: int | None) -> None:
        """Go on with places for one of some characters each; no *most* is no end of them."""
        count = max(least, 1) if most is None else most
        at, self._size = self._size, self._size + count
        if self._size > MOST_PLACES:
            raise invalid_pattern(
                f"a regular expression may have {MOST_PLACES} places, repeats counted"
            )
        places = (1 << count) - 1 << at
        for each in characters:
            self._fits[each] |= places
        self._optional |= places >> least + at << least + at
        if most is None:
            self._repeated |= 1 << self._size - 1

    def end(self, *, anchored: bool) -> None:
        """End an alternative."""
        self._done_at_end |= 1 << self._size
        if not anchored:
            self._done |= 1 << self._size
        self._size += 1

    def finds(self, text: str) -> bool:
        """Whether some part of a text goes all the way through an alternative."""
        ways = self._with_skipped(self._first)
        for character in _FOREIGN.sub(_OTHER, text):
            if ways & self._done:
                return True
            if not ways:
                return False
            ways = self._next(ways, character)
        return bool(ways & self._done_at_end)

    def _after(self, ways: int, character: str) -> int:
        filled = ways & self._fits[character]
        return self._with_skipped(filled << 1 | filled & self._repeated | self._always)

    def _with_skipped(self, ways: int) -> int:
        """The ways, and those that pass over optional places: adding one carries through a run."""
        return ways | (self._optional + (ways & self._optional)) ^ self._optional
