"""The shape of a query: frozen nodes named after the rules of the grammar, each with its span."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Span(NamedTuple):
    """Offsets into the query text, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with a place in the text."""

    span: Span


# --- Expressions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expr(Node):
    """Anything that has a value."""


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """A field or column, with its backticks taken off."""

    name: str


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """A number as written, without a sign."""

    text: str


@dataclass(frozen=True, slots=True)
class Text(Expr):
    """A quoted string, its escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Duration(Expr):
    """A length of time such as ``5m``."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Regex(Expr):
    """A pattern between slashes, as written."""

    pattern: str


@dataclass(frozen=True, slots=True)
class ListOf(Expr):
    """Values between square brackets."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function applied; ``star`` for ``count(*)``."""

    name: str
    args: tuple[Expr, ...]
    star: bool


@dataclass(frozen=True, slots=True)
class Logic(Expr):
    """Two or more conditions joined by the same word."""

    word: Literal["and", "or"]
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negation(Expr):
    """``not x`` or ``!x``."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """Two values compared."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Like(Expr):
    """A substring or pattern looked for."""

    operand: Expr
    pattern: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class InList(Expr):
    """Membership in a written list."""

    operand: Expr
    items: tuple[Expr, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class InSubquery(Expr):
    """Membership in the one column of another query."""

    operand: Expr
    query: Query
    negated: bool


@dataclass(frozen=True, slots=True)
class Arithmetic(Expr):
    """Operators of one strength, worked from left to right."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Minus(Expr):
    """A value with its sign turned."""

    operand: Expr


# --- Commands ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item(Node):
    """An expression and the name it is given; ``name`` is the text itself if none is."""

    value: Expr
    name: str
    aliased: bool


@dataclass(frozen=True, slots=True)
class Command(Node):
    """One step of the pipeline; ``span`` covers the whole command."""


@dataclass(frozen=True, slots=True)
class Fields(Command):
    """Adds columns."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Display(Command):
    """Says which columns are shown."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Filter(Command):
    """Keeps the rows for which the condition is true."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class ParseGlob(Command):
    """Cuts a field at the stars of a text with wildcards."""

    field: Name
    glob: Text
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ParseRegex(Command):
    """Cuts a field by the named groups of a pattern; ``multi`` gives a row per match."""

    field: Name
    regex: Regex
    multi: bool


@dataclass(frozen=True, slots=True)
class ParseLogfmt(Command):
    """Reads ``key=value`` pairs, reached as ``name.key``."""

    field: Name
    name: Name


@dataclass(frozen=True, slots=True)
class ParseCsv(Command):
    """Reads comma-separated values."""

    field: Name
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Stats(Command):
    """Aggregates, by keys if there are any."""

    aggregates: tuple[Item, ...]
    keys: tuple[Item, ...]
    offset: Duration | None


@dataclass(frozen=True, slots=True)
class SortKey(Node):
    """A column to sort by; ``descending`` is None where no direction is written."""

    value: Expr
    descending: bool | None


@dataclass(frozen=True, slots=True)
class Sort(Command):
    """Orders the rows."""

    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Limit(Command):
    """Keeps the first rows; ``any`` lets the engine choose which."""

    count: int
    any: bool


@dataclass(frozen=True, slots=True)
class Dedup(Command):
    """Keeps the first row of each combination."""

    keys: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Pattern(Command):
    """Groups messages by their shape."""

    field: Expr


@dataclass(frozen=True, slots=True)
class Diff(Command):
    """Compares patterns with those of an earlier period."""

    period: str


@dataclass(frozen=True, slots=True)
class Unmask(Command):
    """Shows a field without its masks."""

    field: Name


@dataclass(frozen=True, slots=True)
class Unnest(Command):
    """A row for each element of a list."""

    field: Name
    into: Name


@dataclass(frozen=True, slots=True)
class Origin(Node):
    """One ``logGroups(...)`` or ``dataSource(...)`` of a ``SOURCE``."""

    kind: str
    values: tuple[str, ...]
    named: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Source(Command):
    """Says which log groups are read: by name, or by what they have in common."""

    group: str | None
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Join(Command):
    """Brings in the columns of another query where keys are equal."""

    options: tuple[tuple[Name, Name], ...]
    left: Name
    right: Name
    query: Query


@dataclass(frozen=True, slots=True)
class Query(Node):
    """A whole query: its text and its commands in order."""

    text: str
    commands: tuple[Command, ...]


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below this one, in the order they were written."""
    for field in fields(node):
        yield from _nodes(getattr(node, field.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple) and not isinstance(value, Span):
        for part in value:
            yield from _nodes(part)


def depth(node: Node) -> int:
    """How many nodes lie on the longest way down, found without recursion."""
    deepest, open_nodes = 0, [(node, 1)]
    while open_nodes:
        current, level = open_nodes.pop()
        deepest = max(deepest, level)
        extra = len(current.rest) if isinstance(current, Arithmetic) else 0
        open_nodes.extend((child, level + 1 + extra) for child in children(current))
    return deepest
