"""What we rely on in moto's topics and queues."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws
from moto.sns.models import Subscription, sns_backends
from moto.sqs.models import SQSBackend

from labkit.endpoint.moto_seam.notifications import publish, taken_out

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT, REGION = "123456789012", "us-east-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"


@pytest.fixture
def topic() -> Iterator[Any]:
    with mock_aws():
        yield sns_backends[ACCOUNT][REGION].create_topic("alerts")


def test_a_topic_publishes_to_each_subscription_with_the_arguments_we_take(topic: Any):
    told: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    subscription = Subscription(ACCOUNT, topic, QUEUE, "sqs")
    subscription.publish = lambda *args, **more: told.append((args, more))  # type: ignore[method-assign]
    topic.sns_backend.subscriptions[subscription.arn] = subscription
    message_id = topic.publish("m", subject="s")
    [((message, told_id), more)] = told
    assert (message, told_id) == ("m", message_id)
    assert set(more) <= set(inspect.signature(publish).parameters)


def test_a_subscription_has_what_a_notification_is_made_of(topic: Any):
    subscription: Any = Subscription(ACCOUNT, topic, QUEUE, "sqs")
    assert subscription._filter_policy_matcher is None  # noqa: SLF001
    assert (subscription.protocol, subscription.endpoint) == ("sqs", QUEUE)
    assert subscription.topic.sns_backend is topic.sns_backend
    chosen = subscription._parse_message_structure('{"default": "d", "sqs": "q"}', "sqs")  # noqa: SLF001
    assert chosen == "q"
    publish(lambda: None, subscription, "m", "id-1", subject="s")
    [notification] = taken_out(topic.sns_backend)
    assert (notification.message, notification.topic_arn) == ("m", topic.arn)
    assert taken_out(topic.sns_backend) == []


def test_a_queue_that_is_not_waited_for_answers_at_once_and_takes_no_time():
    queues = SQSBackend(REGION, ACCOUNT)
    queues.create_queue("q", {})
    assert queues.receive_message("q", 1, 0, 30) == []
