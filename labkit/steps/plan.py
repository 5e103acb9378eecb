"""
What the lab builds, as one table: two sides that mirror each other.

The two VPC ranges do not overlap, which is what lets them be peered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Side:
    """One VPC with everything in it, by name and address."""

    letter: str
    vpc_cidr: str
    subnet_cidr: str
    instance_address: str

    @property
    def vpc(self) -> str:
        return f"vpc-{self.letter}"

    @property
    def subnet(self) -> str:
        return f"subnet-{self.letter}"

    @property
    def instance(self) -> str:
        return f"app-{self.letter}"

    @property
    def security_group(self) -> str:
        return f"allow-icmp-{self.letter}"

    @property
    def route_table(self) -> str:
        return f"routes-{self.letter}"


A: Final = Side("a", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.10")
B: Final = Side("b", "10.2.0.0/16", "10.2.1.0/24", "10.2.1.10")
SIDES: Final = (A, B)
PEERING: Final = "a-to-b"


def other(side: Side) -> Side:
    """The side across the peering connection."""
    return B if side is A else A
