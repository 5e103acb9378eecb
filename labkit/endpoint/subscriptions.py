"""
Subscription filters: what is written to a log group, passed on to a Lambda function in batches.

A batch holds the events of one stream that were written together and match the
filter; it goes off at the instant they arrived.

Source: Amazon CloudWatch Logs User Guide, "Log group-level subscription
filters"; CloudWatch Logs API Reference, "PutSubscriptionFilter".
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from labkit.endpoint.filter_pattern import compiled, refuse_many_regexes
from labkit.endpoint.functions.function import Functions
from labkit.endpoint.functions.permissions import Caller, may_invoke
from labkit.endpoint.functions.reporting import Reports, is_unheard
from labkit.endpoint.invocations import Invocations
from labkit.endpoint.log_groups import invalid, the_group
from labkit.endpoint.log_store import EVENT_OVERHEAD_BYTES, LogStore, event_id, hears_arrivals
from labkit.endpoint.metric_filters import MetricFilters
from labkit.endpoint.operations import AwsError, operation
from labkit.endpoint.paging import first_of, page_of
from labkit.units import MILLISECONDS_PER_SECOND, ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.log_store import Arrival
    from labkit.endpoint.operations import Call, MotoObject

PRINCIPAL: Final = "logs.amazonaws.com"
"""Whom a function's policy has to let in, or the same of its Region."""

MOST_FILTERS: Final = 2
"""How many a log group may have."""

MOST_EVENTS: Final = 10_000
"""How many events a batch holds at most."""

MOST_BYTES: Final = 1024 * 1024
"""How much its messages hold at most, so that any batch is an event Lambda takes."""

_FILTERS_IN_A_PAGE: Final = 50
_SYSTEM_FIELDS: Final = ("@aws.account", "@aws.region")
_CANNOT_INVOKE: Final = (
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to "
    "execute your function."
)


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """One filter of a log group."""

    name: str
    pattern: str
    destination_arn: str
    distribution: str
    created_ms: int

    def described(self, group_name: str) -> dict[str, Any]:
        """The filter as DescribeSubscriptionFilters shows it."""
        return {
            "filterName": self.name,
            "logGroupName": group_name,
            "filterPattern": self.pattern,
            "destinationArn": self.destination_arn,
            "distribution": self.distribution,
            "applyOnTransformedLogs": False,
            "creationTime": self.created_ms,
        }


