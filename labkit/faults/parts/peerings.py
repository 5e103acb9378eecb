"""The peering connection of two VPCs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.faults.parts.part import Part
from labkit.lab.tags import name_of
from labkit.network import edits
from labkit.network.edits import LIVE_STATUSES
from labkit.network.topology import Peering

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

ACTIVE: Final = "active"
PENDING: Final = "pending-acceptance"
_POLL_S: Final = 1.0
_GIVE_UP_S: Final = 60.0


def live_peering(lab: CloudLab, one_vpc_id: str, other_vpc_id: str) -> dict[str, Any] | None:
    """The peering connection of two VPCs as AWS describes it, or None; at most one can live."""
    found = [
        each
        for each in _between(lab, one_vpc_id, other_vpc_id)
        if each["Status"]["Code"] in LIVE_STATUSES
    ]
    return found[0] if found else None


def _between(lab: CloudLab, one_vpc_id: str, other_vpc_id: str) -> list[dict[str, Any]]:
    """Every peering connection two VPCs have, or lately had."""
    vpcs = {one_vpc_id, other_vpc_id}
    pages = lab.ec2.get_paginator("describe_vpc_peering_connections").paginate()
    everything = (each for page in pages for each in page["VpcPeeringConnections"])
    return [
        each
        for each in everything
        if {each["RequesterVpcInfo"]["VpcId"], each["AccepterVpcInfo"]["VpcId"]} == vpcs
    ]


def vpcs_joined_by(lab: CloudLab, peering_id: str) -> tuple[str, str]:
    """The two VPCs of a peering connection; AWS still tells for hours after it was deleted."""
    [found] = lab.ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering_id])[
        "VpcPeeringConnections"
    ]
    return found["RequesterVpcInfo"]["VpcId"], found["AccepterVpcInfo"]["VpcId"]


@dataclass(frozen=True, slots=True)
class PeeringOf(Part):
    """
    The peering connection of two VPCs; its value is its state, None where there is none.

    One that was deleted cannot come back. A new one takes its place, and the
    routes that led to the old one.
    """

    requester_vpc_id: str
    accepter_vpc_id: str
    name: str

    def read(self, lab: CloudLab) -> Value:
        found = live_peering(lab, self.requester_vpc_id, self.accepter_vpc_id)
        return found["Status"]["Code"] if found else None

    def write(self, lab: CloudLab, value: Value) -> None:
        present = self.read(lab)
        if present is not None and value in (None, PENDING) and value != present:
            lab.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=self._id(lab))
            present = None
        if value is None:
            return
        if present is None:
            self._request(lab)
        if value == ACTIVE:
            self._accept(lab)
        self._name(lab)
        self._lead_routes_here(lab)

    def _id(self, lab: CloudLab) -> str:
        found = live_peering(lab, self.requester_vpc_id, self.accepter_vpc_id)
        if found is None:
            raise LabError(f"The peering connection {self.name!r} ended while it was being made.")
        peering_id: str = found["VpcPeeringConnectionId"]
        return peering_id

    def _request(self, lab: CloudLab) -> None:
        made = lab.ec2.create_vpc_peering_connection(
            VpcId=self.requester_vpc_id,
            PeerVpcId=self.accepter_vpc_id,
            TagSpecifications=lab.tags.specification("vpc-peering-connection", self.name),
        )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        lab.ec2.get_waiter("vpc_peering_connection_exists").wait(VpcPeeringConnectionIds=[made])

    def _accept(self, lab: CloudLab) -> None:
        peering_id = self._id(lab)
        deadline_s = lab.clock.now() + _GIVE_UP_S
        while (state := self.read(lab)) != ACTIVE:
            if state == PENDING:
                lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
            if state is None or lab.clock.now() >= deadline_s:
                raise LabError(f"The peering connection {peering_id} did not become active.")
            lab.clock.sleep(_POLL_S)

    def _name(self, lab: CloudLab) -> None:
        """One that somebody made in place of the lab's own takes its name, and its mark."""
        found = live_peering(lab, self.requester_vpc_id, self.accepter_vpc_id)
        if found is not None and name_of(found) != self.name:
            peering_id = found["VpcPeeringConnectionId"]
            lab.ec2.create_tags(Resources=[peering_id], Tags=lab.tags.of(self.name))

    def _lead_routes_here(self, lab: CloudLab) -> None:
        """Routes to a former peering connection of the two VPCs lead to the new one."""
        peering_id = self._id(lab)
        former = {
            each["VpcPeeringConnectionId"]
            for each in _between(lab, self.requester_vpc_id, self.accepter_vpc_id)
        } - {peering_id}
        filters = [{"Name": "vpc-id", "Values": [self.requester_vpc_id, self.accepter_vpc_id]}]
        for table in lab.ec2.describe_route_tables(Filters=filters)["RouteTables"]:
            for route in table["Routes"]:
                if route.get("VpcPeeringConnectionId") in former:
                    lab.ec2.replace_route(
                        RouteTableId=table["RouteTableId"],
                        DestinationCidrBlock=route["DestinationCidrBlock"],
                        VpcPeeringConnectionId=peering_id,
                    )

    def on(self, world: World, value: Value) -> World:
        ends = (self.requester_vpc_id, self.accepter_vpc_id)
        present = edits.peering_between(world.topology, *ends)
        topology = world.topology
        if present is None:
            present = Peering(f"new {self.name}", *ends, "", self.name)
            topology = edits.with_routes_to(topology, present)
        changed = replace(present, status=value or "deleted")
        return world.with_topology(edits.with_peering(topology, changed))

    def words(self, value: Value) -> str:
        return f"peering connection {self.name}: {value or 'deleted'}"
