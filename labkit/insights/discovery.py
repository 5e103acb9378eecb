"""Events in, the fields Logs Insights finds in them out."""

from __future__ import annotations

import json
from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from labkit.insights import database, records
from labkit.insights.result import printed
from labkit.insights.values import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.insights.events import LogEvents

_SAMPLE: Final = 10_000
"""Most events looked at to say which fields a group has."""

_SYSTEM: Final = ("@ingestionTime", "@log", "@logStream", "@message", "@timestamp")


def record(groups: Sequence[LogEvents], ptr: str) -> dict[str, str]:
    """
    All fields of the event a ``@ptr`` points to, by name.

    Raises:
        KeyError: It points to no event of these groups.

    Source:
        CloudWatch Logs API Reference, GetLogRecord.
    """
    for group in groups:
        event = group.event_of(ptr)
        if event is None:
            continue
        sql = f"SELECT at_ms, ingested_ms, stream, form, message FROM {group.table} WHERE event = ?"  # noqa: S608 - the table's name is ours
        group.settle()
        for at_ms, ingested_ms, stream, form, message in (
            database.cursor().execute(sql, [event]).fetchall()
        ):
            return {
                "@ptr": ptr,
                "@timestamp": printed(at_ms, Kind.TIME) or "",
                "@ingestionTime": printed(ingested_ms, Kind.TIME) or "",
                "@logStream": stream,
                "@log": group.log,
                "@message": message,
                **discovered(form, message),
            }
    raise KeyError(ptr)


def group_fields(group: LogEvents, start_ms: int, end_ms: int) -> list[dict[str, Any]]:
    """
    Names of the fields found in a time range, with the share of events that have each.

    The newest events stand for all when there are more than a sample.

    Returns:
        ``{"name": str, "percent": int}`` each, the most frequent first.

    Source:
        CloudWatch Logs API Reference, GetLogGroupFields.
    """
    group.settle()
    sql = (
        f"SELECT form, message FROM {group.table} WHERE at_ms BETWEEN ? AND ?"  # noqa: S608 - ours
        f" ORDER BY at_ms DESC, event LIMIT {_SAMPLE}"
    )
    events = database.cursor().execute(sql, [start_ms, end_ms]).fetchall()
    counts = Counter(name for form, message in events for name in discovered(form, message))
    counts.update(dict.fromkeys(_SYSTEM, len(events)) if events else {})
    shares = [(name, round(100 * count / len(events))) for name, count in counts.items()]
    shares.sort(key=lambda share: (-share[1], share[0]))
    return [{"name": name, "percent": percent} for name, percent in shares]


def discovered(form: int, message: str) -> dict[str, str]:
    """
    Fields found in one message of a form.

    >>> discovered(records.FORM_JSON, '{"a": {"b": [1, true]}, "@c": "x", "d": null}')
    {'a.b.0': '1', 'a.b.1': '1', '@@c': 'x'}
    """
    if form == records.FORM_FLOW:
        words = message.split(" ")
        return {
            name: word
            for part, word in zip(records.PARTS, words, strict=True)
            for name in part.names
        }
    if form == records.FORM_JSON:
        flat = _flat(message)
        return {f"@{name}" if name.startswith("@") else name: text for name, text in flat.items()}
    return {}


def _flat(message: str) -> dict[str, str]:
    """The values at the ends of a JSON object, by their paths; none if it is nested too deeply."""
    try:
        whole = json.loads(message, parse_int=_whole_number, parse_float=_fraction)
        return dict(_flattened(whole, ""))
    except RecursionError:
        return {}


def _whole_number(text: str) -> str:
    """A whole number as it is written, since it may have any number of digits."""
    return "0" if text == "-0" else text


def _fraction(text: str) -> float | str:
    value = float(text)
    return value if isfinite(value) else text


def _flattened(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flattened(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flattened(inner, f"{name}.{index}")
    elif isinstance(value, bool):
        yield name, "1" if value else "0"
    elif value is not None:
        yield name, str(value)
