"""A learner's value in a reply: one short line, the same in every run."""

from __future__ import annotations

import re
import reprlib
from textwrap import shorten
from typing import Final

_WIDTH: Final = 120
_ADDRESS: Final = re.compile(r" at 0x[0-9A-Fa-f]+")
_READER: Final = reprlib.Repr()
_READER.maxdict = _READER.maxlist = _READER.maxtuple = _READER.maxset = 10
_READER.maxstring, _READER.maxother = _WIDTH, 10 * _WIDTH


def shown(value: object) -> str:
    """
    What a value looks like, without where it lies in memory, and cut where it is long.

    >>> shown(len), shown({"10.1.1.10": 2}), shown(list(range(100)))
    ('<built-in function len>', "{'10.1.1.10': 2}", '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...]')
    """
    text = _ADDRESS.sub("", _READER.repr(value))
    if "\n" in text:
        text = f"a {type(value).__name__} ({text})"
    return shorten(text, _WIDTH, placeholder=" ...")
