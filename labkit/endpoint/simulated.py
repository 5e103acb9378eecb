"""What is simulated: the services, and the modules that answer operations in moto's place."""

from __future__ import annotations

from typing import Final

from labkit.endpoint.operations import AwsError

SERVICES: Final = (
    "cloudformation",
    "cloudwatch",
    "ec2",
    "iam",
    "lambda",
    "logs",
    "s3",
    "sns",
    "sqs",
    "ssm",
    "sts",
)
"""The services a lab is made of, by botocore's names; moto answers some calls of others too."""

OPERATION_MODULES: Final[tuple[str, ...]] = (
    "moto_seam.corrections",
    "dry_run",
    "instance_states",
    "address_blocks",
    "peering",
    "routes",
    "group_references",
    "group_lists",
    "security_groups",
    "rule_descriptions",
    "network_acls",
    "launching",
    "ipv6_blocks",
    "ipv6_addresses",
    "instance_health",
    "public_addresses",
    "internet_gateways",
    "nat_gateways",
    "vpc_endpoints",
    "prefix_lists",
    "transit_gateways",
    "transit_attachments",
    "transit_route_tables",
    "removal",
    "flow_logs_api",
    "delivery",
    "scanners",
    "ssm_api",
    "log_groups_api",
    "put_log_events",
    "logs_api",
    "insights_api",
    "query_definitions",
    "scheduled_queries",
    "empty_lists",
    "account_settings",
    "network_insights_api",
    "iam_policies",
    "callers",
    "metric_filters_api",
    "metrics_api",
    "alarms",
    "alarms_api",
    "topic_requests",
    "notifications",
    "queues",
    "invocations",
    "functions.api",
    "functions.aliases_api",
    "functions.access_api",
    "functions.invoke_api",
    "functions.left_out",
    "subscriptions",
)
"""Names of modules of this package, in the order they load; their hooks and sources act in it."""


def no_such_service(service: str) -> AwsError:
    """The error for a service that is not simulated, which says which are."""
    there_are = f"{', '.join(SERVICES[:-1])} and {SERVICES[-1]}"
    return AwsError("NotImplemented", f"Not simulated: {service}. Simulated: {there_are}.", 501)
