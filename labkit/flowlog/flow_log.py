"""A flow log as AWS describes it: what it watches, what it keeps, and how its delivery goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labkit.errors import TopologyError
from labkit.flowlog.formats import DEFAULT_FORMAT, LogFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.network.topology import Interface


@dataclass(frozen=True, slots=True)
class FlowLog:
    """
    One flow log; nothing of it can change but its delivery.

    Args:
        flow_log_id: ``fl-...``.
        resource_id: The VPC, subnet or network interface it watches.
        traffic_type: ``ALL``, ``ACCEPT`` or ``REJECT``.
        log_group: Where it writes, for CloudWatch Logs.
        interval_s: Longest aggregation interval [s], 60 or 600.
        log_format: The fields of its records.
        role_arn: The role it writes with.
        created_s: When it was made [Unix s]; 0 when not known.
        delivery_error: AWS's word for why nothing is delivered; None if all is well so far.
    """

    flow_log_id: str
    resource_id: str
    traffic_type: str = "ALL"
    log_group: str | None = None
    interval_s: int = 600
    log_format: LogFormat = DEFAULT_FORMAT
    role_arn: str | None = None
    created_s: float = 0.0
    delivery_error: str | None = None

    @classmethod
    def from_answer(cls, item: Mapping[str, Any]) -> FlowLog:
        """
        The flow log that an item of DescribeFlowLogs describes.

        Raises:
            TopologyError: The item lacks a field that AWS always sends.
        """
        created = item.get("CreationTime")
        failed = item.get("DeliverLogsStatus") == "FAILED"
        try:
            return cls(
                item["FlowLogId"],
                item["ResourceId"],
                item["TrafficType"],
                item.get("LogGroupName"),
                item.get("MaxAggregationInterval", 600),
                LogFormat.parse(item["LogFormat"]) if item.get("LogFormat") else DEFAULT_FORMAT,
                item.get("DeliverLogsPermissionArn"),
                created.timestamp() if created else 0.0,
                (item.get("DeliverLogsErrorMessage") or "Unknown error") if failed else None,
            )
        except KeyError as missing:
            raise TopologyError(f"A describe answer lacks the field {missing}.") from missing

    def covers(self, interface: Interface) -> bool:
        """Whether it watches an interface, by itself or by its subnet or VPC."""
        return self.resource_id in (interface.interface_id, interface.subnet_id, interface.vpc_id)

    def keeps(self, action: str) -> bool:
        """Whether it holds records of an action."""
        return self.traffic_type in ("ALL", action)
