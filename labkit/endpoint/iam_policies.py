"""What IAM is told about policies: those AWS manages, those in use, principals that cannot be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from labkit.endpoint.json_documents import loaded
from labkit.endpoint.moto_seam import managed_policies
from labkit.endpoint.operations import AwsError, before
from labkit.endpoint.policy_grammar import is_principal

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call


@before("iam", "*")
def know_managed_policies(call: Call) -> None:
    """Enter the managed policies this call is about: those named, or all if it lists them."""
    if call.operation == "ListPolicies":
        if call.params.get("Scope", "All") != "Local":
            managed_policies.enter_all(call.backend)
        return
    for value in call.params.values():
        if isinstance(value, str) and value.startswith(managed_policies.ARN_PREFIX):
            managed_policies.enter(call.backend, value)


@before("iam", "DeletePolicy")
def keep_policies_in_use(call: Call) -> None:
    """
    Refuse to delete a policy that somebody has, or that has more than one version; moto does it.

    Source: IAM API Reference, DeletePolicy.
    """
    policy = call.backend.managed_policies.get(call.params.get("PolicyArn"))
    if policy is None:
        return  # moto says so
    if policy.attachment_count:
        raise _delete_conflict("Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise _delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete "
            "the policy's versions. The default version is deleted with the policy."
        )


def _delete_conflict(message: str) -> AwsError:
    return AwsError("DeleteConflict", message, 409)


@before("iam", "CreateRole")
@before("iam", "UpdateAssumeRolePolicy")
def principals_have_a_kind(call: Call) -> None:
    """
    Refuse a trust policy whose principal is a bare name; moto takes it.

    A principal is ``"*"`` or says what kind each name is: ``{"Service": "..."}``
    (IAM User Guide, "AWS JSON policy elements: Principal").
    """
    document = call.params.get("AssumeRolePolicyDocument") or call.params.get("PolicyDocument")
    try:
        policy = loaded(document or "{}")
    except json.JSONDecodeError:
        return  # moto says so
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict) and not is_principal(statement.get("Principal", "*")):
            raise AwsError("MalformedPolicyDocument", "Invalid principal in policy.")
