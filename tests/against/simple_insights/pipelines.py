"""Random queries, command by command, each as text and as work on rows in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cmp_to_key
from typing import TYPE_CHECKING

from simple_insights import functions
from simple_insights.cells import Cell, Row, Stamp, order, shown, text, truth
from simple_insights.events import NAMES
from simple_insights.expressions import (
    PERIODS,
    Expression,
    a_condition,
    a_value,
    named,
    window,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random


@dataclass(frozen=True)
class Table:
    """Rows in order, the columns to show, and whether a ``display`` has chosen them."""

    rows: list[Row]
    shown: tuple[str, ...] = ()
    fixed: bool = False
    grouped: bool = False

    def showing(self, *names: str) -> tuple[str, ...]:
        return self.shown if self.fixed else tuple(dict.fromkeys((*self.shown, *names)))


@dataclass(frozen=True)
class Query:
    """
    A query so far: its commands, what they do, and what the next one may be.

    Attributes:
        commands: As text.
        steps: The same as work on a table.
        names: Columns that can be used.
        keys: Columns that tell the rows of the last ``stats`` apart.
        made: How many names have been given.
        stats: How many ``stats`` there are.
        ordered: The order of rows is determined.
        arranged: There is a ``sort`` or ``limit``.
        ended: There is a ``dedup``.
    """

    commands: tuple[str, ...] = ()
    steps: tuple[Callable[[Table], Table], ...] = ()
    names: tuple[str, ...] = tuple(NAMES)
    keys: tuple[str, ...] = ()
    made: int = 0
    stats: int = 0
    ordered: bool = True
    arranged: bool = False
    ended: bool = False

    def then(self, command: str, step: Callable[[Table], Table], **changes: object) -> Query:
        commands, steps = (*self.commands, command), (*self.steps, step)
        return replace(self, commands=commands, steps=steps, **changes)

    def fresh(self, count: int) -> list[str]:
        return [f"f{self.made + n}" for n in range(count)]

    def text(self, chance: Random) -> str:
        """The query with its words in any case and its commands set apart in any way."""
        between = ["|", " | ", "\n| ", " # why\n|", "\r\n\t| "]
        joined, *_ = self.commands
        for command in filter(None, self.commands[1:]):
            joined += chance.choice(between) + command
        return re.sub("«(.*?)»", lambda found: _cased(found[1], chance), joined)


def _cased(word: str, chance: Random) -> str:
    return chance.choice([word, word, word.upper(), word.lower(), word.title()])


def a_query(chance: Random, most: int = 5) -> Query:
    """A query of a few commands, in any order the language allows."""
    query = Query()
    for _ in range(chance.randint(1, most)):
        if not query.names:
            break
        options = [filtered, filtered, computed, parsed, ordered]
        if query.stats == 0 or not query.arranged:
            options += [grouped, grouped]
        if query.ordered:
            options += [cut, distinct]
        command = cut if query.ended else chance.choice(options)
        query = command(chance, query)
    return query


def answer(
    query: Query, events: list[tuple[int, str]], read: Callable[[int, str], Row]
) -> list[dict[str, str]]:
    """The rows of a query, as texts, in order; absent values left out."""
    rows = [read(at_ms, line) | {"arrived": float(n)} for n, (at_ms, line) in enumerate(events)]
    rows.sort(key=lambda row: -_moment(row)[0])
    table = Table(rows)
    for step in query.steps:
        table = step(table)
    names = table.shown or (() if table.grouped else ("@timestamp", "@message"))
    cells = [[(name, shown(row.get(name))) for name in names] for row in table.rows]
    return [{name: cell for name, cell in row if cell is not None} for row in cells]


def _moment(row: Row) -> tuple[int, float]:
    stamp, arrived = row.get("@timestamp"), row.get("arrived")
    at_ms = stamp.ms if isinstance(stamp, Stamp) else 0
    return at_ms, arrived if isinstance(arrived, float) else 0.0


# --- commands ---------------------------------------------------------------------------------


def filtered(chance: Random, query: Query) -> Query:
    condition = a_condition(chance, query.names)

    def step(table: Table) -> Table:
        return replace(table, rows=[row for row in table.rows if truth(condition.value(row))])

    return query.then(f"«{chance.choice(['filter', 'where'])}» {condition.text}", step)


def computed(chance: Random, query: Query) -> Query:
    items = [a_value(chance, query.names) for _ in range(chance.randint(1, 2))]
    word, names = chance.choice(["fields", "fields", "display"]), query.fresh(len(items))

    def step(table: Table) -> Table:
        rows = [
            row | {name: each.value(row) for name, each in zip(names, items, strict=True)}
            for row in table.rows
        ]
        if word == "display":
            return replace(table, rows=rows, shown=tuple(names), fixed=True)
        return replace(table, rows=rows, shown=table.showing(*names))

    return query.then(
        f"«{word}» {_named(items, names)}", step, names=(*query.names, *names),
        made=query.made + len(names),
    )  # fmt: skip


def _named(items: Sequence[Expression | Total], names: Sequence[str]) -> str:
    return ", ".join(f"{each.text} «as» {name}" for each, name in zip(items, names, strict=True))


CUTS = [
    ("'eni-* *'", r"eni-(.*?) (.*)"),
    ("'* * *'", r"(.*?) (.*?) (.*)"),
    ("'*.0.*'", r"(.*?)\.0\.(.*)"),
    ("'level=* ms='", r"level=(.*?) ms="),
    (r"/(?<NAME>\d+)\.(?<NAME>\d+)/", r"(\d+)\.(\d+)"),
    ("/^(?<NAME>[a-z]+)/", "^([a-z]+)"),
    (r"/(?P<NAME>(?:E|e)\S*)/", r"((?:E|e)\S*)"),
]
"""Ways to parse, in the language and in Python's notation."""


