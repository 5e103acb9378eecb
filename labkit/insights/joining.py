"""Two sides and their keys in, one set of rows out: the SELECT behind a ``join``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from labkit.insights import sql
from labkit.insights.values import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.insights.frame import Frame
    from labkit.insights.values import Value


@dataclass(frozen=True)
class Side:
    """Rows of the other query: where they are, their key as text, their order."""

    frame: Frame
    key: exp.Expr
    order: Sequence[exp.Expr]


def join(
    frame: Frame, key: exp.Expr, right: Side, values: Sequence[Value], *, outer: bool
) -> tuple[list[Value], exp.Expr]:
    """
    Values of the other side as columns of the frame, and a row's place on that side.

    Rows belong together where their keys are written alike; a row without a key
    has no partner.  With *outer*, rows of the frame without a partner stay.
    """
    own_key = frame.once(key)
    frame.go_on_from(frame.select(exp.Star()))
    moved, columns = _moved(values)
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=list(right.order)))
    other = right.frame
    other.go_on_from(other.select(sql.named(right.key, "jk"), sql.named(place, "jn"), *columns))
    frame.earlier += other.earlier
    own = exp.Column(this=exp.Star(), table=frame.base.this.copy())
    brought = [sql.column(column.alias) for column in columns]
    select = exp.select(own, sql.column("jn"), *brought, copy=False).from_(frame.base.copy())
    same = exp.EQ(this=own_key.copy(), expression=sql.column("jk"))
    kind = "left" if outer else "inner"
    frame.go_on_from(select.join(other.base.copy(), on=same, join_type=kind))
    return moved, sql.column("jn")


def _moved(values: Sequence[Value]) -> tuple[list[Value], list[exp.Expr]]:
    """The values under names of their own, and the columns that give them those."""
    pairs = [placed(value, f"j{number}") for number, value in enumerate(values)]
    return [moved for moved, _ in pairs], [column for _, columns in pairs for column in columns]
