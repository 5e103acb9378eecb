"""
Parameters of query-protocol requests (EC2, IAM, SNS, ...) that break the operation's model.

EC2 names the first parameter that is missing; the other services name all that
is wrong at once, as those that speak JSON do.

Source: Amazon EC2 API Reference, "Error codes"; IAM API Reference, "Common errors".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.model_rules import MISSING, detected, fault, rules_of
from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import OperationModel, Shape

_LARGEST_INTEGER: Final = 2**31 - 1


def refuse_missing(params: Mapping[str, Any], model: OperationModel) -> None:
    """
    Refuse a call of EC2 that lacks a parameter, or has a number no machine could count to.

    Raises:
        AwsError: ``MissingParameter`` or ``InvalidParameterValue``.
    """
    for path, shape, value in _members(model.input_shape, params, ""):
        name = path[0].lower() + path[1:]
        if value is None:
            message = f"The request must contain the parameter {name}"
            raise AwsError("MissingParameter", message)
        if shape.type_name == "integer" and abs(value) > _LARGEST_INTEGER:
            message = f"Value ({value}) for parameter {name} is invalid."
            raise AwsError("InvalidParameterValue", message)


def refuse_invalid(params: Mapping[str, Any], model: OperationModel) -> None:
    """
    Refuse a call with members that are missing or break a rule of the model.

    Raises:
        AwsError: ``ValidationError``, which names them all.
    """
    faults = faults_of(params, model)
    if faults:
        raise AwsError("ValidationError", faults)


def faults_of(params: Mapping[str, Any], model: OperationModel) -> str:
    """All members that are missing or break a rule of the model, in one message; "" for none."""
    faults = [
        fault(value, path[0].lower() + path[1:], demand)
        for path, shape, value in _members(model.input_shape, params, "")
        for demand in _broken(shape, value)
    ]
    return detected(faults) if faults else ""


def _broken(shape: Shape, value: object) -> Iterator[str]:
    if value is None:
        yield MISSING
        return
    yield from (rule.text for rule in rules_of(shape) if not rule.holds(value))


def _members(shape: Any, value: Any, path: str) -> Iterator[tuple[str, Shape, Any]]:  # noqa: ANN401  botocore's
    """Every value in *value* with its path and shape; required ones that are missing are None."""
    if shape is None:
        return
    if path:
        yield path, shape, value
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            inner = value.get(name)
            if inner is not None or name in shape.required_members:
                place = f"{path}.{name}" if path else name
                if inner is None:
                    yield place, member, None
                else:
                    yield from _members(member, inner, place)
    elif shape.type_name == "list":
        for number, each in enumerate(value, 1):
            yield from _members(shape.member, each, f"{path}.{number}")
