"""What IAM is told about policies: those AWS manages, and principals that cannot be."""

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
