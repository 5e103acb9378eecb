"""
What EC2 would describe of a world on paper: the way back from ``network.read``, for analysts.

An analyst written against these answers runs on a real client unchanged, as
long as it takes all of a kind and chooses for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.network.topology import TargetKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.faults.world import World
    from labkit.flowlog.flow_log import FlowLog
    from labkit.network.topology import Interface, Peering, Route, RouteTable

Answer = dict[str, Any]
_TARGETS: Final = {
    TargetKind.PEERING: "VpcPeeringConnectionId",
    TargetKind.NAT_GATEWAY: "NatGatewayId",
    TargetKind.NETWORK_INTERFACE: "NetworkInterfaceId",
    TargetKind.TRANSIT_GATEWAY: "TransitGatewayId",
}


class PaperEc2:
    """
    Stands in for a boto3 EC2 client where there is no cloud: describe calls without arguments.

    Args:
        world: What is described.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def describe_route_tables(self, **arguments: object) -> Answer:
        """All route tables, shaped as AWS shapes them."""
        _without(arguments)
        tables = self._world.topology.route_tables.values()
        return {"RouteTables": [_table(each) for each in tables]}

    def describe_vpc_peering_connections(self, **arguments: object) -> Answer:
        """All peering connections, those that were deleted lately among them."""
        _without(arguments)
        peerings = self._world.topology.peerings.values()
        return {"VpcPeeringConnections": [_peering(each) for each in peerings]}

    def describe_instances(self, **arguments: object) -> Answer:
        """All instances, one to a reservation."""
        _without(arguments)
        found = [each for each in self._world.topology.interfaces.values() if each.instance_id]
        return {"Reservations": [{"Instances": [_instance(each)]} for each in found]}

    def describe_flow_logs(self, **arguments: object) -> Answer:
        """All flow logs."""
        _without(arguments)
        return {"FlowLogs": [_flow_log(each) for each in self._world.flow_logs]}

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        known = ", ".join(each for each in dir(type(self)) if each.startswith("describe_"))
        raise LabError(f"An incident on paper answers to {known}, and not to {name}.")


def _without(arguments: Mapping[str, object]) -> None:
    if arguments:
        raise LabError(
            f"An incident on paper is described as a whole, without {', '.join(arguments)}. "
            "Take all there is, and choose in Python."
        )


def _table(table: RouteTable) -> Answer:
    ties: list[Answer] = [{"Main": True}] if table.main else []
    ties += [{"Main": False, "SubnetId": each} for each in sorted(table.subnet_ids)]
    return {
        "RouteTableId": table.route_table_id,
        "VpcId": table.vpc_id,
        "Associations": [{**each, "RouteTableId": table.route_table_id} for each in ties],
        "Routes": [_route(each) for each in table.routes],
    }


def _route(route: Route) -> Answer:
    told: Answer = {_TARGETS.get(route.target, "GatewayId"): route.target_id}
    if route.prefix_list_id is not None:
        told["DestinationPrefixListId"] = route.prefix_list_id
    elif route.destination is not None:
        family = "" if route.destination.version == 4 else "Ipv6"
        told[f"Destination{family}CidrBlock"] = str(route.destination)
    return {**told, "State": str(route.state)}


def _peering(peering: Peering) -> Answer:
    return {
        "VpcPeeringConnectionId": peering.peering_id,
        "Status": {"Code": peering.status},
        "RequesterVpcInfo": {"VpcId": peering.requester_vpc_id},
        "AccepterVpcInfo": {"VpcId": peering.accepter_vpc_id},
    }


def _instance(interface: Interface) -> Answer:
    return {
        "InstanceId": interface.instance_id,
        "State": {"Name": str(interface.host.state)},
        "SubnetId": interface.subnet_id,
        "VpcId": interface.vpc_id,
        "PrivateIpAddress": str(interface.addresses[0]),
        "Tags": [{"Key": "Name", "Value": interface.name}],
    }


def _flow_log(log: FlowLog) -> Answer:
    failed = {"DeliverLogsErrorMessage": log.delivery_error} if log.delivery_error else {}
    return {
        "FlowLogId": log.flow_log_id,
        "ResourceId": log.resource_id,
        "TrafficType": log.traffic_type,
        "LogGroupName": log.log_group,
        "MaxAggregationInterval": log.interval_s,
        "DeliverLogsStatus": "FAILED" if log.delivery_error else "SUCCESS",
        **failed,
    }
