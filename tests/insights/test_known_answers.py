"""Queries whose answers were worked out by hand from AWS's pages, file by file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from labkit.insights.engine import run
from labkit.insights.errors import QueryError
from labkit.insights.events import LogEvents

FOLDER = Path(__file__).resolve().parent.parent / "cases" / "queries"
FILES = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))}
CASES = [(name, case) for name, file in FILES.items() for case in file.get("cases", [])]
VALUES = [
    (name, expression, value)
    for name, file in FILES.items()
    for expression, value in file.get("values", {}).items()
]
INGESTED_MS = 1_709_258_500_000
FOREVER_MS = 4_000_000_000_000
GROUPS: dict[str, LogEvents] = {}


def group_of(name: str) -> LogEvents:
    """The events of a file as a log group, made once."""
    if name not in GROUPS:
        GROUPS[name] = group = LogEvents(name="/case", account_id="123456789012")
        for event in FILES[name]["events"]:
            moment_ms = round(event["at"] * 1000)
            group.append(event.get("stream", "s"), [moment_ms], [event["message"]], INGESTED_MS)
    return GROUPS[name]


def answer(name: str, query: str) -> Any:
    return run(query, [group_of(name)], start_ms=0, end_ms=FOREVER_MS, now_ms=FOREVER_MS)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[case["query"][:60] for _, case in CASES])
def test_a_query_has_its_known_answer(name: str, case: dict[str, Any]):
    if "error" in case:
        with pytest.raises(QueryError) as refused:
            answer(name, case["query"])
        assert case["error"] == type(refused.value).__name__
        return
    result = answer(name, case["query"])
    rows = [{key: cell for key, cell in row if key != "@ptr"} for row in result.rows]
    assert case["rows"] == (len(rows) if isinstance(case["rows"], int) else rows)
    if "columns" in case:
        assert tuple(case["columns"]) == result.columns


@pytest.mark.parametrize(
    ("name", "expression", "value"), VALUES, ids=[each[1][:60] for each in VALUES]
)
def test_an_expression_has_its_known_value(name: str, expression: str, value: str | None):
    [row] = answer(name, f"fields {expression} as x | display x").rows
    assert value == dict(row).get("x")
