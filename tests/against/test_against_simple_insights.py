"""
Random queries over random events, answered by the engine and by a deliberately simple evaluator.

The evaluator shares no code with the engine: it has no parser, no SQL, no types
known ahead.  It walks the events one by one and does what AWS's pages and our
list of choices say, in the plainest Python there is.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.insights.engine import run
from labkit.insights.events import LogEvents

if TYPE_CHECKING:
    from collections.abc import Callable

T0_S = 1_700_000_000
EXAMPLES = int(os.environ.get("LABKIT_EXAMPLES", "60"))
NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")
FLOW_NAMES = [
    "version",
    "accountId",
    "interfaceId",
    "srcAddr",
    "dstAddr",
    "srcPort",
    "dstPort",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "logStatus",
]


# --- the evaluator ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Stamp:
    """A time, which prints as one and counts as milliseconds."""

    ms: int


Cell = str | float | bool | Stamp | None
Row = dict[str, Cell]


def fields_of(event: tuple[int, str]) -> Row:
    at_ms, message = event
    row: Row = {"@timestamp": Stamp(at_ms), "@message": message, "@logStream": "s"}
    words = message.split(" ")
    if message.startswith("2 ") and len(words) == len(FLOW_NAMES):
        row |= dict(zip(FLOW_NAMES, words, strict=True))
        row |= {"startTime": row["start"], "endTime": row["end"]}
    elif message.startswith("{"):
        for name, value in json.loads(message).items():
            if isinstance(value, bool):
                row[name] = "1" if value else "0"
            elif value is not None:
                row[name] = str(value)
    return row


def number(cell: Cell) -> float | None:
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, float):
        return cell
    if isinstance(cell, Stamp):
        return float(cell.ms)
    if isinstance(cell, str) and NUMBER.fullmatch(cell):
        return float(cell)
    return None


def text(cell: Cell) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, Stamp):
        return stamp_text(cell)
    return str(int(cell)) if cell.is_integer() else repr(cell)


def stamp_text(stamp: Stamp) -> str:
    moment = datetime.fromtimestamp(stamp.ms // 1000, tz=UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{stamp.ms % 1000:03d}"


def shown(cell: Cell) -> str | None:
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return None
        rounded = f"{cell:.4f}".rstrip("0").rstrip(".")
        return "0" if rounded == "-0" else rounded
    return text(cell)


def compared(operator: str, left: Cell, right: Cell) -> bool | None:
    if left is None or right is None:
        return None
    a, b = number(left), number(right)
    if a is not None and b is not None:
        sign = (a > b) - (a < b)
    elif a is None and b is None:
        x, y = text(left) or "", text(right) or ""
        sign = (x > y) - (x < y)
    else:
        return operator == "!="
    return {
        "=": sign == 0, "!=": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0,
        ">=": sign >= 0,
    }[operator]  # fmt: skip


def truth(cell: Cell) -> bool | None:
    if isinstance(cell, bool):
        return cell
    figure = number(cell)
    return None if figure is None else figure != 0


def chunks(word: str) -> list[tuple[str, int, str]]:
    return [
        ("0", len(part), part) if part[0].isdigit() else (part, 0, "")
        for part in re.findall(r"[0-9]+|[^0-9]+", word)
    ]


def order(left: Cell, right: Cell) -> int:
    """Sign of the language's order: absent, then texts in natural order, then numbers."""

    def key(cell: Cell) -> tuple[Any, ...]:
        if cell is None:
            return (0,)
        figure = number(cell)
        return (1, text(cell)) if figure is None else (2, figure, text(cell))

    a, b = key(left), key(right)
    if a[0] == b[0] == 1:
        return natural(a[1], b[1])
    return (a > b) - (a < b)


def natural(left: str, right: str) -> int:
    for a, b in zip(chunks(left), chunks(right), strict=False):
        if a != b:
            both_digits = a[1] and b[1]
            if both_digits:
                return -1 if a[1:] < b[1:] else 1
            if a[0] != b[0]:
                return -1 if a[0] < b[0] else 1
            return -1 if a < b else 1
    return (len(chunks(left)) > len(chunks(right))) - (len(chunks(left)) < len(chunks(right)))


