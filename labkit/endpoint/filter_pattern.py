"""
Filter patterns of CloudWatch Logs: which messages one matches, and what it takes out of them.

Three forms: terms, ``[space, delimited = fields]`` and ``{ $.json = "selectors" }``.

Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from lark import ParseTree

Extract: TypeAlias = Callable[[str], "dict[str, str] | None"]
Kind: TypeAlias = Literal["terms", "fields", "json"]
Condition: TypeAlias = Callable[[Any], bool]

_LONGEST: Final = 1024
_CONDITIONS: Final = r"""
    or: and ("||" and)*
    and: _atom ("&&" _atom)*
    _atom: comparison | "(" or ")"
    OPERATOR: "!=" | ">=" | "<=" | "=" | ">" | "<"
    QUOTED: /"(\\.|[^"\\])*"/
    %import common.WS
    %ignore WS
"""
_FIELDS_GRAMMAR: Final = (
    r"""
    start: "[" _field ("," _field)* "]"
    _field: ELLIPSIS | NAME | or
    comparison: NAME OPERATOR (QUOTED | BARE)
    ELLIPSIS: "..."
    NAME: /[A-Za-z_][\w.-]*/
    BARE: /[^\s,\]()&|"=<>!]+/
"""
    + _CONDITIONS
)
_JSON_GRAMMAR: Final = (
    r"""
    start: "{" or "}"
    comparison: SELECTOR OPERATOR (QUOTED | BARE)
              | SELECTOR "IS" WHAT -> is_what
              | SELECTOR "NOT" "EXISTS" -> not_exists
    WHAT: "NULL" | "TRUE" | "FALSE"
    SELECTOR: /\$(\.[\w-]+|\[\d+\])*/
    BARE: /[^\s{}()&|"=<>!]+/
"""
    + _CONDITIONS
)
_TERM: Final = re.compile(r'\s*([?-]?)(?:"((?:\\.|[^"\\])*)"|(\S+))')
_PLAIN_TERM: Final = re.compile(r"\w+")
_FIELD_OF_MESSAGE: Final = re.compile(r'\[([^\]]*)\]|"((?:\\.|[^"\\])*)"|(\S+)')
_SELECTOR: Final = re.compile(r"\$(\.[\w-]+|\[\d+\])+")
_STEP: Final = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_ORDERS: Final = {">": gt, ">=": ge, "<": lt, "<=": le}
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class FilterPattern:
    """A filter pattern that can be used."""

    text: str
    kind: Kind
    names: tuple[str, ...]
    """The names of its fields, in their order, if it has any."""
    extract: Extract
    """What it takes out of a message, by name (``$name``); None if the message does not match."""

    def knows(self, reference: str) -> bool:
        """Whether a reference, ``$name`` or ``$.selector``, can stand for part of a message."""
        if self.kind == "json":
            return _SELECTOR.fullmatch(reference) is not None
        return self.kind == "fields" and reference.removeprefix("$") in self.names

    def read(self, message: str, reference: str) -> str | None:
        """What a reference stands for in a message that matches; None if there is nothing."""
        if self.kind == "fields":
            return (self.extract(message) or {}).get(reference)
        value = _selected(json.loads(message), reference)
        return None if value is _MISSING or value is None else _as_text(value)

    def matches(self, message: str) -> bool:
        """Whether a message matches."""
        return self.extract(message) is not None


@lru_cache(maxsize=256)
def compiled(text: str) -> FilterPattern:
    """
    The filter pattern a text stands for; an empty one matches everything.

    Raises:
        AwsError: It is malformed, or of a kind the lab does not know.

    >>> pattern = compiled("[version, account, eni, source, ..., action = REJECT, status]")
    >>> pattern.matches("2 123456789012 eni-1 10.1.1.10 10.2.1.10 0 0 1 4 336 7 9 REJECT OK")
    True
    """
    stripped = text.strip()
    if len(text) > _LONGEST:
        raise _invalid(f"longer than {_LONGEST} characters")
    if stripped.startswith("["):
        return FilterPattern(text, "fields", *_fields(stripped))
    if stripped.startswith("{"):
        return FilterPattern(text, "json", (), _json(stripped))
    if stripped.startswith("%"):
        raise _invalid("regular expressions between % signs are not simulated")
    return FilterPattern(text, "terms", (), _terms(stripped))


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {reason}")


# Terms.


def _terms(text: str) -> Extract:
    wanted: dict[str, list[str]] = {"": [], "?": [], "-": []}
    for sign, quoted, bare in (match.groups() for match in _TERM.finditer(text)):
        if quoted is None and not _PLAIN_TERM.fullmatch(bare):
            raise _invalid(f"Invalid character(s) in term '{bare}'; put it in double quotes")
        wanted[sign].append(bare if quoted is None else _unescaped(quoted))
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


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


# Conditions, on fields and on JSON alike.


def _comparison(operator: str, wanted: Token) -> Condition:
    """Whether a value, text or a number, stands to *wanted* as the operator says."""
    quoted = wanted.type == "QUOTED"
    text = _unescaped(wanted[1:-1]) if quoted else str(wanted)
    number = _number(text)
    if operator in _ORDERS:
        if number is None:
            raise _invalid(f"'{text}' is not a number, so nothing is {operator} than it")
        order = _ORDERS[operator]
        return lambda value: (have := _number(value)) is not None and order(have, number)
    glob = re.compile(".*".join(map(re.escape, text.split("*"))), re.DOTALL)

    def equal(value: Any) -> bool:  # noqa: ANN401  a JSON value
        if number is not None and _number(value) == number:
            return True
        return glob.fullmatch(_as_text(value)) is not None

    return equal if operator == "=" else lambda value: not equal(value)


def _number(value: Any) -> float | None:  # noqa: ANN401  a JSON value
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _as_text(value: Any) -> str:  # noqa: ANN401  a JSON value
    return value if isinstance(value, str) else json.dumps(value)


class _Conditions(Transformer[Token, Condition]):
    """Joins conditions; each takes whatever the form at hand compares with."""

    def __init__(self, read: Callable[[Any, str], Any]) -> None:
        super().__init__()
        self._read = read

    def transform(self, tree: Any) -> Condition:  # noqa: ANN401  a tree of lark's
        try:
            return super().transform(tree)
        except VisitError as wrapped:
            raise wrapped.orig_exc from None

    def start(self, parts: Sequence[Condition]) -> Condition:
        return parts[0]

    def comparison(self, parts: Sequence[Token]) -> Condition:
        name, operator, wanted = parts
        holds, read = _comparison(operator, wanted), self._read

        def condition(source: Any) -> bool:  # noqa: ANN401  a field or a JSON value
            value = read(source, name)
            return value is not _MISSING and holds(value)

        return condition

    def is_what(self, parts: Sequence[Token]) -> Condition:
        selector, what = parts
        wanted = {"NULL": None, "TRUE": True, "FALSE": False}[what]
        return lambda source: self._read(source, selector) is wanted

    def not_exists(self, parts: Sequence[Token]) -> Condition:
        return lambda source: self._read(source, parts[0]) is _MISSING

    def and_(self, parts: Sequence[Condition]) -> Condition:
        return lambda source: all(part(source) for part in parts)

    def or_(self, parts: Sequence[Condition]) -> Condition:
        return lambda source: any(part(source) for part in parts)


setattr(_Conditions, "and", _Conditions.and_)
setattr(_Conditions, "or", _Conditions.or_)


@cache
def _parser(grammar: str) -> Lark:
    return Lark(grammar, parser="lalr")


def _parsed(grammar: str, text: str) -> ParseTree:
    try:
        return _parser(grammar).parse(text)
    except UnexpectedInput as wrong:
        at_end = getattr(getattr(wrong, "token", None), "type", "") == "$END"
        found = "its end" if at_end else f"'{text[wrong.column - 1]}' at column {wrong.column}"
        raise _invalid(f"{text} cannot be read from {found}; {_LOOKS_LIKE[grammar]}") from None


_LOOKS_LIKE: Final = {
    _FIELDS_GRAMMAR: "fields look like [version, eni, ..., bytes > 400, action = REJECT, status]",
    _JSON_GRAMMAR: 'JSON is asked for as in { $.action = "REJECT" && $.bytes > 400 }',
}


# Space-delimited fields.


def _fields(text: str) -> tuple[tuple[str, ...], Extract]:
    tree = _parsed(_FIELDS_GRAMMAR, text)
    names = [_name(child) for child in tree.children]
    if names.count("...") > 1:
        raise _invalid("... may stand once")
    compiler = _Conditions(lambda field, _name: field)
    checks = [
        None if isinstance(child, Token) else compiler.transform(child) for child in tree.children
    ]

    def extract(message: str) -> dict[str, str] | None:
        values = _aligned(names, [a or b or c for a, b, c in _FIELD_OF_MESSAGE.findall(message)])
        if values is None:
            return None
        for check, value in zip(checks, values, strict=True):
            if check is not None and not check(value):
                return None
        named = zip(names, values, strict=True)
        return {f"${name}": value for name, value in named if name != "..."}

    return tuple(name for name in names if name != "..."), extract


def _name(child: Any) -> str:  # noqa: ANN401  a token or a tree of lark's
    if isinstance(child, Token):
        return str(child)
    found = {str(comparison.children[0]) for comparison in child.find_data("comparison")}
    if len(found) > 1:
        raise _invalid(f"one field goes by several names: {', '.join(sorted(found))}")
    return found.pop()


def _aligned(names: Sequence[str], values: list[str]) -> list[str] | None:
    """The values beside their names; None if there are too few or too many."""
    if "..." not in names:
        return values if len(values) == len(names) else None
    at = names.index("...")
    after = len(names) - at - 1
    if len(values) < at + after:
        return None
    return [*values[:at], "", *values[len(values) - after :]]


# JSON.


def _json(text: str) -> Extract:
    tree = _parsed(_JSON_GRAMMAR, text)
    selectors = sorted({str(token) for token in tree.scan_values(_is_selector)})
    condition = _Conditions(_selected).transform(tree)

    def extract(message: str) -> dict[str, str] | None:
        try:
            value = json.loads(message)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict) or not condition(value):
            return None
        read = {selector: _selected(value, selector) for selector in selectors}
        return {name: _as_text(each) for name, each in read.items() if each is not _MISSING}

    return extract


def _is_selector(token: Any) -> bool:  # noqa: ANN401  a token of lark's
    return isinstance(token, Token) and token.type == "SELECTOR"


def _selected(value: Any, selector: str) -> Any:  # noqa: ANN401  JSON values
    """What a selector such as ``$.user.ids[0]`` points at."""
    for name, index in _STEP.findall(selector):
        if name and isinstance(value, dict):
            value = value.get(name, _MISSING)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return _MISSING
    return value
