"""
Whether a role lets flow logs deliver: its trust policy, its permissions, and a reason if not.

A small evaluator of IAM policies for the one service that asks here.  It knows
what such roles are written with, and takes anything it does not know for a
refusal that says so.

Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch
Logs"; IAM User Guide, "Policy evaluation logic".
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

SERVICE: Final = "vpc-flow-logs.amazonaws.com"
"""Whom the trust policy has to name."""

EXAMPLE_STREAM: Final = "eni-0123456789abcdef0-all"
"""A log stream as flow logs name theirs, to ask permissions about."""


class Unsupported(Exception):
    """A policy uses something this evaluator does not know."""


class Question(NamedTuple):
    """May *action* be done on *resource*, under these *circumstances*?"""

    action: str
    resource: str
    circumstances: Mapping[str, str]


def may_deliver(
    aws: EmbeddedAws,
    role_arn: str,
    log_group_name: str,
    *,
    region: str | None = None,
    flow_log_id: str = "",
    group_exists: bool = True,
) -> str | None:
    """
    ``None`` if the role may deliver, else the reason why it may not.

    Args:
        aws: The application whose IAM is asked.
        role_arn: The role a flow log names.
        log_group_name: Where its records go.
        region: Region of flow log and log group.
        flow_log_id: For conditions on ``aws:SourceArn``.
        group_exists: Whether the group is there already; if not, the role has to make it.
    """
    place = region or aws.settings.region
    account_id = aws.settings.account_id
    with aws.active("GetRole"):
        role = _role(aws, role_arn)
        if role is None:
            return f"{role_arn} does not exist."
        source = f"arn:aws:ec2:{place}:{account_id}:vpc-flow-log/{flow_log_id}"
        circumstances = {"aws:sourceaccount": account_id, "aws:sourcearn": source}
        group = f"arn:aws:logs:{place}:{account_id}:log-group:{log_group_name}"
        try:
            return _objection(role, group, circumstances, group_exists=group_exists)
        except Unsupported as unknown:
            return str(unknown)


def _role(aws: EmbeddedAws, role_arn: str) -> MotoObject | None:
    roles = aws.backend("iam").roles.values()
    return next((role for role in roles if role.arn == role_arn), None)


def _objection(
    role: MotoObject, group: str, circumstances: Mapping[str, str], *, group_exists: bool
) -> str | None:
    trust = Question("sts:AssumeRole", "", circumstances)
    trusting = [each for each in _statements(role.assume_role_policy_document) if _names_us(each)]
    if not _allowed(trusting, trust, with_resource=False):
        return f"The trust policy of {role.name} does not let {SERVICE} assume the role."
    permissions = [statement for text in _policies(role) for statement in _statements(text)]
    needed = [] if group_exists else [Question("logs:CreateLogGroup", group, circumstances)]
    stream = f"{group}:log-stream:{EXAMPLE_STREAM}"
    needed += [
        Question("logs:CreateLogStream", stream, circumstances),
        Question("logs:PutLogEvents", stream, circumstances),
    ]
    for question in needed:
        if not _allowed(permissions, question):
            return f"The role {role.name} does not allow {question.action} on {question.resource}."
    return None


def _policies(role: MotoObject) -> Iterator[str]:
    """Every policy document that says what *role* may do, inline ones first."""
    yield from role.policies.values()
    for policy in role.managed_policies.values():
        yield next(version.document for version in policy.versions if version.is_default)


def _statements(document: str | Mapping[str, Any]) -> list[Mapping[str, Any]]:
    try:
        policy = json.loads(unquote(document)) if isinstance(document, str) else document
    except json.JSONDecodeError as unreadable:
        raise Unsupported(f"A policy is not JSON: {unreadable}.") from unreadable
    return _listed(policy.get("Statement", []))


def _allowed(
    statements: Iterable[Mapping[str, Any]], question: Question, *, with_resource: bool = True
) -> bool:
    """IAM's rule: one Allow is needed, and one Deny is too many."""
    effects = {
        statement.get("Effect")
        for statement in statements
        if _is_about(statement, question, with_resource=with_resource)
    }
    return "Allow" in effects and "Deny" not in effects


def _is_about(statement: Mapping[str, Any], question: Question, *, with_resource: bool) -> bool:
    about_action = _listed_either(statement, "Action", question.action, _same_action)
    about_resource = not with_resource or _listed_either(
        statement, "Resource", question.resource, _same_resource
    )
    return about_action and about_resource and _conditions_hold(statement, question.circumstances)


def _listed_either(
    statement: Mapping[str, Any], element: str, value: str, same: Callable[[str, str], bool]
) -> bool:
    if f"Not{element}" in statement:
        return not any(same(pattern, value) for pattern in _listed(statement[f"Not{element}"]))
    return any(same(pattern, value) for pattern in _listed(statement.get(element, [])))


def _names_us(statement: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in statement:
        raise Unsupported("NotPrincipal in a trust policy is not supported here.")
    principal = statement.get("Principal", {})
    if principal == "*":
        return True
    services = _listed(principal.get("Service", []))
    return SERVICE in services or "*" in _listed(principal.get("AWS", []))


def _conditions_hold(statement: Mapping[str, Any], circumstances: Mapping[str, str]) -> bool:
    for operator, tests in statement.get("Condition", {}).items():
        matches = _OPERATORS.get(operator)
        if matches is None:
            known = ", ".join(_OPERATORS)
            raise Unsupported(f"The condition operator {operator} is not supported ({known} are).")
        for key, accepted in tests.items():
            seen = circumstances.get(key.lower())
            if seen is None:
                raise Unsupported(f"The condition key {key} is not supported for flow logs.")
            if not any(matches(str(pattern), seen) for pattern in _listed(accepted)):
                return False
    return True


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


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  policies have one thing or a list of things
    return value if isinstance(value, list) else [value]
