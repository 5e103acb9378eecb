"""
moto's SNS, with what it would send kept for us to deliver.

moto delivers itself: it signs each message with a key made on the spot, posts
to web addresses for real, and asks no queue's policy.  So it only says what
there is to deliver, and to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.sns.models import Subscription

from labkit.endpoint.moto_seam.corrections.substitution import instead_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.endpoint.operations import MotoObject

_OUTBOX: Final = "labkit_outbox"


@dataclass(frozen=True, slots=True)
class Notification:
    """
    One message on its way to one subscriber.

    Args:
        protocol: ``sqs``, ``lambda``, ...
        endpoint: The subscriber's ARN or address.
        subscription_arn: The subscription.
        topic_arn: The topic.
        raw: Whether the subscriber wants the message without its envelope.
        message_id: Its id; the same for all subscribers.
        message: Its text.
        subject: Its subject, if it has one.
        attributes: Type and value of each attribute, by name.
        group_id: Message group, of FIFO topics.
        deduplication_id: Deduplication id, of FIFO topics.
    """

    protocol: str
    endpoint: str
    subscription_arn: str
    topic_arn: str
    raw: bool
    message_id: str
    message: str
    subject: str | None
    attributes: Mapping[str, Mapping[str, str]]
    group_id: str | None
    deduplication_id: str | None


def taken_out(backend: MotoObject) -> list[Notification]:
    """What *backend*, moto's SNS, would have sent since it was last asked."""
    sent: list[Notification] = getattr(backend, _OUTBOX, [])
    setattr(backend, _OUTBOX, [])
    return sent


@instead_of(Subscription, "publish")
def publish(
    _original: Callable[..., None],
    subscription: MotoObject,
    message: str,
    message_id: str,
    subject: str | None = None,
    message_attributes: Mapping[str, Any] | None = None,
    group_id: str | None = None,
    deduplication_id: str | None = None,
    message_structure: str | None = None,
) -> None:
    """Note a message for later, if the subscription's filter policy lets it pass."""
    matcher = subscription._filter_policy_matcher  # noqa: SLF001  moto has no public way to it
    if matcher is not None and not matcher.matches(message_attributes, message):
        return
    if message_structure == "json":
        message = subscription._parse_message_structure(message, subscription.protocol)  # noqa: SLF001
    backend = subscription.topic.sns_backend
    sent = getattr(backend, _OUTBOX, [])
    sent.append(
        Notification(
            subscription.protocol,
            subscription.endpoint,
            subscription.arn,
            subscription.topic.arn,
            str(subscription.attributes.get("RawMessageDelivery")).lower() == "true",
            message_id,
            message,
            subject,
            message_attributes or {},
            group_id,
            deduplication_id,
        )
    )
    setattr(backend, _OUTBOX, sent)
