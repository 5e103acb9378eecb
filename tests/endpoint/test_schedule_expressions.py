"""Schedules as AWS writes them, against dates worked out by hand from a calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from labkit.endpoint.schedule_expressions import BadSchedule, parsed

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


def _after(text: str, start: str, zone: ZoneInfo = UTC_ZONE, times: int = 1) -> list[str]:
    instant_s, found = datetime.fromisoformat(start).replace(tzinfo=zone).timestamp(), []
    for _ in range(times):
        due_s = parsed(text).after(instant_s, 0, zone)
        if due_s is None:
            return [*found, "never"]
        instant_s = due_s
        found.append(f"{datetime.fromtimestamp(due_s, zone):%Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("cron(0 10 * * ? *)", "2026-01-05 10:00", "2026-01-06 10:00"),
        ("cron(0/15 * * * ? *)", "2026-01-05 10:01", "2026-01-05 10:15"),
        ("cron(15,45 8-9 * * ? *)", "2026-01-05 09:45", "2026-01-06 08:15"),
        ("cron(0 18 ? * MON-FRI *)", "2026-01-09 18:00", "2026-01-12 18:00"),
        ("cron(0 18 ? * 2-6 *)", "2026-01-09 18:00", "2026-01-12 18:00"),
        ("cron(0 8 1 * ? *)", "2026-01-01 08:00", "2026-02-01 08:00"),
        ("cron(0 0 L * ? *)", "2026-02-01 00:00", "2026-02-28 00:00"),
        ("cron(0 0 29 FEB ? *)", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("cron(0 0 3W * ? *)", "2026-01-01 00:00", "2026-01-02 00:00"),  # the 3rd is a Saturday
        ("cron(0 0 1W * ? *)", "2026-07-31 12:00", "2026-08-03 00:00"),  # 1 August is a Saturday
        ("cron(0 0 31W * ? *)", "2026-05-30 00:00", "2026-07-31 00:00"),  # 31 May is a Sunday
        ("cron(0 0 ? * 6#3 *)", "2026-01-01 00:00", "2026-01-16 00:00"),
        ("cron(0 0 ? * 6L *)", "2026-01-01 00:00", "2026-01-30 00:00"),
        ("cron(0 0 ? * FRI-MON *)", "2026-01-05 00:00", "2026-01-09 00:00"),
        ("cron(0 0 1 1 ? 2025)", "2026-01-01 00:00", "never"),
        ("rate(1 hour)", "1970-01-01 02:30", "1970-01-01 03:00"),
        ("rate(7 days)", "1970-01-08 00:00", "1970-01-15 00:00"),
    ],
)
def test_a_schedule_is_next_due(text, start, expected):
    assert [expected] == _after(text, start)


def test_the_31st_without_a_weekday_near_it_in_its_month_moves_back():
    assert ["2026-05-29 00:00"] == _after("cron(0 0 31W * ? *)", "2026-05-01 00:00")


def test_an_hour_that_clocks_skip_is_skipped():
    found = _after("cron(30 2 * * ? *)", "2026-03-28 00:00", BERLIN, times=2)
    assert ["2026-03-28 02:30", "2026-03-30 02:30"] == found
    assert datetime(2026, 3, 28, 1, 30, tzinfo=UTC).timestamp() == parsed(
        "cron(30 2 * * ? *)"
    ).after(datetime(2026, 3, 28, tzinfo=UTC).timestamp(), 0, BERLIN)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 10 * * *", "neither rate(...) nor cron(...)"),
        ("cron(0 10 * * *)", "six fields"),
        ("cron(0 10 * * * *)", "has to be ?"),
        ("cron(0 10 ? * ? *)", "has to be ?"),
        ("cron(60 10 * * ? *)", "'60' in minutes"),
        ("cron(0 10 * * ? 1969)", "'1969' in year"),
        ("cron(0 17-8 * * ? *)", "runs backwards"),
        ("cron(0 10 ? * MONDAY *)", "'MONDAY' in day-of-week"),
        ("rate(1 minutes)", "singular"),
        ("rate(5 minute)", "singular"),
        ("rate(0 minutes)", "at least 1"),
        ("rate(5 seconds)", "neither"),
    ],
)
def test_an_expression_that_is_no_schedule_says_why(text, words):
    with pytest.raises(BadSchedule, match=re.escape(words)):
        parsed(text)
