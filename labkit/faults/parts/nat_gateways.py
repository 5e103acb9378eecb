"""A NAT gateway of a VPC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.faults.parts.part import Part
from labkit.network import outward

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

KIND: Final = "natgateway"
_LIVE: Final = ("pending", "available")
_POLL_S: Final = 5.0
_GIVE_UP_S: Final = 600.0


def live_nat_gateway(lab: CloudLab, subnet_id: str) -> dict[str, Any] | None:
    """The NAT gateway in a subnet as AWS describes it, or None; of several, the first."""
    filters = [{"Name": "subnet-id", "Values": [subnet_id]}]
    found = lab.ec2.describe_nat_gateways(Filters=filters)["NatGateways"]
    live = (each for each in found if each["State"] in _LIVE)
    return min(live, key=lambda each: str(each["NatGatewayId"]), default=None)


def subnet_of(lab: CloudLab, gateway_id: str) -> str | None:
    """The subnet of a NAT gateway; None once AWS has forgotten it, an hour after it was deleted."""
    filters = [{"Name": "nat-gateway-id", "Values": [gateway_id]}]
    found = lab.ec2.describe_nat_gateways(Filters=filters)["NatGateways"]
    return str(found[0]["SubnetId"]) if found else None


@dataclass(frozen=True, slots=True)
class NatGatewayIn(Part):
    """
    The NAT gateway in a subnet; its value is whether there is one.

    One that was deleted cannot come back. A new one takes its place and its
    public address, and the routes that led to the old one lead to it.

    Args:
        subnet_id: The subnet.
        name: Its Name tag.
        public_address: The Elastic IP address to make it with; any that is
            free, or a new one, if empty.
    """

    subnet_id: str
    name: str
    public_address: str = ""

    def read(self, lab: CloudLab) -> Value:
        return live_nat_gateway(lab, self.subnet_id) is not None

    def write(self, lab: CloudLab, value: Value) -> None:
        present = live_nat_gateway(lab, self.subnet_id)
        if value:
            gateway_id = present["NatGatewayId"] if present else self._create(lab)
            self._wait(lab, gateway_id, "available")
            self._lead_routes_here(lab, gateway_id)
        elif present is not None:
            lab.ec2.delete_nat_gateway(NatGatewayId=present["NatGatewayId"])
            # Its address is free again only when it is gone.
            self._wait(lab, present["NatGatewayId"], "deleted")

    def _create(self, lab: CloudLab) -> str:
        gateway_id: str = lab.ec2.create_nat_gateway(
            SubnetId=self.subnet_id,
            AllocationId=self._allocation_id(lab),
            TagSpecifications=lab.tags.specification(KIND, self.name),
        )["NatGateway"]["NatGatewayId"]
        return gateway_id

    def _allocation_id(self, lab: CloudLab) -> str:
        found = lab.ec2.describe_addresses()["Addresses"]
        wanted = [each for each in found if each["PublicIp"] == self.public_address]
        free = [each for each in found if not each.get("AssociationId")]
        for address in wanted or free:
            return str(address["AllocationId"])
        tags = lab.tags.specification("elastic-ip", f"address-of-{self.name}")
        made = lab.ec2.allocate_address(Domain="vpc", TagSpecifications=tags)
        return str(made["AllocationId"])

    def _wait(self, lab: CloudLab, gateway_id: str, wanted: str) -> None:
        deadline_s = lab.clock.now() + _GIVE_UP_S
        while (state := self._state(lab, gateway_id)) != wanted:
            if state == "failed" or lab.clock.now() >= deadline_s:
                raise LabError(f"NAT gateway {gateway_id} is {state}, and should be {wanted}.")
            lab.clock.sleep(_POLL_S)

    def _state(self, lab: CloudLab, gateway_id: str) -> str:
        [found] = lab.ec2.describe_nat_gateways(NatGatewayIds=[gateway_id])["NatGateways"]
        return str(found["State"])

    def _lead_routes_here(self, lab: CloudLab, gateway_id: str) -> None:
        """Routes of the VPC to a NAT gateway that is gone lead to this one."""
        [subnet] = lab.ec2.describe_subnets(SubnetIds=[self.subnet_id])["Subnets"]
        filters = [{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
        for table in lab.ec2.describe_route_tables(Filters=filters)["RouteTables"]:
            for route in table["Routes"]:
                if route.get("NatGatewayId") and route["State"] == "blackhole":
                    lab.ec2.replace_route(
                        RouteTableId=table["RouteTableId"],
                        DestinationCidrBlock=route["DestinationCidrBlock"],
                        NatGatewayId=gateway_id,
                    )

    def on(self, world: World, value: Value) -> World:
        topology = world.topology
        for nat in topology.nat_gateways.values():
            if nat.subnet_id != self.subnet_id:
                continue
            if value and not nat.is_available:
                topology = outward.nat_gateway_anew(topology, nat) or topology
            elif not value and nat.is_available:
                topology = outward.without_nat_gateway(topology, nat)
        return world.with_topology(topology)

    def words(self, value: Value) -> str:
        return f"NAT gateway {self.name}: {'there' if value else 'deleted'}"
