"""
Queues: ReceiveMessage waits as long as it is told to, and no clock stands still for it.

moto keeps the queues; while it waits, it would let nobody else in.  It takes
attributes and messages as they come, so what they have to be is looked at here.
Many clients send what is for a queue to the host in its URL, so that has to be one
that leads here: the one a caller has just used.

Source: Amazon SQS Developer Guide, "Amazon SQS short and long polling"; Amazon
SQS API Reference, SetQueueAttributes and SendMessage; words of refusals from
public reports of AWS's answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from labkit.endpoint.agenda import Agenda
from labkit.endpoint.batches import sent_in_part
from labkit.endpoint.json_documents import loaded
from labkit.endpoint.operations import AwsError, before, operation
from labkit.endpoint.policy_grammar import is_policy

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

LONGEST_WAIT_S: Final = 20
_WAIT: Final = "ReceiveMessageWaitTimeSeconds"
_BOUNDS: Final = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "VisibilityTimeout": (0, 43_200),
    _WAIT: (0, LONGEST_WAIT_S),
}
_DOCUMENTS: Final = ("Policy", "RedrivePolicy", "RedriveAllowPolicy")
_REASONS: Final = {"RedrivePolicy": " Reason: Redrive policy is not a valid JSON map."}
_FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_ALLOWED: Final = "#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]"
_MOMENTS: Final = ("CreatedTimestamp", "LastModifiedTimestamp")
_URLS: Final = {
    "CreateQueue": "QueueUrl",
    "GetQueueUrl": "QueueUrl",
    "ListQueues": "QueueUrls",
    "ListDeadLetterSourceQueues": "queueUrls",
}
"""The member of each answer that tells addresses of queues."""


@before("sqs", "CreateQueue")
@before("sqs", "SetQueueAttributes")
def refuse_unreadable_attributes(call: Call) -> None:
    """Refuse numbers that are none or out of bounds, and documents that cannot be read."""
    for name, value in call.params.get("Attributes", {}).items():
        wrong_number = name in _BOUNDS and not _is_within(value, *_BOUNDS[name])
        if wrong_number or (name in _DOCUMENTS and value and not _is_document(name, value)):
            message = f"Invalid value for the parameter {name}.{_REASONS.get(name, '')}"
            raise AwsError("InvalidAttributeValue", message)


@before("sqs", "SendMessage")
def refuse_unsendable_message(call: Call) -> None:
    """Refuse a message that is empty, or has characters that XML has not."""
    objection = _objection(call.params["MessageBody"])
    if objection is not None:
        raise objection


@operation("sqs", "SendMessageBatch")
def send_message_batch(call: Call) -> dict[str, Any]:
    """What became of each message; those that cannot be sent fail by themselves."""
    call.backend.get_queue(call.params["QueueUrl"].rsplit("/", 1)[-1])  # refuses unknown ones
    return sent_in_part(
        call.params["Entries"],
        lambda each: _objection(each["MessageBody"]),
        lambda fit: call.forward(Entries=fit),
    )


def tell_addresses(call: Call) -> dict[str, Any]:
    """What moto answers, with addresses of queues at the host that the caller knows."""
    answer, member = call.forward(), _URLS[call.operation]
    told = answer.get(member, [])
    moved = [_moved(each, call.origin) for each in ([told] if isinstance(told, str) else told)]
    return {**answer, member: moved[0] if isinstance(told, str) else moved} if told else answer


for _name in _URLS:
    operation("sqs", _name)(tell_addresses)


@operation("sqs", "GetQueueAttributes")
def get_queue_attributes(call: Call) -> dict[str, Any]:
    """Attributes of a queue, its moments in whole seconds as on AWS; moto's have fractions."""
    answer = call.forward()
    attributes = answer.get("Attributes", {})
    for name in attributes.keys() & _MOMENTS:
        attributes[name] = str(int(float(attributes[name])))
    return answer


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


def _objection(body: str) -> AwsError | None:
    """Why a message cannot be sent, if it cannot."""
    if not body:
        message = "The request must contain the parameter MessageBody."
        return AwsError("MissingParameter", message)
    forbidden = _FORBIDDEN.search(body)
    if forbidden is None:
        return None
    return AwsError(
        "InvalidMessageContents",
        f"Invalid binary character '#x{ord(forbidden[0]):X}' was found in the message body, "
        f"the set of allowed characters is {_ALLOWED}.",
    )


def _moved(url: str, origin: str) -> str:
    return f"{origin}{urlsplit(url).path}" if origin else url


def _is_within(value: str, least: int, most: int) -> bool:
    try:
        return least <= int(value) <= most
    except ValueError:
        return False


def _is_document(name: str, text: str) -> bool:
    try:
        document = loaded(text)
    except ValueError:
        return False
    return is_policy(document) if name == "Policy" else isinstance(document, dict)
