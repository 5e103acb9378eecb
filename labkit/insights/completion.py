"""
A half-written query in, the words that may come next out.

The grammar itself is asked: the parser is driven up to the caret, and what it
would accept there decides. So completion can offer nothing that the language
refuses at that place, and learns new commands with the grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lark import Token, UnexpectedInput

from labkit.insights import functions, mistakes
from labkit.insights.parser import grammar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lark.parsers.lalr_interactive_parser import InteractiveParser

    from labkit.insights.functions import Function

MOST: Final = 12

COMMANDS: Final = {
    "filter": "keep the rows for which a condition holds",
    "stats": "count, add up, average; by one or more keys",
    "sort": "put rows in order",
    "limit": "keep this many rows",
    "fields": "pick fields, or compute new ones",
    "display": "show these fields only",
    "parse": "cut fields out of a text",
    "dedup": "keep one row for each value of a field",
    "pattern": "group messages that look alike",
    "diff": "compare patterns with an earlier time",
    "filterIndex": "filter, by an indexed field",
    "where": "the same as filter",
    "head": "keep the first rows",
    "tail": "keep the last rows",
    "unnest": "turn a list into rows",
    "unmask": "show masked values",
    "join": "join with the rows of another query",
    "source": "choose log groups",
}
"""What each command does, in a few words; those needed most come first."""

_WORD: Final = re.compile(r"@{0,2}[A-Za-z_][A-Za-z0-9_@.]*$|@{1,2}$")
_MADE: Final = re.compile(r"\bas\s+([A-Za-z_]\w*)", re.IGNORECASE)
# Right after these a new word cannot begin: there is a number or a quoted text to be finished.
_AFTER_A_WORD: Final = re.compile(r"[\w\"'`)\]/]$")
_NEW_NAME: Final = re.compile(r"\b(as|into)\s+$", re.IGNORECASE)
_NAME: Final = re.compile(r"@{0,2}[A-Za-z_][A-Za-z0-9_@.]*")
_STATS: Final = re.compile(r"\s*stats\b", re.IGNORECASE)
_BY: Final = re.compile(r"\bby\b", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[A-Za-z]+$")
# What makes windows of time: the keys that charts over time need.
_OF_TIME: Final = ("bin", "datefloor", "dateceil")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One word that may stand at the caret, what kind of word it is, and what it means."""

    text: str
    kind: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """
    What may stand at the caret instead of ``text[start:end]``.

    ``suggestions`` is empty where nothing can be offered: inside a quoted
    text, after a mistake, or where a name of one's own is wanted.
    """

    start: int
    end: int
    suggestions: tuple[Suggestion, ...]


def complete(text: str, caret: int, fields: Iterable[str] = ()) -> Completion:
    """
    The words that may stand at the caret, best first, at most twelve.

    Args:
        text: The query so far.
        caret: Offset of the caret in it; past the end counts as the end.
        fields: Names that the log group is known to have.

    >>> [each.text for each in complete("fi", 2).suggestions]
    ['filter', 'fields', 'filterIndex']
    >>> query = "stats count(*) by dst"
    >>> [each.text for each in complete(query, len(query), ["srcAddr", "dstAddr"]).suggestions]
    ['dstAddr']
    """
    head = text[:caret]
    word = _WORD.search(head)
    begun = word[0] if word else ""
    before = head[: len(head) - len(begun)]
    parser = _driven(before) if begun or not _AFTER_A_WORD.search(before) else None
    offered = () if parser is None else tuple(_fitting(parser, before, begun, fields))
    return Completion(len(before), len(head), offered)


def _driven(before: str) -> InteractiveParser | None:
    """The parser after *before*; None if that text is not in the language so far."""
    try:
        parser = grammar().parse_interactive(before)
        parser.exhaust_lexer()
    except UnexpectedInput:
        return None
    return parser


def _fitting(
    parser: InteractiveParser, before: str, begun: str, fields: Iterable[str]
) -> Iterator[Suggestion]:
    folded = begun.lower()
    seen: set[str] = set()
    for each in _acceptable(parser, before, list(fields)):
        if each.text not in seen and each.text.lower().startswith(folded) and each.text != begun:
            seen.add(each.text)
            yield each
            if len(seen) == MOST:
                return


def _acceptable(
    parser: InteractiveParser, before: str, fields: Sequence[str]
) -> Iterator[Suggestion]:
    accepted = parser.accepts()
    for name, about in COMMANDS.items():
        if name.upper() in accepted:
            yield Suggestion(name, "command", about)
    if "NAME" in accepted and not _NEW_NAME.search(before):
        yield from _names(parser, before, fields)
    commands = {name.upper() for name in COMMANDS}
    words = (mistakes.TERMINALS[each] for each in sorted(accepted - commands, key=_first_words))
    yield from (Suggestion(word, "word") for word in words if _LETTERS.match(word))


def _first_words(terminal: str) -> tuple[bool, str]:
    return terminal not in ("AS", "BY"), terminal


def _names(parser: InteractiveParser, before: str, fields: Sequence[str]) -> Iterator[Suggestion]:
    """What fits best first: aggregates at the start of stats, bin after its ``by``, else fields."""
    earlier, _, command = before.rpartition("|")
    made = _made(earlier)
    known = made if any(map(_STATS.match, earlier.split("|"))) else [*made, *fields]
    plain = [Suggestion(name, "field", "named in this query" * (name in made)) for name in known]
    if not _may_be_called(parser):
        yield from plain
        return
    in_stats, in_keys = bool(_STATS.match(command)), bool(_BY.search(command))
    at_start = in_stats and not in_keys and not _open_brackets(parser)
    aggregates = [each for each in functions.TABLE if each.aggregate]
    others = [each for each in functions.TABLE if not each.aggregate]
    if in_keys:
        others.sort(key=lambda each: each.names[0] not in _OF_TIME)
    if at_start:
        yield from _calls(aggregates)
    yield from plain
    yield from _calls(others)


def _may_be_called(parser: InteractiveParser) -> bool:
    ahead = parser.copy()
    ahead.feed_token(Token("NAME", "x"))
    return "LPAR" in ahead.accepts()


def _open_brackets(parser: InteractiveParser) -> int:
    stack = parser.parser_state.value_stack
    return sum(isinstance(each, Token) and each.type == "LPAR" for each in stack)


def _made(earlier: str) -> list[str]:
    """Names that earlier commands have made: aliases, and keys that stats has passed on."""
    names: list[str] = []
    for command in earlier.split("|"):
        if _STATS.match(command):
            _, _, keys = command.partition(" by ")
            names += [key.strip() for key in keys.split(",") if _NAME.fullmatch(key.strip())]
        names += _MADE.findall(command)
    return list(dict.fromkeys(names))


def _calls(table: Iterable[Function]) -> Iterator[Suggestion]:
    for each in table:
        yield Suggestion(f"{each.names[0]}(", "function", f"{each.signature}: {each.summary}")
