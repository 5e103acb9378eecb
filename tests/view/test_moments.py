from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pytest

from labkit.view.moments import Past

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.topology import Topology
    from labkit.network.walk import Walk

NOON = 1_767_614_400


class Moment(NamedTuple):
    at: float
    what: str
    topology: Topology
    walk: Walk | None = None


@pytest.fixture
def past(healthy: Topology, send: Callable[..., Walk]) -> Past:
    """A change at noon, a ping ten seconds later, and its records, delivered after five minutes."""
    rows = [
        (NOON + 10, "eni-0aaa", "10.1.1.10", "10.2.1.10", "ACCEPT", NOON + 370),
        (NOON + 10, "eni-0bbb", "10.1.1.10", "10.2.1.10", "REJECT", NOON + 375),
        (NOON, "eni-0bbb", None, None, None, NOON + 360),
    ]
    names = ["start", "interface-id", "srcaddr", "dstaddr", "action", "@ingestionTime"]
    records = pd.DataFrame(rows, columns=names)
    for name in ("start", "@ingestionTime"):
        records[name] = pd.to_datetime(records[name], unit="s", utc=True)
    moments = [
        Moment(NOON, "CreateRoute", healthy),
        Moment(NOON + 10, "app-a pings app-b", healthy, send(healthy)),
    ]
    return Past(records, moments)


def after(past: Past, seconds: int) -> str:
    return past.at(pd.Timestamp(NOON + seconds, unit="s", tz="UTC")).sentence


def test_only_what_changes_something_is_an_instant(past: Past) -> None:
    seconds = [round(when.timestamp()) - NOON for when in past.instants()]
    assert seconds == [0, 10, 370, 375]


def test_a_record_is_under_way_until_it_is_in_the_log(past: Past) -> None:
    assert after(past, 0) == (
        "12:00:00 UTC: 0 records in the log, 0 records under way; last, at 12:00:00: CreateRoute."
    )
    assert "0 records in the log, 2 records under way" in after(past, 10)
    assert "1 record in the log, 1 record under way" in after(past, 370)
    assert "2 records in the log, 0 records under way" in after(past, 375)


def test_the_table_says_where_each_record_is(past: Past) -> None:
    grid = past.at(past.instants()[2]).grid
    assert [(line.cells[0], line.cells[-1]) for line in grid.lines] == [
        ("◌ under way", "✗ REJECT"),
        ("✓ in the log", "✓ ACCEPT"),
    ]


def test_the_picture_is_that_of_the_last_thing_that_happened(past: Past) -> None:
    before, ping = (past.at(when).picture for when in past.instants()[:2])
    assert before is not None
    assert ping is not None
    assert "Answered" not in repr(before)
    assert "Answered: app-b" in repr(ping)


def test_before_everything_there_is_nothing(past: Past) -> None:
    instant = past.at(pd.Timestamp(NOON - 1, unit="s", tz="UTC"))
    assert repr(instant) == "11:59:59 UTC: 0 records in the log, 0 records under way."
    assert instant.picture is None
