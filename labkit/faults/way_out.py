"""The way from an instance out to a host on the internet, through a NAT gateway."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from labkit.errors import FaultRefused
from labkit.faults.way import End, Ends
from labkit.network.answering import answer
from labkit.network.outward import leaves_the_lab, nat_gateway_of
from labkit.network.packet import echo_request
from labkit.network.reachability.stand_ins import with_host
from labkit.network.routing import best_route
from labkit.network.topology import Host, RouteState, TargetKind
from labkit.network.walk import walk

if TYPE_CHECKING:
    from labkit.network.packet import Address, Packet
    from labkit.network.topology import RouteTable, Topology
    from labkit.network.walk import Walk
    from labkit.network.ways_out import NatGateway


class RouteOut(NamedTuple):
    """A table, and the destination of its route that leads out."""

    table: RouteTable
    destination: str


@dataclass(frozen=True)
class WayOut:
    """
    From an instance without a public address to an address on the internet.

    Args:
        topology: The network.
        sender: The instance's end.
        address: Whom it asks.
        lab_name: What names of the lab's own resources begin with.
    """

    topology: Topology
    sender: End
    address: Address
    lab_name: str = "labkit"

    @classmethod
    def between(cls, topology: Topology, ends: Ends, lab_name: str = "labkit") -> WayOut:
        """
        The way from an instance by name to an address as text.

        Raises:
            NameNotFound: The network has no interface of that name.
            FaultRefused: The address is none on the internet, or the instance's
                VPC has no NAT gateway that works.
        """
        way = cls(
            topology, End(topology, topology.find_interface(ends.source)), _out(ends), lab_name
        )
        if not leaves_the_lab(topology, way.address):
            raise FaultRefused(f"{ends.target} is no address of a host on the internet.")
        _ = way.nat
        return way

    @property
    def ends(self) -> Ends:
        return Ends(self.sender.name, str(self.address))

    @property
    def nat(self) -> NatGateway:
        """
        The NAT gateway of the sender's VPC.

        Raises:
            FaultRefused: It has none that works.
        """
        found = nat_gateway_of(self.topology, self.sender.vpc.vpc_id)
        if found is None or not found.is_available:
            raise FaultRefused(
                f"The faults of gateways break a way out through a NAT gateway, and the VPC of "
                f'{self.sender.name} has none that works. Build it first: lab.build("gateways").'
            )
        return found

    @property
    def gateway(self) -> End:
        """The NAT gateway's own end: its interface, and what governs packets there."""
        return End(self.topology, self.topology.interfaces[self.nat.interface_id])

    @property
    def request(self) -> Packet:
        """The echo request of a ping."""
        return echo_request(self.sender.address, self.address)

    @property
    def reply(self) -> Packet:
        """The echo reply to it, as it comes back to the NAT gateway."""
        reply = answer(Host(), echo_request(self.gateway.address, self.address))
        assert reply is not None  # noqa: S101  a host that just runs answers a ping
        return reply

    def walked_in(self, topology: Topology) -> Walk:
        """The walk of the ping in a network, to a host that answers."""
        sender = topology.interfaces[self.sender.interface.interface_id]
        return walk(with_host(topology, self.address), self.request, sender)

    def route_to_nat(self) -> RouteOut:
        """
        The route that takes the request to the NAT gateway.

        Raises:
            FaultRefused: There is no such route.
        """
        return self._route(self.sender, TargetKind.NAT_GATEWAY)

    def route_to_internet(self) -> RouteOut:
        """
        The route that takes it on from there to the internet gateway.

        Raises:
            FaultRefused: There is no such route.
        """
        return self._route(self.gateway, TargetKind.INTERNET_GATEWAY)

    def _route(self, end: End, wanted: TargetKind) -> RouteOut:
        route = best_route(self.topology, end.table, self.address)
        works = route is not None and (route.target, route.state) == (wanted, RouteState.ACTIVE)
        if route is None or not works or route.destination is None:
            raise FaultRefused(
                f"This fault needs a working route from the subnet of {end.name} to the {wanted}, "
                f"and {end.table.name or end.table.route_table_id} has none."
            )
        return RouteOut(end.table, str(route.destination))


def _out(ends: Ends) -> Address:
    try:
        return ip_address(ends.target)
    except ValueError:
        raise FaultRefused(
            f"A fault of gateways breaks the way to an address on the internet, and "
            f"{ends.target!r} is none. For example: 198.51.100.80."
        ) from None
