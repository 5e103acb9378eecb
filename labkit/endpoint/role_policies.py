"""
What IAM's policies say of a role: who may assume it, and what it may do.

A small evaluator for the services that act on a role's behalf here.  It knows
what such roles are written with, and takes anything it does not know for
:class:`Unsupported`, which its callers take for a refusal that says why.

Source: IAM User Guide, "Policy evaluation logic".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from labkit.endpoint.wildcards import like

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.operations import MotoObject


class Unsupported(Exception):
    """A policy uses something this evaluator does not know."""


class Question(NamedTuple):
    """May *action* be done on *resource*, under these *circumstances*?"""

    action: str
    resource: str
    circumstances: Mapping[str, str]


def role_of(aws: EmbeddedAws, role_arn: str) -> MotoObject | None:
    """The role of an ARN, if there is one; within :meth:`EmbeddedAws.active` only."""
    roles = aws.backend("iam").roles.values()
    return next((role for role in roles if role.arn == role_arn), None)


def trusts(role: MotoObject, service: str, circumstances: Mapping[str, str]) -> bool:
    """
    Whether the trust policy of a role lets a service assume it.

    Raises:
        Unsupported: The policy uses something that is not known here.
    """
    trusting = [
        each
        for each in statements(role.assume_role_policy_document)
        if names_service(each, service)
    ]
    return allowed(trusting, Question("sts:AssumeRole", "", circumstances), with_resource=False)


def permissions(role: MotoObject) -> list[Mapping[str, Any]]:
    """Every statement about what *role* may do, those of inline policies first."""
    return [statement for text in _documents(role) for statement in statements(text)]


def allows_somewhere(role: MotoObject, action: str) -> bool:
    """
    Whether a role may do something to anything at all.

    Resources and conditions of what is allowed are not looked at; a denial
    counts if it is of everything and without conditions.
    """
    about = [
        each for each in permissions(role) if _listed_either(each, "Action", action, _same_action)
    ]
    denied = any(
        each.get("Effect") == "Deny"
        and "*" in listed(each.get("Resource", []))
        and not each.get("Condition")
        for each in about
    )
    return not denied and any(each.get("Effect") == "Allow" for each in about)


def statements(document: str | Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """
    The statements of a policy document.

    Raises:
        Unsupported: It cannot be read.
    """
    try:
        policy = json.loads(unquote(document)) if isinstance(document, str) else document
    except json.JSONDecodeError as unreadable:
        raise Unsupported(f"A policy is not JSON: {unreadable}.") from unreadable
    return listed(policy.get("Statement", []))


def allowed(
    given: Iterable[Mapping[str, Any]], question: Question, *, with_resource: bool = True
) -> bool:
    """
    IAM's rule: one Allow is needed, and one Deny is too many.

    Raises:
        Unsupported: A statement about the action has a condition that is not known here.
    """
    effects = {
        statement.get("Effect")
        for statement in given
        if _is_about(statement, question, with_resource=with_resource)
    }
    return "Allow" in effects and "Deny" not in effects


def names_service(statement: Mapping[str, Any], service: str) -> bool:
    """
    Whether a statement is about a service.

    Raises:
        Unsupported: It says whom it is *not* about.
    """
    if "NotPrincipal" in statement:
        raise Unsupported("NotPrincipal is not supported here.")
    principal = statement.get("Principal", {})
    if principal == "*":
        return True
    return service in listed(principal.get("Service", [])) or "*" in listed(
        principal.get("AWS", [])
    )


def conditions_hold(statement: Mapping[str, Any], circumstances: Mapping[str, str]) -> bool:
    """
    Whether all conditions of a statement are met.

    Args:
        statement: A statement of a policy.
        circumstances: Values by condition keys in lower case.

    Raises:
        Unsupported: It has an operator or a key that is not known here.
    """
    for operator, tests in statement.get("Condition", {}).items():
        matches = _OPERATORS.get(operator)
        if matches is None:
            known = ", ".join(_OPERATORS)
            raise Unsupported(f"The condition operator {operator} is not supported ({known} are).")
        for key, accepted in tests.items():
            seen = circumstances.get(key.lower())
            if seen is None:
                raise Unsupported(f"The condition key {key} is not supported here.")
            if not any(matches(str(pattern), seen) for pattern in listed(accepted)):
                return False
    return True


def listed(value: Any) -> list[Any]:  # noqa: ANN401  policies have one thing or a list of things
    """What a policy has as one thing or as a list of things, as a list."""
    return value if isinstance(value, list) else [value]


def _documents(role: MotoObject) -> Iterator[str]:
    yield from role.policies.values()
    for policy in role.managed_policies.values():
        yield next(version.document for version in policy.versions if version.is_default)


def _is_about(statement: Mapping[str, Any], question: Question, *, with_resource: bool) -> bool:
    about_action = _listed_either(statement, "Action", question.action, _same_action)
    about_resource = not with_resource or _listed_either(
        statement, "Resource", question.resource, _same_resource
    )
    return about_action and about_resource and conditions_hold(statement, question.circumstances)


def _listed_either(
    statement: Mapping[str, Any], element: str, value: str, same: Callable[[str, str], bool]
) -> bool:
    if f"Not{element}" in statement:
        return not any(same(pattern, value) for pattern in listed(statement[f"Not{element}"]))
    return any(same(pattern, value) for pattern in listed(statement.get(element, [])))


def _same_action(pattern: str, action: str) -> bool:
    return like(pattern.lower(), action.lower())


def _same_resource(pattern: str, resource: str) -> bool:
    """Whether *pattern* covers *resource*; log groups also go by their name and ``:*``."""
    return like(pattern, resource) or (
        ":log-stream:" not in resource and like(pattern, f"{resource}:*")
    )


_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
}
