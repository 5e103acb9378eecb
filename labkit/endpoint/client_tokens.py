"""
Requests of EC2 that carry a client token: done once, however often they come.

Who is not sure whether a request got through sends it again with the same
token, and is answered as the first time.  moto would do it again.

Source: Amazon EC2 Developer Guide, "Ensuring idempotency in Amazon EC2 API requests".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, Params
    from labkit.endpoint.wire import Response


class ClientTokens:
    """What one application answered to requests with tokens; ``aws.extension(ClientTokens)``."""

    def __init__(self, _: object) -> None:
        self._answers: dict[tuple[str, ...], tuple[Params, Response]] = {}

    def earlier(self, call: Call) -> Response | None:
        """
        What was answered when the request came first; None if it is new.

        Raises:
            AwsError: The token came with another request.
        """
        if not _has_token(call) or _key(call) not in self._answers:
            return None
        asked, response = self._answers[_key(call)]
        if asked != call.params:
            raise AwsError(
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )
        return response

    def keep(self, call: Call, response: Response) -> None:
        """Remember the answer to a request, if it carries a token."""
        if _has_token(call):
            self._answers[_key(call)] = (call.params, response)


def _has_token(call: Call) -> bool:
    if call.service != "ec2" or call.params.get("DryRun"):
        return False
    return bool(call.params.get("ClientToken"))


def _key(call: Call) -> tuple[str, ...]:
    """A token counts in its Region, and for one operation."""
    return (call.region, call.operation, call.params["ClientToken"])
