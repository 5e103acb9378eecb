"""
Whether a role lets flow logs deliver: its trust policy, its permissions, and a reason if not.

Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch
Logs".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.role_policies import (
    Question,
    Unsupported,
    allowed,
    permissions,
    role_of,
    trusts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.operations import MotoObject

SERVICE: Final = "vpc-flow-logs.amazonaws.com"
"""Whom the trust policy has to name."""

EXAMPLE_STREAM: Final = "eni-0123456789abcdef0-all"
"""A log stream as flow logs name theirs, to ask permissions about."""


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
        role = role_of(aws, role_arn)
        if role is None:
            return f"{role_arn} does not exist."
        source = f"arn:aws:ec2:{place}:{account_id}:vpc-flow-log/{flow_log_id}"
        circumstances = {"aws:sourceaccount": account_id, "aws:sourcearn": source}
        group = f"arn:aws:logs:{place}:{account_id}:log-group:{log_group_name}"
        try:
            return _objection(role, group, circumstances, group_exists=group_exists)
        except Unsupported as unknown:
            return str(unknown)


def _objection(
    role: MotoObject, group: str, circumstances: Mapping[str, str], *, group_exists: bool
) -> str | None:
    if not trusts(role, SERVICE, circumstances):
        return f"The trust policy of {role.name} does not let {SERVICE} assume the role."
    given = permissions(role)
    needed = [] if group_exists else [Question("logs:CreateLogGroup", group, circumstances)]
    stream = f"{group}:log-stream:{EXAMPLE_STREAM}"
    needed += [
        Question("logs:CreateLogStream", stream, circumstances),
        Question("logs:PutLogEvents", stream, circumstances),
    ]
    for question in needed:
        if not allowed(given, question):
            return f"The role {role.name} does not allow {question.action} on {question.resource}."
    return None
