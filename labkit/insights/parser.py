"""Query text in, syntax tree out; or an error that says which symbol could not stand where."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from lark import Lark, UnexpectedInput
from lark.exceptions import VisitError

from labkit.insights import ast, mistakes
from labkit.insights.ast import Span
from labkit.insights.errors import TooLong, UnreadableCharacter
from labkit.insights.syntax_errors import explain, place
from labkit.insights.tree import Builder

if TYPE_CHECKING:
    from collections.abc import Hashable

    from lark import ParseTree

MAX_CHARACTERS: Final = 10_000
"""Longest query AWS takes.  Source: CloudWatch Logs API Reference, StartQuery, queryString."""

MAX_DEPTH: Final = 60
"""Deepest nesting compiled; far above any use, far below what would exhaust the stack."""

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
        raise explain(text, found, _known_mistakes()) from None
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


@cache
def _known_mistakes() -> dict[Hashable, tuple[str, str]]:
    places: dict[Hashable, tuple[str, str]] = {}
    for mistake in mistakes.SYNTAX:
        try:
            grammar().parse(mistake.wrong)
        except UnexpectedInput as found:
            places.setdefault(place(found), (mistake.message, mistake.hint))
    return places
