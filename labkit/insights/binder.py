"""Syntax tree in, settled tree out: what each name and call means, or why it means nothing."""

from __future__ import annotations

import re
from functools import lru_cache, singledispatchmethod
from typing import TYPE_CHECKING, Final

from labkit.insights import ast, bound, patterns
from labkit.insights.ast import Span
from labkit.insights.calls import Expressions
from labkit.insights.errors import (
    AlreadyDefined,
    DiffWithoutPattern,
    NotSupported,
    QueryError,
    TooLong,
    WrongOrder,
    WrongPattern,
    WrongType,
)
from labkit.insights.left_out import DIFF, SEE_FIDELITY
from labkit.insights.scope import Scope
from labkit.insights.sources import bind_join, refuse_unknown_origins

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_STATS: Final = 10
"""Most ``stats`` in a query.  Source: CWL_QuerySyntax-Stats (Standard log class)."""

MAX_LIMIT: Final = 100_000
"""Most rows a query gives.  Source: CloudWatch Logs API Reference, StartQuery, limit."""

MAX_MULTI_GROUPS: Final = 9
"""Most groups in a pattern of ``parse ... multi``."""

PATTERN_COLUMNS: Final = ("@pattern", "@ratio", "@sampleCount", "@severityLabel")
"""Source: CWL_QuerySyntax-Pattern."""

MAX_LIMITS: Final = 30
"""Most ``limit`` in a query; one is enough, and each costs a pass over the rows."""

DEFAULT_COLUMNS: Final = ("@timestamp", "@message")
"""Source: CloudWatch Logs User Guide, query syntax (queries without fields)."""

_FIRST_WORD: Final = re.compile(r"\w+")


@lru_cache(maxsize=256)
def bind(query: ast.Query) -> bound.Bound:
    """
    Query with every name, call and order of commands settled.

    Raises:
        QueryError: Something in it has no meaning; says where, and what would have.

    >>> from labkit.insights.parser import parse
    >>> bind(parse("stats count(*) as n by srcAddr")).columns
    ('srcAddr', 'n')
    >>> bind(parse("stats count(*) as n | sort srcAddr"))
    Traceback (most recent call last):
        ...
    labkit.insights.errors.UnknownField: stats did not pass on srcAddr
        stats count(*) as n | sort srcAddr
                                   ^^^^^^^
      After stats there are only: n
    """
    return _Binder(query).bound()


