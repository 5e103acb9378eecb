"""The way from one instance to another, with everything that governs it: what a fault aims at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from labkit.errors import FaultRefused
from labkit.network.answering import answer
from labkit.network.edits import peering_between
from labkit.network.filtering import allowing_rules, network_acl_verdict
from labkit.network.packet import Direction, echo_request
from labkit.network.routing import best_route
from labkit.network.topology import Host, RouteState, TargetKind
from labkit.network.walk import walk

if TYPE_CHECKING:
    from labkit.network.packet import Address, Packet
    from labkit.network.topology import (
        Interface,
        Network,
        NetworkAcl,
        NetworkAclEntry,
        Peering,
        Route,
        RouteTable,
        SecurityGroup,
        SecurityGroupRule,
        Subnet,
        Topology,
        Vpc,
    )
    from labkit.network.walk import Walk


class Ends(NamedTuple):
    """The two ends of a way by name: who asks, and who is asked."""

    source: str
    target: str


@dataclass(frozen=True)
class End:
    """One end of a way: an interface, and what governs the packets at it."""

    topology: Topology
    interface: Interface

    @property
    def name(self) -> str:
        return self.interface.name or self.interface.interface_id

    @property
    def address(self) -> Address:
        """The primary private address."""
        return self.interface.addresses[0]

    @property
    def subnet(self) -> Subnet:
        return self.topology.subnet(self.interface.subnet_id)

    @property
    def vpc(self) -> Vpc:
        return self.topology.vpc(self.interface.vpc_id)

    @property
    def table(self) -> RouteTable:
        """The route table in force in the subnet."""
        return self.topology.route_table_of(self.interface.subnet_id)

    @property
    def main_table(self) -> RouteTable:
        """The main route table of the VPC."""
        tables = self.topology.route_tables.values()
        return next(each for each in tables if each.vpc_id == self.vpc.vpc_id and each.main)

    @property
    def acl(self) -> NetworkAcl:
        return self.topology.network_acl_of(self.interface.subnet_id)

    @property
    def instance_id(self) -> str:
        """
        The instance that the interface belongs to.

        Raises:
            FaultRefused: It belongs to none.
        """
        if self.interface.instance_id is None:
            raise FaultRefused(f"{self.name} is a network interface without an instance.")
        return self.interface.instance_id

    def default_group(self) -> SecurityGroup:
        """The group every VPC is born with."""
        groups = self.topology.security_groups.values()
        return next(
            each for each in groups if (each.vpc_id, each.name) == (self.vpc.vpc_id, "default")
        )

    def entries_that_allow(self, packet: Packet, direction: Direction) -> list[NetworkAclEntry]:
        """
        The entries of the network ACL that let a packet pass, in the order they are tried.

        The first decides; once it is gone, the next one does.

        Raises:
            FaultRefused: The ACL denies the packet already.
        """
        found: list[NetworkAclEntry] = []
        acl = self.acl
        while (entry := network_acl_verdict(acl, packet, direction)) and entry.allow:
            found.append(entry)
            acl = replace(acl, entries=tuple(each for each in acl.entries if each != entry))
        if not found:
            raise FaultRefused(
                f"The network ACL at {self.name} denies the packet ({direction}) already."
            )
        return found


@dataclass(frozen=True)
class Way:
    """
    From one instance to another in a peered VPC.

    Raises:
        FaultRefused: No peering connection joins the two, so no fault of the
            catalogue can aim at what lies between them.
    """

    topology: Topology
    sender: End
    receiver: End
    lab_name: str = "labkit"

    @classmethod
    def between(cls, topology: Topology, ends: Ends, lab_name: str = "labkit") -> Way:
        """
        The way between two interfaces by name.

        Args:
            topology: The network as it stands.
            ends: The names of the two.
            lab_name: What names of the lab's own resources begin with.

        Raises:
            NameNotFound: The network has no interface of that name.
            FaultRefused: They are not in two VPCs with a peering connection.
        """
        sender, receiver = (
            End(topology, topology.find_interface(name)) for name in (ends.source, ends.target)
        )
        way = cls(topology, sender, receiver, lab_name)
        if sender.vpc == receiver.vpc:
            raise FaultRefused(
                f"The faults of the catalogue break a way from one VPC to another, and "
                f"{sender.name} and {receiver.name} are in the same one."
            )
        if way.peering_or_none is None:
            raise FaultRefused(
                f"The faults of the catalogue break a way across a peering connection, and there "
                f"is none between {sender.name} and {receiver.name}. "
                'Build it first: lab.build("routes").'
            )
        return way

    @property
    def ends(self) -> Ends:
        return Ends(self.sender.name, self.receiver.name)

    @property
    def peering_or_none(self) -> Peering | None:
        return peering_between(self.topology, self.sender.vpc.vpc_id, self.receiver.vpc.vpc_id)

    @property
    def peering(self) -> Peering:
        """
        The peering connection between the two VPCs.

        Raises:
            FaultRefused: It is not active, so there is nothing left to break.
        """
        found = self.peering_or_none
        if found is None or not found.is_active:
            raise FaultRefused("The peering connection between the two VPCs is not active.")
        return found

    @property
    def request(self) -> Packet:
        """The echo request of a ping."""
        return echo_request(self.sender.address, self.receiver.address)

    @property
    def reply(self) -> Packet:
        """The echo reply to it."""
        reply = answer(Host(), self.request)
        assert reply is not None  # noqa: S101  a host that just runs answers a ping
        return reply

    def walked_in(self, topology: Topology) -> Walk:
        """The walk of the ping in a network."""
        return walk(topology, self.request, self.sender.interface)

    def route_there(self) -> tuple[RouteTable, Route, Network]:
        """
        The table, the route and its destination that take the request into the peering.

        Raises:
            FaultRefused: There is no such route.
        """
        return self._route(self.sender, self.receiver)

    def route_back(self) -> tuple[RouteTable, Route, Network]:
        """The same for the reply."""
        return self._route(self.receiver, self.sender)

    def _route(self, end: End, other: End) -> tuple[RouteTable, Route, Network]:
        route = best_route(self.topology, end.table, other.address)
        works = route is not None and (route.target, route.state) == (
            TargetKind.PEERING,
            RouteState.ACTIVE,
        )
        if route is None or not works or route.destination is None:
            raise FaultRefused(
                f"This fault needs a working route from {end.name} to {other.name} through the "
                f"peering connection, and {end.table.name or end.table.route_table_id} has none."
            )
        return end.table, route, route.destination

    def rules_in(self) -> list[tuple[SecurityGroup, SecurityGroupRule]]:
        """
        Every rule of the receiver's groups that lets the request in.

        Raises:
            FaultRefused: There is none.
        """
        return self._rules(self.receiver, Direction.INGRESS)

    def rules_out(self) -> list[tuple[SecurityGroup, SecurityGroupRule]]:
        """
        Every rule of the sender's groups that lets the request out.

        Raises:
            FaultRefused: There is none.
        """
        return self._rules(self.sender, Direction.EGRESS)

    def _rules(
        self, end: End, direction: Direction
    ) -> list[tuple[SecurityGroup, SecurityGroupRule]]:
        found = list(allowing_rules(self.topology, end.interface, self.request, direction))
        if not found:
            raise FaultRefused(
                f"This fault takes away what lets the ping pass ({direction}) at {end.name}, "
                "and no rule of its security groups does."
            )
        return found
