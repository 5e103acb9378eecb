"""Which modules answer operations of AWS in moto's place; loaded with the first application."""

from __future__ import annotations

from typing import Final

OPERATION_MODULES: Final[tuple[str, ...]] = (
    "moto_seam.corrections",
    "peering",
    "routes",
    "security_groups",
    "network_acls",
    "launching",
    "removal",
    "flow_logs_api",
    "delivery",
    "ssm_api",
    "logs_api",
    "insights_api",
    "iam_policies",
)
"""Names of modules of this package, in the order they are loaded and their hooks act."""
