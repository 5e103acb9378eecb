"""
The flow logs there are, as frozen values, and how their delivery goes.

moto stores them; this is what the rest of the lab sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.operations import MotoObject

RESOURCE_TYPES: Final = {"eni": "NetworkInterface", "subnet": "Subnet", "vpc": "VPC"}
"""Kind of resource a flow log watches, by the prefix of its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLogConfig:
    """
    One flow log; nothing of it can ever change.

    Args:
        flow_log_id: ``fl-...``.
        account_id: Its owner.
        region: Its region.
        resource_type: ``VPC``, ``Subnet`` or ``NetworkInterface``.
        resource_id: What it watches.
        traffic_type: ``ALL``, ``ACCEPT`` or ``REJECT``.
        log_format: Template of its records, as in ``${version} ${srcaddr}``.
        interval_s: Longest aggregation interval [s], 60 or 600.
        destination_type: ``cloud-watch-logs`` or ``s3``.
        log_group_name: Where to, for CloudWatch Logs.
        bucket_arn: Where to, for S3; may end in a prefix.
        role_arn: The role that delivers to CloudWatch Logs.
        created_s: When it was made [Unix s].
        file_format: ``plain-text`` or ``parquet``, for S3.
        hive_compatible: Whether S3 prefixes say ``name=value``.
        per_hour: Whether S3 prefixes go down to the hour.
    """

    flow_log_id: str
    account_id: str
    region: str
    resource_type: str
    resource_id: str
    traffic_type: str
    log_format: str
    interval_s: int
    destination_type: str
    log_group_name: str | None
    bucket_arn: str | None
    role_arn: str | None
    created_s: float
    file_format: str = "plain-text"
    hive_compatible: bool = False
    per_hour: bool = False


class FlowLogs:
    """All flow logs of one application; ``aws.extension(FlowLogs)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws

    def configs(self, region: str | None = None) -> tuple[FlowLogConfig, ...]:
        """The flow logs of *region*, or of all regions, oldest first."""
        with self._aws.active("DescribeFlowLogs"):
            return tuple(
                config_of(stored)
                for each in ([region] if region else self._aws.regions("ec2"))
                for stored in self._aws.backend("ec2", each).flow_logs.values()
            )

    def delivered(self, flow_log_id: str, region: str, error: str | None = None) -> None:
        """
        Note that the latest delivery went well, or what went wrong.

        Args:
            flow_log_id: Which flow log; one that was deleted meanwhile is passed over.
            region: Its region.
            error: AWS's word for the failure, such as ``Access error``; ``None`` for success.
        """
        with self._aws.active("DescribeFlowLogs"):
            stored = self._aws.backend("ec2", region).flow_logs.get(flow_log_id)
            if stored is not None:
                stored.deliver_logs_status = "FAILED" if error else "SUCCESS"
                stored.deliver_logs_error_message = error


def config_of(stored: MotoObject) -> FlowLogConfig:
    """The frozen value of a flow log of moto's."""
    options = getattr(stored, "destination_options", None) or {}
    return FlowLogConfig(
        flow_log_id=stored.id,
        account_id=stored.ec2_backend.account_id,
        region=stored.ec2_backend.region_name,
        resource_type=RESOURCE_TYPES[stored.resource_id.split("-")[0]],
        resource_id=stored.resource_id,
        traffic_type=stored.traffic_type,
        log_format=stored.log_format,
        interval_s=int(stored.max_aggregation_interval),
        destination_type=stored.log_destination_type,
        log_group_name=stored.log_group_name,
        bucket_arn=stored.log_destination if stored.log_destination_type == "s3" else None,
        role_arn=stored.deliver_logs_permission_arn,
        created_s=stored.creation_time.replace(tzinfo=UTC).timestamp(),
        file_format=options.get("FileFormat", "plain-text"),
        hive_compatible=bool(options.get("HiveCompatiblePartitions", False)),
        per_hour=bool(options.get("PerHourPartition", False)),
    )
