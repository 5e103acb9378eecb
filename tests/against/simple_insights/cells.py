"""
Values as AWS's pages and our list of choices describe them, in the plainest Python there is.

Nothing here is shared with the engine: no parser, no SQL, no types known ahead.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")
FLOW_NAMES = [
    "version", "accountId", "interfaceId", "srcAddr", "dstAddr", "srcPort", "dstPort", "protocol",
    "packets", "bytes", "start", "end", "action", "logStatus",
]  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOO_LONG = 2**53


@dataclass(frozen=True)
class Stamp:
    """A time, which prints as one and counts as milliseconds."""

    ms: int


@dataclass(frozen=True)
class Listed:
    """A list, which prints as JSON and counts as nothing."""

    items: tuple[str, ...]


Cell = str | float | bool | Stamp | Listed | None
Row = dict[str, Cell]


def fields_of(at_ms: int, message: str) -> Row:
    """What an event offers by itself: the service's fields and those discovered."""
    row: Row = {"@timestamp": Stamp(at_ms), "@message": message, "@logStream": "s"}
    words = message.split(" ")
    if message.startswith("2 ") and len(words) == len(FLOW_NAMES):
        row |= dict(zip(FLOW_NAMES, words, strict=True))
        row |= {"startTime": row["start"], "endTime": row["end"]}
    elif message.startswith("{"):
        for name, value in flattened(_document(message), ""):
            row[f"@{name}" if name.startswith("@") else name] = value
    return row


def _document(message: str) -> Any:
    """What a JSON text holds, numbers as they are written; nothing if it is none."""
    try:
        return json.loads(message, parse_int=str, parse_float=str)
    except ValueError:
        return {}


def flattened(value: Any, name: str) -> Iterator[tuple[str, Cell]]:
    """The ends of a JSON tree, under names joined by dots."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from flattened(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, bool):
        yield name, "1" if value else "0"
    elif value is not None:
        yield name, value


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
    match cell:
        case None | str():
            return cell
        case bool():
            return "1" if cell else "0"
        case Stamp(ms):
            return f"{EPOCH + timedelta(milliseconds=ms):%Y-%m-%d %H:%M:%S}.{ms % 1000:03d}"
        case Listed():
            return None
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)


def shown(cell: Cell) -> str | None:
    """The text in a row: at most four decimals, halves away from zero."""
    if isinstance(cell, Listed):
        return json.dumps(cell.items, ensure_ascii=False, separators=(",", ":"))
    if not isinstance(cell, float) or isinstance(cell, bool):
        return text(cell)
    if not math.isfinite(cell):
        return None
    if cell.is_integer():
        return str(int(cell))
    rounded = Decimal(repr(cell)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    plain = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def compared(operator: str, left: Cell, right: Cell) -> bool | None:
    """As numbers if both are some, else as texts; a number is never equal to a text."""
    if text(left) is None or text(right) is None:
        return None
    a, b = number(left), number(right)
    if a is not None and b is not None:
        sign = (a > b) - (a < b)
        if sign == 0 and abs(a) >= TOO_LONG and text(left) != text(right):
            sign = 1
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
    """A number counts as true unless it is 0; a text, or nothing, is neither true nor false."""
    figure = number(cell)
    return None if figure is None else figure != 0


def order(left: Cell, right: Cell) -> int:
    """Sign of the order of ``sort``: absent, then texts in natural order, then numbers."""
    a, b = _rank(left), _rank(right)
    if a[0] == b[0] == 1:
        return _natural(a[1], b[1])
    return (a > b) - (a < b)


def _rank(cell: Cell) -> tuple[Any, ...]:
    if text(cell) is None:
        return (0,)
    figure = number(cell)
    return (1, text(cell)) if figure is None else (2, figure, text(cell))


def _natural(left: str, right: str) -> int:
    """Chunk by chunk: digits by length and then by value, all else by code point."""
    for a, b in zip(_chunks(left), _chunks(right), strict=False):
        if a == b:
            continue
        if a[0].isdigit() and b[0].isdigit():
            return -1 if (len(a), a) < (len(b), b) else 1
        return -1 if a < b else 1
    more, less = len(_chunks(left)), len(_chunks(right))
    return (more > less) - (more < less)


def _chunks(word: str) -> list[str]:
    return re.findall(r"[0-9]+|[^0-9]+", word)
