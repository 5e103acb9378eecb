"""
Transit gateways and attachments that are gone: for a while AWS shows them as deleted.

Clients that delete one look at it by its id until it says so.

Source: EC2 API Reference, the states of TransitGateway and TransitGatewayVpcAttachment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.operations import Call, Params

SHOWN_S: Final = 3600.0
"""How long one is shown [s]; AWS does not say, and was seen to take hours."""


class Departed:
    """What is gone in one application; ``aws.extension(Departed)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._shown: dict[str, tuple[float, Params]] = {}

    def add(self, resource_id: str, shown: Params) -> None:
        """Remember something as it was last shown."""
        self._shown[resource_id] = (self._aws.clock.now(), {**shown, "State": "deleted"})

    def get(self, resource_id: str) -> Params | None:
        """Something that went not long ago."""
        at_s, shown = self._shown.get(resource_id, (float("-inf"), None))
        return shown if self._aws.clock.now() < at_s + SHOWN_S else None


def described(call: Call, member: str, ids: str) -> dict[str, Any]:
    """
    What moto lists, and what is gone of that which was asked for by its id.

    Args:
        call: The call.
        member: What the answer calls its list.
        ids: What the call calls the ids.
    """
    asked: list[str] = call.params.get(ids, [])
    departed = call.aws.extension(Departed)
    gone = [shown for each in asked if (shown := departed.get(each)) is not None]
    there = [each for each in asked if departed.get(each) is None]
    if not gone:
        return call.forward()
    listed = call.forward(**{ids: there})[member] if there else []
    return {member: [*listed, *gone]}