@hears_arrivals
class Subscriptions:
    """The subscription filters of one application; ``aws.extension(Subscriptions)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._by_group: WeakKeyDictionary[Any, dict[str, SubscriptionFilter]] = WeakKeyDictionary()

    def of(self, group: MotoObject) -> dict[str, SubscriptionFilter]:
        """The filters of a log group by name; they go when it goes."""
        return self._by_group.setdefault(group, {})

    def events_arrived(self, arrival: Arrival) -> None:
        """Pass on what filters of the group match."""
        if not self._by_group or is_unheard():
            return
        group = self._aws.extension(LogStore).group(arrival.region, arrival.group_name)
        for each in self.of(group).values():
            events = [
                {"id": event_id(at_ms, number), "timestamp": at_ms, "message": message}
                for number, (at_ms, message) in enumerate(_numbered(arrival), arrival.first)
                if compiled(each.pattern).matches(message)
            ]
            for batch in _batches(events):
                self._send(arrival, each, batch)

    def _send(
        self, arrival: Arrival, wanted: SubscriptionFilter, events: list[dict[str, Any]]
    ) -> None:
        account_id = self._aws.settings.account_id
        source_arn = _source_arn(arrival.region, account_id, arrival.group_name)
        dimensions = {
            "LogGroupName": arrival.group_name,
            "DestinationType": "Lambda",
            "FilterName": wanted.name,
        }
        content = batch_of(account_id, arrival.group_name, arrival.stream, wanted.name, events)
        reports = self._aws.extension(Reports)
        reports.delivered(arrival.region, dimensions, len(events))
        self._aws.extension(Invocations).send(
            wanted.destination_arn,
            content,
            Caller(PRINCIPAL, source_arn, account_id),
            at_s=arrival.arrived_ms / MILLISECONDS_PER_SECOND,
            undelivered=lambda why: reports.undelivered(arrival.region, dimensions, why),
        )


def batch_of(
    owner: str, group_name: str, stream: str, filter_name: str, events: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """What a function gets: the batch as JSON, compressed, in base64."""
    content = {
        "messageType": "DATA_MESSAGE",
        "owner": owner,
        "logGroup": group_name,
        "logStream": stream,
        "subscriptionFilters": [filter_name],
        "logEvents": list(events),
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    packed = gzip.compress(text.encode("utf-8", "replace"), mtime=0)
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


@operation("logs", "PutSubscriptionFilter")
def put_subscription_filter(call: Call) -> dict[str, Any]:
    """
    Nothing: from now on, what matches is passed on.

    Raises:
        AwsError: The pattern is malformed, the destination is not there or does not let
            CloudWatch Logs in, or the group has as many filters as it may.
    """
    group, params = the_group(call), call.params
    pattern = compiled(params["filterPattern"])
    if params.get("applyOnTransformedLogs") or params.get("fieldSelectionCriteria"):
        raise invalid("Not simulated: transformed logs and selection by fields.")
    if params.get("emitSystemFields"):
        raise invalid(f"Not simulated: emitSystemFields ({', '.join(_SYSTEM_FIELDS)}).")
    _refuse_unreachable(call, group.name)
    filters = call.aws.extension(Subscriptions).of(group)
    name = params["filterName"]
    if name not in filters and len(filters) >= MOST_FILTERS:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")
    beside = [each.pattern for each in filters.values() if each.name != name]
    of_metrics = call.aws.extension(MetricFilters).of(call.region, group.name)
    refuse_many_regexes(pattern, beside + [each.pattern for each in of_metrics])
    now_ms = ms(call.aws.clock.now())
    filters[name] = SubscriptionFilter(
        name,
        params["filterPattern"],
        params["destinationArn"],
        params.get("distribution", "ByLogStream"),
        filters[name].created_ms if name in filters else now_ms,
    )
    return {}


def _refuse_unreachable(call: Call, group_name: str) -> None:
    """
    Refuse a destination that CloudWatch Logs cannot deliver to.

    Raises:
        AwsError: It is not a function, not there, or does not let it in.
    """
    arn = call.params["destinationArn"]
    parts = arn.split(":")
    service = parts[2] if len(parts) > 5 else ""
    if service != "lambda":
        what = {
            "kinesis": "Kinesis streams",
            "firehose": "Firehose streams",
            "logs": "destinations",
        }
        raise invalid(
            f"Not simulated: subscription filters to {what.get(service, arn)}; those to Lambda "
            "functions are."
        )
    if call.params.get("roleArn"):
        raise invalid(
            "destinationArn for vendor lambda cannot be used with roleArn. A function lets "
            "CloudWatch Logs in by its own policy: lambda add-permission."
        )
    function = call.aws.extension(Functions).get(arn)
    source_arn = _source_arn(call.region, call.account_id, group_name)
    caller = Caller(PRINCIPAL, source_arn, call.account_id)
    if function is None or function.region != call.region or not may_invoke(function, caller):
        raise invalid(_CANNOT_INVOKE)


@operation("logs", "DescribeSubscriptionFilters")
def describe_subscription_filters(call: Call) -> dict[str, Any]:
    """A page of a group's filters, by name."""
    group = the_group(call)
    prefix = call.params.get("filterNamePrefix", "")
    found = [
        each.described(group.name)
        for name, each in sorted(call.aws.extension(Subscriptions).of(group).items())
        if name.startswith(prefix)
    ]
    page, token = page_of(found, first_of(call), call.params.get("limit", _FILTERS_IN_A_PAGE))
    return {"subscriptionFilters": page, **token}


@operation("logs", "DeleteSubscriptionFilter")
def delete_subscription_filter(call: Call) -> dict[str, Any]:
    """Nothing: the filter is gone."""
    filters = call.aws.extension(Subscriptions).of(the_group(call))
    if filters.pop(call.params["filterName"], None) is None:
        message = "The specified subscription filter does not exist."
        raise AwsError("ResourceNotFoundException", message)
    return {}


def _source_arn(region: str, account_id: str, group_name: str) -> str:
    """A log group as CloudWatch Logs names it to those it delivers to."""
    return f"arn:aws:logs:{region}:{account_id}:log-group:{group_name}:*"


def _numbered(arrival: Arrival) -> Iterator[tuple[int, str]]:
    return zip(arrival.times_ms, arrival.messages, strict=True)


def _batches(events: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size_bytes = 0
    for event in events:
        size_bytes += len(event["message"]) + EVENT_OVERHEAD_BYTES
        if batch and (len(batch) == MOST_EVENTS or size_bytes > MOST_BYTES):
            yield batch
            batch, size_bytes = [], len(event["message"]) + EVENT_OVERHEAD_BYTES
        batch.append(event)
    if batch:
        yield batch
