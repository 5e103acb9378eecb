"""
What SNS asks of a request before it publishes a message or enters a subscriber.

moto takes most of them as they come, and trips over some.

Source: Amazon SNS API Reference, Subscribe, Publish and SetTopicAttributes;
words of refusals from public recordings of AWS's answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from labkit.endpoint.json_documents import loaded
from labkit.endpoint.operations import AwsError, before
from labkit.endpoint.policy_grammar import is_policy

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, Params

_PARTS_OF_AN_ARN: Final = 6
_TOKEN: Final = re.compile("[0-9]{1,9}")
_PROTOCOLS: Final = frozenset(
    {
        *("http", "https", "email", "email-json", "sms"),
        *("sqs", "application", "lambda", "firehose"),
    }
)


@before("sns", "*")
def refuse_unreadable_parameters(call: Call) -> None:
    """Refuse addresses that are no ARNs, and tokens that no list has given."""
    for name in ("TopicArn", "TargetArn"):
        parts = call.params.get(name, "::::::").split(":")
        if len(parts) < _PARTS_OF_AN_ARN:
            reason = f"An ARN must have at least {_PARTS_OF_AN_ARN} elements, not {len(parts)}"
            raise _invalid(f"{name} Reason: {reason}")
    if not _TOKEN.fullmatch(call.params.get("NextToken", "0")):
        raise _invalid("NextToken")


@before("sns", "Publish")
def refuse_unsendable_message(call: Call) -> None:
    """Refuse a message that cannot be sent, or is for no topic, target or telephone number."""
    objection = objection_to(call.params)
    if objection is not None:
        raise objection
    if not call.params.keys() & {"TopicArn", "TargetArn", "PhoneNumber"}:
        raise _invalid("TopicArn or TargetArn Reason: no value for required parameter")


@before("sns", "PublishBatch")
def refuse_empty_batch(call: Call) -> None:
    """Refuse a batch without messages."""
    if not call.params["PublishBatchRequestEntries"]:
        message = "The batch request doesn't contain any entries."
        raise AwsError("EmptyBatchRequest", message)


@before("sns", "Subscribe")
def refuse_subscriber(call: Call) -> None:
    """Refuse subscribers that cannot be reached by any way SNS has."""
    protocol, endpoint = call.params["Protocol"], call.params.get("Endpoint", "")
    if protocol not in _PROTOCOLS:
        raise _invalid(f"Amazon SNS does not support this protocol string: {protocol}")
    if not endpoint:
        raise _invalid("Endpoint")
    if protocol in ("http", "https") and not endpoint.startswith(f"{protocol}://"):
        raise _invalid("Endpoint must match the specified protocol")
    if protocol == "sqs":
        parts = endpoint.split(":")
        if len(parts) < _PARTS_OF_AN_ARN:
            raise _invalid("SQS endpoint ARN")
        _ = call.aws.backend("sqs", parts[3])  # refuses a Region that is none


@before("sns", "ConfirmSubscription")
def refuse_token(call: Call) -> None:  # noqa: ARG001  whatever the token is
    """Refuse every token: they are sent to subscribers elsewhere, and nothing leaves the lab."""
    raise _invalid("Token")


@before("sns", "CreateTopic")
@before("sns", "SetTopicAttributes")
def refuse_unreadable_policy(call: Call) -> None:
    """Refuse a policy of a topic that is none."""
    given = call.params.get("Attributes", {}).get("Policy")
    if call.params.get("AttributeName") == "Policy":
        given = call.params.get("AttributeValue")
    try:
        readable = not given or is_policy(loaded(given))
    except ValueError:
        readable = False
    if not readable:
        raise _invalid("Policy Error: null")


@before("sns", "SetSubscriptionAttributes")
@before("sns", "Subscribe")
def refuse_unreadable_filter_policy(call: Call) -> None:
    """Refuse a filter policy that is no JSON."""
    given = call.params.get("Attributes", {}).get("FilterPolicy")
    if call.params.get("AttributeName") == "FilterPolicy":
        given = call.params.get("AttributeValue")
    try:
        loaded(given or "{}")
    except ValueError:
        raise _invalid("FilterPolicy: failed to parse JSON.") from None


def objection_to(message: Params) -> AwsError | None:
    """Why a message to publish, alone or in a batch, cannot be sent; None if it can."""
    if not message["Message"]:
        return _invalid("Empty message")
    subject = message.get("Subject")
    if subject is not None and (not subject or not subject.isprintable()):
        return _invalid("Subject")
    if message.get("MessageStructure") != "json":
        return None
    try:
        by_protocol = loaded(message["Message"])
    except ValueError:
        return _invalid("Message Structure - JSON message body failed to parse")
    if not isinstance(by_protocol, dict) or not isinstance(by_protocol.get("default"), str):
        return _invalid("Message Structure - No default entry in JSON message body")
    return None


def _invalid(what: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {what}")
