"""Commands that were sent, and what became of each on each instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.units import utc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.shell import Output

PLUGIN: Final = "aws:runShellScript"
SHOWN_CHARACTERS: Final = 24_000
"""How much of an output GetCommandInvocation shows; ListCommandInvocations shows 2,500."""

LISTED_CHARACTERS: Final = 2_500
TIMED_OUT_CODE: Final = -1


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command on one instance, from start to end [Unix s]."""

    instance_id: str
    instance_name: str
    output: Output
    started_s: float
    ended_s: float

    @property
    def status(self) -> str:
        if self.output.code is None:
            return "TimedOut"
        return "Success" if self.output.code == 0 else "Failed"

    @property
    def status_details(self) -> str:
        return "ExecutionTimedOut" if self.output.code is None else self.status

    @property
    def response_code(self) -> int:
        return TIMED_OUT_CODE if self.output.code is None else self.output.code

    @property
    def stderr(self) -> str:
        """Standard error, and what the agent adds when a script failed."""
        if self.output.code in (0, None):
            return self.output.stderr
        return f"{self.output.stderr}failed to run commands: exit status {self.output.code}"


@dataclass(frozen=True, slots=True)
class Command:
    """One SendCommand: what was asked, and its invocations."""

    command_id: str
    asked: Mapping[str, Any]
    requested_at_s: float
    expires_after_s: float
    invocations: tuple[Invocation, ...] = ()

    @property
    def status(self) -> str:
        """Failed or timed out as soon as one instance is; without any instance it failed too."""
        statuses = {each.status for each in self.invocations}
        order = ("Failed", "TimedOut", "Success")
        return next((each for each in order if each in statuses), "Failed")

    @property
    def status_details(self) -> str:
        if not self.invocations:
            return "NoInstancesInTag"
        return "ExecutionTimedOut" if self.status == "TimedOut" else self.status

    def described(self) -> dict[str, Any]:
        """The command as ListCommands shows it."""
        bad = sum(each.status != "Success" for each in self.invocations)
        return self._asked() | {
            "Status": self.status,
            "StatusDetails": self.status_details,
            "TargetCount": len(self.invocations),
            "CompletedCount": len(self.invocations),
            "ErrorCount": bad,
        }

    def as_sent(self) -> dict[str, Any]:
        """The command as SendCommand answers, before any instance has begun."""
        counts = dict.fromkeys(("TargetCount", "CompletedCount", "ErrorCount"), 0)
        return self._asked() | {"Status": "Pending", "StatusDetails": "Pending"} | counts

    def _asked(self) -> dict[str, Any]:
        return {
            "CommandId": self.command_id,
            "DocumentName": self.asked["DocumentName"],
            "DocumentVersion": self.asked.get("DocumentVersion", "$DEFAULT"),
            "Comment": self.asked.get("Comment", ""),
            "ExpiresAfter": utc(self.expires_after_s),
            "Parameters": self.asked.get("Parameters", {}),
            "InstanceIds": list(self.asked.get("InstanceIds", ())),
            "Targets": list(self.asked.get("Targets", ())),
            "RequestedDateTime": utc(self.requested_at_s),
            "OutputS3BucketName": self.asked.get("OutputS3BucketName", ""),
            "OutputS3KeyPrefix": self.asked.get("OutputS3KeyPrefix", ""),
            "MaxConcurrency": self.asked.get("MaxConcurrency", "50"),
            "MaxErrors": self.asked.get("MaxErrors", "0"),
            "DeliveryTimedOutCount": 0,
            "ServiceRole": self.asked.get("ServiceRoleArn", ""),
            "TimeoutSeconds": self.asked.get("TimeoutSeconds", 3600),
        }

    def shown(self, invocation: Invocation) -> dict[str, Any]:
        """One invocation as GetCommandInvocation shows it."""
        lasted_s = invocation.ended_s - invocation.started_s
        return {
            "CommandId": self.command_id,
            "InstanceId": invocation.instance_id,
            "Comment": self.asked.get("Comment", ""),
            "DocumentName": self.asked["DocumentName"],
            "DocumentVersion": self.asked.get("DocumentVersion", "$DEFAULT"),
            "PluginName": PLUGIN,
            "ResponseCode": invocation.response_code,
            "ExecutionStartDateTime": _timestamp(utc(invocation.started_s)),
            "ExecutionElapsedTime": f"PT{round(lasted_s, 3):g}S",
            "ExecutionEndDateTime": _timestamp(utc(invocation.ended_s)),
            "Status": invocation.status,
            "StatusDetails": invocation.status_details,
            "StandardOutputContent": _cut(invocation.output.stdout, "Output"),
            "StandardOutputUrl": "",
            "StandardErrorContent": _cut(invocation.stderr, "Error"),
            "StandardErrorUrl": "",
            "CloudWatchOutputConfig": {
                "CloudWatchLogGroupName": "",
                "CloudWatchOutputEnabled": False,
            },
        }

    def listed(self, invocation: Invocation, *, details: bool) -> dict[str, Any]:
        """One invocation as ListCommandInvocations lists it."""
        item = {
            "CommandId": self.command_id,
            "InstanceId": invocation.instance_id,
            "InstanceName": invocation.instance_name,
            "Comment": self.asked.get("Comment", ""),
            "DocumentName": self.asked["DocumentName"],
            "DocumentVersion": self.asked.get("DocumentVersion", "$DEFAULT"),
            "RequestedDateTime": utc(self.requested_at_s),
            "Status": invocation.status,
            "StatusDetails": invocation.status_details,
            "StandardOutputUrl": "",
            "StandardErrorUrl": "",
            "CommandPlugins": [],
        }
        return item | {"CommandPlugins": [_plugin(invocation)]} if details else item


class Commands:
    """Every command of one application, by Region and id, oldest first."""

    def __init__(self, _aws: EmbeddedAws) -> None:
        self._of_region: dict[str, dict[str, Command]] = {}

    def add(self, region: str, command: Command) -> None:
        """Remember a command."""
        self._of_region.setdefault(region, {})[command.command_id] = command

    def find(self, region: str, command_id: str) -> Command | None:
        """A command by its id."""
        return self._of_region.get(region, {}).get(command_id)

    def all(self, region: str) -> list[Command]:
        """Every command of a Region, newest first, as AWS lists them."""
        return list(reversed(self._of_region.get(region, {}).values()))


def _timestamp(moment: datetime) -> str:
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond // 1000:03}Z"


def _cut(text: str, what: str, limit: int = SHOWN_CHARACTERS) -> str:
    if len(text) <= limit:
        return text
    note = f"\n---{what} truncated---"
    return text[: limit - len(note)] + note


def _plugin(invocation: Invocation) -> dict[str, Any]:
    error = f"\n----------ERROR-------\n{invocation.stderr}" if invocation.stderr else ""
    return {
        "Name": PLUGIN,
        "Status": invocation.status,
        "StatusDetails": invocation.status_details,
        "ResponseCode": invocation.response_code,
        "ResponseStartDateTime": utc(invocation.started_s),
        "ResponseFinishDateTime": utc(invocation.ended_s),
        "Output": _cut(invocation.output.stdout + error, "Output", LISTED_CHARACTERS),
        "StandardOutputUrl": "",
        "StandardErrorUrl": "",
        "OutputS3Region": "",
        "OutputS3BucketName": "",
        "OutputS3KeyPrefix": "",
    }
