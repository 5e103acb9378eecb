"""Where flow logs land in S3: object keys, one five-minute slot to a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.units import SECONDS_PER_MINUTE, utc

if TYPE_CHECKING:
    from datetime import datetime

SLOT_S: Final = 5 * SECONDS_PER_MINUTE


def slot_start(end_s: int) -> int:
    """
    First second of the five-minute slot whose file holds a record that ended then.

    >>> slot_start(1529511899) == slot_start(1529511600) == 1529511600
    True
    """
    return end_s // SLOT_S * SLOT_S


@dataclass(frozen=True, slots=True)
class ObjectKeys:
    """
    Names of the files one flow log writes to a bucket.

    Args:
        account_id: Owner of the flow log.
        region: Region of the flow log.
        flow_log_id: Such as ``fl-1234abcd``.
        prefix: Folder in the bucket that the destination names; may be empty.
        hive: ``HiveCompatiblePartitions``: folders that say what they hold.
        per_hour: ``PerHourPartition``: a folder for every hour instead of every day.

    Source:
        Amazon VPC User Guide, "Publish flow logs to Amazon S3", Flow log files.

    >>> keys = ObjectKeys("123456789012", "us-east-1", "fl-1234abcd")
    >>> keys.file_name(1529511600, "fe123456")
    '123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz'
    >>> keys.folder(1529511600)
    'AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/'
    """

    account_id: str
    region: str
    flow_log_id: str
    prefix: str = ""
    hive: bool = False
    per_hour: bool = False

    def key(self, end_s: int, unique: str) -> str:
        """
        The whole object key of a file.

        Args:
            end_s: ``end`` of any record in it, Unix time [s].
            unique: What tells files of one slot apart, such as a digest of the content.
        """
        return self.folder(end_s) + self.file_name(end_s, unique)

    def folder(self, end_s: int) -> str:
        """The part of the key before the file's name, with its final slash."""
        parts = [("aws-account-id", self.account_id), ("aws-service", "vpcflowlogs")]
        parts += [("aws-region", self.region), *self._partitions(utc(slot_start(end_s)))]
        named = [f"{name}={value}" if self.hive else value for name, value in parts]
        above = [self.prefix.strip("/")] if self.prefix.strip("/") else []
        return "/".join([*above, "AWSLogs", *named, ""])

    def file_name(self, end_s: int, unique: str) -> str:
        """The last part of the key; its time is the start of the slot."""
        slot = utc(slot_start(end_s)).strftime("%Y%m%dT%H%MZ")
        owner = f"{self.account_id}_vpcflowlogs_{self.region}_{self.flow_log_id}"
        return f"{owner}_{slot}_{unique}.log.gz"

    def _partitions(self, slot: datetime) -> list[tuple[str, str]]:
        codes = [("year", "%Y"), ("month", "%m"), ("day", "%d"), ("hour", "%H")]
        chosen = codes if self.per_hour else codes[:-1]
        return [(name, slot.strftime(code)) for name, code in chosen]
