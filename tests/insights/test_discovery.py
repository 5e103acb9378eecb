"""Fields found in messages: the same, one at a time, as a query shows of all."""

from __future__ import annotations

import pytest

from labkit.insights.engine import group_fields, record, run
from labkit.insights.events import LogEvents

NINES = "9" * 9999


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ('{"a": 12.50}', "12.5"),
        ('{"a": 1E5}', "100000.0"),
        ('{"a": 1e999}', "1e999"),
        ('{"a": -0}', "0"),
        (f'{{"a": {NINES}}}', NINES),
        ('{"a": true}', "1"),
        ('{"a":' * 9999 + "1" + "}" * 9999, None),
        ('{"a": [}', None),
    ],
)
def test_a_record_has_the_value_that_a_query_shows(message: str, found: str | None):
    group = LogEvents("/g", "123456789012")
    [pointer] = group.append("s", [1], [message], ingestion_ms=1)
    [row] = run("fields a", [group], start_ms=0, end_ms=9, now_ms=9).rows
    assert dict(row).get("a") == found
    assert record([group], pointer).get("a") == found
    names = [field["name"] for field in group_fields(group, 0, 9)]
    assert ("a" in names) is (found is not None)
