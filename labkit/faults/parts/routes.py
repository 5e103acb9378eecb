"""Routes, and which table a subnet uses."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import FaultRefused
from labkit.faults.parts.nat_gateways import live_nat_gateway, subnet_of
from labkit.faults.parts.part import Part
from labkit.faults.parts.peerings import live_peering, vpcs_joined_by
from labkit.network import edits
from labkit.network.topology import Route, RouteState, TargetKind

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology

# Targets that are named by what they join, because their ids do not survive a repair.
PEERING: Final = "PeeringOf"
GATEWAY: Final = "GatewayOf"
NAT: Final = "NatGatewayIn"
_TARGETS: Final = (
    "GatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "TransitGatewayId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
)

_KINDS: Final = {
    "NetworkInterfaceId": TargetKind.NETWORK_INTERFACE,
    "TransitGatewayId": TargetKind.TRANSIT_GATEWAY,
}


def to_peering(one_vpc_id: str, other_vpc_id: str) -> dict[str, Any]:
    """The value of a route through the peering connection of two VPCs."""
    return {PEERING: sorted((one_vpc_id, other_vpc_id))}


def to_gateway(vpc_id: str) -> dict[str, Any]:
    """The value of a route through the internet gateway of a VPC."""
    return {GATEWAY: vpc_id}


def to_nat_gateway(subnet_id: str) -> dict[str, Any]:
    """The value of a route to the NAT gateway in a subnet."""
    return {NAT: subnet_id}


@dataclass(frozen=True, slots=True)
class RouteTo(Part):
    """The route to an IPv4 destination in a table; its value is its target, None without one."""

    table_id: str
    destination: str

    def read(self, lab: CloudLab) -> Value:
        route = self._described(lab)
        if route is None:
            return None
        if "VpcPeeringConnectionId" in route:
            return to_peering(*vpcs_joined_by(lab, route["VpcPeeringConnectionId"]))
        gateway_id = route.get("GatewayId", "")
        if gateway_id.startswith("igw-"):
            [table] = lab.ec2.describe_route_tables(RouteTableIds=[self.table_id])["RouteTables"]
            return to_gateway(table["VpcId"])
        nat_subnet_id = subnet_of(lab, route["NatGatewayId"]) if "NatGatewayId" in route else None
        if nat_subnet_id is not None:
            return to_nat_gateway(nat_subnet_id)
        return next({key: route[key]} for key in _TARGETS if route.get(key))

    def write(self, lab: CloudLab, value: Value) -> None:
        at = {"RouteTableId": self.table_id, "DestinationCidrBlock": self.destination}
        present = self._described(lab)
        if value is None:
            if present is not None:
                lab.ec2.delete_route(**at)
            return
        target = self._target(lab, value)
        if present is None:
            lab.ec2.create_route(**at, **target)
        elif any(present.get(key) != wanted for key, wanted in target.items()):
            lab.ec2.replace_route(**at, **target)

    def _described(self, lab: CloudLab) -> dict[str, Any] | None:
        [table] = lab.ec2.describe_route_tables(RouteTableIds=[self.table_id])["RouteTables"]
        return next(
            (each for each in table["Routes"] if self.destination == _destination(each)), None
        )

    def _target(self, lab: CloudLab, value: dict[str, Any]) -> dict[str, str]:
        """The target as CreateRoute takes it, with the id that it goes by now."""
        if PEERING in value:
            found = live_peering(lab, *value[PEERING])
            if found is None:
                raise FaultRefused(
                    f"The route {self.destination} of {self.table_id} leads through the peering "
                    f"connection of {' and '.join(value[PEERING])}, and there is none now. "
                    'Put that back first: lab.repair_faults(), or lab.build("peering").'
                )
            return {"VpcPeeringConnectionId": found["VpcPeeringConnectionId"]}
        if GATEWAY in value:
            return {"GatewayId": _gateway_of(lab, value[GATEWAY])}
        if NAT in value:
            return {"NatGatewayId": _nat_gateway_in(lab, value[NAT])}
        return value

    def on(self, world: World, value: Value) -> World:
        topology = world.topology
        network = ip_network(self.destination)
        if value is None:
            return world.with_topology(edits.without_route(topology, self.table_id, network))
        kind, target_id, state = _on_paper(topology, value)
        route = Route(network, kind, target_id, state)
        return world.with_topology(edits.with_route(topology, self.table_id, route))

    def words(self, value: Value) -> str:
        leads = "absent" if value is None else f"leads to {_target_words(value)}"
        return f"route {self.destination} of {self.table_id}: {leads}"


def _destination(route: dict[str, Any]) -> str | None:
    block = route.get("DestinationCidrBlock")
    return str(ip_network(block)) if block else None


def _target_words(value: dict[str, Any]) -> str:
    if PEERING in value:
        return f"the peering connection of {' and '.join(value[PEERING])}"
    if GATEWAY in value:
        return f"the internet gateway of {value[GATEWAY]}"
    if NAT in value:
        return f"the NAT gateway in {value[NAT]}"
    return str(next(iter(value.values())))


def _gateway_of(lab: CloudLab, vpc_id: str) -> str:
    filters = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    found = lab.ec2.describe_internet_gateways(Filters=filters)["InternetGateways"]
    if not found:
        raise FaultRefused(f"The route leads to the internet gateway of {vpc_id}, which has none.")
    gateway_id: str = found[0]["InternetGatewayId"]
    return gateway_id


def _nat_gateway_in(lab: CloudLab, subnet_id: str) -> str:
    found = live_nat_gateway(lab, subnet_id)
    if found is None:
        raise FaultRefused(
            f"The route leads to the NAT gateway in {subnet_id}, and there is none now. "
            'Put that back first: lab.repair_faults(), or lab.build("gateways").'
        )
    gateway_id: str = found["NatGatewayId"]
    return gateway_id


def _on_paper(topology: Topology, value: dict[str, Any]) -> tuple[TargetKind, str, RouteState]:
    if PEERING in value:
        peering = edits.peering_between(topology, *value[PEERING])
        works = peering is not None and peering.is_active
        state = RouteState.ACTIVE if works else RouteState.BLACKHOLE
        return TargetKind.PEERING, peering.peering_id if peering else "no peering", state
    if GATEWAY in value:
        gateways = {of: each for each, of in topology.internet_gateways.items()}
        gateway = gateways.get(value[GATEWAY])
        state = RouteState.ACTIVE if gateway else RouteState.BLACKHOLE
        return TargetKind.INTERNET_GATEWAY, gateway or "no gateway", state
    if NAT in value:
        nats = [n for n in topology.nat_gateways.values() if n.subnet_id == value[NAT]]
        nat = min(nats, key=lambda n: (not n.is_available, n.nat_gateway_id), default=None)
        state = RouteState.ACTIVE if nat and nat.is_available else RouteState.BLACKHOLE
        return TargetKind.NAT_GATEWAY, nat.nat_gateway_id if nat else "no NAT gateway", state
    [(key, target_id)] = value.items()
    return _KINDS.get(key, TargetKind.OTHER), str(target_id), RouteState.ACTIVE


@dataclass(frozen=True, slots=True)
class TableOf(Part):
    """The table that a subnet is associated with; None where the VPC's main table applies."""

    subnet_id: str

    def read(self, lab: CloudLab) -> Value:
        association = self._association(lab)
        return association["RouteTableId"] if association else None

    def write(self, lab: CloudLab, value: Value) -> None:
        association = self._association(lab)
        if value is None:
            if association:
                lab.ec2.disassociate_route_table(
                    AssociationId=association["RouteTableAssociationId"]
                )
        elif association is None:
            lab.ec2.associate_route_table(RouteTableId=value, SubnetId=self.subnet_id)
        elif association["RouteTableId"] != value:
            lab.ec2.replace_route_table_association(
                AssociationId=association["RouteTableAssociationId"], RouteTableId=value
            )

    def _association(self, lab: CloudLab) -> dict[str, Any] | None:
        filters = [{"Name": "association.subnet-id", "Values": [self.subnet_id]}]
        found = lab.ec2.describe_route_tables(Filters=filters)["RouteTables"]
        associations = (each for table in found for each in table["Associations"])
        return next((each for each in associations if each.get("SubnetId") == self.subnet_id), None)

    def on(self, world: World, value: Value) -> World:
        return world.with_topology(edits.with_table_of(world.topology, self.subnet_id, value))

    def words(self, value: Value) -> str:
        return f"route table of {self.subnet_id}: {value or 'the main one of its VPC'}"
