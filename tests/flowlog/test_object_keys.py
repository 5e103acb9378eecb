"""Object keys in S3, against the examples of the user guide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labkit.flowlog import ObjectKeys
from labkit.flowlog.object_keys import slot_start

AT_1620 = 1529511600  # 2018-06-20 16:20:00 UTC
KEYS = ObjectKeys("123456789012", "us-east-1", "fl-1234abcd", prefix="my-logs")
FILE = "123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz"
HIVE = "aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1"


@pytest.mark.parametrize(
    ("keys", "folder"),
    [
        (KEYS, "my-logs/AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/"),
        (
            replace(KEYS, per_hour=True),
            "my-logs/AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/16/",
        ),
        (replace(KEYS, hive=True), f"my-logs/AWSLogs/{HIVE}/year=2018/month=06/day=20/"),
        (
            replace(KEYS, hive=True, per_hour=True),
            f"my-logs/AWSLogs/{HIVE}/year=2018/month=06/day=20/hour=16/",
        ),
        (
            replace(KEYS, prefix=""),
            "AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/",
        ),
        (
            replace(KEYS, prefix="/a/b/"),
            "a/b/AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/",
        ),
    ],
)
def test_a_file_lands_in_the_documented_folder(keys: ObjectKeys, folder: str):
    assert folder + FILE == keys.key(AT_1620, "fe123456")


@pytest.mark.parametrize("second", [0, 1, 299])
def test_records_of_one_slot_share_a_name(second: int):
    assert KEYS.file_name(AT_1620 + second, "fe123456") == FILE


def test_the_next_slot_begins_after_five_minutes():
    assert slot_start(AT_1620 + 300) == AT_1620 + 300
    assert slot_start(AT_1620 - 1) == AT_1620 - 300
