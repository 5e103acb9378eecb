"""Where flow logs write: log groups of CloudWatch Logs, and buckets."""

from __future__ import annotations

import gzip
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from labkit.endpoint.operations import AwsError
from labkit.flowlog import LogFormat
from labkit.flowlog.object_keys import ObjectKeys, slot_start
from labkit.units import MILLISECONDS_PER_SECOND, ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.flow_logs import FlowLogConfig
    from labkit.endpoint.ledger import Batch, Line
    from labkit.endpoint.log_store import LogStore

_ARN_PREFIX: Final = "arn:aws:s3:::"


def write_to_log_group(
    store: LogStore, config: FlowLogConfig, batches: Sequence[Batch], now_s: float
) -> None:
    """
    Write lines to the streams of their interfaces; an event's time is its record's start.

    Args:
        store: The log events there are.
        config: The flow log.
        batches: What to write.
        now_s: When batches arrive that do not say so themselves [Unix s].
    """
    for batch in batches:
        arrives_s = now_s if batch.delivered_s is None else batch.delivered_s
        by_stream: dict[str, list[Line]] = {}
        for line in batch.lines:
            by_stream.setdefault(line.stream, []).append(line)
        for stream, lines in by_stream.items():
            events = [(line.start_s * MILLISECONDS_PER_SECOND, line.text) for line in lines]
            # Records arrive after what they tell of, also when a command's seconds are simulated.
            arrives_ms = max(ms(arrives_s), ms(max(line.end_s for line in lines)) + 1)
            store.write(config.region, config.log_group_name or "", stream, events, arrives_ms)


def write_to_s3(aws: EmbeddedAws, config: FlowLogConfig, batches: Sequence[Batch]) -> bool:
    """
    Write one file for each batch and five-minute slot; False if the bucket refused one.

    Args:
        aws: The application whose buckets are written to.
        config: The flow log.
        batches: What to write.
    """
    bucket, _, prefix = (config.bucket_arn or "").removeprefix(_ARN_PREFIX).partition("/")
    keys = ObjectKeys(
        config.account_id,
        config.region,
        config.flow_log_id,
        prefix,
        hive=config.hive_compatible,
        per_hour=config.per_hour,
    )
    header = LogFormat.parse(config.log_format).header
    for end_s, lines in (slot for batch in batches for slot in _slots(batch)):
        content = "".join(f"{text}\n" for text in (header, *(line.text for line in lines))).encode()
        unique = blake2b(content, digest_size=4).hexdigest()
        body = gzip.compress(content, mtime=0)
        try:
            aws.invoke("s3", "PutObject", Bucket=bucket, Key=keys.key(end_s, unique), Body=body)
        except AwsError:
            return False
    return True


def _slots(batch: Batch) -> list[tuple[int, list[Line]]]:
    """The lines of each five-minute slot, with a time in it [Unix s]."""
    slots: dict[int, list[Line]] = {}
    for line in batch.lines:
        slots.setdefault(slot_start(line.end_s), []).append(line)
    return sorted(slots.items())
