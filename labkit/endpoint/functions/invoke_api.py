"""
Invoke: an event handed to a function by whoever calls.

Source: AWS Lambda API Reference, "Invoke".
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.agenda import Agenda
from labkit.endpoint.functions.function import Functions
from labkit.endpoint.invocations import Invocations, invoke_now
from labkit.endpoint.operations import AwsError, operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

MOST_REQUEST_BYTES: Final = 6_291_456
"""How long the event of a caller may be who waits for the answer."""

MOST_EVENT_BYTES: Final = 1_048_576
"""How long it may be if nobody waits."""


@operation("lambda", "Invoke", takes_time=True)
def invoke(call: Call) -> dict[str, Any]:
    """
    What the function answered; or that it will be, or could be, invoked.

    Raises:
        AwsError: There is no such function, the event is no JSON or too long, or functions
            are not run here.
    """
    params = call.params
    kind = params.get("InvocationType") or "RequestResponse"
    function = call.aws.extension(Functions).find(
        call.region, params["FunctionName"], params.get("Qualifier")
    )
    event = _event(
        params.get("Payload"), MOST_EVENT_BYTES if kind == "Event" else MOST_REQUEST_BYTES
    )
    if kind == "DryRun":
        return {"StatusCode": 204, "ExecutedVersion": function.version}
    if kind == "Event":
        call.aws.extension(Invocations).send(function.invoked_arn, event)
        return {"StatusCode": 202}
    if kind != "RequestResponse":
        raise AwsError(
            "InvalidParameterValueException",
            f"InvocationType is {kind}; it can be RequestResponse, Event or DryRun.",
        )
    with call.aws.extension(Agenda).held_off():
        outcome = invoke_now(call.aws, function, event, _client_context(params))
    return {
        "StatusCode": 200,
        "ExecutedVersion": function.version,
        "Payload": outcome.payload,
        **({"FunctionError": "Unhandled"} if outcome.failed else {}),
        **({"LogResult": outcome.log_tail} if params.get("LogType") == "Tail" else {}),
    }


@operation("lambda", "InvokeAsync")
def invoke_async(call: Call) -> dict[str, Any]:
    """That the event was taken; the older way to say ``InvocationType=Event``."""
    function = call.aws.extension(Functions).find(call.region, call.params["FunctionName"])
    event = _event(call.params.get("InvokeArgs"), MOST_EVENT_BYTES)
    call.aws.extension(Invocations).send(function.invoked_arn, event)
    return {"Status": 202}


def _event(payload: Any, most_bytes: int) -> object:  # noqa: ANN401  bytes, text or a file
    content = payload.read() if hasattr(payload, "read") else payload or b""
    if len(content) > most_bytes:
        raise AwsError(
            "RequestTooLargeException",
            f"Request must be smaller than {most_bytes} bytes for the InvokeFunction operation",
            413,
            Type="User",
        )
    try:
        return json.loads(content) if content else {}
    except (ValueError, RecursionError) as unreadable:
        raise AwsError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: {unreadable}",
            Type="User",
        ) from None


def _client_context(params: Any) -> Any:  # noqa: ANN401  JSON of the caller's
    given = params.get("ClientContext")
    if not given:
        return None
    try:
        return json.loads(base64.b64decode(given, validate=True))
    except ValueError:
        message = "Client context must be a valid Base64-encoded JSON object."
        raise AwsError("InvalidRequestContentException", message, Type="User") from None
