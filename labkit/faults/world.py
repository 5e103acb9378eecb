"""
A lab on paper: its network and its flow logs as values, on which changes can be tried.

What a fault or a fix would do is worked out here first; no cloud is asked and
nothing is touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labkit.flowlog.flow_log import FlowLog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.faults.parts import Change
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology


@dataclass(frozen=True)
class World:
    """A network with the flow logs that watch it."""

    topology: Topology
    flow_logs: tuple[FlowLog, ...] = ()

    @classmethod
    def of(cls, lab: CloudLab) -> World:
        """The lab as its cloud describes it now."""
        described = lab.tags.resources(lab.ec2, "vpc-flow-log")
        return cls(lab.topology(), tuple(map(FlowLog.from_answer, described)))

    def with_changes(self, changes: Iterable[Change]) -> World:
        """The world after some changes, in their order."""
        world = self
        for change in changes:
            world = change.part.on(world, change.after)
        return world

    def with_topology(self, topology: Topology) -> World:
        """The same flow logs over another network."""
        return replace(self, topology=topology)
