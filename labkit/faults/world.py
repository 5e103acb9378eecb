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


def flow_logs_on(lab: CloudLab, topology: Topology) -> tuple[FlowLog, ...]:
    """Every flow log on a VPC, subnet or interface of a network, whoever made it."""
    watched = {*topology.vpcs, *topology.subnets, *topology.interfaces}
    pages = lab.ec2.get_paginator("describe_flow_logs").paginate()
    described = (each for page in pages for each in page["FlowLogs"])
    logs = (FlowLog.from_answer(each) for each in described if each["ResourceId"] in watched)
    return tuple(sorted(logs, key=lambda log: (log.resource_id, log.flow_log_id)))


@dataclass(frozen=True)
class World:
    """A network with the flow logs that watch it."""

    topology: Topology
    flow_logs: tuple[FlowLog, ...] = ()

    @classmethod
    def of(cls, lab: CloudLab) -> World:
        """The lab as its cloud describes it now."""
        topology = lab.topology()
        return cls(topology, flow_logs_on(lab, topology))

    def with_changes(self, changes: Iterable[Change]) -> World:
        """The world after some changes, in their order."""
        world = self
        for change in changes:
            world = change.part.on(world, change.after)
        return world

    def with_topology(self, topology: Topology) -> World:
        """The same flow logs over another network."""
        return replace(self, topology=topology)
