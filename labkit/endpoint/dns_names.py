"""
Names that AWS gives to addresses in a Region.

Source: Amazon VPC User Guide, "DNS attributes for your VPC".
"""

from __future__ import annotations

from typing import Final

_FIRST_REGION: Final = "us-east-1"
"""Names there are older than Regions, and do without one."""


def private_domain(region: str) -> str:
    """What private names of hosts end with."""
    return "ec2.internal" if region == _FIRST_REGION else f"{region}.compute.internal"


def public_domain(region: str) -> str:
    """
    What public names of hosts end with.

    >>> public_domain("eu-west-1")
    'eu-west-1.compute.amazonaws.com'
    """
    zone = "compute-1" if region == _FIRST_REGION else f"{region}.compute"
    return f"{zone}.amazonaws.com"
