"""Log groups that many threads write to, read and trim at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from labkit.insights import database
from labkit.insights.engine import run
from labkit.insights.events import LogEvents, held_still

T_MS = 1_700_000_000_000
RECORD = (
    "2 123456789012 eni-a 10.0.0.1 10.0.0.2 0 0 1 4 336 1700000000 1700000060 ACCEPT OK"
)  # fmt: skip
NO_DATA = "2 123456789012 eni-a - - - - - - - 1700000001 1700000060 - NODATA"


def full_group() -> LogEvents:
    group = LogEvents(name="/flows", account_id="123456789012")
    group.append("eni-a", [T_MS] * 100, [RECORD] * 100, ingestion_ms=T_MS)
    return group


def test_nothing_is_added_to_a_group_while_it_is_held_still():
    group = full_group()
    writer = Thread(target=group.append, args=("eni-a", [T_MS], [RECORD], T_MS))
    with held_still([group]):
        writer.start()
        writer.join(0.2)
        assert 100 == group.facts().events
    writer.join()

    assert 101 == group.facts().events


def test_deleted_events_give_their_memory_back():
    group = LogEvents(name="/flows", account_id="123456789012")
    for stream in ("gone", "kept"):
        group.append(stream, [T_MS] * 130_000, [RECORD] * 130_000, ingestion_ms=T_MS)
    group.settle()
    before = held_bytes()
    group.delete_stream("gone")

    assert held_bytes() < before / 2
    assert 130_000 == group.facts().events


def held_bytes() -> int:
    sql = "SELECT sum(memory_usage_bytes) FROM duckdb_memory()"
    return int(database.cursor().execute(sql).fetchall()[0][0])


def test_thirty_clients_get_right_answers_while_events_come_and_go():
    group, other = full_group(), full_group()

    def client(number: int) -> tuple[list[list[tuple[str, str]]], float]:
        for each in (group, other):
            each.append("late", [T_MS + 1000], [NO_DATA], ingestion_ms=T_MS)
            each.append("gone", [T_MS - 1], [RECORD], ingestion_ms=T_MS)
            each.trim_before(T_MS)
        groups = [group, other] if number % 2 else [other, group]
        query = "stats count(*) as n, count(bytes) as b, sum(bytes) as total"
        found = run(query, groups, start_ms=T_MS, end_ms=T_MS, now_ms=T_MS)
        return found.rows, found.statistics["recordsScanned"]

    expected = ([[("n", "200"), ("b", "200"), ("total", "67200")]], 200.0)
    with ThreadPoolExecutor(30) as pool:
        assert [expected] * 60 == list(pool.map(client, range(60)))
