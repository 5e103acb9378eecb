"""
Queues: ReceiveMessage waits as long as it is told to, and no clock stands still for it.

moto keeps the queues; while it waits, it would let nobody else in.

Source: Amazon SQS Developer Guide, "Amazon SQS short and long polling".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.agenda import Agenda
from labkit.endpoint.operations import AwsError, operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

LONGEST_WAIT_S: Final = 20
_WAIT: Final = "ReceiveMessageWaitTimeSeconds"


@operation("sqs", "ReceiveMessage", takes_time=True)
def receive_message(call: Call) -> dict[str, Any]:
    """Messages, as soon as there are any, or none when the time to wait for them is over."""
    agenda = call.aws.extension(Agenda)
    until_s = call.aws.clock.now() + _wait_s(call)
    while True:
        with call.aws.active("ReceiveMessage"):
            answer = call.forward(WaitTimeSeconds=0)
        if answer.get("Messages") or call.aws.clock.now() >= until_s:
            return answer
        agenda.wait(until_s)


def _wait_s(call: Call) -> int:
    """How long to wait [s]: as the call says, or else the queue."""
    wait_s: int | None = call.params.get("WaitTimeSeconds")
    if wait_s is None:
        asked = {"QueueUrl": call.params["QueueUrl"], "AttributeNames": [_WAIT]}
        queue = call.aws.invoke("sqs", "GetQueueAttributes", region=call.region, **asked)
        wait_s = int(queue["Attributes"][_WAIT])
    if not 0 <= wait_s <= LONGEST_WAIT_S:
        raise AwsError(
            "InvalidParameterValue",
            f"Value {wait_s} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and "
            f"<= {LONGEST_WAIT_S}, if provided.",
        )
    return wait_s
