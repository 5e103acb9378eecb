"""Tags: the kinds of resources they are on, by AWS's names."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from typing import Any, Final

from moto.ec2.models.tags import TagBackend

from labkit.endpoint.moto_seam.corrections.substitution import instead_of

_KINDS: Final = {
    "dedicated_host": "dedicated-host",
    "flow-logs": "vpc-flow-log",
    "managed-prefix-list": "prefix-list",
    "nat-gateway": "natgateway",
    "spot-instance-request": "spot-instances-request",
    "vpc-elastic-ip": "elastic-ip",
}
"""AWS's name of a kind by moto's."""


@instead_of(TagBackend, "describe_tags")
def _describe(original: Any, _: Any, *args: Any, **kwargs: Any) -> Any:
    found = original(*args, **kwargs)
    for each in found:
        each["resource_type"] = _KINDS.get(each["resource_type"], each["resource_type"])
    return found
