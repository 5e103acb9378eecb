"""Rows and keys in, one row per group out: the SELECT behind a ``stats``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql, values
from labkit.insights.frame import Frame
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

MATCHED: Final = "_matched"
"""Column that carries, beside each group, how many rows all groups were made from."""


@dataclass(frozen=True)
class Order:
    """
    A value to order rows by.

    Attributes:
        value: What to compare.
        descending: Largest first.
        plain: By the value as SQL orders it, which costs less than the language's
            order and is as good where only repeatability counts.
    """

    value: Value
    descending: bool = False
    plain: bool = False

    def keys(self, frame: Frame) -> list[exp.Expr]:
        value = self.value
        if value.kind is Kind.ABSENT or value.constant is not None:
            return []
        parts = [part for part in (value.sql, value.words) if part is not None]
        keys = parts if self.plain else values.sort_keys(value, frame.once)
        return [
            exp.Ordered(this=key, desc=self.descending, nulls_first=not self.descending)
            for key in keys
        ]


class Grouping:
    """
    The SELECT of a ``stats``, and where its results are found.

    Attributes:
        keys: Values of the keys in the grouped rows, by name.
        aggregates: Values of the aggregate calls in the grouped rows, by node identity.
    """

    def __init__(
        self,
        frame: Frame,
        keys: Mapping[str, Value],
        aggregates: Mapping[int, Value],
        *,
        counts: bool,
    ) -> None:
        self._frame = frame
        self._counts = counts
        self._selected: list[exp.Expr] = []
        self._grouped: list[exp.Expr] = []
        self.keys = {name: self._key(f"k{n}", key) for n, (name, key) in enumerate(keys.items())}
        self.aggregates = {
            node: self._moved(f"a{n}", value) for n, (node, value) in enumerate(aggregates.items())
        }

    def frame(self) -> Frame:
        """The grouped rows as a frame of their own, in which events are out of reach."""
        select = self._frame.select(*self._selected, *self._count())
        if self._grouped:
            select = select.group_by(*self._grouped, copy=False)
        old = self._frame
        old.go_on_from(select)
        return Frame(old.base, None, None, old.setting, prefix=old.prefix, earlier=old.earlier)

    def order(self) -> list[Order]:
        """Newest window first, then by key."""
        times = [key for key in self.keys.values() if key.kind is Kind.TIME]
        others = [key for key in self.keys.values() if key.kind is not Kind.TIME]
        newest = [Order(key, descending=True, plain=True) for key in times]
        return newest + [Order(key, plain=True) for key in others]

    def _count(self) -> list[exp.Expr]:
        if not self._counts:
            return []
        count: exp.Expr = exp.Count(this=exp.Star())
        if self._grouped:
            count = exp.Window(this=exp.Sum(this=count))
        return [sql.named(count, MATCHED)]

    def _key(self, alias: str, key: Value) -> Value:
        if key.constant is not None:  # a bare number would be read as a column's place
            text = sql.cast(sql.string(key.constant), "VARCHAR")
            key = Value(Kind.TEXT, text)
        moved = self._moved(alias, key)
        self._grouped += [part for name, part in key.parts.items() if name != "inside"]
        return moved

    def _moved(self, alias: str, value: Value) -> Value:
        """The value as columns of the grouped rows; lists and maps do not pass."""
        moved, columns = values.placed(replace(value, inside=None), alias)
        self._selected += columns
        return moved
