"""
Transit gateways, attachments and route tables that are gone: AWS shows them as deleted a while.

Clients that delete one look at it by its id until it says so.

Source: EC2 API Reference, the states of TransitGateway and of what belongs to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.operations import Call, Params

SHOWN_S: Final = 3600.0
"""How long one is shown [s]; AWS does not say, and was seen to take hours."""


class Departed:
    """What is gone in one application; ``aws.extension(Departed)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._shown: dict[tuple[str, str], tuple[float, Params]] = {}

    def add(self, member: str, resource_id: str, shown: Params) -> None:
        """Remember something as it was last shown, in the list that answers call *member*."""
        now_s = self._aws.clock.now()
        self._shown[member, resource_id] = (now_s, {**shown, "State": "deleted"})

    def get(self, member: str, resource_id: str) -> Params | None:
        """Something that went not long ago, as such a list shows it."""
        at_s, shown = self._shown.get((member, resource_id), (float("-inf"), None))
        return shown if self._aws.clock.now() < at_s + SHOWN_S else None


def described(
    call: Call, member: str, ids: str, look_up: Callable[[Call, str], object]
) -> dict[str, Any]:
    """
    What moto lists, and what is gone of that which was asked for by its id.

    Args:
        call: The call.
        member: What the answer calls its list.
        ids: What the call calls the ids.
        look_up: Raises an error if nothing has an id.

    Raises:
        AwsError: An id that was asked for has never been one, or no longer is.
    """
    asked: list[str] = call.params.get(ids, [])
    departed = call.aws.extension(Departed)
    gone = [shown for each in asked if (shown := departed.get(member, each)) is not None]
    there = [each for each in asked if departed.get(member, each) is None]
    for each in there:
        look_up(call, each)
    if not gone:
        return call.forward()
    listed = call.forward(**{ids: there})[member] if there else []
    return {member: [*listed, *gone]}
