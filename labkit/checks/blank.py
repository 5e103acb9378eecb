"""
The blank that learners fill in: ``____``.

It is a real value, so a notebook that nobody has touched runs to its end, and
a check can tell *not attempted* from *wrong*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


class Blank:
    """What stands where an answer is missing."""

    def __repr__(self) -> str:
        return "____"

    def __bool__(self) -> bool:
        return False


____: Final = Blank()


def is_blank(value: object) -> bool:
    """
    Whether an answer, or any part of it, is still missing.

    >>> is_blank(["egress", ____]), is_blank("filter action = ____"), is_blank("REJECT")
    (True, True, False)
    """
    if isinstance(value, Blank):
        return True
    if isinstance(value, str):
        return "____" in value
    if isinstance(value, Mapping):
        return any(map(is_blank, [*value.keys(), *value.values()]))
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(map(is_blank, value))
    return False
