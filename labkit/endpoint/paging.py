"""Long lists in pages, with tokens that count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from labkit.endpoint.log_groups import invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.operations import Call

Item = TypeVar("Item")

_TOKEN: Final = re.compile("[0-9]{1,9}")


def first_of(call: Call) -> int:
    """
    The number of the item that the page a call asks for begins with.

    Raises:
        AwsError: Its ``nextToken`` is none of :func:`page_of`'s.
    """
    token = call.params.get("nextToken", "0")
    if not _TOKEN.fullmatch(token):
        raise invalid("The specified nextToken is invalid.")
    return int(token)


def page_of(items: Sequence[Item], first: int, size: int) -> tuple[list[Item], dict[str, str]]:
    """The items of a page, and what leads to the next page if there is one."""
    last = first + size
    return list(items[first:last]), {"nextToken": str(last)} if last < len(items) else {}
