"""Which names a command may use, and which columns are to be shown so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.insights import bound
from labkit.insights.errors import AlreadyDefined, UnknownField
from labkit.insights.mistakes import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.insights import ast
    from labkit.insights.ast import Expr, Span


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
        self._joined: tuple[str, str, list[str]] | None = None

    def join(self, left: str, right: str) -> list[str]:
        """Let names be reached by a side's alias; the list fills with those of the right side."""
        wanted: list[str] = []
        self._joined = (f"{left}.", f"{right}.", wanted)
        return wanted

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
            return bound.Column(span, name)
        if column := self._column_with_member(name):
            return bound.Member(span, column, name[len(column) :].lstrip("."))
        if self.open:
            return bound.EventField(span, name)
        known = ", ".join(self._made_by)
        hint = nearest(name, self._made_by) or f"After stats there are only: {known}"
        message = f"stats did not pass on {name}"
        raise UnknownField(message, source=self.text, span=span, hint=hint)

    def _column_with_member(self, name: str) -> str:
        ends = [index for index, letter in enumerate(name) if letter in ".["]
        return next((name[:end] for end in reversed(ends) if name[:end] in self._made_by), "")

    def has_column(self, name: str) -> bool:
        return name in self._made_by

    def is_parsed(self, name: str) -> bool:
        return self._made_by.get(name) == "parse"

    def define(self, name: str, by: str, span: Span, *, again: bool = False) -> None:
        """Note a column a command makes; *again* lets the same expression make it twice."""
        if not again:
            self.refuse_known(name, span, set())
        self._made_by[name] = by

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

    def close(self, passed_on: Iterable[ast.Item]) -> None:
        """Leave only what a ``stats`` passes on."""
        self.open, self.fixed, self.shown, self._joined = False, False, [], None
        self._made_by = {}
        for item in passed_on:
            self._made_by[item.name] = "stats"
            self.show(item.name)
