"""
Who may invoke a function: the statements of its resource policy.

Source: AWS Lambda API Reference, "AddPermission"; AWS Lambda Developer Guide,
"Resource-based policies".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labkit.endpoint.role_policies import Unsupported, conditions_hold, listed
from labkit.endpoint.wildcards import like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.functions.function import Function

INVOKE: Final = "lambda:InvokeFunction"


class Caller(NamedTuple):
    """
    A service that wants a function invoked.

    Args:
        service: Its principal, as in ``logs.amazonaws.com``.
        source_arn: What it does so for.
        account_id: The account that owns this.
    """

    service: str
    source_arn: str
    account_id: str


def statement(params: Mapping[str, Any], function_arn: str) -> dict[str, Any]:
    """The statement that AddPermission's parameters stand for."""
    conditions: dict[str, dict[str, str]] = {}
    for parameter, operator, key in (
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ):
        if parameter in params:
            conditions.setdefault(operator, {})[key] = params[parameter]
    return {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(params["Principal"]),
        "Action": params["Action"],
        "Resource": function_arn,
        **({"Condition": conditions} if conditions else {}),
    }


def _principal(text: str) -> str | dict[str, str]:
    if text == "*":
        return text
    if text.isdecimal():
        return {"AWS": f"arn:aws:iam::{text}:root"}
    return {"AWS" if text.startswith("arn:") else "Service": text}


def may_invoke(function: Function, caller: Caller) -> bool:
    """Whether the policy of a function lets a service invoke it."""
    return any(_lets_in(each, caller, function.region) for each in function.policy.values())


def _lets_in(given: Mapping[str, Any], caller: Caller, region: str) -> bool:
    principal = given["Principal"]
    names = {caller.service, caller.service.replace(".", f".{region}.", 1)}
    named = principal == "*" or not names.isdisjoint(listed(principal.get("Service", [])))
    if not named or not like(given["Action"].lower(), INVOKE.lower()):
        return False
    circumstances = {"aws:sourcearn": caller.source_arn, "aws:sourceaccount": caller.account_id}
    try:
        return conditions_hold(given, circumstances)
    except Unsupported:
        return False
