"""Kinds of resources that moto does not have: their ids can be tagged, and tags tell their kind."""

from __future__ import annotations

from typing import Final

from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX, random_resource_id

KINDS: Final = {"network-insights-path": "nip", "network-insights-analysis": "nia"}
"""Prefix of ids by kind of resource, as tags name it."""

# These tables have no owner to stand in for; a further entry changes nothing for anybody else.
EC2_RESOURCE_TO_PREFIX.update(KINDS)
EC2_PREFIX_TO_RESOURCE.update({prefix: kind for kind, prefix in KINDS.items()})


def new_id(prefix: str) -> str:
    """An id from the current stream of random numbers, as long as AWS's are now."""
    return f"{prefix}-{random_resource_id(17)}"
