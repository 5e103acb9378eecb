"""One log group's events: appended as they come, kept as columns, read by queries."""

from __future__ import annotations

import re
import weakref
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from threading import RLock
from typing import Final, NamedTuple, overload

import duckdb
import numpy as np

from labkit.insights import database, records

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_POINTER_BYTES: Final = 16
_EVENTS_AT_ONCE: Final = 409_600
"""Enough to keep four threads busy, and to fill whole row groups, which are not copied again."""
_WORTH_RELEASING: Final = 122_880
"""Deleted events that are worth the work of giving their memory back: a row group of DuckDB's."""


@dataclass(frozen=True)
class Facts:
    """
    What is known of a group's events without looking at them again.

    Attributes:
        events: How many there are.
        bytes: Length of all messages in UTF-8 [B].
        first_ms, last_ms: Earliest and latest timestamp; 0 and -1 when there are none.
        has_flow: Some line is a default-format flow record.
        has_json: Some line is a JSON object.
        dashed: Columns in which some flow record has '-' for a number.
    """

    events: int
    bytes: int
    first_ms: int
    last_ms: int
    has_flow: bool
    has_json: bool
    dashed: frozenset[str]


class Batch(NamedTuple):
    """
    Events appended together to one stream.

    ``first`` is the number of the first one, in order of arrival within the group.
    """

    first: int
    stream: str
    times_ms: list[int]
    messages: list[str]
    ingestion_ms: int

    def without_surrogates(self) -> Batch:
        """The same batch with half characters, which UTF-8 cannot hold, replaced."""
        clean = [_SURROGATE.sub("\ufffd", message) for message in self.messages]
        return self._replace(stream=_SURROGATE.sub("\ufffd", self.stream), messages=clean)


class Pointers(Sequence[str]):
    """The ``@ptr`` of consecutive events, each made when it is asked for."""

    def __init__(self, group: LogEvents, first: int, count: int) -> None:
        self._group = group
        self._events = range(first, first + count)

    @property
    def first(self) -> int:
        """The number of the first of them in their group."""
        return self._events.start

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self._group.pointer(event) for event in self._events[index]]
        return self._group.pointer(self._events[index])


