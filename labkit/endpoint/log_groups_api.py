"""
Log groups and streams, made and described.

moto keeps them; what it leaves out of the answers, or takes although AWS would not, is here.

Source: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.log_groups import invalid, name_in, the_group
from labkit.endpoint.log_store import LogStore
from labkit.endpoint.metric_filters import MetricFilters
from labkit.endpoint.moto_seam.log_streams import unix_ms
from labkit.endpoint.operations import AwsError, MotoObject, after, before, operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labkit.endpoint.log_store import StreamTimes
    from labkit.endpoint.operations import Call

RETENTIONS_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""For how long a log group may keep its events."""

_IN_A_PAGE: Final = 50
_CLASS: Final = "STANDARD"


@before("logs", "CreateLogGroup")
def refuse_what_is_not_simulated(call: Call) -> None:
    """Refuse a group that would behave otherwise than asked, or whose name is AWS's own."""
    wanted = call.params.get("logGroupClass", _CLASS)
    if wanted != _CLASS:
        raise invalid(f"Not simulated: log groups of class {wanted}; {_CLASS} is.")
    if call.params.get("deletionProtectionEnabled"):
        raise invalid("Not simulated: protection of log groups against deletion.")
    if call.params["logGroupName"].lower().startswith("aws/"):
        raise invalid("Log groups starting with AWS/ are reserved for AWS.")


@before("logs", "PutRetentionPolicy")
def refuse_other_retentions(call: Call) -> None:
    """Refuse a number of days that AWS does not offer."""
    days = call.params["retentionInDays"]
    if days not in RETENTIONS_DAYS:
        raise invalid(
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy "
            f"constraint: Member must satisfy enum value set: {list(RETENTIONS_DAYS)}"
        )


@operation("logs", "CreateLogStream")
def create_log_stream(call: Call) -> dict[str, Any]:
    """Nothing, once the stream is there."""
    if call.params["logStreamName"] in the_group(call).streams:
        message = "The specified log stream already exists"
        raise AwsError("ResourceAlreadyExistsException", message)
    return call.forward()


@after("logs", "DeleteLogStream")
def forget_the_stream(call: Call) -> None:
    """Drop the events of a stream that was deleted."""
    group = the_group(call)
    call.aws.extension(LogStore).forget_stream(group, call.params["logStreamName"])


@operation("logs", "DescribeLogGroups")
def describe_log_groups(call: Call) -> dict[str, Any]:
    """A page of the log groups, by name."""
    names, token = _page(call, sorted(_names_wanted(call)))
    filters = call.aws.extension(MetricFilters).of(call.region)
    counts = Counter(each.group_name for each in filters)
    shown = [_described(call, call.backend.groups[name], counts[name]) for name in names]
    if call.params.get("logGroupNamePattern"):
        kept = ("arn", "creationTime", "logGroupName")
        shown = [{key: group[key] for key in kept} for group in shown]
    return {"logGroups": shown, **token}


def _names_wanted(call: Call) -> Iterable[str]:
    prefix = call.params.get("logGroupNamePrefix")
    pattern = call.params.get("logGroupNamePattern")
    identifiers = call.params.get("logGroupIdentifiers")
    if sum(bool(given) for given in (prefix, pattern, identifiers)) > 1:
        raise invalid(
            "Give one of logGroupNamePrefix, logGroupNamePattern and logGroupIdentifiers at most."
        )
    if call.params.get("logGroupClass", _CLASS) != _CLASS:
        return ()
    names: Iterable[str] = call.backend.groups
    if identifiers:
        wanted = {name_in(call, identifier) for identifier in identifiers}
        return [name for name in names if name in wanted]
    return [name for name in names if name.startswith(prefix or "") and (pattern or "") in name]


def _page(call: Call, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Names from the last page's last one on, and what leads to the next page."""
    token = call.params.get("nextToken")
    first = 0
    if token is not None:
        if token not in names:
            raise invalid("The specified nextToken is invalid.")
        first = names.index(token) + 1
    last = first + call.params.get("limit", _IN_A_PAGE)
    page = names[first:last]
    return page, {"nextToken": page[-1]} if last < len(names) else {}


def _described(call: Call, group: MotoObject, metric_filters: int) -> dict[str, Any]:
    events = call.aws.extension(LogStore).events(group)
    shown = {
        "logGroupName": group.name,
        "creationTime": unix_ms(group.creation_time),
        "metricFilterCount": metric_filters,
        "arn": f"{group.arn}:*",
        "storedBytes": events.facts().bytes,
        "logGroupClass": _CLASS,
        "logGroupArn": group.arn,
    }
    if group.retention_in_days:
        shown["retentionInDays"] = int(group.retention_in_days)
    if group.kms_key_id:
        shown["kmsKeyId"] = group.kms_key_id
    return shown


@operation("logs", "ListLogGroups")
def list_log_groups(call: Call) -> dict[str, Any]:
    """A page of the names, ARNs and classes of the log groups, by name."""
    for given in ("dataSources", "fieldIndexNames", "logGroupTags"):
        if call.params.get(given):
            raise invalid(f"Not simulated: log groups by {given}.")
    pattern = re.compile(call.params.get("logGroupNamePattern", ""))
    of_class = call.params.get("logGroupClass", _CLASS) == _CLASS
    groups = call.backend.groups if of_class else {}
    names, token = _page(call, sorted(name for name in groups if pattern.search(name)))
    shown = [
        {"logGroupName": name, "logGroupArn": groups[name].arn, "logGroupClass": _CLASS}
        for name in names
    ]
    return {"logGroups": shown, **token}


@operation("logs", "GetDataProtectionPolicy")
@operation("logs", "GetTransformer")
def tell_of_the_group_alone(call: Call) -> dict[str, Any]:
    """A group's name: neither a policy nor a transformer can be made here, so it has none."""
    _ = the_group(call)
    return {"logGroupIdentifier": call.params["logGroupIdentifier"]}


@operation("logs", "DescribeLogStreams")
def describe_log_streams(call: Call) -> dict[str, Any]:
    """A page of a group's streams with the times of their events."""
    group = the_group(call)
    prefix = call.params.get("logStreamNamePrefix", "")
    by_time = call.params.get("orderBy", "LogStreamName") == "LastEventTime"
    if by_time and prefix:
        raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
    times = call.aws.extension(LogStore).streams(group)
    names = [name for name in group.streams if name.startswith(prefix)]
    names.sort(
        key=lambda name: (times[name].last_ms if by_time and name in times else 0, name),
        reverse=call.params.get("descending", False),
    )
    page, token = _page(call, names)
    return {"logStreams": [_stream(group, name, times) for name in page], **token}


def _stream(group: MotoObject, name: str, times: Mapping[str, StreamTimes]) -> dict[str, Any]:
    stream = group.streams[name]
    shown = {
        "logStreamName": name,
        "creationTime": unix_ms(stream.creation_time),
        "arn": stream.arn,
        "storedBytes": 0,  # AWS has reported nothing else since 2019.
        "uploadSequenceToken": f"{stream.upload_sequence_token:056d}",
    }
    if name in times:
        first_ms, last_ms, arrived_ms = times[name]
        shown |= {
            "firstEventTimestamp": first_ms,
            "lastEventTimestamp": last_ms,
            "lastIngestionTime": arrived_ms,
        }
    return shown
