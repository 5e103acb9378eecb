"""
Filter patterns of CloudWatch Logs: which messages one matches, and what it takes out of them.

Four forms: terms, ``%regular expressions%``, ``[space, delimited = fields]`` and
``{ $.json = "selectors" }``.

Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from labkit.endpoint.filter_conditions import unescaped
from labkit.endpoint.filter_fields import Fields
from labkit.endpoint.filter_json import Json, is_selector, selected
from labkit.endpoint.filter_regex import invalid_pattern, searching
from labkit.endpoint.operations import AwsError

Extract: TypeAlias = Callable[[str], "dict[str, str] | None"]
Kind: TypeAlias = Literal["terms", "fields", "json"]

MOST_WITH_REGEX: Final = 5
"""How many filters with regular expressions a log group may have, of metrics and subscriptions."""

_LONGEST: Final = 1024
_TERM: Final = re.compile(r'\s*([?-]?)(?:"((?:\\.|[^"\\])*)"|(\S+))')
_PLAIN_TERM: Final = re.compile(r"\w+")
_REGEX: Final = re.compile(r"%[^%]*%")


@dataclass(frozen=True, slots=True)
class FilterPattern:
    """A filter pattern that can be used."""

    text: str
    kind: Kind
    extract: Extract
    """What it takes out of a message, by name (``$name``); None if the message does not match."""
    names: tuple[str, ...] = ()
    """The names of its fields, in their order, if it has any."""
    has_regex: bool = False

    def knows(self, reference: str) -> bool:
        """Whether a reference, ``$name`` or ``$.selector``, can stand for part of a message."""
        if self.kind == "json":
            return is_selector(reference)
        return self.kind == "fields" and reference.removeprefix("$") in self.names

    def read(self, message: str, reference: str) -> str | None:
        """What a reference stands for in a message that matches; None if there is nothing."""
        if self.kind == "fields":
            return (self.extract(message) or {}).get(reference)
        return selected(message, reference)

    def matches(self, message: str) -> bool:
        """Whether a message matches."""
        return self.extract(message) is not None


@lru_cache(maxsize=256)
def compiled(text: str) -> FilterPattern:
    """
    The filter pattern a text stands for; an empty one matches everything.

    Raises:
        AwsError: It is malformed.

    >>> pattern = compiled("[version, account, eni, source, ..., action = REJECT, status]")
    >>> pattern.matches("2 123456789012 eni-1 10.1.1.10 10.2.1.10 0 0 1 4 336 7 9 REJECT OK")
    True
    """
    stripped = text.strip()
    if len(text) > _LONGEST:
        raise invalid_pattern(f"longer than {_LONGEST} characters")
    if stripped.startswith("["):
        fields = Fields(stripped)
        return FilterPattern(text, "fields", fields.extract, fields.names, fields.has_regex)
    if stripped.startswith("{"):
        document = Json(stripped)
        return FilterPattern(text, "json", document.extract, has_regex=document.has_regex)
    if stripped.startswith("%"):
        return FilterPattern(text, "terms", _expression(stripped), has_regex=True)
    return FilterPattern(text, "terms", _terms(stripped))


def refuse_many_regexes(wanted: FilterPattern, beside: Iterable[str]) -> None:
    """
    Refuse a pattern to a log group whose other filters have all its regular expressions.

    Args:
        wanted: The pattern.
        beside: The patterns of the other filters.

    Raises:
        AwsError: There are as many as there may be.
    """
    if wanted.has_regex and sum(compiled(each).has_regex for each in beside) >= MOST_WITH_REGEX:
        raise AwsError(
            "LimitExceededException",
            f"Resource limit exceeded: {MOST_WITH_REGEX} filters of a log group may have regular "
            "expressions.",
        )


def _expression(text: str) -> Extract:
    if not _REGEX.fullmatch(text):
        raise invalid_pattern(f"{text} is not one regular expression between two % signs")
    found_in = searching(text[1:-1])
    return lambda message: {} if found_in(message) else None


def _terms(text: str) -> Extract:
    wanted: dict[str, list[str]] = {"": [], "?": [], "-": []}
    for sign, quoted, bare in (match.groups() for match in _TERM.finditer(text)):
        if quoted is None and not _PLAIN_TERM.fullmatch(bare):
            alone = "; a regular expression stands alone" if "%" in bare else ""
            reason = f"Invalid character(s) in term '{bare}'; put it in double quotes{alone}"
            raise invalid_pattern(reason)
        term = bare if quoted is None else unescaped(quoted)
        if sign or term.strip():  # " " is AWS's example of a pattern that matches everything
            wanted[sign].append(term)
    if wanted[""] or wanted["-"]:
        wanted["?"] = []  # AWS passes over optional terms beside others

    def extract(message: str) -> dict[str, str] | None:
        found = (
            all(term in message for term in wanted[""])
            and not any(term in message for term in wanted["-"])
            and (not wanted["?"] or any(term in message for term in wanted["?"]))
        )
        return {} if found else None

    return extract
