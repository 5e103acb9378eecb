"""The flow log of a resource. AWS lets nobody change one, so a change is a new one instead."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.faults.parts.part import Part
from labkit.flowlog.flow_log import FlowLog
from labkit.lab.tags import LAB_TAG, name_of

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

KIND: Final = "vpc-flow-log"
_FIELDS: Final = (
    "TrafficType",
    "LogGroupName",
    "LogFormat",
    "MaxAggregationInterval",
    "DeliverLogsPermissionArn",
)
# What CreateFlowLogs calls the kind of resource, by the first part of its id.
_TYPES: Final = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}


@dataclass(frozen=True, slots=True)
class FlowLogOf(Part):
    """The lab's flow log on a resource; its value holds its settings as EC2 names them."""

    resource_id: str

    def read(self, lab: CloudLab) -> Value:
        found = self._described(lab)
        if found is None:
            return None
        return {"Name": name_of(found), **{key: found[key] for key in _FIELDS if key in found}}

    def _described(self, lab: CloudLab) -> dict[str, Any] | None:
        """The lab's own one, or else any: a learner's may have no tag."""
        found = self._all(lab)
        own = {each["FlowLogId"] for each in lab.tags.resources(lab.ec2, KIND)}
        return min(found, key=lambda each: each["FlowLogId"] not in own, default=None)

    def _all(self, lab: CloudLab) -> list[dict[str, Any]]:
        filters = [{"Name": "resource-id", "Values": [self.resource_id]}]
        found: list[dict[str, Any]] = lab.ec2.describe_flow_logs(Filter=filters)["FlowLogs"]
        return found

    def write(self, lab: CloudLab, value: Value) -> None:
        present = self._described(lab)
        if value == self.read(lab):
            return
        if present is not None:
            lab.ec2.delete_flow_logs(FlowLogIds=[present["FlowLogId"]])
        if value is not None:
            self._make_room(lab, value["LogGroupName"])
            self._create(lab, value)

    def _make_room(self, lab: CloudLab, log_group: str) -> None:
        """AWS refuses a second flow log to the same place; somebody may have made the first."""
        there = [each for each in self._all(lab) if each.get("LogGroupName") == log_group]
        if there:
            lab.ec2.delete_flow_logs(FlowLogIds=[each["FlowLogId"] for each in there])

    def settled(self, before: Value, after: Value) -> Value:
        """A change names the settings that differ; the rest stays as it was."""
        return after if before is None or after is None else {**before, **after}

    def _create(self, lab: CloudLab, value: dict[str, Any]) -> None:
        settings = {key: value[key] for key in _FIELDS if key in value}
        _log_group(lab, value["LogGroupName"])
        created = lab.ec2.create_flow_logs(
            ResourceType=_TYPES[self.resource_id.partition("-")[0]],
            ResourceIds=[self.resource_id],
            LogDestinationType="cloud-watch-logs",
            TagSpecifications=lab.tags.specification(KIND, value["Name"]),
            **settings,
        )
        for failed in created["Unsuccessful"]:
            error = failed["Error"]
            why = f"{error['Code']}: {error['Message']}"
            raise LabError(f"No flow log for {self.resource_id}: {why}")

    def on(self, world: World, value: Value) -> World:
        others = tuple(each for each in world.flow_logs if each.resource_id != self.resource_id)
        present = [each for each in world.flow_logs if each.resource_id == self.resource_id]
        if value is None:
            return replace(world, flow_logs=others)
        log = present[0] if present else FlowLog("new flow log", self.resource_id)
        log = replace(
            log,
            traffic_type=value.get("TrafficType", log.traffic_type),
            log_group=value.get("LogGroupName", log.log_group),
        )
        return replace(world, flow_logs=(*others, log))

    def words(self, value: Value) -> str:
        if value is None:
            return f"flow log of {self.resource_id}: none"
        settings = ", ".join(f"{key} {value[key]}" for key in _FIELDS[:2] if key in value)
        return f"flow log of {self.resource_id}: {settings}"


def _log_group(lab: CloudLab, name: str) -> None:
    """A group made beforehand carries the lab's tag, so that it goes when the lab goes."""
    with suppress(lab.logs.exceptions.ResourceAlreadyExistsException):
        lab.logs.create_log_group(logGroupName=name, tags={LAB_TAG: lab.name})
