"""Which modules answer operations of AWS in moto's place; loaded with the first application."""

from __future__ import annotations

from typing import Final

OPERATION_MODULES: Final[tuple[str, ...]] = (
    "moto_seam.corrections",
    "dry_run",
    "peering",
    "routes",
    "group_references",
    "security_groups",
    "network_acls",
    "launching",
    "removal",
    "flow_logs_api",
    "delivery",
    "ssm_api",
    "log_groups_api",
    "put_log_events",
    "logs_api",
    "insights_api",
    "query_definitions",
    "iam_policies",
)
"""Names of modules of this package, in the order they are loaded and their hooks act."""
