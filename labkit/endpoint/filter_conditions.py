"""
Conditions of filter patterns, on fields and on JSON alike: ``bytes > 400 && action = REJECT``.

Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from labkit.endpoint.filter_regex import invalid_pattern, searching

if TYPE_CHECKING:
    from lark import ParseTree

Condition: TypeAlias = Callable[[Any], bool]

MOST_REGEXES: Final = 2
"""How many regular expressions a pattern may have."""

CONDITIONS: Final = r"""
    ?either: both ("||" both)*
    ?both: _condition ("&&" _condition)*
    _condition: comparison | "(" either ")"
    _value: REGEX | QUOTED | BARE
    OPERATOR: "!=" | ">=" | "<=" | "=" | ">" | "<"
    REGEX: /%[^%]*%/
    QUOTED: /"(\\.|[^"\\])*"/
    %import common.WS
    %ignore WS
"""
_ORDERS: Final = {">": gt, ">=": ge, "<": lt, "<=": le}
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)


@cache
def _parser(grammar: str) -> Lark:
    return Lark(grammar, parser="lalr")


def parsed(grammar: str, text: str, example: str) -> ParseTree:
    """
    The tree of a pattern.

    Args:
        grammar: Its form's, with ``CONDITIONS`` in it.
        text: The pattern.
        example: What to say of a pattern that cannot be read: how one looks.

    Raises:
        AwsError: It cannot be read, or has too many regular expressions.
    """
    try:
        tree = _parser(grammar).parse(text)
    except UnexpectedInput as wrong:
        at_end = getattr(getattr(wrong, "token", None), "type", "") == "$END"
        found = "its end" if at_end else f"'{text[wrong.column - 1]}' at column {wrong.column}"
        raise invalid_pattern(f"{text} cannot be read from {found}; {example}") from None
    regexes = len(tokens(tree, "REGEX"))
    if regexes > MOST_REGEXES:
        raise invalid_pattern(
            f"a pattern may have {MOST_REGEXES} regular expressions, not {regexes}"
        )
    return tree


def tokens(tree: ParseTree, kind: str) -> list[str]:
    """The tokens of a kind, in their order."""
    found = tree.scan_values(lambda each: isinstance(each, Token) and each.type == kind)
    return [str(each) for each in found]


def as_text(value: Any) -> str:  # noqa: ANN401  a JSON value
    """A value as text; of text itself."""
    return value if isinstance(value, str) else json.dumps(value)


def unescaped(quoted: str) -> str:
    """What stands between quotation marks, without its backslashes."""
    return re.sub(r"\\(.)", r"\1", quoted)


class Conditions(Transformer[Token, Condition]):
    """
    Makes conditions of trees.

    Args:
        read: What a name points at in what is looked at: nothing, one value, or several of
            which one is enough.
    """

    def __init__(self, read: Callable[[Any, str], Sequence[Any]]) -> None:
        super().__init__()
        self._read = read

    def transform(self, tree: Any) -> Condition:  # noqa: ANN401  a tree of lark's
        """
        The condition of a tree.

        Raises:
            AwsError: It compares with what cannot be compared with.
        """
        try:
            return super().transform(tree)
        except VisitError as wrapped:
            raise wrapped.orig_exc from None

    def start(self, parts: Sequence[Condition]) -> Condition:
        """Pass on the only condition."""
        return parts[0]

    def comparison(self, parts: Sequence[Token]) -> Condition:
        """``name = value``: AWS compares with text and numbers, not with lists and objects."""
        name, operator, wanted = parts
        holds, read = _comparison(operator, wanted), self._read

        def condition(source: Any) -> bool:  # noqa: ANN401  a field or a JSON value
            for value in read(source, name):
                if not isinstance(value, (list, dict)) and holds(value):
                    return True
            return False

        return condition

    def is_what(self, parts: Sequence[Token]) -> Condition:
        """``name IS NULL`` and its like."""
        name, what = parts
        wanted = {"NULL": None, "TRUE": True, "FALSE": False}[what]
        return lambda source: any(each is wanted for each in self._read(source, name))

    def not_exists(self, parts: Sequence[Token]) -> Condition:
        """``name NOT EXISTS``."""
        return lambda source: not self._read(source, parts[0])

    def both(self, parts: Sequence[Condition]) -> Condition:
        """Conditions between ``&&``."""
        return lambda source: all(part(source) for part in parts)

    def either(self, parts: Sequence[Condition]) -> Condition:
        """Conditions between ``||``."""
        return lambda source: any(part(source) for part in parts)


def _comparison(operator: str, wanted: Token) -> Condition:
    """Whether a value, text or a number, stands to *wanted* as the operator says."""
    if operator in _ORDERS:
        return _ordered(operator, wanted)
    same = _same(wanted)
    return same if operator == "=" else lambda value: not same(value)


def _ordered(operator: str, wanted: Token) -> Condition:
    text = unescaped(wanted[1:-1]) if wanted.type == "QUOTED" else str(wanted)
    limit = number(text)
    if limit is None:
        raise invalid_pattern(f"'{text}' is not a number, so nothing is {operator} than it")
    order = _ORDERS[operator]
    return lambda value: (have := number(value)) is not None and order(have, limit)


def _same(wanted: Token) -> Condition:
    if wanted.type == "REGEX":
        found_in = searching(wanted[1:-1])
        return lambda value: found_in(as_text(value))
    if wanted.type == "QUOTED":
        fits = _glob(unescaped(wanted[1:-1]))
        return lambda value: fits(as_text(value))
    fits, wanted_number = _glob(wanted), number(str(wanted))

    def same(value: Any) -> bool:  # noqa: ANN401  a field or a JSON value
        return fits(as_text(value)) or (
            wanted_number is not None and number(value) == wanted_number
        )

    return same


def _glob(pattern: str) -> Callable[[str], bool]:
    """Whether a text is the pattern, in which each ``*`` stands for any text."""
    if "*" not in pattern:
        return lambda text: text == pattern
    first, *between, last = pattern.split("*")

    def fits(text: str) -> bool:
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for part in between:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    return fits


def number(value: Any) -> Decimal | None:  # noqa: ANN401  a JSON value
    """A value as a number, exactly; None if it is none."""
    if isinstance(value, bool) or not _NUMBER.fullmatch(text := as_text(value)):
        return None
    return Decimal(text)
