"""
Sample flow logs: traffic that was recorded earlier, put into a log group of its own.

They lie in ``data/samples``: a ``.log`` file of default-format lines, a
``.labels.csv`` file that says what each line belongs to, and a ``.yaml`` file
with the story. Their times move with the clock, so that a
sample always begins now: Logs Insights sees no events from before their log
group was made, and PutLogEvents takes none from more than two hours ahead.

Source: CloudWatch Logs User Guide, "Analyzing log data with CloudWatch Logs
Insights"; CloudWatch Logs API Reference, PutLogEvents.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import NameNotFound
from labkit.flowlog import FlowRecord
from labkit.lab.tags import LAB_TAG
from labkit.units import MILLISECONDS_PER_SECOND
from labkit.workbook import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from labkit.lab import CloudLab

# What PutLogEvents takes at once.
_BATCH: Final = 10_000
_RETENTION_DAYS: Final = 1


@dataclass(frozen=True, slots=True)
class Sample:
    """
    A sample in a log group.

    Args:
        name: For example ``two-offices``.
        log_group: Where its records are.
        records: How many there are.
        start: Unix time of the first record [s].
        end: Unix time of the last [s].
        hosts: Address of each host by its name.
        changes: When the network was changed [Unix s], and what was done.
        messages: Every record as a line, in the order of time.
        labels: What each of them belongs to, for example ``scan``.
    """

    name: str
    log_group: str
    records: int
    start: int
    end: int
    hosts: Mapping[str, str]
    changes: tuple[tuple[int, str], ...]
    messages: tuple[str, ...]
    labels: tuple[str, ...]

    def labelled(self) -> pd.DataFrame:
        """The records with their labels: ``start`` in UTC, ``message`` and ``label``."""
        import pandas as pd  # noqa: PLC0415  heavy, and only needed here

        starts = [FlowRecord.from_line(message).start or 0 for message in self.messages]
        columns = {"message": self.messages, "label": self.labels}
        return pd.DataFrame({"start": pd.to_datetime(starts, unit="s", utc=True)} | columns)

    def __repr__(self) -> str:
        minutes = (self.end - self.start) / 60
        return f"{self.records} flow records of {minutes:.0f} minutes in {self.log_group}"


def load(lab: CloudLab, name: str) -> Sample:
    """
    Put a sample into the log group ``/<lab>/samples/<name>``, in place of what is there.

    Raises:
        NameNotFound: There is no such sample; lists those there are.
    """
    lines = _path(name).read_text(encoding="utf-8").splitlines()
    records = [FlowRecord.from_line(line) for line in lines]
    group = f"/{lab.name}/samples/{name}"
    _renew_group(lab, group)
    first = min(record.start or 0 for record in records)
    # Whole minutes, so that windows of a minute stay windows of a minute.
    shift = ceil((lab.clock.now() - first) / 60) * 60
    moved = [_moved(record, shift) for record in records]
    _put(lab.logs, group, moved)
    return _sample(name, group, moved, shift)


def labelled(name: str) -> list[tuple[FlowRecord, str]]:
    """
    The records of a sample as they were recorded, each with what it belongs to.

    Raises:
        NameNotFound: There is no such sample; lists those there are.
    """
    lines = _path(name).read_text(encoding="utf-8").splitlines()
    return list(zip(map(FlowRecord.from_line, lines), _labels(name), strict=True))


def _path(name: str) -> Path:
    folder = data_folder() / "samples"
    names = sorted(path.stem for path in folder.glob("*.log"))
    if name not in names:
        raise NameNotFound("sample", name, names)
    return folder / f"{name}.log"


def _moved(record: FlowRecord, shift: int) -> FlowRecord:
    return replace(record, start=(record.start or 0) + shift, end=(record.end or 0) + shift)


def _renew_group(lab: CloudLab, group: str) -> None:
    with suppress(lab.logs.exceptions.ResourceNotFoundException):
        lab.logs.delete_log_group(logGroupName=group)
    lab.logs.create_log_group(logGroupName=group, tags={LAB_TAG: lab.name})
    lab.logs.put_retention_policy(logGroupName=group, retentionInDays=_RETENTION_DAYS)


def _put(logs: Any, group: str, records: Iterable[FlowRecord]) -> None:  # noqa: ANN401  boto3 clients carry no type
    """Each interface has a stream, as flow logs write them."""
    streams: dict[str, list[FlowRecord]] = defaultdict(list)
    for record in records:
        streams[f"{record.interface_id}-all"].append(record)
    for stream, own in sorted(streams.items()):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [
            {"timestamp": (each.start or 0) * MILLISECONDS_PER_SECOND, "message": each.to_line()}
            for each in own
        ]
        for first in range(0, len(events), _BATCH):
            logs.put_log_events(
                logGroupName=group, logStreamName=stream, logEvents=events[first : first + _BATCH]
            )


def _sample(name: str, group: str, records: list[FlowRecord], shift: int) -> Sample:
    import yaml  # noqa: PLC0415  only needed here

    story = yaml.safe_load(_path(name).with_suffix(".yaml").read_text(encoding="utf-8"))
    return Sample(
        name=name,
        log_group=group,
        records=len(records),
        start=min(record.start or 0 for record in records),
        end=max(record.end or 0 for record in records),
        hosts=story["hosts"],
        changes=tuple((change["at"] + shift, change["what"]) for change in story["changes"]),
        messages=tuple(record.to_line() for record in records),
        labels=_labels(name),
    )


def _labels(name: str) -> tuple[str, ...]:
    with _path(name).with_suffix(".labels.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["label"] for row in csv.DictReader(file))
