"""The internet gateway that somebody gave a VPC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.faults.parts.part import Part
from labkit.network import edits

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

KIND = "internet-gateway"


@dataclass(frozen=True, slots=True)
class GatewayOf(Part):
    """An internet gateway of the lab on a VPC; its value is whether it is there, attached."""

    vpc_id: str
    name: str

    def read(self, lab: CloudLab) -> Value:
        filters = [{"Name": "attachment.vpc-id", "Values": [self.vpc_id]}]
        return bool(lab.ec2.describe_internet_gateways(Filters=filters)["InternetGateways"])

    def write(self, lab: CloudLab, value: Value) -> None:
        """Makes or removes the lab's own one; one that was there before stays as it is."""
        own = lab.tags.resources(lab.ec2, KIND, self.name)
        if value and not self.read(lab):
            gateway_id = own[0]["InternetGatewayId"] if own else self._create(lab)
            lab.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=self.vpc_id)
        elif not value:
            for gateway in own:
                self._remove(lab, gateway["InternetGatewayId"], attached=gateway["Attachments"])

    def _create(self, lab: CloudLab) -> str:
        gateway_id: str = lab.ec2.create_internet_gateway(
            TagSpecifications=lab.tags.specification(KIND, self.name)
        )["InternetGateway"]["InternetGatewayId"]
        return gateway_id

    def _remove(self, lab: CloudLab, gateway_id: str, *, attached: object) -> None:
        if attached:
            lab.ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=self.vpc_id)
        lab.ec2.delete_internet_gateway(InternetGatewayId=gateway_id)

    def on(self, world: World, value: Value) -> World:
        topology = world.topology
        present = [each for each, of in topology.internet_gateways.items() if of == self.vpc_id]
        if value and not present:
            topology = edits.with_gateway(topology, f"new {self.name}", self.vpc_id, self.name)
        elif not value:
            for gateway_id in present:
                topology = edits.with_gateway(topology, gateway_id, None)
        return world.with_topology(topology)

    def words(self, value: Value) -> str:
        return f"internet gateway of {self.vpc_id}: {'attached' if value else 'none'}"