def parsed(chance: Random, query: Query) -> Query:
    source = chance.choice(["@message"] * 5 * (query.stats == 0) + list(query.names))
    return chance.choice([_cut_once, _cut_once, _cut_often, _pairs, _cells])(chance, query, source)


def _cut_once(chance: Random, query: Query, source: str) -> Query:
    written, pattern = chance.choice(CUTS)
    names = query.fresh(re.compile(pattern).groups)
    if written.startswith("/"):
        written = _with_names(written, names)
    else:
        written += " «as» " + ", ".join(names)

    def parts(word: str) -> list[dict[str, Cell]]:
        found = re.search(pattern, word, re.ASCII)
        return [dict(zip(names, found.groups(), strict=True))] if found else [{}]

    return _with_parts(query, f"«parse» {source} {written}", source, names, parts)


def _cut_often(chance: Random, query: Query, source: str) -> Query:
    written, pattern = chance.choice([cut for cut in CUTS if cut[0].startswith("/")])
    names = query.fresh(re.compile(pattern).groups)

    def parts(word: str) -> list[dict[str, Cell]]:
        every = re.finditer(pattern, word, re.ASCII)
        return [dict(zip(names, found.groups(), strict=True)) for found in every] or [{}]

    command = f"«parse» {source} {_with_names(written, names)} «multi»"
    return _with_parts(query, command, source, names, parts)


def _with_names(written: str, names: Sequence[str]) -> str:
    for name in names:
        written = written.replace("NAME", name, 1)
    return written


def _pairs(_chance: Random, query: Query, source: str) -> Query:
    [name] = query.fresh(1)
    names = [f"{name}.{key}" for key in ("level", "ms", "n")]

    def parts(word: str) -> list[dict[str, Cell]]:
        pairs = dict(each.split("=", 1) for each in word.split() if "=" in each)
        return [{each: pairs.get(each.split(".")[1]) for each in names}]

    command = f"«parse» {source} «logfmt» «as» {name} | «display» {', '.join(names)}"
    after = _with_parts(query, command, source, names, parts)
    return after.then("", lambda table: replace(table, shown=tuple(names), fixed=True))


def _cells(_chance: Random, query: Query, source: str) -> Query:
    names = query.fresh(2)

    def parts(word: str) -> list[dict[str, Cell]]:
        return [dict(zip(names, [*word.split(","), None, None], strict=False))]

    command = f"«parse» {source} «csv» «as» {', '.join(names)}"
    return _with_parts(query, command, source, names, parts)


def _with_parts(
    query: Query,
    command: str,
    source: str,
    names: Sequence[str],
    parts: Callable[[str], list[dict[str, Cell]]],
) -> Query:
    """The query with columns cut out of a text; a row for each time it could be cut."""

    def step(table: Table) -> Table:
        rows = []
        for row in table.rows:
            word = text(row.get(source))
            found = [{}] if word is None else parts(word)
            rows += [row | dict.fromkeys(names) | each for each in found]
        return replace(table, rows=rows, shown=table.showing(*names))

    return query.then(command, step, names=(*query.names, *names), made=query.made + len(names))


@dataclass(frozen=True)
class Total:
    """An aggregate as text and as a function of the rows of a group, oldest first."""

    text: str
    value: Callable[[Sequence[Row]], Cell]

    @property
    def is_flat(self) -> bool:
        """It gives no list, which could be neither sorted nor grouped."""
        return not self.text.startswith("«values»")