class LogEvents:
    """
    The events of one log group, ready for queries.

    Appending only notes the events; the first query after it moves them into
    columns and takes flow records apart, once.  Calls may come from many threads.

    Args:
        name: Name of the log group.
        account_id: Account that owns it; part of ``@log``.

    >>> group = LogEvents(name="/flow-logs", account_id="123456789012")
    >>> len(group.append("eni-1", [1000, 2000], ["first", "second"], ingestion_ms=3000))
    2
    >>> group.facts().events
    2
    """

    def __init__(self, name: str, account_id: str) -> None:
        self.name = name
        self.account_id = account_id
        self.table = database.fresh_name()
        self.tag = blake2b(self.log.encode(), digest_size=8).digest()
        self._lock = RLock()
        self._next = 0
        self._pending: list[Batch] = []
        self._facts: Facts | None = None
        self._gone = 0
        database.cursor().execute(f"CREATE TABLE {self.table} ({records.table_columns()})")
        weakref.finalize(self, _drop, self.table)

    @property
    def log(self) -> str:
        """Value of ``@log``: account and name."""
        return f"{self.account_id}:{self.name}"

    def append(
        self,
        stream: str,
        timestamps_ms: Sequence[int],
        messages: Sequence[str],
        ingestion_ms: int,
    ) -> Pointers:
        """
        The ``@ptr`` of each event, after adding them to a stream.

        Args:
            stream: Name of the log stream.
            timestamps_ms: Time of each event, milliseconds since 1970.
            messages: Text of each event, as many as timestamps.
            ingestion_ms: When they arrived, milliseconds since 1970.

        Raises:
            ValueError: There are not as many timestamps as messages.
        """
        if len(timestamps_ms) != len(messages):
            raise ValueError(f"{len(timestamps_ms)} timestamps for {len(messages)} messages")
        with self._lock:
            first = self._next
            self._next += len(messages)
            if messages:
                kept = list(messages)
                self._pending.append(Batch(first, stream, list(timestamps_ms), kept, ingestion_ms))
                self._facts = None
        return Pointers(self, first, len(messages))

    def delete_stream(self, stream: str) -> None:
        """Forget all events of a stream."""
        self._delete("stream = ?", stream)

    def trim_before(self, ms: int) -> None:
        """Forget all events older than this time, milliseconds since 1970."""
        self._delete("at_ms < ?", ms)

    def _delete(self, condition: str, value: str | int) -> None:
        with self._lock:
            self.settle()
            sql = f"DELETE FROM {self.table} WHERE {condition}"  # noqa: S608 - both are ours
            [(gone,)] = database.cursor().execute(sql, [value]).fetchall()
            self._facts = None
            self._gone += gone
            if self._gone >= _WORTH_RELEASING and database.release():
                self._gone = 0

    def unsettled(self) -> list[Batch]:
        """What was appended since the last query, in order, for readers that need no query."""
        with self._lock:
            return list(self._pending)

    def settle(self) -> None:
        """Move events that were appended since the last query into columns."""
        with self._lock:
            while self._pending:
                batches = self._pending[: _some_of(self._pending)]
                try:
                    self._insert(batches)
                except duckdb.InvalidInputException:
                    clean = [batch.without_surrogates() for batch in batches]
                    if clean == batches:
                        raise
                    self._insert(clean)
                del self._pending[: len(batches)]

    def _insert(self, batches: Sequence[Batch]) -> None:
        sizes = [len(batch.messages) for batch in batches]
        columns = {
            "event": np.concatenate(
                [
                    np.arange(batch.first, batch.first + size)
                    for batch, size in zip(batches, sizes, strict=True)
                ]
            ),
            "at_ms": np.concatenate(
                [np.asarray(batch.times_ms, dtype=np.int64) for batch in batches]
            ),
            "ingested_ms": np.repeat([batch.ingestion_ms for batch in batches], sizes),
            "stream": np.repeat(np.array([batch.stream for batch in batches], dtype=object), sizes),
            "message": np.array(
                [message for batch in batches for message in batch.messages], dtype=object
            ),
        }
        cursor = database.cursor()
        cursor.register("batch", columns)
        sql = f"INSERT INTO {self.table} {records.take_apart('batch')}"
        cursor.execute(sql)
        cursor.unregister("batch")

    def facts(self) -> Facts:
        """What is known of the events; moves appended ones into columns first."""
        with self._lock:
            self.settle()
            if self._facts is None:
                self._facts = self._look()
            return self._facts

    def _look(self) -> Facts:
        flow = f"form = {records.FORM_FLOW}"
        dashed = [part.column for part in records.PARTS if part.may_be_dash]
        columns = [
            "count(*)", "coalesce(sum(size), 0)", "coalesce(min(at_ms), 0)",
            "coalesce(max(at_ms), -1)", f"coalesce(bool_or({flow}), false)",
            f"coalesce(bool_or(form = {records.FORM_JSON}), false)",
            *(f"coalesce(bool_or({flow} AND {column} IS NULL), false)" for column in dashed),
        ]  # fmt: skip
        sql = f"SELECT {', '.join(columns)} FROM {self.table}"  # noqa: S608 - ours
        row = database.cursor().execute(sql).fetchall()[0]
        found = frozenset(
            column for column, is_there in zip(dashed, row[6:], strict=True) if is_there
        )
        events, size, first_ms, last_ms = (int(n) for n in row[:4])
        return Facts(events, size, first_ms, last_ms, bool(row[4]), bool(row[5]), found)

    def pointer(self, event: int) -> str:
        """The ``@ptr`` of an event."""
        return b64encode(self.tag + event.to_bytes(8, "big")).decode()

    def event_of(self, pointer: str) -> int | None:
        """The event a ``@ptr`` points to, or None if it is not one of this group's."""
        try:
            raw = b64decode(pointer, validate=True)
        except ValueError:
            return None
        if len(raw) != _POINTER_BYTES or raw[:8] != self.tag:
            return None
        return int.from_bytes(raw[8:], "big")


@contextmanager
def held_still(groups: Iterable[LogEvents]) -> Iterator[None]:
    """
    Nothing is added to these groups, moved or removed meanwhile, whichever thread tries.

    A query is compiled for what its groups hold, so it must run before they change.
    Locks are taken in one order, so that queries over several groups cannot wait
    for each other.
    """
    with ExitStack() as locks:
        for group in sorted(set(groups), key=lambda group: group.table):
            locks.enter_context(group._lock)  # noqa: SLF001 - of this module
        yield


def _drop(table: str) -> None:
    database.cursor().execute(f"DROP TABLE IF EXISTS {table}")


def _some_of(batches: Sequence[Batch]) -> int:
    """How many batches to move at once: at least one, and no more events than memory likes."""
    ends = accumulate(len(batch.messages) for batch in batches)
    return max(1, sum(end <= _EVENTS_AT_ONCE for end in ends))
