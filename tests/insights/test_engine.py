"""Queries with known answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labkit.insights.engine import check, run
from labkit.insights.errors import QueryError
from labkit.insights.events import LogEvents

if TYPE_CHECKING:
    from labkit.insights.result import Result

NEWEST = "2023-11-14 22:15:20.000"


def answer(query: str, *groups: LogEvents) -> Result:
    return run(query, groups, start_ms=0, end_ms=2_000_000_000_000, now_ms=0)


def test_the_mission_query_counts_rejections_by_source(flows: LogEvents):
    result = answer(
        'filter action="REJECT"\n| stats count(*) as numRejections by srcAddr\n'
        "| sort numRejections desc\n| limit 10",
        flows,
    )
    assert result.columns == ("srcAddr", "numRejections")
    assert result.rows == [
        [("srcAddr", "10.1.0.4"), ("numRejections", "1")],
        [("srcAddr", "10.1.0.5"), ("numRejections", "1")],
    ]
    assert result.statistics["recordsMatched"] == 2.0
    assert result.statistics["recordsScanned"] == 6.0


def test_rows_without_fields_show_time_message_and_pointer_newest_first(flows: LogEvents):
    result = answer("limit 2", flows)
    assert result.columns == ("@timestamp", "@message", "@ptr")
    assert result.rows[0][0] == ("@timestamp", NEWEST)
    assert [dict(row)["@timestamp"] for row in result.rows] == [NEWEST, "2023-11-14 22:14:22.000"]


def test_absent_cells_are_left_out(flows: LogEvents):
    [row, *_] = answer("fields srcaddr, action | sort @timestamp", flows).rows
    assert [name for name, _ in row] == ["action", "@ptr"]


def test_grouping_by_an_absent_field_gives_one_group(flows: LogEvents):
    assert answer("stats count(*) by srcaddr", flows).rows == [[("count(*)", "6")]]


def test_the_time_range_includes_both_ends(flows: LogEvents):
    result = run("stats count(*)", [flows], start_ms=1_700_000_001_000, end_ms=1_700_000_060_000,
                 now_ms=0)  # fmt: skip
    assert result.rows == [[("count(*)", "2")]]
    assert result.statistics["recordsScanned"] == 2.0


def test_counting_no_rows_gives_zero(flows: LogEvents):
    result = answer("filter bytes > 1000000 | stats count(*)", flows)
    assert result.rows == [[("count(*)", "0")]]


def test_a_dash_is_no_small_number(flows: LogEvents):
    assert answer("filter bytes < 100 | fields bytes | display bytes", flows).rows[0][0] == (
        "bytes",
        "60",
    )
    assert len(answer("filter bytes < 100", flows).rows) == 1


def test_dashes_stay_visible(flows: LogEvents):
    rows = answer("filter logStatus = 'NODATA' | display bytes, srcAddr, action", flows).rows
    assert rows[0][:3] == [("bytes", "-"), ("srcAddr", "-"), ("action", "-")]


def test_keys_come_before_aggregates_under_the_names_written(flows: LogEvents):
    result = answer("stats avg(bytes), MAX( bytes ) by dstAddr, bin(1m)", flows)
    assert result.columns == ("dstAddr", "bin(1m)", "avg(bytes)", "MAX( bytes )")


def test_bins_come_newest_first(flows: LogEvents):
    rows = answer("stats count(*) as n by bin(1m) as t", flows).rows
    assert [dict(row)["t"] for row in rows] == [
        "2023-11-14 22:15:00.000",
        "2023-11-14 22:14:00.000",
        "2023-11-14 22:13:00.000",
    ]


def test_several_groups_are_one_sea_of_events(flows: LogEvents):
    other = LogEvents(name="/other", account_id="123456789012")
    other.append("s", [1_700_000_000_500], ["hello"], ingestion_ms=1_700_000_001_000)
    rows = answer("stats count(*) as n by @log | sort n desc", flows, other).rows
    assert rows == [
        [("@log", "123456789012:/flows"), ("n", "6")],
        [("@log", "123456789012:/other"), ("n", "1")],
    ]


def test_a_filter_after_stats_sees_its_results(flows: LogEvents):
    rows = answer("stats sum(bytes) as b by dstAddr | filter b > 1000", flows).rows
    assert rows == [[("dstAddr", "10.2.0.10"), ("b", "4096")]]


def test_check_accepts_what_runs():
    assert check("fields @message | limit 1") is None


def test_check_refuses_what_does_not():
    with pytest.raises(QueryError):
        check("fields @message | limit")
