"""
Queries that others have published, each with the outcome we have written down.

The queries are not ours to copy. They are read from ``LABKIT_CORPUS``, or from a
folder beside the repository; the outcomes are in ``tests/cases/corpus.yml`` and on
``docs/insights-corpus.md``. Our own queries are in ``tests/cases/queries``.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from labkit.insights.engine import run
from labkit.insights.errors import QueryError

if TYPE_CHECKING:
    from labkit.insights.events import LogEvents

HERE = Path(__file__).resolve().parent
OUTCOMES = yaml.safe_load((HERE.parent / "cases" / "corpus.yml").read_text())
BESIDE = HERE.parents[2] / "shared" / "corpus" / "insights_queries.jsonl"
CORPUS = Path(os.environ.get("LABKIT_CORPUS", BESIDE))
FOREVER_MS = 4_000_000_000_000


def queries() -> dict[str, str]:
    if not CORPUS.is_file():
        return {}
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return {each["id"]: each["query"] for each in map(json.loads, lines)}


@pytest.fixture(scope="module")
def logs() -> dict[str, LogEvents]:
    spec = importlib.util.spec_from_file_location("published_logs", HERE / "published_logs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.groups()


def outcome(query: str, group: LogEvents, catalog: dict[str, LogEvents]) -> int | str:
    """How many rows a query gives, or the name of the error it meets."""
    named = {each.name: each for each in catalog.values()}
    try:
        result = run(
            query, [group], start_ms=0, end_ms=FOREVER_MS, now_ms=FOREVER_MS, catalog=named
        )
    except QueryError as refused:
        return type(refused).__name__
    return len(result.rows)


def test_published_queries_have_the_outcomes_written_down(logs):
    found: dict[str, Any] = {}
    for name, query in queries().items():
        wanted = OUTCOMES.get(name, {})
        on_its_logs = outcome(query, logs[wanted.get("logs", "default format")], logs)
        on_default = outcome(query, logs["default format"], logs)
        found[name] = wanted | {"outcome": on_its_logs, "default": on_default}
    if not found:
        pytest.skip(f"the published queries are not part of the repository, nor at {CORPUS}")
    assert OUTCOMES == found


def test_whatever_gives_no_rows_has_a_reason():
    bare = [name for name, each in OUTCOMES.items() if not each["outcome"] and not each["why"]]
    assert [] == bare


def test_most_published_queries_find_something_on_logs_that_carry_their_names():
    kinds = Counter(
        "error" if isinstance(each["outcome"], str) else "rows" if each["outcome"] else "no rows"
        for each in OUTCOMES.values()
    )
    assert {"rows": 118, "no rows": 8, "error": 6} == kinds
