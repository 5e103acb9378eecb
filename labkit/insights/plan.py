"""What the compiler hands on: SQL, and how to read its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

    from labkit.insights.frame import Frame
    from labkit.insights.values import Kind, Value


@dataclass(frozen=True)
class Output:
    """One column of the result: its name and what its SQL columns hold."""

    name: str
    kind: Kind
    exact: bool


@dataclass(frozen=True)
class Plan:
    """
    SQL of a query and how to read its rows.

    Attributes:
        select: Gives a column per output, two for those of kind MIXED.
        outputs: Columns of the result, in order.
        matched: SQL that counts the events that pass the filters.
        counts_itself: The last column of *select* holds that count, too.
    """

    select: exp.Select
    outputs: tuple[Output, ...]
    matched: exp.Select
    counts_itself: bool


@dataclass(frozen=True)
class Rows:
    """
    The rows a query ends with.

    Attributes:
        frame: Where they are.
        shown: Columns of the result, by name, in order.
        order: What to order them by.
        limit: Most rows wanted; None if the query has seen to it.
    """

    frame: Frame
    shown: list[tuple[str, Value]]
    order: list[exp.Expr]
    limit: int | None
