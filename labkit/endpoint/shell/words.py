"""
A line of a script, cut into commands.

Of the shell's language the lab speaks what a learner types to probe a network:
words and quotes, comments, ``;``, ``&&``, ``||``, ``&`` behind a listener, ``$?``,
and output sent to ``/dev/null`` or from stderr to stdout.  The rest is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<comment>(?<![^\s;&|])\#.*)
    | (?P<discard>(?:[12]|&)?>>?\s*/dev/null(?![^\s;&|]))
    | (?P<join>2>&1|1?>&2)
    | (?P<operator>&&|\|\||[;&])
    | (?P<word>(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\;&|<>()])+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PIECE: Final = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^'"\\]+)""", re.DOTALL)
_ESCAPED_IN_QUOTES: Final = re.compile(r'\\(["\\$`])')
_EXPANSION: Final = re.compile(r"(?<![\\\0])[$`]")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")

EXIT_CODE: Final = "\0$?"
"""What stands in a word for the exit code of the command before, until that is known."""

OUT: Final = "stdout"
ERR: Final = "stderr"


class NotSimulatedWord(Exception):
    """Something in a script that the lab cannot act out; ``word`` says what."""

    def __init__(self, word: str, reason: str = "") -> None:
        super().__init__(f"{word}{f' ({reason})' if reason else ''}")
        self.word = word


@dataclass(frozen=True, slots=True)
class Command:
    """
    One command of a line.

    Args:
        words: The program and its arguments, quotes resolved.
        unless: The exit code of the command before that skips this one: "zero",
            "nonzero" or None for neither.
        background: Whether ``&`` follows.
        out: Where its standard output goes: "stdout", "stderr" or None for nowhere.
        err: The same for its standard error.
    """

    words: tuple[str, ...] = ()
    unless: str | None = None
    background: bool = False
    out: str | None = OUT
    err: str | None = ERR


def commands(line: str) -> list[Command]:
    """
    The commands of a line, in order.

    Raises:
        NotSimulatedWord: The line uses more of the shell than the lab speaks.

    >>> [command.words for command in commands("ping -c 1 'app b' && hostname # hi")]
    [('ping', '-c', '1', 'app b'), ('hostname',)]
    """
    found: list[Command] = []
    current = Command()
    for kind, text in _tokens(line):
        if kind == "operator":
            found += _closed(replace(current, background=text == "&"), text)
            current = Command(unless={"&&": "nonzero", "||": "zero"}.get(text))
        elif kind == "word":
            current = replace(current, words=(*current.words, _word(text)))
        elif kind == "discard":
            current = _discarding(current, text)
        else:
            current = _joining(current, text)
    return found + ([current] if current.words else [])


def _tokens(line: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(line):
        kind = match.lastgroup or "other"
        if kind == "other":
            raise NotSimulatedWord(match[0], "pipes, files, groups and open quotes are not")
        if kind not in ("blank", "comment"):
            yield kind, match[0]


def _closed(command: Command, operator: str) -> list[Command]:
    if not command.words:
        raise NotSimulatedWord(operator, "no command stands before it")
    return [command]


def _word(text: str) -> str:
    """A word without its quotes."""
    return "".join(_piece(*match.groups()) for match in _PIECE.finditer(text))


def _piece(single: str | None, double: str | None, escaped: str | None, bare: str | None) -> str:
    if single is not None:
        return single
    if escaped is not None:
        return escaped
    text = (bare if bare is not None else double or "").replace("$?", EXIT_CODE)
    if _EXPANSION.search(text):
        raise NotSimulatedWord(text, "variables and command substitution are not")
    return _ESCAPED_IN_QUOTES.sub(r"\1", text) if bare is None else text


def _discarding(command: Command, text: str) -> Command:
    if text.startswith("&"):
        return replace(command, out=None, err=None)
    return replace(command, err=None) if text.startswith("2") else replace(command, out=None)


def _joining(command: Command, text: str) -> Command:
    if text == "2>&1":
        return replace(command, err=command.out)
    return replace(command, out=command.err)


def without_prefix(words: tuple[str, ...]) -> tuple[str, ...]:
    """
    The words of a command without ``sudo`` and ``nohup``: Run Command is root already.

    Raises:
        NotSimulatedWord: A variable is set in front of the command.

    >>> without_prefix(("sudo", "-n", "ping", "10.0.0.1"))
    ('ping', '10.0.0.1')
    """
    if _ASSIGNMENT.match(words[0]):
        raise NotSimulatedWord(words[0], "variables are not")
    if words[0] not in ("sudo", "nohup") or len(words) == 1:
        return words
    rest = words[1:]
    while len(rest) > 1 and rest[0] in ("-n", "-E", "--"):
        rest = rest[1:]
    return without_prefix(rest)