class _Binder:
    """Goes through the commands in order, keeping track of what each one may refer to."""

    def __init__(self, query: ast.Query) -> None:
        self._query = query
        self._scope = Scope(query.text)
        self._expressions = Expressions(self._scope)
        self._commands: list[ast.Command] = []
        self._source: ast.Source | None = None

    def bound(self) -> bound.Bound:
        for command in self._query.commands:
            self._refuse_after_dedup(command)
            self._scope.begin()
            made = self._bind(command)
            self._commands.extend(made)
        scope = self._scope
        columns = tuple(scope.shown) or (DEFAULT_COLUMNS if scope.open else ())
        return bound.Bound(
            self._query, tuple(self._commands), columns, points=scope.open, source=self._source
        )

    def _refuse_after_dedup(self, command: ast.Command) -> None:
        deduped = any(isinstance(earlier, ast.Dedup) for earlier in self._commands)
        if deduped and not isinstance(command, ast.Limit):
            raise self._error(
                WrongOrder, "Only limit may follow dedup", self._word(command),
                "Put this command before dedup.",
            )  # fmt: skip

    @singledispatchmethod
    def _bind(self, command: ast.Command) -> Iterable[ast.Command]:
        raise TypeError(type(command))

    @_bind.register(ast.Source)
    def _(self, command: ast.Source) -> Iterable[ast.Command]:
        if command is not self._query.commands[0]:
            raise self._error(WrongOrder, "SOURCE comes first", self._word(command))
        refuse_unknown_origins(self._query.text, command)
        self._source = command
        return []

    @_bind.register(ast.Fields)
    def _(self, command: ast.Fields) -> Iterable[ast.Command]:
        items = tuple(self._item(item, shown=not self._scope.fixed) for item in command.items)
        return [ast.Fields(command.span, items)]

    @_bind.register(ast.Display)
    def _(self, command: ast.Display) -> Iterable[ast.Command]:
        self._scope.show_only()
        items = tuple(self._item(item, shown=True) for item in command.items)
        return [ast.Fields(command.span, items)]

    def _item(self, item: ast.Item, *, shown: bool) -> ast.Item:
        plain = isinstance(item.value, ast.Name) and not item.aliased
        if plain and self._scope.is_parsed(item.name) and not self._scope.fixed:
            raise self._error(
                AlreadyDefined, f"parse has already made the column {item.name}", item.span,
                "Use display to choose columns.",
            )  # fmt: skip
        value = self._expressions.value(item.value)
        if not bound.is_named(value, item.name):
            self._scope.define(
                item.name, "fields", item.span,
                again=not item.aliased, nested=bound.nested(value),
            )  # fmt: skip
        if shown:
            self._scope.show(item.name)
        return ast.Item(item.span, value, item.name, item.aliased)

    @_bind.register(ast.Filter)
    def _(self, command: ast.Filter) -> Iterable[ast.Command]:
        return [ast.Filter(command.span, self._expressions.value(command.condition))]

    @_bind.register(ast.ParseGlob)
    def _(self, command: ast.ParseGlob) -> Iterable[ast.Command]:
        cut = patterns.glob_cut(command.glob.value)
        stars, names = len(cut.groups), len(command.names)
        if stars != names:
            raise self._error(
                WrongPattern, f"The glob has {stars} stars for {names} names", command.glob.span,
                "Give each * one name after as.",
            )  # fmt: skip
        return [self._extract(command, command.field, cut, command.names)]

    @_bind.register(ast.ParseRegex)
    def _(self, command: ast.ParseRegex) -> Iterable[ast.Command]:
        cut = self._expressions.pattern(command.regex)
        if not cut.names:
            raise self._error(
                WrongPattern, "The pattern names no groups", command.regex.span,
                "Name what it should cut out: (?<user>\\w+)",
            )  # fmt: skip
        if command.multi and max(cut.groups) > MAX_MULTI_GROUPS:
            raise self._error(
                TooLong, f"multi takes {MAX_MULTI_GROUPS} groups at most", command.regex.span
            )
        names = [ast.Name(command.regex.span, name) for name in cut.names]
        return [self._extract(command, command.field, cut, names, multi=command.multi)]

    def _extract(
        self,
        command: ast.Command,
        field: ast.Name,
        cut: patterns.Cut,
        names: Iterable[ast.Name],
        *,
        multi: bool = False,
    ) -> ast.Command:
        value = self._expressions.value(field)
        made = self._parsed(names)
        return bound.Extract(command.span, value, cut, made, multi)

    def _parsed(self, names: Iterable[ast.Name], nested: str = "") -> tuple[str, ...]:
        """Names a ``parse`` makes, noted and shown."""
        made = tuple(names)
        for name in made:
            self._scope.define(name.name, "parse", name.span, nested=nested)
            if not self._scope.fixed:
                self._scope.show(name.name)
        return tuple(name.name for name in made)

    @_bind.register(ast.ParseLogfmt)
    def _(self, command: ast.ParseLogfmt) -> Iterable[ast.Command]:
        value = self._expressions.value(command.field)
        [name] = self._parsed([command.name], nested="parse logfmt")
        return [bound.Pairs(command.span, value, name)]

    @_bind.register(ast.ParseCsv)
    def _(self, command: ast.ParseCsv) -> Iterable[ast.Command]:
        value = self._expressions.value(command.field)
        return [bound.Cells(command.span, value, self._parsed(command.names))]

    @_bind.register(ast.Unmask)
    def _(self, command: ast.Unmask) -> Iterable[ast.Command]:
        call = ast.Call(command.span, "unmask", (command.field,), star=False)
        text = self._query.text[command.span.start : command.span.end]
        item = ast.Item(command.span, call, text, aliased=False)
        return self._bind(ast.Fields(command.span, (item,)))

    @_bind.register(ast.Unnest)
    def _(self, command: ast.Unnest) -> Iterable[ast.Command]:
        value = self._expressions.value(command.field)
        if bound.nested(value) not in {"", "jsonParse"}:
            raise self._error(
                WrongType, f"unnest takes lists from jsonParse, not from {bound.nested(value)}",
                command.field.span, "Make one first: fields jsonParse(@message) as list",
            )  # fmt: skip
        self._parsed([command.into])
        return [bound.Elements(command.span, value, command.into.name)]

    @_bind.register(ast.Pattern)
    def _(self, command: ast.Pattern) -> Iterable[ast.Command]:
        value = self._flat(command.field)
        names = [ast.Item(command.span, command.field, name, False) for name in PATTERN_COLUMNS]
        self._scope.close("pattern", names)
        return [bound.Shapes(command.span, value)]

    def _flat(self, node: ast.Expr) -> ast.Expr:
        """
        The expression settled, unless it gives a list or map.

        Source:
            CWL_QuerySyntax-operations-functions, "Structure types" (note).
        """
        value = self._expressions.value(node)
        if bound.nested(value):
            raise self._error(
                WrongType, "A list or map can be neither sorted, grouped nor compared", node.span,
                "Reach inside it, or make it text: jsonStringify(...)",
            )  # fmt: skip
        return value

    @_bind.register(ast.Diff)
    def _(self, command: ast.Diff) -> Iterable[ast.Command]:
        if not self._commands or not isinstance(self._commands[-1], bound.Shapes):
            raise self._error(
                DiffWithoutPattern, "diff compares what pattern finds", self._word(command),
                "Write pattern @message before it.",
            )  # fmt: skip
        message = f"diff is not supported: {DIFF.why}"
        raise self._error(NotSupported, message, self._word(command), SEE_FIDELITY)

    @_bind.register(ast.Join)
    def _(self, command: ast.Join) -> Iterable[ast.Command]:
        if self._scope.has_join or not self._scope.open:
            raise self._error(
                WrongOrder, "A query takes one join, before any stats", self._word(command)
            )
        return [bind_join(command, self._query.text, self._scope, bind)]

    @_bind.register(ast.Stats)
    def _(self, command: ast.Stats) -> Iterable[ast.Command]:
        self._refuse_stats_here(command)
        keys = tuple(self._key(item) for item in command.keys)
        inner = self._expressions.of_stats({key.name for key in keys})
        aggregates: list[ast.Item] = []
        for item in command.aggregates:
            value = inner.value(item.value)
            if item.aliased:
                self._scope.refuse_known(item.name, item.span, {i.name for i in aggregates})
            inner.passed_on.add(item.name)
            aggregates.append(ast.Item(item.span, value, item.name, item.aliased))
        made = ast.Stats(command.span, tuple(aggregates), keys, command.offset)
        self._refuse_lonely_words(command, made)
        self._scope.close("stats", [*keys, *aggregates])
        return [made]

    def _key(self, item: ast.Item) -> ast.Item:
        if item.aliased:
            self._scope.refuse_known(item.name, item.span, set())
        return ast.Item(item.span, self._flat(item.value), item.name, item.aliased)

    def _refuse_lonely_words(self, command: ast.Stats, made: ast.Stats) -> None:
        """``offset`` needs a ``bin``, ``topk`` can have nothing beside it."""
        if command.offset and not any(bound.is_call(key.value, "bin") for key in made.keys):
            raise self._error(
                WrongOrder, "offset shifts the windows of bin, and no key is one",
                command.offset.span, "Write: by bin(5m) offset 1m",
            )  # fmt: skip
        top = next((item for item in made.aggregates if bound.is_call(item.value, "topk")), None)
        if top and (made.keys or len(made.aggregates) > 1):
            raise self._error(
                WrongOrder, "topk takes neither by nor another aggregate beside it", top.span,
                "Count instead: stats count(*) as n by field | sort n desc | limit 3",
            )  # fmt: skip

    def _refuse_stats_here(self, command: ast.Stats) -> None:
        earlier = [type(each) for each in self._commands]
        if earlier.count(ast.Stats) >= MAX_STATS:
            raise self._error(
                TooLong, f"A query takes {MAX_STATS} stats at most", self._word(command)
            )
        if ast.Stats in earlier and {ast.Sort, ast.Limit} & set(earlier):
            raise self._error(
                WrongOrder, "With several stats, sort and limit come after the last",
                self._word(command), "Move sort and limit to the end.",
            )  # fmt: skip

    @_bind.register(ast.Sort)
    def _(self, command: ast.Sort) -> Iterable[ast.Command]:
        keys = [
            ast.SortKey(key.span, self._flat(key.value), key.descending) for key in command.keys
        ]
        return [ast.Sort(command.span, tuple(keys))]

    @_bind.register(ast.Limit)
    def _(self, command: ast.Limit) -> Iterable[ast.Command]:
        if not 1 <= command.count <= MAX_LIMIT:
            raise self._error(
                WrongType, f"limit takes 1 to {MAX_LIMIT}, not {command.count}", command.span
            )
        if sum(isinstance(each, ast.Limit) for each in self._commands) >= MAX_LIMITS:
            raise self._error(
                TooLong, f"A query takes {MAX_LIMITS} limits at most", self._word(command)
            )
        return [command]

    @_bind.register(ast.Dedup)
    def _(self, command: ast.Dedup) -> Iterable[ast.Command]:
        return [ast.Dedup(command.span, tuple(self._flat(key) for key in command.keys))]

    def _word(self, command: ast.Command) -> Span:
        found = _FIRST_WORD.match(self._query.text, command.span.start)
        return Span(*found.span()) if found else command.span

    def _error(
        self, kind: type[QueryError], message: str, span: Span, hint: str = ""
    ) -> QueryError:
        return kind(message, source=self._query.text, span=span, hint=hint)
