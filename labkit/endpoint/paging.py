"""Long lists in pages, with tokens that count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from labkit.endpoint.log_groups import invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.operations import AwsError, Call

Item = TypeVar("Item")

_TOKEN: Final = re.compile("[0-9]{1,9}")


def first_of(call: Call, member: str = "nextToken", refused: AwsError | None = None) -> int:
    """
    The number of the item that the page a call asks for begins with.

    Args:
        call: The call.
        member: What its service calls the token.
        refused: The error for a token that is none; CloudWatch Logs' own by default.

    Raises:
        AwsError: Its token is none of :func:`page_of`'s.
    """
    token = call.params.get(member, "0")
    if not _TOKEN.fullmatch(token):
        raise refused or invalid("The specified nextToken is invalid.")
    return int(token)


def page_of(
    items: Sequence[Item], first: int, size: int, member: str = "nextToken"
) -> tuple[list[Item], dict[str, str]]:
    """The items of a page, and what leads to the next page if there is one."""
    last = first + size
    return list(items[first:last]), {member: str(last)} if last < len(items) else {}
