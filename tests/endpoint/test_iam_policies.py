"""Policies of IAM: which of them can be deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
    }
)


@pytest.fixture
def policy(iam: Any) -> str:
    return str(iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)["Policy"]["Arn"])


def test_a_policy_can_be_deleted_once_nobody_has_it(
    iam: Any, policy: str, refusal: Callable[..., Any]
):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=DOCUMENT)
    iam.attach_role_policy(RoleName="r", PolicyArn=policy)
    assert refusal(iam.delete_policy, PolicyArn=policy)[0] == "DeleteConflict"
    iam.detach_role_policy(RoleName="r", PolicyArn=policy)
    iam.delete_policy(PolicyArn=policy)
    assert refusal(iam.get_policy, PolicyArn=policy)[0] == "NoSuchEntity"


def test_a_policy_can_be_deleted_once_it_has_one_version(
    iam: Any, policy: str, refusal: Callable[..., Any]
):
    second = iam.create_policy_version(PolicyArn=policy, PolicyDocument=DOCUMENT)
    assert refusal(iam.delete_policy, PolicyArn=policy)[0] == "DeleteConflict"
    version = second["PolicyVersion"]["VersionId"]
    iam.delete_policy_version(PolicyArn=policy, VersionId=version)
    iam.delete_policy(PolicyArn=policy)