# --- random queries: each is its text and what it means ---------------------------------------


@dataclass(frozen=True)
class Expression:
    """An expression as text and as a function of a row."""

    text: str
    value: Callable[[Row], Cell]


NAMES = ["srcAddr", "dstAddr", "dstPort", "bytes", "packets", "action", "logStatus", "n", "s",
         "flag", "srcaddr", "@timestamp", "@message"]  # fmt: skip
TEXTS = ["REJECT", "10.0.0.2", "10.0.0", "-", "OK", "5", "a1", "", "07"]
FIGURES = ["0", "5", "22", "60.5", "1000"]

names = st.sampled_from(NAMES).map(lambda name: Expression(name, lambda row: row.get(name)))
texts = st.sampled_from(TEXTS).map(lambda word: Expression(f'"{word}"', lambda _: word))
figures = st.sampled_from(FIGURES).map(lambda word: Expression(word, lambda _: word))
simple = st.one_of(names, names, texts, figures)


def arithmetic(operator: str, left: Expression, right: Expression) -> Expression:
    def value(row: Row) -> Cell:
        a, b = number(left.value(row)), number(right.value(row))
        if a is None or b is None or (operator in "/%" and b == 0):
            return None
        return {
            "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b,
            "%": lambda: math.fmod(a, b),
        }[operator]()  # fmt: skip

    return Expression(f"({left.text} {operator} {right.text})", value)


def function(name: str, *args: Expression) -> Expression:
    def value(row: Row) -> Cell:
        cells = [arg.value(row) for arg in args]
        word, figure = text(cells[0]), number(cells[0])
        known: dict[str, Callable[[], Cell]] = {
            "strlen": lambda: None if word is None else float(len(word)),
            "toupper": lambda: None if word is None else word.upper(),
            "isempty": lambda: not word,
            "ispresent": lambda: cells[0] is not None,
            "abs": lambda: None if figure is None else abs(figure),
            "floor": lambda: None if figure is None else float(math.floor(figure)),
            "coalesce": lambda: next((cell for cell in cells if cell is not None), None),
            "concat": lambda: "".join(text(cell) or "" for cell in cells),
            "toNumber": lambda: figure,
        }
        return known[name]()

    return Expression(f"{name}({', '.join(arg.text for arg in args)})", value)


def compare(left: Expression, operator: str, right: Expression) -> Expression:
    return Expression(
        f"{left.text} {operator} {right.text}",
        lambda row: compared(operator, left.value(row), right.value(row)),
    )


def like(left: Expression, part: str, *, negated: bool) -> Expression:
    def value(row: Row) -> Cell:
        word = text(left.value(row))
        return None if word is None else (part in word) != negated

    return Expression(f'{left.text} {"not " * negated}like "{part}"', value)


def member(left: Expression, items: list[Expression], *, negated: bool) -> Expression:
    def value(row: Row) -> Cell:
        cell = left.value(row)
        if cell is None:
            return None
        return any(compared("=", cell, item.value(row)) for item in items) != negated

    listed = ", ".join(item.text for item in items)
    return Expression(f"{left.text} {'not ' * negated}in [{listed}]", value)


def logic(word: str, left: Expression, right: Expression) -> Expression:
    def value(row: Row) -> Cell:
        found = [truth(left.value(row)), truth(right.value(row))]
        decisive = word == "or"
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    return Expression(f"({left.text} {word} {right.text})", value)


def negation(inner: Expression) -> Expression:
    def value(row: Row) -> Cell:
        found = truth(inner.value(row))
        return None if found is None else not found

    return Expression(f"not ({inner.text})", value)


values = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(arithmetic, st.sampled_from("+-*/%"), inner, inner),
        st.builds(function, st.sampled_from(["strlen", "toupper", "abs", "floor", "toNumber"]),
                  inner),
        st.builds(function, st.sampled_from(["coalesce", "concat"]), inner, inner),
        st.builds(function, st.sampled_from(["isempty", "ispresent"]), inner),
    ),
    max_leaves=4,
)  # fmt: skip
comparisons = st.one_of(
    st.builds(compare, values, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), values),
    st.builds(like, names, st.sampled_from(["10.0", "E", "5", "-"]), negated=st.booleans()),
    st.builds(member, names, st.lists(st.one_of(texts, figures, names), min_size=1, max_size=3),
              negated=st.booleans()),
    names,
)  # fmt: skip
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(logic, st.sampled_from(["and", "or"]), inner, inner), inner.map(negation)
    ),
    max_leaves=4,
)

addresses = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.10", "9.9.9.9"])


@st.composite
def flow_line(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 5)) == 0:
        return f"2 123456789012 eni-1 - - - - - - - {T0_S} {T0_S + 60} - NODATA"
    port = draw(st.sampled_from([22, 80, 5]))
    size = draw(st.sampled_from([0, 5, 60, 60, 1000, 123456]))
    action = draw(st.sampled_from(["ACCEPT", "REJECT"]))
    packets = draw(st.integers(0, 9))
    source, target = draw(addresses), draw(addresses)
    return (
        f"2 123456789012 eni-1 {source} {target} {port} {port} 6 {packets} {size} {T0_S} "
        f"{T0_S + 60} {action} OK"
    )


json_line = st.fixed_dictionaries(
    {},
    optional={
        "n": st.one_of(st.integers(-5, 100), st.sampled_from([2.5, "7", "x", "07", None])),
        "s": st.sampled_from(["a1", "a10", "a2", "", "5", "REJECT"]),
        "flag": st.booleans(),
        "bytes": st.sampled_from([5, "60", "none"]),
    },
).map(json.dumps)
messages = st.lists(
    st.one_of(flow_line(), flow_line(), json_line, st.just("plain text")), max_size=12
)
events = messages.flatmap(
    lambda lines: st.tuples(
        st.just(lines), st.lists(st.integers(0, 400_000), min_size=len(lines), max_size=len(lines))
    )
).map(lambda pair: [(T0_S * 1000 + ms, line) for line, ms in zip(*pair, strict=True)])


def group_of(happened: list[tuple[int, str]]) -> LogEvents:
    group = LogEvents(name="/random", account_id="123456789012")
    group.append("s", [at for at, _ in happened], [line for _, line in happened], T0_S * 1000)
    return group


def engine_rows(happened: list[tuple[int, str]], query: str) -> list[dict[str, str]]:
    result = run(query, [group_of(happened)], start_ms=0, end_ms=2 * T0_S * 1000, now_ms=0)
    return [{name: cell for name, cell in row if name != "@ptr"} for row in result.rows]


def newest_first(happened: list[tuple[int, str]]) -> list[Row]:
    return [fields_of(event) for event in sorted(happened, key=lambda event: -event[0])]


def as_shown(row: Row) -> dict[str, str]:
    cells = {name: shown(cell) for name, cell in row.items()}
    return {name: cell for name, cell in cells.items() if cell is not None}


thorough = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@thorough
@given(events, conditions)
def test_filters_keep_the_same_events(happened, condition):
    expected = [row["@message"] for row in newest_first(happened) if truth(condition.value(row))]
    rows = engine_rows(happened, f"filter {condition.text} | display @message")
    assert expected == [row["@message"] for row in rows], condition.text


@thorough
@given(events, st.lists(values, min_size=1, max_size=3))
def test_expressions_have_the_same_values(happened, expressions):
    listed = ", ".join(f"{each.text} as c{n}" for n, each in enumerate(expressions))
    expected = [
        as_shown({f"c{n}": each.value(row) for n, each in enumerate(expressions)})
        for row in newest_first(happened)
    ]
    assert expected == engine_rows(happened, f"fields {listed}")


