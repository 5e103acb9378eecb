"""Log groups and a short way to ask them, for all tests of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from labkit.insights.engine import run
from labkit.insights.events import LogEvents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.insights.result import Result

ACCOUNT = "123456789012"
START_S = 1_700_000_000
LATER_MS = 2_000_000_000_000

RECORDS = (
    "2 123456789012 eni-a 10.1.0.4 10.2.0.9 0 0 1 4 336 1700000000 1700000059 ACCEPT OK",
    "2 123456789012 eni-a 10.2.0.9 10.1.0.4 0 0 1 4 336 1700000001 1700000059 ACCEPT OK",
    "2 123456789012 eni-b 10.1.0.4 10.2.0.9 41000 22 6 3 180 1700000060 1700000119 REJECT OK",
    "2 123456789012 eni-b 10.1.0.5 10.2.0.9 41001 22 6 1 60 1700000061 1700000119 REJECT OK",
    "2 123456789012 eni-b 10.1.0.4 10.2.0.10 41002 443 6 10 4096 1700000062 1700000119 ACCEPT OK",
    "2 123456789012 eni-c - - - - - - - 1700000120 1700000179 - NODATA",
)


class Ask(Protocol):
    """A query put to a group of messages; the rows, each as a dict."""

    def __call__(
        self, query: str, *messages: str, limit: int | None = None
    ) -> list[dict[str, str]]: ...


def group_of(messages: Sequence[str], name: str = "/test") -> LogEvents:
    """Group with one stream of messages: flow records at their start, others a second apart."""
    group = LogEvents(name=name, account_id=ACCOUNT)
    times = [
        int(message.split()[10]) * 1000 if message in RECORDS else (START_S + second) * 1000
        for second, message in enumerate(messages)
    ]
    group.append("stream-1", times, messages, ingestion_ms=times[-1] + 60_000 if times else 0)
    return group


def answer(query: str, *groups: LogEvents, limit: int | None = None) -> Result:
    """Result over everything the groups hold."""
    return run(query, groups, start_ms=0, end_ms=LATER_MS, now_ms=LATER_MS, limit=limit)


@pytest.fixture
def flows() -> LogEvents:
    """Six default-format flow records, one of them without data."""
    group = LogEvents(name="/flows", account_id=ACCOUNT)
    for line in RECORDS:
        words = line.split()
        group.append(f"{words[2]}-all", [int(words[10]) * 1000], [line], int(words[11]) * 1000)
    return group


@pytest.fixture
def ask() -> Ask:
    def asked(query: str, *messages: str, limit: int | None = None) -> list[dict[str, str]]:
        return [dict(row) for row in answer(query, group_of(messages), limit=limit).rows]

    return asked
