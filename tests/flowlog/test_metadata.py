"""What records say about interfaces."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from labkit.flowlog.metadata import next_hop, of_interface, with_next_hop
from labkit.network.packet import Direction, TrafficPath
from labkit.network.topology import Interface, Topology, Vpc

if TYPE_CHECKING:
    from labkit.flowlog import FlowRecord

A = ip_address("10.1.1.10")
B = ip_address("10.2.1.10")
NAT = ip_address("10.1.1.220")
PEERED = TrafficPath.INTRA_REGION_PEERING
SAME = TrafficPath.SAME_VPC


def found(
    topology: Topology, direction: Direction, far: object, path: TrafficPath | None
) -> str | None:
    hop = next_hop(topology.interfaces["eni-a"], direction, far, path, topology)
    return hop.interface_id if hop else None


def test_a_managed_interface_belongs_to_no_instance_of_yours(two_vpcs: Topology):
    record = of_interface(two_vpcs.interfaces["eni-nat"], two_vpcs)

    assert (record.instance_id, record.interface_type) == (None, "nat_gateway")


def test_an_ordinary_interface_has_no_service_type(two_vpcs: Topology):
    record = of_interface(two_vpcs.interfaces["eni-a"], two_vpcs)

    assert (record.instance_id, record.interface_type) == ("i-a", None)


def test_ec2s_spelling_of_a_nat_gateway_becomes_flow_logs_own(two_vpcs: Topology):
    interface = replace(two_vpcs.interfaces["eni-nat"], interface_type="natGateway")

    assert of_interface(interface, two_vpcs).interface_type == "nat_gateway"


def test_what_the_snapshot_lacks_is_none():
    record = of_interface(Interface("eni-1", "subnet-1", "vpc-1", (A,), ()), Topology())

    assert (record.account_id, record.region, record.az_id) == (None, None, None)
    assert (record.interface_id, record.subnet_id) == ("eni-1", "subnet-1")


def test_an_interface_without_an_owner_takes_its_vpcs():
    interface = Interface("eni-1", "subnet-1", "vpc-1", (A,), ())
    topology = Topology(vpcs={"vpc-1": Vpc("vpc-1", (), account_id="123456789012")})

    assert of_interface(interface, topology).account_id == "123456789012"


@pytest.mark.parametrize(
    ("direction", "far", "path", "expected"),
    [
        (Direction.EGRESS, B, PEERED, "eni-b"),
        (Direction.EGRESS, NAT, SAME, "eni-nat"),
        (Direction.EGRESS, B, SAME, None),
        (Direction.EGRESS, B, None, None),
        (Direction.EGRESS, B, TrafficPath.INTERNET_GATEWAY, None),
        (Direction.EGRESS, ip_address("10.2.1.99"), PEERED, None),
        (Direction.INGRESS, B, None, "eni-b"),
        (Direction.INGRESS, NAT, None, "eni-nat"),
        (Direction.INGRESS, ip_address("203.0.113.5"), None, None),
    ],
)
def test_the_next_hop_is_who_is_at_the_other_end(
    two_vpcs: Topology,
    direction: Direction,
    far: object,
    path: TrafficPath | None,
    expected: str | None,
):
    assert expected == found(two_vpcs, direction, far, path)


def test_no_next_hop_lies_behind_a_peering_that_is_not_active(two_vpcs: Topology):
    pending = replace(two_vpcs.peerings["pcx-1"], status="pending-acceptance")
    topology = replace(two_vpcs, peerings={"pcx-1": pending})

    assert found(topology, Direction.EGRESS, B, PEERED) is None


def test_two_peers_with_one_address_leave_the_next_hop_open(two_vpcs: Topology):
    twin = replace(two_vpcs.interfaces["eni-b"], interface_id="eni-c", vpc_id="vpc-c")
    second = replace(two_vpcs.peerings["pcx-1"], peering_id="pcx-2", accepter_vpc_id="vpc-c")
    topology = replace(
        two_vpcs,
        interfaces={**two_vpcs.interfaces, "eni-c": twin},
        peerings={**two_vpcs.peerings, "pcx-2": second},
    )

    assert found(topology, Direction.INGRESS, B, None) is None


def test_a_next_hop_fills_its_five_fields(two_vpcs: Topology):
    record: FlowRecord = with_next_hop(
        of_interface(two_vpcs.interfaces["eni-b"], two_vpcs),
        two_vpcs.interfaces["eni-nat"],
        two_vpcs,
    )

    assert (record.next_hop_interface_id, record.next_hop_interface_type) == (
        "eni-nat",
        "nat_gateway",
    )
    assert (record.next_hop_subnet_id, record.next_hop_az_id, record.next_hop_vpc_id) == (
        "subnet-a",
        "use1-az1",
        "vpc-a",
    )
