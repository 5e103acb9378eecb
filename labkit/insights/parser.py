"""Query text in, syntax tree out; or an error that says which symbol could not stand where."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from lark import Lark, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from labkit.insights import ast, mistakes
from labkit.insights.ast import Span
from labkit.insights.errors import (
    NotSupported,
    QueryError,
    TooLong,
    UnexpectedSymbol,
    UnknownCommand,
    UnreadableCharacter,
)
from labkit.insights.tree import Builder

if TYPE_CHECKING:
    from collections.abc import Hashable

    from lark import ParseTree

MAX_CHARACTERS: Final = 10_000
"""Longest query AWS takes.  Source: CloudWatch Logs API Reference, StartQuery, queryString."""

MAX_DEPTH: Final = 60
"""Deepest nesting compiled; far above any use, far below what would exhaust the stack."""

_WORD: Final = re.compile(r"[A-Za-z_@][A-Za-z0-9_@.]*|[0-9]+(?:\.[0-9]+)?|[=!<>]=|=~|[^\s\\]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=256)
def parse(text: str) -> ast.Query:
    r"""
    Syntax tree of a query.

    Args:
        text: A whole query; lines may end in ``\n`` or ``\r\n``.

    Raises:
        QueryError: The text is not in the language, or too long, or nested too deeply.

    >>> [type(command).__name__ for command in parse("filter bytes > 9 | limit 5").commands]
    ['Filter', 'Limit']
    >>> parse("sort bin(5m)")
    Traceback (most recent call last):
        ...
    labkit.insights.errors.UnexpectedSymbol: sort takes names, not function calls
        sort bin(5m)
                ^
      Name it in stats (bin(5m) as window), then: sort window
    """
    _refuse_what_no_query_can_hold(text)
    try:
        tree = grammar().parse(text)
    except UnexpectedInput as found:
        raise _explain(text, found) from None
    query = _build(text, tree)
    if ast.depth(query) > MAX_DEPTH:
        raise TooLong(
            f"The query nests deeper than {MAX_DEPTH} levels",
            source=text,
            span=Span(0, len(text)),
            hint="Split long conditions into several filter commands.",
        )
    return query


def _build(text: str, tree: ParseTree) -> ast.Query:
    try:
        query = Builder(text).transform(tree)
    except VisitError as wrapped:
        raise wrapped.orig_exc from None
    if not isinstance(query, ast.Query):  # the start rule makes nothing else
        raise TypeError(type(query))
    return query


def _refuse_what_no_query_can_hold(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise TooLong(
            f"The query has {len(text)} characters; AWS takes {MAX_CHARACTERS}",
            source=text,
            span=Span(MAX_CHARACTERS, len(text)),
        )
    if half := _SURROGATE.search(text):
        raise UnreadableCharacter(
            "Half of a surrogate pair is not a character", source=text, span=Span(*half.span())
        )


@cache
def grammar() -> Lark:
    """The language as a parser, made once from ``grammar.lark``."""
    text = resources.files("labkit.insights").joinpath("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", start="query", propagate_positions=True)


def _explain(text: str, found: UnexpectedInput) -> QueryError:
    """The library's complaint as one of ours, with a hint if the mistake is a known one."""
    start = _offset(text, found)
    word = _WORD.match(text, start)
    span = Span(start, word.end() if word else min(start + 1, len(text)))
    if _is_end(found):
        span = Span(start, start)
    symbol = text[span.start : span.end]
    known = _known_mistakes().get(_place(found))
    if known is None and _at_command(found) and symbol:
        return _unknown_command(text, span)
    if symbol and word is None:
        summary = f"{symbol!r} begins no word of the language"
        return UnreadableCharacter(summary, source=text, span=span)
    message, hint = known or (f"Unexpected {symbol or 'end of the query'}", _expected(found))
    return UnexpectedSymbol(message, source=text, span=span, hint=hint)


def _offset(text: str, found: UnexpectedInput) -> int:
    if _is_end(found):
        return len(text.rstrip())
    position = vars(found).get("pos_in_stream")
    return position if isinstance(position, int) else len(text)


def _is_end(found: UnexpectedInput) -> bool:
    return isinstance(found, UnexpectedToken) and found.token.type == "$END"


def _unknown_command(text: str, span: Span) -> QueryError:
    name = text[span.start : span.end]
    if about := mistakes.UNSUPPORTED_COMMANDS.get(name.lower()):
        message = f"{name} is not supported: {about}"
        return NotSupported(message, source=text, span=span, hint=mistakes.SEE_FIDELITY)
    hint = mistakes.nearest(name, mistakes.COMMANDS)
    return UnknownCommand(f"There is no command {name}", source=text, span=span, hint=hint)


def _at_command(found: UnexpectedInput) -> bool:
    return "STATS" in _accepted(found)


def _accepted(found: UnexpectedInput) -> set[str]:
    if isinstance(found, UnexpectedToken):
        return set(found.accepts or found.expected)
    if isinstance(found, UnexpectedCharacters):
        return set(found.allowed or ())
    return set()


def _expected(found: UnexpectedInput) -> str:
    words = sorted({mistakes.TERMINALS[name] for name in _accepted(found) - mistakes.IMPLIED})
    return f"Expected here: {', '.join(words)}." if words else ""


def _place(found: UnexpectedInput) -> Hashable:
    """
    Where in the grammar the parser stood, whatever came before.

    The parser's own comparison of states includes the depth of its stack, so
    an example sentence would be recognised only at the depth it was written at.
    """
    if isinstance(found, UnexpectedToken):
        return (found.state.position, found.token.type)
    if isinstance(found, UnexpectedCharacters):
        return (getattr(found.state, "position", found.state), None)
    return None


@cache
def _known_mistakes() -> dict[Hashable, tuple[str, str]]:
    places: dict[Hashable, tuple[str, str]] = {}
    for mistake in mistakes.SYNTAX:
        try:
            grammar().parse(mistake.wrong)
        except UnexpectedInput as found:
            places.setdefault(_place(found), (mistake.message, mistake.hint))
    return places
