"""Lets IAM know the policies AWS manages as soon as a call names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.endpoint.moto_seam import managed_policies
from labkit.endpoint.operations import before

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
