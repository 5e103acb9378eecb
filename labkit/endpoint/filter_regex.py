r"""
Regular expressions in filter patterns: what CloudWatch Logs takes between % signs, and no more.

They are run by RE2, the engine behind Logs Insights here: a text takes as long as it is
long, whatever the expression.  ``re`` tries one way after the other, and for
``.*.*.*.*.*x`` there are more of them than anybody waits for.

Source: Amazon CloudWatch Logs User Guide, "Supported regular expressions (regex)
syntax"; RE2's syntax: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from labkit.endpoint.operations import AwsError
from labkit.insights import database

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import ParseTree

Search: TypeAlias = "Callable[[str], bool]"

MOST_PLACES: Final = 1000
"""How many characters an expression may ask for, all its alternatives together; RE2's own limit
is one of repeats of the same."""

_TEXTS_KEPT: Final = 4096
_PLAIN: Final = r"A-Za-z0-9:_#=@;, \/\-"
_OPERATORS: Final = r"\^$?\[\]{}|\\*+."
_ESCAPED: Final = rf"\\[{_OPERATORS}:_#=@;,\/-]|\\x[0-7][0-9A-F]"
_CLASS: Final = r"\\[dDsSwW]"
_SET: Final = rf"\[(?!\^\])\^?([{_PLAIN}^$?{{}}|*+.]|{_ESCAPED}|{_CLASS})+\]"
_STRUCTURE: Final = r"""
    start: alternative ("|" alternative)*
    alternative: BEGIN? (PLACE TIMES?)* END?
    BEGIN: "^"
    END: "$"
    TIMES: "?" | "*" | "+" | /\{(\d+(,\d*)?|,\d+)\}/
"""
_GRAMMAR: Final = f"""{_STRUCTURE}
    PLACE: /[.{_PLAIN}]|{_ESCAPED}|{_CLASS}|{_SET}/
"""
_SEARCH: Final = "SELECT regexp_matches(?, ?, 's')"  # s: a dot stands for a line break, too


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
    alternatives = [each for each in _parsed(expression).children if isinstance(each, Tree)]
    if not all(each.children for each in alternatives):
        raise invalid_pattern(f"%{expression}% has nothing on one side of a |")
    if sum(map(_places, alternatives)) > MOST_PLACES:
        raise invalid_pattern(f"%{expression}% has over {MOST_PLACES} places, repeats counted")
    pattern = "|".join(map(_for_re2, alternatives))
    if reason := database.refusal(_SEARCH, "", pattern):
        raise invalid_pattern(f"the regular expression %{expression}% cannot be used: {reason}")

    @lru_cache(maxsize=_TEXTS_KEPT)  # fields have few values, and a call takes a tenth of a ms
    def found_in(text: str) -> bool:
        sent = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        [found] = database.cursor().execute(_SEARCH, [sent, pattern]).fetchone() or (False,)
        return bool(found)

    return found_in


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


def _tokens(alternative: ParseTree) -> list[Token]:
    return [each for each in alternative.children if isinstance(each, Token)]


def _places(alternative: ParseTree) -> int:
    """How many characters an alternative can ask for; one without an end counts as its least."""
    places = 0
    for token in _tokens(alternative):
        if token.type == "PLACE":
            places += 1
        elif token.type == "TIMES" and token.startswith("{"):
            least, _, most = _counts(token)
            places += max(int(least), int(most or 1), 1) - 1
    return places


def _counts(times: str) -> tuple[str, str, str]:
    """What stands in braces: how often at least, a comma or not, and how often at most."""
    least, comma, most = times[1:-1].partition(",")
    if most and int(most) < int(least or 0):
        raise invalid_pattern(f"{times} asks for more than it allows")
    return least or "0", comma, most


def _for_re2(alternative: ParseTree) -> str:
    """An alternative as RE2 reads it: it takes no underscore that is escaped, and no {,n}."""
    pieces = []
    for token in _tokens(alternative):
        if token.type == "TIMES" and token.startswith("{"):
            pieces.append(f"{{{''.join(_counts(token))}}}")
        else:
            pieces.append(token.replace(r"\_", "_"))
    return "".join(pieces)
