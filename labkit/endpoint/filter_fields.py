"""
Filter patterns of space-delimited fields: ``[version, account, ..., action = REJECT, status]``.

Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax"; numbers of
fields without a name as the examples of TestMetricFilter show them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lark import Token, Tree

from labkit.endpoint.filter_conditions import CONDITIONS, Condition, Conditions, parsed, tokens
from labkit.endpoint.filter_regex import invalid_pattern

if TYPE_CHECKING:
    from lark import ParseTree

ELLIPSIS: Final = "..."
_EXAMPLE: Final = "fields look like [version, eni, ..., bytes > 400, action = REJECT, status]"
_GRAMMAR: Final = (
    r"""
    start: "[" slot ("," slot)* "]"
    slot: (ELLIPSIS | NAME | either)?
    comparison: NAME OPERATOR _value
    ELLIPSIS: "..."
    NAME: /[A-Za-z_][\w.-]*/
    BARE: /[^\s,\]()&|"=<>!%][^\s,\]()&|"=<>!]*/
"""
    + CONDITIONS
)
_WORD: Final = r'"((?:\\.|[^"\\])*)"|(\S+)'
_PLAIN: Final = re.compile(rf"()(?:{_WORD})")
_BRACKETED: Final = re.compile(rf"\[([^\]]*)\]|{_WORD}")


class Slot(NamedTuple):
    """A place for a field; its name is empty if it has none."""

    name: str
    check: Condition | None = None


_UNNAMED: Final = Slot("")


class Fields:
    """
    A pattern of fields.

    Args:
        text: The pattern.

    Raises:
        AwsError: It cannot be used.
    """

    def __init__(self, text: str) -> None:
        tree = parsed(_GRAMMAR, text, _EXAMPLE)
        self._slots: list[Slot] = [_slot(each) for each in tree.children if isinstance(each, Tree)]
        self.names = tuple(each.name for each in self._slots if each.name not in ("", ELLIPSIS))
        self.has_regex = bool(tokens(tree, "REGEX"))
        if self._slots == [_UNNAMED]:
            raise invalid_pattern(f"{text} has no fields; {_EXAMPLE}")
        self._gaps = [at for at, each in enumerate(self._slots) if each.name == ELLIPSIS]
        if len(self._gaps) > 1:
            raise invalid_pattern(f"{ELLIPSIS} may stand once")

    def extract(self, message: str) -> dict[str, str] | None:
        """The fields of a message by name, or by number; None if it does not match."""
        values = split(message)
        slots = self._slots_for(len(values))
        if len(slots) != len(values):
            return None
        found: dict[str, str] = {}
        for number, (slot, value) in enumerate(zip(slots, values, strict=True), start=1):
            if slot.check is not None and not slot.check(value):
                return None
            found[f"${slot.name or number}"] = value
        return found

    def _slots_for(self, count: int) -> list[Slot]:
        """The slots, with as many in the place of ``...`` as it takes to get to a number."""
        if not self._gaps:
            return self._slots
        [at], missing = self._gaps, count - len(self._slots) + 1
        return [*self._slots[:at], *[_UNNAMED] * missing, *self._slots[at + 1 :]]


def split(message: str) -> list[str]:
    """
    The fields of a message: words, and what stands between brackets or quotation marks.

    >>> split('a [b c] "d e"')
    ['a', 'b c', 'd e']
    """
    if "[" not in message:
        return [quoted or word for _, quoted, word in _PLAIN.findall(message)]
    found: list[str] = []
    at, last_bracket = 0, message.rfind("]")
    while True:  # after the last bracket none is looked for: each look would go to the end
        match = (_BRACKETED if at <= last_bracket else _PLAIN).search(message, at)
        if match is None:
            return found
        found.append(match[1] or match[2] or match[3] or "")
        at = match.end()


def _slot(tree: ParseTree) -> Slot:
    if not tree.children:
        return _UNNAMED
    [child] = tree.children
    if isinstance(child, Token):
        return Slot(str(child))
    names = sorted(set(tokens(child, "NAME")))
    if len(names) > 1:
        raise invalid_pattern(f"one field goes by several names: {', '.join(names)}")
    return Slot(names[0], _CONDITIONS.transform(child))


_CONDITIONS: Final = Conditions(lambda field, _name: [field])
