"""
Random queries over random events, answered by the engine and by a deliberately simple evaluator.

The evaluator is in the folder ``simple_insights`` beside this file. It shares no code
with the engine; it walks the events one by one and does what AWS's pages and our list
of choices say. ``LABKIT_EXAMPLES`` sets how many queries each test asks, ``LABKIT_SEED``
where they begin.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from simple_insights.cells import Stamp, fields_of, shown, text, truth
from simple_insights.events import NAMES, T0_S, some_events
from simple_insights.expressions import a_condition, a_value
from simple_insights.pipelines import Query, a_query, answer

from labkit.insights.engine import run
from labkit.insights.errors import QueryError
from labkit.insights.events import LogEvents

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = int(os.environ.get("LABKIT_EXAMPLES", "80"))
SEED = int(os.environ.get("LABKIT_SEED", "0"))

Events = list[tuple[int, str]]
Rows = list[dict[str, str]]


@lru_cache(maxsize=1)
def group_of(events: tuple[tuple[int, str], ...]) -> LogEvents:
    group = LogEvents(name="/random", account_id="123456789012")
    group.append("s", [at for at, _ in events], [line for _, line in events], T0_S * 1000)
    return group


def ask(events: Events, query: str) -> Rows:
    group = group_of(tuple(events))
    result = run(query, [group], start_ms=0, end_ms=2 * T0_S * 1000, now_ms=0)
    return [{name: cell for name, cell in row if name != "@ptr"} for row in result.rows]


def events_for(seed: int) -> Events:
    """A few queries in a row are asked about the same events."""
    return some_events(Random(seed // 5))  # noqa: S311  any will do


def differences(draw: Callable[[Random, Events], tuple[str, Rows, bool]]) -> list[str]:
    """Reports on queries whose answers differ, those with the shortest text first."""
    found = []
    for seed in range(SEED, SEED + EXAMPLES):
        events = events_for(seed)
        query, expected, in_order = draw(Random(seed), events)  # noqa: S311  any will do
        try:
            rows = ask(events, query)
        except QueryError as refused:
            found.append((len(query), f"seed {seed}\n{query}\n{type(refused).__name__}: {refused}"))
            continue
        if not alike(expected, rows, in_order=in_order):
            found.append((len(query), report(seed, events, query, expected, rows)))
    return [text for _, text in sorted(found)]


def report(seed: int, events: Events, query: str, expected: Rows, rows: Rows) -> str:
    listed = "\n".join(f"  {event}" for event in events)
    return f"seed {seed}\n{query}\non\n{listed}\nexpected {expected}\nbut got  {rows}"


def alike(expected: Rows, rows: Rows, *, in_order: bool) -> bool:
    if len(expected) != len(rows):
        return False
    if not in_order:
        expected, rows = ([dict(row) for row in _sorted(each)] for each in (expected, rows))
    return all(map(_near, expected, rows))


def _sorted(rows: Rows) -> list[list[tuple[str, str]]]:
    return sorted(sorted(row.items()) for row in rows)


def _near(expected: dict[str, str], row: dict[str, str]) -> bool:
    """Equal, but for the last digit of sums that were added up in another order."""
    same_names = expected.keys() == row.keys()
    return same_names and all(_near_cells(expected[name], row[name]) for name in expected)


def _near_cells(a: str, b: str) -> bool:
    if a == b:
        return True
    try:
        x, y = float(a), float(b)
    except ValueError:
        return False
    return abs(x - y) <= max(1.01e-4, 1e-9 * abs(x))


def newest_first(events: Events) -> Events:
    return sorted(events, key=lambda event: -event[0])


def test_filters_keep_the_same_events():
    def draw(chance: Random, events: Events) -> tuple[str, Rows, bool]:
        condition = a_condition(chance, NAMES, 3)
        query = Query().then(f"«filter» {condition.text}", lambda table: table).text(chance)
        rows = [fields_of(*event) for event in newest_first(events)]
        kept = [{"@message": row["@message"]} for row in rows if truth(condition.value(row))]
        return f"{query} | display @message", kept, True

    assert [] == differences(draw)[:3]


def test_expressions_have_the_same_values():
    def draw(chance: Random, events: Events) -> tuple[str, Rows, bool]:
        expressions = [a_value(chance, NAMES) for _ in range(4)]
        listed = ", ".join(f"{each.text} as c{n}" for n, each in enumerate(expressions))
        query = Query().then(f"«display» {listed}", lambda table: table).text(chance)
        rows = []
        for event in newest_first(events):
            row = fields_of(*event)
            cells = {f"c{n}": shown(each.value(row)) for n, each in enumerate(expressions)}
            rows.append({name: cell for name, cell in cells.items() if cell is not None})
        return query, rows, True

    assert [] == differences(draw)[:3]


def test_whole_queries_have_the_same_answers():
    def draw(chance: Random, events: Events) -> tuple[str, Rows, bool]:
        query = a_query(chance)
        return query.text(chance), answer(query, events, fields_of), query.ordered

    assert [] == differences(draw)[:3]


def test_windows_hold_the_same_events():
    def draw(chance: Random, events: Events) -> tuple[str, Rows, bool]:
        offset = chance.randint(0, 2) * 60_000
        count, unit = chance.choice([(1, "m"), (30, "s"), (5, "m"), (1, "h")])
        width = count * {"s": 1000, "m": 60_000, "h": 3_600_000}[unit]
        found = Counter((at - offset) // width * width + offset for at, _ in events)
        expected = [{"t": text(Stamp(at)) or "", "n": str(found[at])} for at in sorted(found)[::-1]]
        shift = f" offset {offset // 60_000}m" if offset else ""
        query = f"stats count(*) as n by bin({count}{unit}) as t{shift}"
        return query, expected, True

    assert [] == differences(draw)[:3]
