"""The records to ask, and the answers of our engine and of others in one form."""

from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from labkit.insights.engine import run
from labkit.insights.events import LogEvents
from labkit.insights.result import printed
from labkit.insights.values import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST_S = 1_699_999_000
LATER_MS = 2_000_000_000_000


def lines() -> list[str]:
    """Default-format records, each with a start of its own; some without data."""
    draw = random.Random(7)  # noqa: S311 - chance for tests, to be repeated
    addresses = [f"10.0.{n}.{m}" for n in (0, 1) for m in (1, 2, 10)]
    addresses += ["203.0.113.5", "54.239.28.85", "2001:db8::1", "fe80::a:1", "::ffff:10.0.0.1"]
    found = []
    for number in range(120):
        start = FIRST_S + number * 47
        head = f"2 012345678901 eni-{draw.choice('abc')}"
        if number % 17 == 0:
            status = draw.choice(["NODATA", "SKIPDATA"])
            found.append(f"{head} - - - - - - - {start} {start + 60} - {status}")
            continue
        source, target = draw.choice(addresses), draw.choice(addresses)
        ports = f"{draw.choice([0, 22, 40000, 51234])} {draw.choice([0, 22, 53, 443, 8080])}"
        packets = draw.randint(1, 20)
        size = draw.choice([40, 84, 300, 1500]) * packets + draw.choice([0, 1])
        action = draw.choice(["ACCEPT", "ACCEPT", "REJECT"])
        found.append(
            f"{head} {source} {target} {ports} {draw.choice([1, 6, 17])} {packets} {size}"
            f" {start} {start + draw.choice([10, 30, 60])} {action} OK"
        )
    return found


def cells(line: str) -> list[str | int | None]:
    """A record as a row of the table: words in columns of numbers are numbers, '-' is NULL."""
    numeric = {0, 5, 6, 7, 8, 9, 10, 11}
    return [
        (None if word == "-" else int(word)) if place in numeric else word
        for place, word in enumerate(line.split(" "))
    ]


def ours(query: str) -> list[dict[str, str]]:
    """Our engine's answer, without what a table has not."""
    group = LogEvents(name="/flows", account_id="123456789012")
    for line in lines():
        words = line.split(" ")
        group.append(f"{words[2]}-all", [int(words[10]) * 1000], [line], int(words[11]) * 1000)
    rows = run(query, [group], start_ms=0, end_ms=LATER_MS, now_ms=LATER_MS).rows
    return [{name: text for name, text in row if name != "@ptr"} for row in rows]


def theirs(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, str]]:
    """Another engine's rows in the same form."""
    return [
        {name: text for name, cell in zip(names, row, strict=True)
         if (text := _text(cell)) is not None}
        for row in rows
    ]  # fmt: skip


def _text(cell: Any) -> str | None:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}.{cell.microsecond // 1000:03}"
    if isinstance(cell, Decimal):
        cell = float(cell) if cell % 1 else int(cell)
    return printed(cell, Kind.NUMBER if isinstance(cell, float) else Kind.TEXT)
