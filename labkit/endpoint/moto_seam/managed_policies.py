"""
The policies AWS manages, entered in IAM when somebody asks for one.

There are some 1,500 of them; making them all costs more than everything else
in IAM, and most labs never name one.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy

if TYPE_CHECKING:
    from labkit.endpoint.operations import MotoObject

ARN_PREFIX: Final = "arn:aws:iam::aws:policy/"
"""How the ARN of every policy that AWS manages begins."""


def enter(backend: MotoObject, arn: str) -> None:
    """Have *backend*, moto's IAM, know the policy *arn*, if there is such a policy."""
    name = arn.rpartition("/")[2]
    if arn in backend.managed_policies or name not in _descriptions():
        return
    made = AWSManagedPolicy.from_data(
        name, backend.account_id, backend.region_name, _descriptions()[name]
    )
    if made.arn == arn:
        backend.managed_policies[arn] = made
        backend.aws_managed_policies.append(made)


def enter_all(backend: MotoObject) -> None:
    """Have *backend* know every policy that AWS manages."""
    for name, description in _descriptions().items():
        enter(backend, f"{ARN_PREFIX[:-1]}{description['Path']}{name}")


@cache
def _descriptions() -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return known