@thorough
@given(events, names, st.sampled_from(["", " asc", " desc"]), st.integers(1, 12))
def test_sorting_gives_the_same_order(happened, key, direction, most):
    sign = -1 if direction == " desc" else 1
    rows = newest_first(happened)
    rows.sort(key=cmp_to_key(lambda a, b: sign * order(key.value(a), key.value(b))))
    expected = [row["@message"] for row in rows[:most]]
    got = engine_rows(happened, f"sort {key.text}{direction} | display @message | limit {most}")
    assert expected == [row["@message"] for row in got]


def aggregate(name: str, cells: list[Cell]) -> Cell:
    figures = [figure for cell in cells if (figure := number(cell)) is not None]
    there = [cell for cell in cells if cell is not None]
    match name:
        case "count":
            return float(len(there))
        case "count_distinct":
            return float(len({text(cell) for cell in there}))
        case "sum":
            return math.fsum(figures) if figures else None
        case "avg":
            return math.fsum(figures) / len(figures) if figures else None
        case _:
            pick = min if name == "min" else max
            if figures:
                return pick(figures)
            return pick((text(cell) or "" for cell in there), default=None)


AGGREGATES = ["count", "count_distinct", "sum", "avg", "min", "max"]
plain_names = st.sampled_from([name for name in NAMES if name != "@timestamp"]).map(
    lambda name: Expression(name, lambda row: row.get(name))
)


@thorough
@given(
    events,
    st.lists(st.tuples(st.sampled_from(AGGREGATES), plain_names), min_size=1, max_size=3),
    st.lists(plain_names, max_size=2, unique_by=lambda key: key.text),
    conditions,
)
def test_stats_give_the_same_groups(happened, wanted, keys, condition):
    groups: dict[tuple[str | None, ...], list[Row]] = {} if keys else {(): []}
    for row in newest_first(happened):
        if truth(condition.value(row)):
            group = tuple(text(key.value(row)) for key in keys)
            groups.setdefault(group, []).append(row)
    expected = []
    for group, rows in groups.items():
        made: Row = {f"k{n}": cell for n, cell in enumerate(group)} | {"all": float(len(rows))}
        for n, (name, field) in enumerate(wanted):
            made[f"a{n}"] = aggregate(name, [field.value(row) for row in rows])
        expected.append(as_shown(made))
    listed = [f"{name}({field.text}) as a{n}" for n, (name, field) in enumerate(wanted)]
    by = " by " + ", ".join(f"{key.text} as k{n}" for n, key in enumerate(keys)) if keys else ""
    query = f"filter {condition.text} | stats count(*) as all, {', '.join(listed)}{by}"
    assert as_bag(expected) == as_bag(engine_rows(happened, query)), query


def as_bag(rows: list[dict[str, str]]) -> Counter[frozenset[tuple[str, str]]]:
    return Counter(frozenset(row.items()) for row in rows)


@thorough
@given(events, st.lists(plain_names, min_size=1, max_size=2, unique_by=lambda key: key.text))
def test_dedup_keeps_the_same_events(happened, keys):
    seen, expected = set(), []
    for row in newest_first(happened):
        cells = tuple(text(key.value(row)) for key in keys)
        if None in cells or cells not in seen:
            expected.append(row["@message"])
        seen.add(cells)
    query = f"display @message | dedup {', '.join(key.text for key in keys)}"
    assert expected == [row["@message"] for row in engine_rows(happened, query)]


@thorough
@given(events, st.sampled_from([(1, "m"), (30, "s"), (5, "m"), (1, "h")]), st.integers(0, 2))
def test_bins_hold_the_same_events(happened, window, offset_minutes):
    count, unit = window
    width = count * {"s": 1000, "m": 60_000, "h": 3_600_000}[unit]
    offset = offset_minutes * 60_000
    bins = Counter((at - offset) // width * width + offset for at, _ in happened)
    expected = [{"t": stamp_text(Stamp(at)), "n": str(bins[at])} for at in sorted(bins)[::-1]]
    shift = f" offset {offset_minutes}m" if offset_minutes else ""
    query = f"stats count(*) as n by bin({count}{unit}) as t{shift}"
    assert expected == engine_rows(happened, query)
