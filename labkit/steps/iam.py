"""The role that lets the flow logs service, and nobody else, write to CloudWatch Logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from labkit.lab import CloudLab

POLICY_NAME: Final = "write-flow-logs"
SERVICE: Final = "vpc-flow-logs.amazonaws.com"


def role_name(lab: CloudLab) -> str:
    """The name of the lab's delivery role."""
    return f"{lab.name}-flow-logs"


def build(lab: CloudLab) -> dict[str, str]:
    """
    The ARN of the delivery role by its name, with trust and permissions as they should be.

    Trust and permissions are written on every build, so that a role somebody
    bent is straight again afterwards.
    """
    name = role_name(lab)
    about = "Lets VPC flow logs write to CloudWatch Logs"
    return {name: build_role(lab, name, about, trust(lab), (POLICY_NAME, PERMISSIONS))}


def build_role(
    lab: CloudLab,
    name: str,
    about: str,
    trusted: dict[str, Any],
    policy: tuple[str, dict[str, Any]],
) -> str:
    """
    The ARN of a role, with trust and permissions as they should be.

    Args:
        lab: The lab.
        name: The role's name.
        about: The description that a new role gets.
        trusted: The trust policy: who may assume it.
        policy: Name and text of the policy in it.
    """
    arn = find_role(lab, name) or _create(lab, name, about, trusted)
    lab.iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trusted))
    policy_name, permissions = policy
    lab.iam.put_role_policy(
        RoleName=name, PolicyName=policy_name, PolicyDocument=json.dumps(permissions)
    )
    return arn


def trust(lab: CloudLab) -> dict[str, Any]:
    """
    Who may assume the role: the flow logs service, on behalf of this account only.

    Without the two conditions the service could be talked into using the role
    for somebody else: the confused deputy.

    Source: Amazon VPC User Guide, "IAM role for publishing flow logs to
    CloudWatch Logs".
    """
    flow_logs = f"arn:aws:ec2:{lab.region}:{lab.account_id}:vpc-flow-log/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": lab.account_id},
                    "ArnLike": {"aws:SourceArn": flow_logs},
                },
            }
        ],
    }


PERMISSIONS: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
            ],
            "Resource": "*",
        }
    ],
}


def find_role(lab: CloudLab, name: str) -> str | None:
    """The ARN of a role, if there is one of that name."""
    try:
        arn: str = lab.iam.get_role(RoleName=name)["Role"]["Arn"]
    except lab.iam.exceptions.NoSuchEntityException:
        return None
    return arn


def _create(lab: CloudLab, name: str, about: str, trusted: dict[str, Any]) -> str:
    created = lab.iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(trusted),
        Description=about,
        Tags=lab.tags.of(name),
    )
    arn: str = created["Role"]["Arn"]
    return arn
