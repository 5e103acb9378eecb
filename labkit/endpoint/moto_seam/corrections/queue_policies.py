"""Policies of queues: statements need no name, also where permissions are added and removed."""

# ruff: noqa: ANN401, SLF001  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.sqs.models import SQSBackend

from labkit.endpoint.moto_seam.corrections.substitution import instead_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@instead_of(SQSBackend, "add_permission")
@instead_of(SQSBackend, "remove_permission")
def _change(original: Any, sqs: Any, *args: Any, **kwargs: Any) -> Any:
    queue_name = kwargs.get("queue_name") or args[0]
    with _without_nameless(sqs.get_queue(queue_name)._policy_json):
        return original(*args, **kwargs)


@contextmanager
def _without_nameless(policy: dict[str, Any]) -> Iterator[None]:
    """A span in which only statements with a name are in a policy: moto looks at all names."""
    given = policy.get("Statement", [])
    every = [given] if isinstance(given, dict) else given
    nameless = [each for each in every if "Sid" not in each]
    policy["Statement"] = [each for each in every if "Sid" in each]
    try:
        yield
    finally:
        policy["Statement"] = nameless + policy["Statement"]
