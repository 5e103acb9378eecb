"""One thing that AWS says of why there is no path, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from labkit.network.topology import NetworkAclEntry, Route, SecurityGroupRule
from labkit.network.ways_out import TransitRoute

if TYPE_CHECKING:
    from labkit.network.packet import Address, Direction

Rule: TypeAlias = SecurityGroupRule | NetworkAclEntry | Route | TransitRoute
About: TypeAlias = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    A code of AWS's, and what it is about.

    Args:
        code: AWS's explanation code.
        about: Ids of the components it is about, each under AWS's name for its
            role; several ids where AWS lists several.
        direction: Which way the packet goes, seen from the component.
        rule: The rule or route that decided.
        address: The address it is about.
        cidrs: The address ranges it is about.
        packet_field: What of the packet no rule matches, in AWS's words.
        state: AWS's word for the state that is bad.
        zones: The Availability Zones it is about.
        protocols: Names of the protocols it is about.
    """

    code: str
    about: About = field(default_factory=dict)
    direction: Direction | None = None
    rule: Rule | None = None
    address: Address | None = None
    cidrs: tuple[str, ...] = ()
    packet_field: str | None = None
    state: str | None = None
    zones: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
