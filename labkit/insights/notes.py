"""
A query that runs and the fields of its events in, remarks for its writer out.

AWS answers such queries without a word: a name that no event has is absent in
every row, an address block in quotes is a text like any other.  The remarks stand
beside an answer and are never part of it.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from labkit.insights import ast, bound
from labkit.insights.binder import bind
from labkit.insights.parser import parse
from labkit.insights.periods import CAPS, unit_of
from labkit.insights.records import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SYSTEM: Final = (
    "@timestamp", "@message", "@logStream", "@log", "@ingestionTime", "@ptr", "@aws.account",
    "@data_source_name", "@data_source_type",
)  # fmt: skip
"""Fields that every event has.  Source: "Supported logs and discovered fields"."""

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d.*", re.DOTALL)
_CLOSE: Final = 0.8
# What a flow log writes into action and logStatus.
_WRITTEN: Final = frozenset({"ACCEPT", "REJECT", "OK", "NODATA", "SKIPDATA"})
_ORDERED: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})


def unfamiliar(query: str) -> frozenset[str]:
    """
    Names a query takes from events that are neither a flow log's nor the service's own.

    Raises:
        QueryError: The query cannot be run.

    >>> sorted(unfamiliar("filter srcaddr = '10.0.0.1' | stats count(*) by action"))
    ['srcaddr']
    """
    return frozenset(_fields(bind(parse(query)))) - {*SYSTEM, *BY_NAME}


def notes(query: str, discovered: Iterable[str] = ()) -> tuple[str, ...]:
    """
    Remarks on a query, in the order of the text.

    Args:
        query: One that runs.
        discovered: Names of the fields found in the events; without any, those of
            a default-format flow log are taken, and names unlike them are let pass.

    >>> notes("stats count(*) by srcaddr")
    ('srcaddr is no field of these events, so it is absent. Did you mean srcAddr?',)
    """
    settled, found = bind(parse(query)), frozenset(discovered)
    remarks = [*_on_names(settled, found), *_on_habits(settled.query)]
    return tuple(text for _, text in sorted(dict.fromkeys(remarks)))


# --- names ------------------------------------------------------------------------------------


def _on_names(settled: bound.Bound, found: frozenset[str]) -> Iterator[tuple[int, str]]:
    known = sorted({*SYSTEM, *(found or BY_NAME)})
    meant_as_text = {node.name: node for node in _right_sides(settled)}
    for name, at in _fields(settled).items():
        if name in known or name in found:
            continue
        meant = _meant(name, known)
        if meant:
            hint = f"Did you mean {meant}?"
        elif name in meant_as_text or name.upper() in _WRITTEN:
            hint = f"If it is a text, it stands in quotes: '{name}'."
        elif any(name.startswith(f"{column}.") for column in _columns(settled)):
            hint = "What a command puts into a column can be reached in the next command only."
        elif found:
            hint = "Fields of a custom flow log format need parse."
        else:
            continue
        yield at, f"{name} is no field of these events, so it is absent. {hint}"


def _meant(name: str, known: Iterable[str]) -> str:
    """The known name that this one is a spelling of, or closest to."""
    by_letters = {_letters(each): each for each in known}
    near = get_close_matches(_letters(name), by_letters, n=1, cutoff=_CLOSE)
    return by_letters[near[0]] if near else ""


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _fields(settled: bound.Bound) -> dict[str, int]:
    """Names taken from events, with the place where each is first written."""
    places: dict[str, int] = {}
    for node in _nodes(settled.commands):
        if isinstance(node, bound.EventField):
            places.setdefault(node.name, node.span.start)
    return places


def _right_sides(settled: bound.Bound) -> Iterator[bound.EventField]:
    for node in _nodes(settled.commands):
        if isinstance(node, ast.Compare) and isinstance(node.right, bound.EventField):
            yield node.right


def _columns(settled: bound.Bound) -> set[str]:
    return {node.name for node in _nodes(settled.commands) if isinstance(node, ast.Item)}


def _nodes(commands: Iterable[ast.Node]) -> Iterator[ast.Node]:
    """All nodes below these, in no particular order."""
    waiting = list(commands)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(ast.children(node))


# --- habits of other languages ----------------------------------------------------------------


def _on_habits(query: ast.Query) -> Iterator[tuple[int, str]]:
    for node in _nodes([query]):
        remarks = (_on_duration(node), _on_like(node), _on_comparison(node), _on_lone_value(node))
        yield from ((node.span.start, remark) for remark in remarks if remark)


def _on_duration(node: ast.Node) -> str:
    if not isinstance(node, ast.Call):
        return ""
    for length in (each for each in node.args if isinstance(each, ast.Duration)):
        unit = unit_of(length)
        cap = CAPS.get(unit, length.count)
        if length.count > cap:
            return (
                f"{node.name} takes {length.count}{unit} as {cap}{unit},"
                " the most AWS allows of this unit."
            )
    return ""


def _on_like(node: ast.Node) -> str:
    if not (isinstance(node, ast.Like) and isinstance(node.pattern, ast.Text)):
        return ""
    if "%" not in node.pattern.value:
        return ""
    return "like looks for the text as it is written; % is no wildcard. Use a /pattern/."


def _on_comparison(node: ast.Node) -> str:
    if not isinstance(node, ast.Compare) or node.operator not in _ORDERED:
        return ""
    name, value = node.left, node.right
    if not (isinstance(name, ast.Name) and isinstance(value, ast.Text)):
        return ""
    if "/" in value.value and _is_block(value.value):
        return (
            f"{name.name} is compared with the text {value.value}. For addresses in the block:"
            f' isIpInSubnet({name.name}, "{value.value}").'
        )
    if name.name in {"@timestamp", "@ingestionTime"} and _DATE.fullmatch(value.value):
        return (
            f"{name.name} is compared with a text. Choose the time range beside the query, or"
            f" compare toMillis({name.name}) with milliseconds."
        )
    return ""


def _is_block(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _on_lone_value(node: ast.Node) -> str:
    lone = ast.Number | ast.Text
    if not isinstance(node, ast.Logic) or not any(isinstance(each, lone) for each in node.operands):
        return ""
    return (
        f"A value beside {node.word} is a condition of its own; for one of several, use in [...]."
    )
