"""Whether an instance runs, and settings of the Linux on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from labkit.errors import FaultRefused
from labkit.faults.parts.part import Gone, Part
from labkit.network import edits
from labkit.network.topology import HostState, Interface

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

RUNNING: Final = "running"
STOPPED: Final = "stopped"
# How an instance on its way to a state counts: as one that has arrived there.
_BECOMES: Final = {"pending": RUNNING, "stopping": STOPPED}
IGNORE_PINGS: Final = "net.ipv4.icmp_echo_ignore_all"


@dataclass(frozen=True, slots=True)
class StateOf(Part):
    """Whether an instance is ``running`` or ``stopped``."""

    instance_id: str

    def read(self, lab: CloudLab) -> Value:
        found = lab.ec2.describe_instances(InstanceIds=[self.instance_id])
        state: str = found["Reservations"][0]["Instances"][0]["State"]["Name"]
        if state in ("terminated", "shutting-down"):
            raise Gone(self.instance_id)
        return _BECOMES.get(state, state)

    def write(self, lab: CloudLab, value: Value) -> None:
        ids = [self.instance_id]
        if self.read(lab) != value:
            if value == RUNNING:
                lab.ec2.start_instances(InstanceIds=ids)
            else:
                lab.ec2.stop_instances(InstanceIds=ids)
        lab.ec2.get_waiter(f"instance_{value}").wait(InstanceIds=ids)

    def on(self, world: World, value: Value) -> World:
        for interface in _interfaces(world, self.instance_id):
            host = replace(interface.host, state=HostState(value))
            changed = replace(interface, host=host)
            world = world.with_topology(edits.with_interface(world.topology, changed))
        return world

    def words(self, value: Value) -> str:
        return f"instance {self.instance_id}: {value}"


@dataclass(frozen=True, slots=True)
class KernelSetting(Part):
    """A setting of an instance's Linux kernel, as ``sysctl`` reads and writes it."""

    instance_id: str
    key: str

    def read(self, lab: CloudLab) -> Value:
        return self._run(lab, f"sysctl -n {self.key}").strip()

    def write(self, lab: CloudLab, value: Value) -> None:
        if self.read(lab) != value:
            self._run(lab, f"sysctl -w {self.key}={value}")

    def _run(self, lab: CloudLab, command: str) -> str:
        if StateOf(self.instance_id).read(lab) != RUNNING:
            raise FaultRefused(
                f"{self.instance_id} is stopped, so {command!r} cannot run on it. "
                f'Start it first: lab.ec2.start_instances(InstanceIds=["{self.instance_id}"]), '
                "or repair the fault that stopped it."
            )
        result = lab.run_command(self.instance_id, command)
        if result.exit_code != 0:
            raise FaultRefused(f"{command!r} on {self.instance_id} failed: {result}")
        return result.stdout

    def on(self, world: World, value: Value) -> World:
        if self.key != IGNORE_PINGS:
            return world
        for interface in _interfaces(world, self.instance_id):
            host = replace(interface.host, answers_echo=value == "0")
            changed = replace(interface, host=host)
            world = world.with_topology(edits.with_interface(world.topology, changed))
        return world

    def words(self, value: Value) -> str:
        return f"{self.key} on {self.instance_id}: {value}"


def _interfaces(world: World, instance_id: str) -> list[Interface]:
    return [each for each in world.topology.interfaces.values() if each.instance_id == instance_id]