def a_total(chance: Random, query: Query) -> Total:
    inner = a_value(chance, query.names)
    name = chance.choice(sorted(functions.AGGREGATES))
    work = functions.AGGREGATES[name]
    percent, last = chance.choice([0, 25, 50, 95, 99.9, 100]), chance.random() < 0.5
    plain = Total(f"«{name}»({inner.text})", lambda rows: work([inner.value(row) for row in rows]))
    options = [plain] * 4 + [
        Total(chance.choice(["«count»(*)", "«count»()"]), lambda rows: float(len(rows))),
        Total(
            f"«pct»({inner.text}, {percent})",
            lambda rows: functions.percentile([inner.value(row) for row in rows], percent),
        ),
    ]
    if query.stats == 0:
        word = "latest" if last else "earliest"
        end = Total(
            f"«{word}»({inner.text})", lambda rows: functions.at_end(rows, inner.value, last=last)
        )
        options.append(end)
    return chance.choice(options)


def a_key(chance: Random, query: Query) -> Expression:
    if query.stats == 0 and chance.random() < 0.3:
        return window(chance.choice(["bin", "datefloor", "dateceil"]), chance.choice(PERIODS))
    plain = named(chance.choice(query.names))
    return chance.choice([plain, plain, a_value(chance, query.names, 2)])


def grouped(chance: Random, query: Query) -> Query:
    totals = [a_total(chance, query) for _ in range(chance.randint(1, 3))]
    keys = [a_key(chance, query) for _ in range(chance.randint(0, 2))]
    fresh = query.fresh(len(keys) + len(totals))
    key_names, names = fresh[: len(keys)], fresh[len(keys) :]
    by = f" «by» {_named(keys, key_names)}" if keys else ""

    def step(table: Table) -> Table:
        groups: dict[tuple[str | None, ...], list[Row]] = {} if keys else {(): []}
        cells: dict[tuple[str | None, ...], list[Cell]] = {(): []}
        for row in table.rows:
            values = [each.value(row) for each in keys]
            group = tuple(text(value) for value in values)
            cells.setdefault(group, values)
            groups.setdefault(group, []).append(row)
        rows = []
        for group, members in groups.items():
            oldest_first = sorted(members, key=_moment)
            made = {n: each.value(oldest_first) for n, each in zip(names, totals, strict=True)}
            rows.append(dict(zip(key_names, cells[group], strict=True)) | made)
        return Table(rows, shown=tuple(fresh), grouped=True)

    flat = [name for name, each in zip(names, totals, strict=True) if each.is_flat]
    # Times are sorted by, but not computed with: what they are beside texts is anybody's guess.
    flat += [name for name, each in zip(key_names, keys, strict=True) if not each.is_time]
    return query.then(
        f"«stats» {_named(totals, names)}{by}", step, keys=tuple(key_names),
        names=tuple(flat),
        made=query.made + len(fresh), stats=query.stats + 1, ordered=not keys,
    )  # fmt: skip


def ordered(chance: Random, query: Query) -> Query:
    wanted = chance.sample(query.names, min(len(query.names), chance.randint(1, 2)))
    wanted += [name for name in query.keys if name not in wanted]
    signs = [chance.choice(["", " «asc»", " «desc»"]) for _ in wanted]
    listed = ", ".join(f"{name}{sign}" for name, sign in zip(wanted, signs, strict=True))

    def step(table: Table) -> Table:
        rows = list(table.rows)
        for name, sign in list(zip(wanted, signs, strict=True))[::-1]:
            sense = -1 if "desc" in sign else 1
            rows.sort(key=cmp_to_key(lambda a, b, n=name, s=sense: s * order(a.get(n), b.get(n))))
        return replace(table, rows=rows)

    by = chance.choice(["", "«by» "])
    return query.then(f"«sort» {by}{listed}", step, ordered=True, arranged=True)


def cut(chance: Random, query: Query) -> Query:
    most, word = chance.randint(1, 6), chance.choice(["limit", "limit", "head", "tail"])

    def step(table: Table) -> Table:
        return replace(table, rows=table.rows[:most])

    return query.then(f"«{word}» {most}", step, arranged=True)


def distinct(chance: Random, query: Query) -> Query:
    wanted = chance.sample(query.names, min(len(query.names), chance.randint(1, 2)))

    def step(table: Table) -> Table:
        seen: set[tuple[str | None, ...]] = set()
        rows = []
        for row in table.rows:
            cells = tuple(text(row.get(name)) for name in wanted)
            if None in cells or cells not in seen:
                rows.append(row)
            seen.add(cells)
        return replace(table, rows=rows)

    return query.then(f"«dedup» {', '.join(wanted)}", step, ended=True)
