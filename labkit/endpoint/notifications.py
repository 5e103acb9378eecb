"""
What is published to a topic, delivered to its subscribers: queues and functions.

A queue gets a message only if its policy lets SNS send to it; otherwise the
message is lost without a word, as on AWS.  Subscribers elsewhere, by mail or
at a web address, get nothing: nothing leaves the lab.

Source: Amazon SNS Developer Guide, "Fanout to Amazon SQS queues", "Raw message
delivery", "Fanout to Lambda functions".
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.batches import sent_in_part
from labkit.endpoint.functions.permissions import Caller
from labkit.endpoint.invocations import Invocations
from labkit.endpoint.moto_seam.notifications import Notification, taken_out
from labkit.endpoint.operations import AwsError, operation
from labkit.endpoint.role_policies import Question, Unsupported, allowed, names_service, statements
from labkit.endpoint.topic_requests import objection_to

if TYPE_CHECKING:
    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.operations import Call

SERVICE: Final = "sns.amazonaws.com"
"""Whom a queue's policy has to name."""


@operation("sns", "Publish")
def publish(call: Call) -> dict[str, Any]:
    """The id of a message, once it is with every subscriber that can be reached."""
    _check_topic(call)
    return _published(call)


@operation("sns", "PublishBatch")
def publish_batch(call: Call) -> dict[str, Any]:
    """The ids of some messages, once they are with every subscriber that can be reached."""
    _check_topic(call)
    return sent_in_part(
        call.params["PublishBatchRequestEntries"],
        objection_to,
        lambda fit: _published(call, PublishBatchRequestEntries=fit),
    )


def _check_topic(call: Call) -> None:
    topic = call.params.get("TopicArn")
    if topic is not None and topic not in call.backend.topics:
        raise AwsError("NotFound", "Topic does not exist", 404)


def _published(call: Call, **changes: object) -> dict[str, Any]:
    answer = call.forward(**changes)
    for notification in taken_out(call.backend):
        if notification.protocol == "sqs":
            _send_to_queue(call.aws, notification)
        elif notification.protocol == "lambda":
            _call_function(call.aws, notification)
    return answer


def _send_to_queue(aws: EmbeddedAws, notification: Notification) -> None:
    region, account_id, name = notification.endpoint.split(":")[3:6]
    url = f"https://sqs.{region}.amazonaws.com/{account_id}/{name}"
    message: dict[str, Any] = {"MessageBody": notification.message}
    if not notification.raw:
        message["MessageBody"] = _written(envelope(aws, notification))
    elif notification.attributes:
        message["MessageAttributes"] = _attributes(notification)
    if name.endswith(".fifo"):
        message["MessageGroupId"] = notification.group_id
        message["MessageDeduplicationId"] = notification.deduplication_id or notification.message_id
    try:
        asked = {"QueueUrl": url, "AttributeNames": ["Policy"]}
        policy = aws.invoke("sqs", "GetQueueAttributes", region=region, **asked)
        if may_send(policy.get("Attributes", {}).get("Policy"), notification, account_id):
            aws.invoke("sqs", "SendMessage", region=region, QueueUrl=url, **message)
    except AwsError:
        return  # the queue is gone: SNS tries for a while and gives up


def may_send(policy: str | None, notification: Notification, account_id: str) -> bool:
    """Whether a queue's policy lets a topic send to it; without one, nobody but its owner may."""
    circumstances = {
        "aws:sourcearn": notification.topic_arn,
        "aws:sourceaccount": account_id,
        "aws:sourceowner": account_id,
    }
    question = Question("sqs:SendMessage", notification.endpoint, circumstances)
    try:
        about_sns = [each for each in statements(policy or "{}") if names_service(each, SERVICE)]
        return allowed(about_sns, question)
    except Unsupported:
        return False


def envelope(aws: EmbeddedAws, notification: Notification) -> dict[str, Any]:
    """
    A message as SNS wraps it.

    Its signature is none: it depends on the message alone, and no certificate fits it.
    """
    region = notification.topic_arn.split(":")[3]
    digest = blake2b(f"{notification.message_id}{notification.message}".encode()).digest()
    host = f"https://sns.{region}.amazonaws.com"
    wrapped: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": notification.message_id,
        "TopicArn": notification.topic_arn,
    }
    if notification.subject:
        wrapped["Subject"] = notification.subject
    moment = datetime.fromtimestamp(aws.clock.now(), UTC)
    wrapped |= {
        "Message": notification.message,
        "Timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",
        "SignatureVersion": "1",
        "Signature": b64encode(digest).decode(),
        "SigningCertURL": f"{host}/SimpleNotificationService-labkit.pem",
        "UnsubscribeURL": f"{host}/?Action=Unsubscribe"
        f"&SubscriptionArn={notification.subscription_arn}",
    }
    if notification.attributes:
        wrapped["MessageAttributes"] = dict(notification.attributes)
    return wrapped


def _written(wrapped: dict[str, Any]) -> str:
    return json.dumps(wrapped, indent=2, separators=(",", " : "))


def _attributes(notification: Notification) -> dict[str, dict[str, Any]]:
    """The attributes of a message as SQS takes them."""
    shown: dict[str, dict[str, Any]] = {}
    for name, each in notification.attributes.items():
        binary = each["Type"].startswith("Binary")
        key, value = (
            ("BinaryValue", each["Value"]) if binary else ("StringValue", str(each["Value"]))
        )
        shown[name] = {"DataType": each["Type"], key: value}
    return shown


def _call_function(aws: EmbeddedAws, notification: Notification) -> None:
    told = envelope(aws, notification)
    for page in ("SigningCert", "Unsubscribe"):
        told[f"{page}Url"] = told.pop(f"{page}URL")
    told |= {
        "Subject": notification.subject,
        "MessageAttributes": dict(notification.attributes),
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": notification.subscription_arn,
        "Sns": told,
    }
    caller = Caller(SERVICE, notification.topic_arn, aws.settings.account_id)
    aws.extension(Invocations).send(notification.endpoint, {"Records": [record]}, caller)
