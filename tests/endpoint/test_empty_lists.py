"""Lists of what cannot be made here: tools that look at a whole account get an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore import xform_name

from labkit.endpoint.empty_lists import LISTS
from labkit.endpoint.moto_seam.protocols import operation_model

if TYPE_CHECKING:
    from collections.abc import Callable


def test_what_cannot_be_made_is_not_there(
    new_aws: Callable[..., Any], session_on: Callable[..., Any]
):
    session = session_on(new_aws())
    for service, names in LISTS.items():
        client = session.client(service)
        for name in names:
            answer = getattr(client, xform_name(name))(**_needed(service, name))
            listed = [value for value in answer.values() if isinstance(value, list)]
            assert listed == [[]], name


def _needed(service: str, name: str) -> dict[str, Any]:
    shape = operation_model(service, name).input_shape
    return {member: _some(shape.members[member]) for member in shape.required_members}


def _some(shape: Any) -> Any:
    texts = [*getattr(shape, "enum", []), "x"]
    return {"list": ["x"], "integer": 5, "string": texts[0]}[shape.type_name]
