"""
What a record says about interfaces rather than packets.

AWS fills these fields as well as it can; where the snapshot of the network
does not tell, they stay None.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labkit.flowlog.records import FlowRecord
from labkit.network.packet import Direction, TrafficPath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.packet import Address
    from labkit.network.topology import Interface, Topology

# EC2 spells one of them differently from flow logs.
_SERVICE_TYPES: Final = {
    "natGateway": "nat_gateway",
    "nat_gateway": "nat_gateway",
    "network_load_balancer": "network_load_balancer",
    "regional_nat_gateway": "regional_nat_gateway",
    "transit_gateway": "transit_gateway",
    "vpc_endpoint": "vpc_endpoint",
}
# The last word of a gateway endpoint's service name, and flow logs' word for the service.
_ENDPOINT_SERVICES: Final = {"s3": "S3", "dynamodb": "DYNAMODB"}
_PEERED: Final = {TrafficPath.INTRA_REGION_PEERING, TrafficPath.INTER_REGION_PEERING}


def of_interface(interface: Interface, topology: Topology) -> FlowRecord:
    """
    A record with all that the interface itself contributes, and no traffic.

    ``instance-id`` stays None for interfaces AWS manages, as AWS prints a dash there.
    """
    vpc = topology.vpcs.get(interface.vpc_id)
    owner = interface.account_id or (vpc.account_id if vpc else "")
    return FlowRecord(
        account_id=owner or None,
        interface_id=interface.interface_id,
        vpc_id=interface.vpc_id,
        subnet_id=interface.subnet_id,
        instance_id=None if interface.requester_managed else interface.instance_id,
        region=(vpc.region if vpc else "") or None,
        az_id=zone_id(interface, topology),
        interface_type=service_type(interface),
    )


def zone_id(interface: Interface, topology: Topology) -> str | None:
    """Availability Zone id of an interface's subnet, if the snapshot has it."""
    subnet = topology.subnets.get(interface.subnet_id)
    return (subnet.zone_id if subnet else "") or None


def service_type(interface: Interface) -> str | None:
    """Kind of AWS service behind an interface, in flow logs' words; None for an ordinary one."""
    return _SERVICE_TYPES.get(interface.interface_type)


def aws_service(address: Address, topology: Topology) -> str | None:
    """
    The AWS service whose published ranges hold an address, as far as the lab knows them.

    Those are the prefix lists of gateway endpoints and the hosts outside. The
    lab's own public addresses are of EC2, of the two services whose ranges hold
    them the narrower; AWS shows one, and does not say which.
    """
    host = topology.outside.get(address)
    if host is not None:
        return host.service or None
    for list_id, name in topology.prefix_list_names.items():
        service = _ENDPOINT_SERVICES.get(name.rpartition(".")[2])
        if service and any(address in block for block in topology.prefix_lists.get(list_id, ())):
            return service
    own = any(each.public_address == address for each in topology.interfaces.values())
    return "EC2" if own else None


def next_hop(
    interface: Interface,
    direction: Direction,
    far: Address,
    path: TrafficPath | None,
    topology: Topology,
) -> Interface | None:
    """
    The interface at the other end: the sender of ingress, the receiver of egress.

    It is looked for in the interface's own VPC and in those peered with it. None
    if it is not there, if two peers answer to the address, or if egress traffic
    took no path that leads to one of them: a packet without a way has no next hop.
    """
    if direction is Direction.EGRESS and path is None:
        return None
    if path is None or path is TrafficPath.SAME_VPC:
        local = topology.interface_at(interface.vpc_id, far)
        if local is not None:
            return local
    if path is None or path in _PEERED:
        owners = list(_owners_in_peers(interface.vpc_id, far, topology))
        return owners[0] if len(owners) == 1 else None
    return None


def with_next_hop(record: FlowRecord, hop: Interface | None, topology: Topology) -> FlowRecord:
    """The record with its next-hop fields taken from an interface; unchanged for None."""
    if hop is None:
        return record
    return replace(
        record,
        next_hop_interface_id=hop.interface_id,
        next_hop_subnet_id=hop.subnet_id,
        next_hop_az_id=zone_id(hop, topology),
        next_hop_vpc_id=hop.vpc_id,
        next_hop_interface_type=service_type(hop),
    )


def _owners_in_peers(vpc_id: str, address: Address, topology: Topology) -> Iterator[Interface]:
    peers = {
        peering.other_side(vpc_id) for peering in topology.peerings.values() if peering.is_active
    }
    for peer in sorted(each for each in peers if each is not None):
        owner = topology.interface_at(peer, address)
        if owner is not None:
            yield owner
