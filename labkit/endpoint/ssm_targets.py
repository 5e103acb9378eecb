"""Instances as Systems Manager sees them, and which of them a command is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.moto_seam import ec2_state
from labkit.endpoint.operations import AwsError
from labkit.units import utc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.endpoint.operations import Call

_AGENT_VERSION: Final = "3.3.1611.0"
_GONE: Final = ("terminated", "shutting-down")


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance with the Systems Manager agent, which every instance of the lab has."""

    instance_id: str
    state: str
    address: str
    tags: Mapping[str, str]

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    @property
    def name(self) -> str:
        return self.tags.get("Name", "")

    def information(self, now_s: float) -> dict[str, Any]:
        """The instance as DescribeInstanceInformation shows it."""
        return {
            "InstanceId": self.instance_id,
            "PingStatus": "Online" if self.is_running else "ConnectionLost",
            "LastPingDateTime": utc(now_s),
            "AgentVersion": _AGENT_VERSION,
            "IsLatestVersion": True,
            "PlatformType": "Linux",
            "PlatformName": "Amazon Linux",
            "PlatformVersion": "2023",
            "ResourceType": "EC2Instance",
            "IPAddress": self.address,
            "ComputerName": f"ip-{self.address.replace('.', '-')}",
        }


def instances(call: Call) -> list[Instance]:
    """Every instance of the call's Region that is not gone, in the order they were launched."""
    backend = call.aws.backend("ec2", call.region)
    reservations = ec2_state.described(backend, "DescribeInstances")["Reservations"]
    return [
        Instance(
            item["InstanceId"],
            item["State"]["Name"],
            item.get("PrivateIpAddress", ""),
            {tag["Key"]: tag["Value"] for tag in item.get("Tags") or ()},
        )
        for reservation in reservations
        for item in reservation["Instances"]
        if item["State"]["Name"] not in _GONE
    ]


def targeted(
    known: Sequence[Instance], targets: Sequence[Mapping[str, Any]] | None
) -> list[Instance]:
    """
    The instances that meet every one of *targets*; none if there are no targets.

    Raises:
        AwsError: A target is of a kind the lab does not know.
    """
    found = list(known) if targets else []
    for target in targets or ():
        found = [each for each in found if _meets(each, target["Key"], target.get("Values") or [])]
    return found


def _meets(instance: Instance, key: str, values: Sequence[str]) -> bool:
    if key == "InstanceIds":
        return instance.instance_id in values
    if key == "tag-key":
        return not instance.tags.keys().isdisjoint(values)
    if key.startswith("tag:"):
        return instance.tags.get(key.removeprefix("tag:")) in values
    raise AwsError(
        "InvalidTarget",
        f"Target {key} is not simulated; tag:KEY, tag-key and InstanceIds are.",
    )
