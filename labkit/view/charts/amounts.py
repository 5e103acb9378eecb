"""Amounts by name: read from the rows of a query, ranked, and put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from labkit.errors import LabError
from labkit.view import frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MAX_ROWS: Final = 10
_PREFIXES: Final = ("B", "kB", "MB", "GB", "TB")

Key: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """How much goes by each key, most first; equal amounts stand in the order of their keys."""

    pairs: tuple[tuple[Key, int], ...]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.pairs)


def rank(frame: pd.DataFrame, keys: Sequence[str], amount: str) -> Ranking:
    """
    The sum of *amount* for each combination of values in the columns *keys*.

    Raises:
        NameNotFound: A column is missing.
        ValueError: An amount is no whole number.
    """
    columns = [frames.words(frames.column(frame, key)) for key in keys]
    numbers = frames.whole_numbers(frames.column(frame, amount))
    sums: dict[Key, int] = {}
    for key, number in zip(zip(*columns, strict=True), numbers, strict=True):
        sums[key] = sums.get(key, 0) + number
    return Ranking(tuple(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))))


def amount_column(frame: pd.DataFrame, named: str | None, keys: Sequence[str]) -> str:
    """
    The column that holds the numbers: *named*, or the only one besides *keys*.

    Raises:
        NameNotFound: A column of *keys* is missing.
        LabError: It takes a human to say which column is meant.
    """
    if named is not None:
        return named
    for key in keys:
        frames.column(frame, key)
    others = [str(name) for name in frame.columns if name not in keys]
    if "n" in others:
        return "n"
    if len(others) != 1:
        beside = f"there are several: {', '.join(others)}" if others else "there is none"
        raise LabError(
            f"A chart needs one column of numbers beside {', '.join(keys)}; {beside}. "
            "Name it in the call, or count in the query: stats count(*) as n by ..."
        )
    return others[0]


def share(part: int, total: int) -> str:
    """
    A part in per cent, never rounded to nothing or to everything.

    >>> share(1, 4), share(1, 1000), share(999, 1000), share(7, 7)
    ('25 %', '<1 %', '>99 %', '100 %')
    """
    if 0 < part < total:
        percent = 100 * part / total
        return "<1 %" if percent < 1 else ">99 %" if percent > 99 else f"{percent:.0f} %"
    return "100 %" if part else "0 %"


def size(number_bytes: int) -> str:
    """
    Bytes in the unit that suits them, in powers of a thousand.

    >>> size(84), size(1_260), size(5_300_000_000)
    ('84 B', '1.3 kB', '5.3 GB')
    """
    scaled, prefix = float(number_bytes), 0
    while round(scaled, 1) >= 1000 and prefix < len(_PREFIXES) - 1:
        scaled, prefix = scaled / 1000, prefix + 1
    return f"{scaled:.1f} {_PREFIXES[prefix]}" if prefix else f"{number_bytes} B"


def amount_words(number: int, of: str) -> str:
    """A number with its unit: ``1.3 kB`` if *of* is bytes, else ``12 records``."""
    if of == "bytes":
        return size(number)
    return f"{number} {of.removesuffix('s') if number == 1 else of}"


def part_words(part: int, total: int, of: str) -> str:
    """
    A part beside the whole that it belongs to.

    >>> part_words(2, 8, "records"), part_words(840, 2_000, "bytes")
    ('2 of 8 records (25 %)', '840 B of 2.0 kB (42 %)')
    """
    shown = size(part) if of == "bytes" else str(part)
    return f"{shown} of {amount_words(total, of)} ({share(part, total)})"


def followed_by(others: int) -> str:
    """
    How many more there are, for the end of a sentence.

    >>> followed_by(0), followed_by(1), followed_by(5)
    ('', '; 1 other follows', '; 5 others follow')
    """
    return {0: "", 1: "; 1 other follows"}.get(others, f"; {others} others follow")
