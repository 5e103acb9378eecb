"""A shape of botocore's model in, what it demands of a value out, in AWS's words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from botocore.model import Shape

NUMBERS: Final = frozenset({"integer", "long", "float", "double"})
"""Kinds of shapes whose bounds are about the value; those of all others are about its length."""


MISSING: Final = "Member must not be null"
"""What is demanded of a required member."""

_LONGEST_SHOWN: Final = 200


class Rule(NamedTuple):
    """One demand: how AWS words it, and whether a value meets it."""

    text: str
    holds: Callable[[Any], bool]


@cache
def rules_of(shape: Shape) -> tuple[Rule, ...]:
    """
    All that a shape demands of a value, in the order AWS lists it.

    >>> from botocore.session import Session
    >>> logs = Session().get_service_model("logs")
    >>> [rule.text for rule in rules_of(logs.shape_for("EventsLimit"))]
    ['Member must have value less than or equal to 10000', \
'Member must have value greater than or equal to 1']
    """
    return tuple(_rules(shape))


def fault(value: object, path: str, demand: str) -> str:
    """
    One demand that a value does not meet, in AWS's words.

    >>> fault(["a", 1], "names", "Member must have length less than or equal to 1")
    "Value '[a, 1]' at 'names' failed to satisfy constraint: Member must have length less than or \
equal to 1"
    """
    shown = "null" if value is None else f"'{_shown(value)}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {demand}"


def detected(faults: Sequence[str]) -> str:
    """All faults of a request in one message."""
    count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
    return count + "; ".join(faults)


def _shown(value: object) -> str:
    """A value as AWS's messages show it, cut where a message gets too long to read."""
    if isinstance(value, list):
        text = f"[{', '.join(map(_shown, value[:_LONGEST_SHOWN]))}]"
    elif isinstance(value, dict):
        pairs = list(value.items())[:_LONGEST_SHOWN]
        text = f"{{{', '.join(f'{key}={_shown(each)}' for key, each in pairs)}}}"
    else:
        text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


@cache
def is_plain(shape: Shape) -> bool:
    """
    Whether a shape's values are the same in JSON and in Python: no times, bytes or other names.

    >>> from botocore.session import Session
    >>> logs, ssm = (Session().get_service_model(name) for name in ("logs", "ssm"))
    >>> is_plain(logs.shape_for("QueryResults")), is_plain(ssm.shape_for("Command"))
    (True, False)
    """
    seen: set[str] = set()
    waiting = [shape]
    while waiting:
        each: Any = waiting.pop()
        if each.type_name in {"timestamp", "blob"} or "name" in each.serialization:
            return False
        if each.name in seen:
            continue
        seen.add(each.name)
        if each.type_name == "structure":
            waiting += each.members.values()
        elif each.type_name == "list":
            waiting.append(each.member)
        elif each.type_name == "map":
            waiting.append(each.value)
    return True


def _rules(shape: Shape) -> Iterator[Rule]:
    bounds = shape.metadata
    is_number = shape.type_name in NUMBERS
    what = "value" if is_number else "length"
    size: Callable[[Any], Any] = _itself if is_number else len
    if (most := bounds.get("max")) is not None:
        text = f"Member must have {what} less than or equal to {most}"
        yield Rule(text, lambda value: size(value) <= most)
    if (least := bounds.get("min")) is not None:
        text = f"Member must have {what} greater than or equal to {least}"
        yield Rule(text, lambda value: size(value) >= least)
    if pattern := bounds.get("pattern"):
        yield _matches(pattern)
    if enum := bounds.get("enum"):
        text = f"Member must satisfy enum value set: [{', '.join(enum)}]"
        yield Rule(text, frozenset(enum).__contains__)


def _itself(value: Any) -> Any:  # noqa: ANN401  a number
    return value


def _matches(pattern: str) -> Rule:
    try:
        matches = re.compile(pattern).fullmatch
    except re.error:  # a few use what only Java's expressions have
        matches = re.compile(".*", re.DOTALL).fullmatch
    text = f"Member must satisfy regular expression pattern: {pattern}"
    return Rule(text, lambda value: matches(value) is not None)
