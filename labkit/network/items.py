"""What all items of describe answers have in common."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from labkit.network.topology import Network

# EC2 says "available" of an attached internet gateway, and "attached" elsewhere.
_ATTACHED: Final = ("available", "attached")

Answer: TypeAlias = "Mapping[str, Any]"
Answers: TypeAlias = "Mapping[str, Sequence[Answer]]"


def by_id(answers: Answers, key: str, id_key: str, make: Callable[[Answer], Any]) -> dict[str, Any]:
    """The values made of all items under a key of the answers, each by its id."""
    return {item[id_key]: make(item) for item in answers.get(key, ())}


def name_of(item: Answer) -> str:
    """
    The Name tag of a described resource, or an empty string.

    Network interfaces are the one kind that keeps its tags under ``TagSet``.
    """
    tags = item.get("Tags") or item.get("TagSet") or ()
    return next((tag["Value"] for tag in tags if tag["Key"] == "Name"), "")


def attached_vpcs(item: Answer) -> list[str]:
    """The VPCs that a described internet gateway, of either kind, is attached to: one or none."""
    attachments = item.get("Attachments") or ()
    return [each["VpcId"] for each in attachments if each.get("State") in _ATTACHED]


def network(text: str) -> Network:
    """A CIDR block, canonical whatever host bits it was written with."""
    return ip_network(text, strict=False)
