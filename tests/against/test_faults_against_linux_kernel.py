"""
Every fault that packets can feel, applied to a lab, described by it, and built again in Linux.

Linux knows nothing of labkit. It has to answer the probe, or not, and count
at the interfaces what the case file of the fault says that flow logs record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from linux_kernel import kernel
from linux_kernel.described import Described

from labkit import Lab, faults
from labkit.faults import FAULTS, Breaks, planned, usual_ends
from labkit.faults.cases import case_of
from labkit.network.edits import with_interface
from labkit.network.packet import Direction

if TYPE_CHECKING:
    from linux_kernel.outcome import Outcome

    from labkit.network.topology import Topology

FELT = [fault_id for fault_id, fault in FAULTS.items() if fault.breaks is not Breaks.LOG]
SSH = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}]
WAYS = {"out": Direction.EGRESS, "in": Direction.INGRESS}


@pytest.fixture(scope="module")
def lab(has_linux: None) -> Lab:  # noqa: ARG001  for its skip
    return Lab.open(through="routes")


@pytest.fixture(scope="module")
def lab_with_gateways(has_linux: None) -> Lab:  # noqa: ARG001  for its skip
    return Lab.open(through="gateways")


def described(lab: Lab, fault_id: str) -> Topology:
    """The network with the fault in it, as the lab's cloud describes it, and as its hosts are."""
    world = faults.World.of(lab)
    on_paper = world.with_changes(planned(world.topology, FAULTS[fault_id])).topology
    faults.apply(lab, fault_id)
    topology = lab.topology()
    faults.repair_all(lab)
    # What a host does about pings is nothing that AWS could describe.
    for interface in topology.interfaces.values():
        knows = on_paper.interfaces[interface.interface_id].host.answers_echo
        host = replace(interface.host, answers_echo=knows)
        topology = with_interface(topology, replace(interface, host=host))
    return topology


@pytest.fixture(scope="module", params=FELT)
def shown(request: pytest.FixtureRequest) -> tuple[str, Outcome, Described]:
    """A fault, what Linux makes of its probe, and the network that Linux was given."""
    case, fault = case_of(request.param), FAULTS[request.param]
    lab: Lab = request.getfixturevalue("lab_with_gateways" if fault.leads_out else "lab")
    group = {"GroupId": lab.find("security-group", "allow-icmp-b"), "IpPermissions": SSH}
    if case.given != "healthy":
        lab.ec2.authorize_security_group_ingress(**group)
    topology = described(lab, case.fault_id)
    if case.given != "healthy":
        lab.ec2.revoke_security_group_ingress(**group)
    port = int(case.probe.removeprefix("tcp ")) if case.probe != "ping" else None
    network = Described(topology, *usual_ends(fault), port)
    return case.fault_id, kernel.run(network.scenario)[1].logged, network


def test_linux_answers_the_probe_or_not_as_the_case_file_says(
    shown: tuple[str, Outcome, Described],
) -> None:
    fault_id, outcome, _ = shown

    assert case_of(fault_id).answered is (outcome.answer == "answered")


def test_linux_counts_the_records_that_the_case_file_lists(
    shown: tuple[str, Outcome, Described],
) -> None:
    fault_id, outcome, network = shown
    told = {
        (network.named(interface), WAYS[way].value, action)
        for interface, way, action in case_of(fault_id).records
    }

    assert told == {(row.interface, row.direction, row.action) for row in outcome.sightings}
