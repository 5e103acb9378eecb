"""A shape of botocore's model in, what it demands of a value out, in AWS's words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import Shape

NUMBERS: Final = frozenset({"integer", "long", "float", "double"})
"""Kinds of shapes whose bounds are about the value; those of all others are about its length."""


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
