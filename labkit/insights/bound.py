"""A query whose names and calls are settled: what the binder hands to the compiler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.insights.ast import Command, Expr
from labkit.insights.values import Kind

if TYPE_CHECKING:
    from labkit.insights import ast
    from labkit.insights.functions import Function
    from labkit.insights.patterns import Cut


@dataclass(frozen=True, slots=True)
class EventField(Expr):
    """A field of the events themselves; whether any event has it is known only when run."""

    name: str


@dataclass(frozen=True, slots=True)
class Column(Expr):
    """A column an earlier command made; ``nested`` names what put a list or map in it."""

    name: str
    nested: str = ""


@dataclass(frozen=True, slots=True)
class Member(Expr):
    """A value inside a list or map that a column holds."""

    column: str
    path: str


@dataclass(frozen=True, slots=True)
class Apply(Expr):
    """A function with its arguments in the form its builder takes."""

    function: Function
    args: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Contains(Expr):
    """A text looked for inside a value."""

    operand: Expr
    part: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class Matches(Expr):
    """A pattern looked for inside a value."""

    operand: Expr
    cut: Cut
    negated: bool


@dataclass(frozen=True, slots=True)
class InRows(Expr):
    """Membership in the one column of another query."""

    operand: Expr
    query: Bound
    negated: bool


@dataclass(frozen=True, slots=True)
class Extract(Command):
    """Parts of a field cut out by a pattern, each under a name; a row per match if *multi*."""

    field: Expr
    cut: Cut
    names: tuple[str, ...]
    multi: bool


@dataclass(frozen=True, slots=True)
class Pairs(Command):
    """A field of ``key=value`` pairs, reached as ``name.key``."""

    field: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Cells(Command):
    """A field of comma-separated values, each under a name."""

    field: Expr
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shapes(Command):
    """Messages grouped by their shape."""

    field: Expr


@dataclass(frozen=True, slots=True)
class Elements(Command):
    """A row for each element of a list."""

    field: Expr
    into: str


@dataclass(frozen=True, slots=True)
class Joined(Command):
    """
    Columns of another query where keys are equal.

    Attributes:
        outer: Rows without a partner are kept.
        left: Key on this side.
        right: Name of the key on the other side.
        alias: What the other side's columns are reached by.
        query: The other side.
        wanted: Names of the other side that later commands use.
    """

    outer: bool
    left: Expr
    right: str
    alias: str
    query: Bound
    wanted: list[str]


@dataclass(frozen=True, slots=True)
class Bound:
    """
    A query ready to compile.

    Attributes:
        query: As parsed.
        commands: The same commands, their expressions settled.
        columns: What is shown, in order.
        points: Rows still are events, so ``@ptr`` is shown too.
        source: Where to read from, if the query says so itself.
    """

    query: ast.Query
    commands: tuple[Command, ...]
    columns: tuple[str, ...]
    points: bool
    source: ast.Source | None = None


def is_named(value: Expr, name: str) -> bool:
    """Whether an expression is no more than the field or column of that name."""
    return isinstance(value, EventField | Column) and value.name == name


def nested(value: Expr) -> str:
    """Name of what gives the list or map that an expression surely is, else nothing."""
    if isinstance(value, Column):
        return value.nested
    if isinstance(value, Apply) and value.function.result is Kind.NESTED:
        return value.function.names[0]
    return ""


def is_call(value: Expr, name: str) -> bool:
    """Whether an expression is a call of the function of that name."""
    return isinstance(value, Apply) and value.function.names[0] == name
