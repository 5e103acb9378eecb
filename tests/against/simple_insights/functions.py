"""The functions of the language, each in a line or two."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import statistics
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from simple_insights.cells import Cell, Listed, Row, Stamp, number, order, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WHITE_SPACE = " \t\r\n\f\v"
WIDTHS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
MONDAY_MS = 3 * 86_400_000


def of_number(work: Callable[[float], float | None]) -> Callable[..., Cell]:
    """A function of one number; nothing for what is none."""
    return lambda cell: None if (figure := number(cell)) is None else work(figure)


def of_text(work: Callable[..., Cell]) -> Callable[..., Cell]:
    """A function of texts; nothing if one of them is absent."""

    def applied(*cells: Cell) -> Cell:
        words = [text(cell) for cell in cells]
        return None if None in words else work(*words)

    return applied


def surely(work: Callable[..., bool]) -> Callable[..., Cell]:
    """A test of texts that is false where one is absent."""
    return lambda *cells: bool(of_text(work)(*cells))


def present_numbers(cells: Sequence[Cell]) -> list[float]:
    return [figure for cell in cells if (figure := number(cell)) is not None]


def rounded(cell: Cell, digits: Cell = 0.0) -> Cell:
    figure = number(cell)
    if figure is None:
        return None
    scale = 10.0 ** int(number(digits) or 0)
    return math.copysign(math.floor(abs(figure) * scale + 0.5) / scale, figure)


def substr(cell: Cell, start: Cell, *length: Cell) -> Cell:
    word, first = text(cell), number(start)
    if word is None or first is None:
        return None
    begin = max(0, int(first))
    if not length:
        return word[begin:]
    size = number(length[0])
    return None if size is None else word[begin : begin + max(0, int(size))]


def address(cell: Cell) -> IPv4Address | IPv6Address | None:
    word = text(cell)
    try:
        return None if word is None or "%" in word else ip_address(word)
    except ValueError:
        return None


def inside(cell: Cell, block: Cell) -> bool:
    network, found = ip_network(str(block)), address(cell)
    return found is not None and found.version == network.version and found in network


def is_private(cell: Cell) -> bool:
    found = address(cell)
    blocks = map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
    return isinstance(found, IPv4Address) and any(found in block for block in blocks)


def decoded(word: str) -> Cell:
    try:
        return base64.b64decode(word, validate=True).decode()
    except ValueError:
        return None


def hex_to_dec(word: str) -> Cell:
    return float(int(word, 16)) if re.fullmatch(r"-?(0[xX])?[0-9A-Fa-f]{1,15}", word) else None


def sub(word: str, pattern: str, by: str) -> str:
    return re.sub(pattern, lambda _: by, word, flags=re.ASCII)


split = of_text(lambda word, by: Listed(tuple(word.split(by))))


def size(cell: Cell) -> Cell:
    return float(len(cell.items)) if isinstance(cell, Listed) else None


def first_present(*cells: Cell) -> Cell:
    return next((cell for cell in cells if cell is not None), None)


def case(*cells: Cell) -> Cell:
    for condition, value in zip(cells[::2], cells[1::2], strict=False):
        if truth(condition):
            return value
    return cells[-1] if len(cells) % 2 else None


def floor(cell: Cell, period: tuple[int, str], offset_ms: int = 0) -> Cell:
    if not isinstance(cell, Stamp):
        return None
    count, unit = period
    width = count * WIDTHS_MS[unit]
    return Stamp((cell.ms - offset_ms) // width * width + offset_ms)


def ceiling(cell: Cell, period: tuple[int, str]) -> Cell:
    below = floor(cell, period)
    if below is None or below == cell:
        return below
    count, unit = period
    return Stamp(below.ms + count * WIDTHS_MS[unit])


def longest_width(cells: Sequence[Cell]) -> int:
    return max((len(text(cell) or "") for cell in cells), default=0)


OF_ONE: dict[str, Callable[..., Cell]] = {
    "abs": of_number(abs),
    "ceil": of_number(lambda x: float(math.ceil(x))),
    "floor": of_number(lambda x: float(math.floor(x))),
    "round": rounded,
    "sqrt": of_number(lambda x: math.sqrt(x) if x >= 0 else None),
    "log": of_number(lambda x: math.log(x) if x > 0 else None),
    "toNumber": number,
    "toDouble": number,
    "toInt": of_number(lambda x: float(math.trunc(x))),
    "toLong": of_number(lambda x: float(math.trunc(x))),
    "strlen": of_text(lambda word: float(len(word))),
    "messageSize": of_text(lambda word: float(len(word.encode()))),
    "toupper": of_text(str.upper),
    "tolower": of_text(str.lower),
    "trim": of_text(lambda word: word.strip(WHITE_SPACE)),
    "ltrim": of_text(lambda word: word.lstrip(WHITE_SPACE)),
    "rtrim": of_text(lambda word: word.rstrip(WHITE_SPACE)),
    "isempty": lambda cell: not text(cell),
    "isblank": lambda cell: not (text(cell) or "").strip(WHITE_SPACE),
    "ispresent": lambda cell: cell is not None,
    "isNumeric": lambda cell: number(cell) is not None,
    "urlencode": of_text(lambda word: quote(word, safe="")),
    "base64encode": of_text(lambda word: base64.b64encode(word.encode()).decode()),
    "base64decode": of_text(decoded),
    "urldecode": of_text(unquote),
    "hexToDec": of_text(hex_to_dec),
    "decToHex": of_number(lambda x: hex(math.trunc(x))),
    "md5": of_text(lambda word: hashlib.md5(word.encode()).hexdigest()),  # noqa: S324
    "sha256": of_text(lambda word: hashlib.sha256(word.encode()).hexdigest()),
    "isValidIp": lambda cell: address(cell) is not None,
    "isValidIpV4": lambda cell: isinstance(address(cell), IPv4Address),
    "isValidIpV6": lambda cell: isinstance(address(cell), IPv6Address),
    "ipv4ToNumber": lambda cell: (
        float(int(found)) if isinstance(found := address(cell), IPv4Address) else None
    ),
    "isPrivateIP": is_private,
}
"""Functions of one value."""

OF_TEXTS: dict[str, Callable[..., Cell]] = {
    "strcontains": surely(lambda word, part: part in word),
    "startsWith": surely(str.startswith),
    "endsWith": surely(str.endswith),
    "trim": of_text(str.strip),
    "ltrim": of_text(str.lstrip),
    "rtrim": of_text(str.rstrip),
}
"""Functions of a value and a written text that is not empty."""

OF_SEVERAL: dict[str, Callable[..., Cell]] = {
    "coalesce": first_present,
    "concat": lambda *cells: "".join(text(cell) or "" for cell in cells),
    "greatest": lambda *cells: max(present_numbers(cells), default=None),
    "least": lambda *cells: min(present_numbers(cells), default=None),
}
"""Functions of any number of values."""


def percentile(cells: Sequence[Cell], percent: float) -> Cell:
    figures = sorted(present_numbers(cells))
    if not figures:
        return None
    place = (len(figures) - 1) * percent / 100
    low, high = figures[math.floor(place)], figures[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def extreme(cells: Sequence[Cell], pick: Callable[..., Cell]) -> Cell:
    stamps = [cell for cell in cells if isinstance(cell, Stamp)]
    if stamps:
        return Stamp(pick(stamp.ms for stamp in stamps))
    words = [word for cell in cells if (word := text(cell)) is not None]
    return pick(present_numbers(cells) or words, default=None)


def first_by_sort(cells: Sequence[Cell]) -> Cell:
    best: Cell = None
    for cell in cells:
        if cell is not None and (best is None or order(cell, best) < 0):
            best = cell
    return best


def last_by_sort(cells: Sequence[Cell]) -> Cell:
    best: Cell = None
    for cell in cells:
        if cell is not None and (best is None or order(cell, best) > 0):
            best = cell
    return best


def moment(cell: Cell) -> Cell:
    """A time as ``earliest`` and ``latest`` give it: the number of its milliseconds."""
    return float(cell.ms) if isinstance(cell, Stamp) else cell


AGGREGATES: dict[str, Callable[[Sequence[Cell]], Cell]] = {
    "count": lambda cells: float(sum(cell is not None for cell in cells)),
    "count_distinct": lambda cells: float(len({text(c) for c in cells if c is not None})),
    "countDistinct": lambda cells: float(len({text(c) for c in cells if c is not None})),
    "sum": lambda cells: math.fsum(found) if (found := present_numbers(cells)) else None,
    "avg": lambda cells: statistics.fmean(found) if (found := present_numbers(cells)) else None,
    "min": lambda cells: extreme(cells, min),
    "max": lambda cells: extreme(cells, max),
    "stddev": lambda cells: statistics.pstdev(found) if (found := present_numbers(cells)) else None,
    "variance": lambda cells: (
        statistics.pvariance(found) if (found := present_numbers(cells)) else None
    ),
    "sortsFirst": first_by_sort,
    "sortsLast": last_by_sort,
    "values": lambda cells: Listed(tuple(sorted({text(cell) for cell in cells} - {None}))),
}
"""Aggregates of one value over the rows of a group, which stand oldest first."""


def at_end(rows: Sequence[Row], value: Callable[[Row], Cell], *, last: bool) -> Cell:
    """``earliest`` and ``latest``: the value of the first or last event that has one."""
    cells = [cell for row in rows if (cell := moment(value(row))) is not None]
    return cells[-1 if last else 0] if cells else None
