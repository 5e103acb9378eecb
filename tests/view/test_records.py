from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from labkit.errors import NameNotFound
from labkit.view.records import record_table
from labkit.view.theme import Tone

if TYPE_CHECKING:
    from labkit.network.topology import Topology
    from labkit.view.records import RecordTable

RECORDS = pd.DataFrame(
    {
        "version": [2, 2, 2],
        "interface-id": ["eni-0aaa", "eni-0bbb", "eni-0bbb"],
        "srcaddr": ["10.1.1.10", "10.1.1.10", None],
        "dstaddr": ["10.2.1.10", "10.2.1.10", None],
        "protocol": [1, 1, None],
        "packets": [4, 4, None],
        "start": [1_767_614_400, 1_767_614_400, 1_767_614_460],
        "action": ["ACCEPT", "REJECT", None],
        "log-status": ["OK", "OK", "NODATA"],
    }
)


def column(table: RecordTable, heading: str) -> list[str]:
    index = table.grid.headings.index(heading)
    return [line.cells[index] for line in table.grid.lines]


def test_actions_carry_a_symbol_beside_their_word() -> None:
    table = record_table(RECORDS)
    assert column(table, "action") == ["✓ ACCEPT", "✗ REJECT", "-"]
    assert [line.tone for line in table.grid.lines] == [None, Tone.BAD, Tone.QUIET]


def test_interfaces_get_names_and_traffic_a_direction(healthy: Topology) -> None:
    table = record_table(RECORDS, healthy)
    assert column(table, "interface-id") == [
        "app-a (eni-0aaa)",
        "app-b (eni-0bbb)",
        "app-b (eni-0bbb)",
    ]
    assert column(table, "direction") == ["→ out", "← in", "-"]


def test_whole_numbers_stay_whole_beside_missing_ones() -> None:
    table = record_table(RECORDS)
    assert column(table, "packets") == ["4", "4", "-"]
    assert column(table, "protocol") == ["ICMP", "ICMP", "-"]


def test_times_are_written_out_in_utc() -> None:
    two_days = RECORDS.assign(start=[1_767_614_400, 1_767_614_400, 1_767_700_860])
    assert column(record_table(two_days), "start")[2] == "2026-01-06 12:01:00"


def test_a_day_that_all_share_is_named_once() -> None:
    table = record_table(RECORDS)
    assert column(table, "start")[2] == "12:01:00"
    assert "3 flow records of 2026-01-05, UTC" in table.grid.caption


def test_the_spelling_of_logs_insights_is_understood(healthy: Topology) -> None:
    insights = pd.DataFrame(
        {
            "interfaceId": ["eni-0bbb"],
            "srcAddr": ["10.1.1.10"],
            "dstAddr": ["10.2.1.10"],
            "action": ["REJECT"],
        }
    )
    table = record_table(insights, healthy)
    assert table.grid.lines[0].cells == (
        "app-b (eni-0bbb)",
        "← in",
        "10.1.1.10",
        "10.2.1.10",
        "✗ REJECT",
    )


def test_its_length_is_that_of_all_records() -> None:
    assert len(record_table(RECORDS, max_rows=2)) == 3


def test_the_last_ones_are_shown_and_what_is_not_is_said() -> None:
    table = record_table(RECORDS, max_rows=2)
    assert column(table, "action") == ["✗ REJECT", "-"]
    assert (
        table.grid.caption == "The last 2 of 3 flow records of 2026-01-05, UTC; not shown: version"
    )


def test_columns_can_be_chosen_and_must_exist() -> None:
    assert record_table(RECORDS, columns=["version", "action"]).grid.headings == (
        "version",
        "action",
    )
    with pytest.raises(NameNotFound, match="'tcp-flags'"):
        record_table(RECORDS, columns=["tcp-flags"])


def test_no_records_make_an_empty_table() -> None:
    assert record_table(RECORDS.iloc[:0]).grid.lines == ()
    assert repr(record_table(pd.DataFrame())).startswith("No flow records")


def test_the_html_is_the_same_every_time(healthy: Topology) -> None:
    first, second = (record_table(RECORDS, healthy)._repr_html_() for _ in range(2))
    assert first == second
    assert "✗ REJECT" in first
