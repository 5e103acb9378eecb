"""The parser library's complaint in, an error that names the mistake out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from labkit.insights import left_out, mistakes
from labkit.insights.ast import Span
from labkit.insights.errors import (
    NotSupported,
    QueryError,
    UnexpectedSymbol,
    UnknownCommand,
    UnreadableCharacter,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

_WORD: Final = re.compile(
    r"[0-9][A-Za-z0-9_.]*|[A-Za-z_@][A-Za-z0-9_@.]*|[=!<>]=|=~|[^\s]", re.DOTALL
)


def explain(
    text: str, found: UnexpectedInput, known: Mapping[Hashable, tuple[str, str]]
) -> QueryError:
    """
    What is wrong with a text that is not in the language.

    Args:
        text: The query.
        found: Where the parser stopped, and what it would have taken.
        known: Message and hint for places where the mistake has a name.
    """
    span = _span(text, found)
    symbol = text[span.start : span.end]
    accepted = _accepted(found)
    if named := known.get(place(found)):
        message, hint = named
        return UnexpectedSymbol(message, source=text, span=span, hint=hint)
    if "STATS" in accepted:
        return _unknown_command(text, span) if symbol else _missing_command(text, span)
    if isinstance(found, UnexpectedCharacters):
        return _unreadable(text, span)
    message, hint = f"Unexpected {symbol or 'end of the query'}", _expected(accepted)
    if "VBAR" in accepted and symbol.lower() in mistakes.COMMANDS_FOLDED:
        message, hint = "Commands are separated by |", f"Write: | {symbol}"
    return UnexpectedSymbol(message, source=text, span=span, hint=hint)


def place(found: UnexpectedInput) -> Hashable:
    """
    Where in the grammar the parser stood, whatever came before.

    The parser's own comparison of states includes the depth of its stack, so
    an example sentence would be recognised only at the depth it was written at.
    """
    if isinstance(found, UnexpectedToken):
        before = found.state.value_stack[-1:]
        words = (str(word).lower() for word in (*before, found.token))
        telling = next((word for word in words if word in mistakes.TELLING), "")
        return (found.state.position, found.token.type, telling)
    return None


def _span(text: str, found: UnexpectedInput) -> Span:
    """The word at fault; empty, after the last one, where the query ended too early."""
    if isinstance(found, UnexpectedToken) and found.token.type == "$END":
        end = len(text.rstrip())
        return Span(end, end)
    start = vars(found).get("pos_in_stream")
    if not isinstance(start, int):
        return Span(len(text), len(text))
    word = _WORD.match(text, start)
    return Span(start, word.end() if word else start + 1)


def _missing_command(text: str, span: Span) -> QueryError:
    if not text.strip():
        return UnexpectedSymbol("The query is empty", source=text, span=span)
    message, hint = "A command is missing after the last |", "Drop the | or write the command."
    return UnexpectedSymbol(message, source=text, span=span, hint=hint)


def _unknown_command(text: str, span: Span) -> QueryError:
    name = text[span.start : span.end]
    if about := left_out.command(name):
        message = f"{name} is not supported: {about}"
        return NotSupported(message, source=text, span=span, hint=left_out.SEE_FIDELITY)
    elsewhere = mistakes.COMMANDS_ELSEWHERE.get(name.lower(), "")
    hint = elsewhere or mistakes.nearest(name, mistakes.COMMANDS)
    return UnknownCommand(f"There is no command {name}", source=text, span=span, hint=hint)


def _unreadable(text: str, span: Span) -> QueryError:
    symbol = text[span.start : span.end]
    hint = mistakes.CHARACTERS.get(symbol[0], "")
    message = f"{symbol!r} begins no word of the language"
    if symbol[0].isdigit():
        message, hint = f"{symbol} is neither a number nor a name", mistakes.QUOTE_IT
    return UnreadableCharacter(message, source=text, span=span, hint=hint)


def _accepted(found: UnexpectedInput) -> set[str]:
    if isinstance(found, UnexpectedToken):
        return set(found.accepts or found.expected)
    if isinstance(found, UnexpectedCharacters):
        return set(found.allowed or ())
    return set()


def _expected(accepted: set[str]) -> str:
    words = sorted({mistakes.TERMINALS[name] for name in accepted - mistakes.IMPLIED})
    return f"Expected here: {', '.join(words)}." if words else ""
