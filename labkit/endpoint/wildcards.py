"""Patterns in which ``*`` stands for any text and ``?`` for any one character."""

from __future__ import annotations

import re
from functools import cache


def like(pattern: str, text: str) -> bool:
    """
    Whether all of *text* is as *pattern* says.

    >>> like("eni-*", "eni-1"), like("[a]", "a"), like("a?", "a")
    (True, False, False)
    """
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (_WILD.get(character, re.escape(character)) for character in pattern)
    return re.compile("".join(parts), re.DOTALL)


_WILD = {"*": ".*", "?": "."}
