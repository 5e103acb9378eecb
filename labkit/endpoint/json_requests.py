"""
JSON bodies as AWS reads them, before any operation sees them.

A body that is no JSON, or holds a value of the wrong kind, is a
``SerializationException``.  One that breaks what botocore's model says of its
members (required, length, range, pattern, set of values) is a validation error
that names every member at fault.

Source: AWS JSON 1.1 protocol; wording of AWS's services in public bug reports.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.model_rules import MISSING, detected, fault, rules_of
from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

MOST_BYTES: Final = 16 * 1024 * 1024
"""Longest body taken; a full batch of log events is shorter, however it is escaped."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_USUAL_CODE: Final = "ValidationException"
_NESTS: Final = frozenset({"structure", "list", "map"})
_LARGEST: Final = {"integer": 2**31 - 1, "long": 2**63 - 1}
_KIND_NAMES: Final = {
    "string": "String",
    "integer": "Integer",
    "long": "Long",
    "boolean": "Boolean",
    "float": "Float",
    "double": "Double",
    "timestamp": "Date",
    "blob": "ByteBuffer",
}


def read(body: bytes, model: OperationModel) -> dict[str, Any]:
    """
    The members of a body by their names in the API reference, as JSON values.

    Nulls and members the model does not know are left out, fractions of whole
    numbers cut off, and halves of characters replaced, as UTF-8 cannot hold them.

    Raises:
        AwsError: AWS would not take it.
    """
    if len(body) > MOST_BYTES:
        message = f"The request has {len(body)} bytes; it may have {MOST_BYTES}."
        raise AwsError("RequestEntityTooLargeException", message, 413)
    reader = _Reader()
    try:
        given = json.loads(body.decode() or "{}", parse_constant=_refuse_constant)
        members = reader.value(model.input_shape, given, "") if model.input_shape else {}
    except (ValueError, RecursionError) as unreadable:
        raise AwsError("SerializationException", str(unreadable)) from None
    if reader.faults:
        raise AwsError(_code(model), detected(reader.faults))
    return dict(members)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _code(model: OperationModel) -> str:
    """What an operation calls parameters that cannot be."""
    codes = {shape.name for shape in model.error_shapes}
    return "InvalidParameterException" if "InvalidParameterException" in codes else _USUAL_CODE


class _Reader:
    """A walk through one body, along its shape; notes what breaks the model's rules."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def value(self, shape: Shape, given: Any, path: str) -> Any:  # noqa: ANN401  JSON
        """
        What a value is once it is read as *shape*.

        Raises:
            ValueError: It is of another kind.
        """
        if shape.type_name == "structure":
            return self._structure(shape, given, path)
        made: Any
        if shape.type_name == "list":
            made = self._list(shape, _expect(list, "list", given, path), path)
        elif shape.type_name == "map":
            made = self._map(shape, _expect(dict, "map", given, path), path)
        else:
            made = _scalar(shape, given, path)
        for rule in rules_of(shape):
            if not rule.holds(made):
                self._note(made, path, rule.text)
        return made

    def _structure(self, shape: StructureShape, given: Any, path: str) -> Any:  # noqa: ANN401  JSON
        if shape.is_document_type:
            return given
        whole = _expect(dict, "map", given, path)
        made = {}
        for name, member in shape.members.items():
            value = whole.get(member.serialization.get("name", name))
            place = f"{path}.{name}" if path else name
            if value is not None:
                made[name] = self.value(member, value, place)
            elif name in shape.required_members:
                self._note(None, place, MISSING)
        return made

    def _list(self, shape: ListShape, given: list[Any], path: str) -> list[Any]:
        inner = shape.member
        if inner.type_name in _NESTS:
            numbered = enumerate(given, 1)
            return [self.value(inner, each, f"{path}.{n}.member") for n, each in numbered]
        made = [_scalar(inner, each, path) for each in given]
        self._check_parts("Member", inner, made, made, path)
        return made

    def _map(self, shape: MapShape, given: dict[str, Any], path: str) -> dict[str, Any]:
        inner = shape.value
        if inner.type_name in _NESTS:
            made = {_whole(key): self.value(inner, each, path) for key, each in given.items()}
        else:
            made = {_whole(key): _scalar(inner, each, path) for key, each in given.items()}
            self._check_parts("Map value", inner, list(made.values()), made, path)
        self._check_parts("Map keys", shape.key, list(made), made, path)
        return made

    def _check_parts(
        self, who: str, shape: Shape, parts: list[Any], whole: object, path: str
    ) -> None:
        rules = rules_of(shape)
        if not all(rule.holds(part) for part in parts for rule in rules):
            demands = ", ".join(rule.text for rule in rules)
            self._note(whole, path, f"{who} must satisfy constraint: [{demands}]")

    def _note(self, value: object, path: str, demand: str) -> None:
        self.faults.append(fault(value, path, demand))


def _expect(kind: type, name: str, given: Any, path: str) -> Any:  # noqa: ANN401  JSON
    if not isinstance(given, kind):
        raise ValueError(f"Expected {name} or null{_at(path)}")  # noqa: TRY004  not a bug of ours
    return given


def _scalar(shape: Shape, given: Any, path: str) -> Any:  # noqa: ANN401  JSON
    """A text, number or truth value of the kind wanted; the fraction of a whole number is cut."""
    kind = shape.type_name
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if isinstance(given, str) and kind in {"string", "timestamp"}:
        return _whole(given)
    if is_number and kind in _LARGEST and abs(given) <= _LARGEST[kind]:
        return int(given)
    if is_number and kind in {"float", "double", "timestamp"}:
        return given
    if isinstance(given, bool) and kind == "boolean":
        return given
    if isinstance(given, str) and kind == "blob":
        b64decode(given, validate=True)
        return given
    raise ValueError(_clash(kind, given) + _at(path))


def _clash(kind: str, given: object) -> str:
    if isinstance(given, dict | list):
        what = "list" if isinstance(given, list) else "structure or map"
        return f"Start of {what} found where not expected"
    token = "STRING" if isinstance(given, str) else "NUMBER"
    if given is None or isinstance(given, bool):
        token = json.dumps(given).upper()
    return f"{token}_VALUE can not be converted to a {_KIND_NAMES[kind]}"


def _at(path: str) -> str:
    return f" (at {path})" if path else ""


def _whole(text: str) -> str:
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
