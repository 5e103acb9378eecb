"""Tags that come with a request of EC2's, for what it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.endpoint.operations import Params


def tags_for(kind: str, params: Params) -> dict[str, str]:
    """The tags a request has for a *kind* of resource, as ``TagSpecifications`` names it."""
    return {
        tag["Key"]: tag.get("Value", "")
        for specification in params.get("TagSpecifications", [])
        if specification.get("ResourceType") == kind
        for tag in specification.get("Tags", [])
    }
