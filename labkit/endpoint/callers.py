"""
Who calls: whoever has the lab, or a function of theirs, in the name of its role.

Whoever has the lab need be no user of IAM's, and may do anything: on AWS that
is the root user of the account.

Source: IAM User Guide, "IAM identifiers" (assumed roles) and "AWS account root
user"; AWS STS API Reference, GetCallerIdentity.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.operations import operation
from labkit.endpoint.role_policies import role_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.operations import Call

_NOBODY: Final = re.compile(r"arn:[\w-]+:sts::\d+:user/moto")
"""Whom moto takes for the caller if neither a user nor a role has the access key."""


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """
    A role while somebody has it.

    Args:
        role_arn: The role.
        session: What whoever assumed it calls the session; Lambda names it after the function.
    """

    role_arn: str
    session: str

    @property
    def role(self) -> str:
        """The name of the role, without its path."""
        return self.role_arn.rsplit("/", 1)[-1]

    @property
    def arn(self) -> str:
        """Whom AWS calls the caller."""
        account_id = self.role_arn.split(":")[4]
        return f"arn:aws:sts::{account_id}:assumed-role/{self.role}/{self.session}"


_caller: ContextVar[AssumedRole | None] = ContextVar("caller", default=None)


@contextmanager
def calling_as(caller: AssumedRole) -> Iterator[None]:
    """A span in which this thread's calls are those of an assumed role."""
    before = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(before)


def owner_arn(account_id: str) -> str:
    """The ARN of whoever has the lab."""
    return f"arn:aws:iam::{account_id}:root"


@operation("sts", "GetCallerIdentity")
def get_caller_identity(call: Call) -> dict[str, Any]:
    """Account, ARN and id of whoever calls."""
    caller = _caller.get()
    if caller is None:
        return _with_a_key(call)
    role = role_of(call.aws, caller.role_arn)
    role_id = caller.role if role is None else role.id  # a role that is gone is left its name
    user_id = f"{role_id}:{caller.session}"
    return {"UserId": user_id, "Account": call.account_id, "Arn": caller.arn}


def _with_a_key(call: Call) -> dict[str, Any]:
    """The user or the role that the access key belongs to, or the account's owner."""
    identity = call.forward()
    if not _NOBODY.fullmatch(identity["Arn"]):
        return identity
    account_id = call.account_id
    return {"UserId": account_id, "Account": account_id, "Arn": owner_arn(account_id)}
