"""
Filter patterns of JSON: ``{ $.action = "REJECT" && $.bytes > 400 }``.

Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax".
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from labkit.endpoint.filter_conditions import CONDITIONS, Conditions, as_text, parsed, tokens
from labkit.endpoint.filter_regex import invalid_pattern

MOST_WILDCARDS: Final = 3
"""How many ``*`` the selectors of a pattern may have; each may have one."""

_EXAMPLE: Final = 'JSON is asked for as in { $.action = "REJECT" && $.bytes > 400 }'
_GRAMMAR: Final = (
    r"""
    start: "{" either "}"
    comparison: SELECTOR OPERATOR _value
              | SELECTOR "IS" WHAT -> is_what
              | SELECTOR "NOT" "EXISTS" -> not_exists
    WHAT: "NULL" | "TRUE" | "FALSE"
    SELECTOR: /\$(\.?\['[^']+'\]|\.[\w-]+|\.\*|\[\d+\]|\[\*\])*/
    BARE: /[^\s{}()&|"=<>!%][^\s{}()&|"=<>!]*/
"""
    + CONDITIONS
)
_STEP: Final = re.compile(r"\.?\['([^']+)'\]|\.([\w-]+)|\[(\d+)\]|(\.\*|\[\*\])")
_SELECTOR: Final = re.compile(r"\$(\.?\['[^']+'\]|\.[\w-]+|\[\d+\])+")


class Json:
    """
    A pattern of JSON.

    Args:
        text: The pattern.

    Raises:
        AwsError: It cannot be used.
    """

    def __init__(self, text: str) -> None:
        tree = parsed(_GRAMMAR, text, _EXAMPLE)
        selectors = tokens(tree, "SELECTOR")
        _refuse_many_wildcards(selectors)
        self._selectors = sorted(set(filter(is_selector, selectors)))
        self._condition = Conditions(_selected).transform(tree)
        self.has_regex = bool(tokens(tree, "REGEX"))

    def extract(self, message: str) -> dict[str, str] | None:
        """What the selectors without wildcards point at; None if the message does not match."""
        try:
            value = _DECODER.decode(message)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict) or not self._condition(value):
            return None
        read = {selector: _selected(value, selector) for selector in self._selectors}
        return {selector: as_text(found[0]) for selector, found in read.items() if found}


def is_selector(text: str) -> bool:
    """Whether a text is a selector of one value, such as ``$.user.ids[0]``."""
    return _SELECTOR.fullmatch(text) is not None


def selected(message: str, selector: str) -> str | None:
    """What a selector points at in a message of JSON; None if that is nothing or null."""
    found = _selected(json.loads(message), selector)
    return None if found in ([], [None]) else as_text(found[0])


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity, which json takes, are no JSON


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def _refuse_many_wildcards(selectors: list[str]) -> None:
    found = [sum(bool(star) for *_, star in _steps(each)) for each in selectors]
    if max(found) > 1:
        raise invalid_pattern("a selector may have one wildcard")
    if sum(found) > MOST_WILDCARDS:
        raise invalid_pattern(f"a pattern may have {MOST_WILDCARDS} wildcards, not {sum(found)}")


@lru_cache(maxsize=256)
def _steps(selector: str) -> list[tuple[str, str, str, str]]:
    return _STEP.findall(selector)


def _selected(value: Any, selector: str) -> list[Any]:  # noqa: ANN401  a JSON value
    """What a selector points at: nothing, one value, or as many as a wildcard finds."""
    found = [value]
    for quoted, name, index, star in _steps(selector):
        if star == ".*":
            objects = (each.values() for each in found if isinstance(each, dict))
            found = list(chain.from_iterable(objects))
        elif star:
            found = list(chain.from_iterable(each for each in found if isinstance(each, list)))
        elif index:
            at = int(index)
            found = [each[at] for each in found if isinstance(each, list) and at < len(each)]
        else:
            key = quoted or name
            found = [each[key] for each in found if isinstance(each, dict) and key in each]
    return found
