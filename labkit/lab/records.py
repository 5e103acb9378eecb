"""Flow records out of a log group, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.errors import StepOutOfOrder
from labkit.flowlog import DEFAULT_FORMAT, FlowRecord, LogFormat
from labkit.flowlog.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from labkit.lab.tags import Tags

# AWS delivers to CloudWatch Logs about five minutes after an interval has closed.
DELIVERY_S: Final = 300
_MARGIN_S: Final = 30


def format_of(ec2: Any, log_group: str) -> LogFormat:  # noqa: ANN401  boto3 clients carry no type
    """
    The format of the flow logs that write to a log group.

    Raises:
        StepOutOfOrder: No flow log writes there.
    """
    found = ec2.describe_flow_logs(Filter=[{"Name": "log-group-name", "Values": [log_group]}])
    if not found["FlowLogs"]:
        raise StepOutOfOrder(
            f"No flow log writes to the log group {log_group!r}. "
            'Switch them on first: lab.build("flow_logs").'
        )
    return LogFormat.parse(found["FlowLogs"][0]["LogFormat"])


def format_in(ec2: Any, logs: Any, log_group: str) -> LogFormat:  # noqa: ANN401  boto3 clients carry no type
    """
    The format of the records in a log group, also after the flow logs that wrote it are gone.

    Raises:
        StepOutOfOrder: No flow log writes there, and what is there is not in the default format.
    """
    try:
        return format_of(ec2, log_group)
    except StepOutOfOrder:
        fields = len(DEFAULT_FORMAT.fields)
        events = _events(logs, log_group)
        if not events or any(len(each["message"].split()) != fields for each in events):
            raise
        return DEFAULT_FORMAT


def longest_delay_s(ec2: Any, tags: Tags) -> float:  # noqa: ANN401  boto3 clients carry no type
    """
    How long a packet takes at most to show in the log group [s].

    Raises:
        StepOutOfOrder: The lab has no flow log to wait for.
    """
    flow_logs = tags.resources(ec2, "vpc-flow-log")
    if not flow_logs:
        raise StepOutOfOrder(
            "This lab has no flow log, so there is nothing to wait for. "
            'Switch them on first: lab.build("flow_logs").'
        )
    interval_s: int = max(flow_log["MaxAggregationInterval"] for flow_log in flow_logs)
    return interval_s + DELIVERY_S + _MARGIN_S


def read(
    logs: Any,  # noqa: ANN401  boto3 clients carry no type
    log_group: str,
    log_format: LogFormat = DEFAULT_FORMAT,
    *,
    arrivals: bool = False,
) -> pd.DataFrame:
    """
    Every record of a log group, in the order of start, interface and direction.

    A log group that does not exist yet holds no records: AWS creates it with
    the first traffic.

    Args:
        logs: A boto3 CloudWatch Logs client.
        log_group: Where to look.
        log_format: The format the records are written in.
        arrivals: Add a column ``@ingestionTime``: when each record reached the group.
    """
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    events = _events(logs, log_group)
    frame = as_table([event["message"] for event in events], log_format)
    if arrivals:
        arrived_ms = [event["ingestionTime"] for event in events]
        frame["@ingestionTime"] = pd.to_datetime(arrived_ms, unit="ms", utc=True)
    by = [name for name in ("start", "interface-id", "srcaddr", "dstaddr") if name in frame]
    return frame.sort_values(by, kind="stable", ignore_index=True) if by else frame


def as_table(lines: Iterable[str], log_format: LogFormat = DEFAULT_FORMAT) -> pd.DataFrame:
    """
    Records as a log group holds them, one row for each line, in the order of the lines.

    Columns carry AWS's field names; ``start`` and ``end`` are UTC times.

    Raises:
        RecordFormatError: A line is no record of this format.
    """
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    rows = [FlowRecord.from_line(line, log_format).to_dict(log_format) for line in lines]
    frame = pd.DataFrame(rows, columns=[each.name for each in log_format.fields])
    # NODATA rows have no numbers; this type holds them beside whole ones.
    whole = [each.name for each in log_format.fields if each.type is FieldType.INTEGER]
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    for column in ("start", "end"):
        if column in frame:
            frame[column] = pd.to_datetime(frame[column], unit="s", utc=True)
    return frame


def _events(logs: Any, log_group: str) -> list[dict[str, Any]]:  # noqa: ANN401  boto3 clients carry no type
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=log_group)
    try:
        return [event for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
