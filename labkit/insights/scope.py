"""Which names a command may use, and which columns are to be shown so far."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from labkit.insights import bound
from labkit.insights.errors import AlreadyDefined, UnknownField
from labkit.insights.mistakes import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.insights import ast
    from labkit.insights.ast import Expr, Span

_PLAIN: Final = re.compile(r"[A-Za-z_@][A-Za-z0-9_@.]*")


class Scope:
    """
    Names between two commands.

    Attributes:
        text: The whole query.
        open: Fields of events can still be reached; ``stats`` ends that.
        fixed: A ``display`` has said what is shown.
        shown: Columns to show, in order.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.open = True
        self.fixed = False
        self.shown: list[str] = []
        self._made_by: dict[str, str] = {}
        self._nested: dict[str, str] = {}
        self._new: set[str] = set()
        self._closed_by = ""
        self._joined: tuple[str, str, list[str]] | None = None

    def join(self, left: str, right: str) -> list[str]:
        """Let names be reached by a side's alias; the list fills with those of the right side."""
        wanted: list[str] = []
        self._joined = (f"{left}.", f"{right}.", wanted)
        return wanted

    def begin(self) -> None:
        """
        Start a command.

        A name it makes can be used in it, but what that name's value holds
        can only be reached in a later one.

        Source:
            Measured by others: jsonParse and a dot in the same ``fields`` give no column.
        """
        self._new = set()

    @property
    def has_join(self) -> bool:
        return self._joined is not None

    def resolve(self, name: str, span: Span) -> Expr:
        """What a name stands for: a column, part of one, or a field of events."""
        if self._joined is not None:
            left, right, wanted = self._joined
            if name.startswith(right) and name not in self._made_by:
                wanted.append(name.removeprefix(right))
                self._made_by[name] = "join"
            elif name.startswith(left):
                name = name.removeprefix(left)
        if name in self._made_by:
            return bound.Column(span, name, self._nested.get(name, ""))
        if column := self._column_with_member(name):
            return bound.Member(span, column, name[len(column) :].lstrip("."))
        if self.open:
            return bound.EventField(span, name)
        known = ", ".join(_quoted(each) for each in self._made_by)
        hint = nearest(name, self._made_by) or f"After {self._closed_by} there are only: {known}"
        message = f"{self._closed_by} did not pass on {name}"
        raise UnknownField(message, source=self.text, span=span, hint=hint, symbol=name)

    def _column_with_member(self, name: str) -> str:
        ends = [index for index, letter in enumerate(name) if letter in ".["]
        earlier = self._made_by.keys() - self._new
        return next((name[:end] for end in reversed(ends) if name[:end] in earlier), "")

    def has_column(self, name: str) -> bool:
        return name in self._made_by

    def is_parsed(self, name: str) -> bool:
        return self._made_by.get(name) == "parse"

    def define(
        self, name: str, by: str, span: Span, *, again: bool = False, nested: str = ""
    ) -> None:
        """
        Note a column a command makes.

        Args:
            name: Of the column.
            by: The command.
            span: Where the name is written.
            again: The same expression may make it twice.
            nested: What puts a list or map into it, if one is there for sure.
        """
        if not again:
            self.refuse_known(name, span, set())
        self._made_by[name] = by
        self._nested[name] = nested
        self._new.add(name)

    def refuse_known(self, name: str, span: Span, others: set[str]) -> None:
        """
        Refuse a name that an earlier command has given.

        Source:
            Three public reports of "Ephemeral field is already defined".
        """
        if name in self._made_by or name in others:
            raise AlreadyDefined(
                f"{name} is already defined",
                source=self.text,
                span=span,
                hint="Choose a name that no earlier command has given.",
            )

    def show(self, name: str) -> None:
        if name not in self.shown:
            self.shown.append(name)

    def show_only(self) -> None:
        """Forget what was shown: a ``display`` starts the list anew, for good."""
        self.shown, self.fixed = [], True

    def close(self, by: str, passed_on: Iterable[ast.Item]) -> None:
        """Leave only what a command passes on."""
        self.open, self.fixed, self.shown, self._joined = False, False, [], None
        self._closed_by = by
        self._made_by, self._nested = {}, {}
        for item in passed_on:
            self._made_by[item.name] = by
            self._nested[item.name] = bound.nested(item.value)
            self.show(item.name)


def _quoted(name: str) -> str:
    """The name as a query has to write it."""
    return name if _PLAIN.fullmatch(name) else f"`{name}`"
