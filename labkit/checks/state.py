"""
The network of a lab at one moment, asked by name: what judges look at.

Everything is worked out from AWS's own describe answers, so looking changes
nothing: no packet is sent, no record written, no time passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses, ip_address, ip_network
from typing import TYPE_CHECKING, Self

from labkit.checks.outcome import not_yet
from labkit.errors import NameNotFound
from labkit.network.explain import verdict
from labkit.network.filtering import security_group_verdict
from labkit.network.packet import Direction, Packet, Protocol, echo_request
from labkit.network.routing import best_route
from labkit.network.topology import TargetKind
from labkit.network.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.packet import Address
    from labkit.network.topology import (
        NetworkAcl,
        Route,
        RouteTable,
        SecurityGroupRule,
        Subnet,
        Topology,
    )
    from labkit.network.walk import Walk


@dataclass(frozen=True, slots=True)
class NetworkState:
    """A lab's network as it stands; take a new one to see a change."""

    topology: Topology

    @classmethod
    def of(cls, lab: CloudLab) -> Self:
        """The network as AWS describes it now."""
        return cls(lab.topology())

    # Packets that could be sent.

    def ping(self, source: str, target: str) -> Walk:
        """
        The way an echo request would take, and its reply.

        Args:
            source: Name tag of the instance that sends.
            target: Name tag of an instance, or an address.

        Raises:
            NameNotFound: There is no such instance.
        """
        sender = self.topology.find_interface(source)
        packet = echo_request(sender.addresses[0], self._address(target))
        return walk(self.topology, packet, sender)

    def connect(self, source: str, target: str, port: int) -> Walk:
        """
        The way the first packet of a TCP connection would take, and its answer.

        Args:
            source: Name tag of the instance that sends.
            target: Name tag of an instance, or an address.
            port: The port at the other end.

        Raises:
            NameNotFound: There is no such instance.
        """
        sender = self.topology.find_interface(source)
        packet = Packet(
            sender.addresses[0],
            self._address(target),
            Protocol.TCP,
            source_port=49152,
            destination_port=port,
            tcp_flags=2,
        )
        return walk(self.topology, packet, sender)

    def explain(self, walked: Walk) -> str:
        """One sentence: how a walk ended and, if it failed, what stopped it."""
        return verdict(walked, self.topology)

    # Security groups.

    def lets_in(self, instance: str, packet: Packet) -> bool:
        """Whether the security groups of an instance let in a packet of no flow seen before."""
        interface = self.topology.find_interface(instance)
        found = security_group_verdict(self.topology, interface, packet, Direction.INGRESS)
        return found is not None

    def rules_into(self, instance: str) -> list[SecurityGroupRule]:
        """
        Every rule that lets something in to an instance, of all its groups together.

        Raises:
            NameNotFound: There is no such instance.
        """
        groups = self.topology.find_interface(instance).group_ids
        return [rule for each in groups for rule in self.topology.security_group(each).ingress]

    def _address(self, name: str) -> Address:
        if name[0].isdigit():
            return ip_address(name)
        return self.topology.find_interface(name).addresses[0]

    # Route tables.

    def subnet(self, name: str) -> Subnet:
        """
        A subnet by its Name tag.

        Raises:
            NameNotFound: There is none; lists those there are.
        """
        found = {each.name: each for each in self.topology.subnets.values()}
        if name not in found:
            raise NameNotFound("subnet", name, found)
        return found[name]

    def table_of(self, subnet: str) -> RouteTable:
        """The route table that a subnet really uses: its own, or else its VPC's main table."""
        return self.topology.route_table_of(self.subnet(subnet).subnet_id)

    def network_acl_of(self, subnet: str) -> NetworkAcl:
        """The network ACL at the edge of a subnet."""
        return self.topology.network_acl_of(self.subnet(subnet).subnet_id)

    def route(self, subnet: str, destination: str) -> Route | None:
        """The row for exactly this range in the table that a subnet uses, if there is one."""
        wanted = ip_network(destination)
        rows = self.table_of(subnet).routes
        return next((row for row in rows if row.destination == wanted), None)

    def tables_in(self, vpc: str) -> list[RouteTable]:
        """Every route table of a VPC (by Name tag), whether a subnet uses it or not."""
        tables = self.topology.route_tables.values()
        return [each for each in tables if self.topology.vpc(each.vpc_id).name == vpc]

    def peered_ranges(self, subnet: str) -> list[IPv4Network]:
        """The IPv4 ranges that a subnet's table sends into peering connections, put together."""
        rows = self.table_of(subnet).routes
        peered = [row.destination for row in rows if row.target is TargetKind.PEERING]
        return list(collapse_addresses(each for each in peered if isinstance(each, IPv4Network)))

    def route_taken(self, subnet: str, address: str) -> Route | None:
        """The row that decides about packets from a subnet to an address, if any matches."""
        return best_route(self.topology, self.table_of(subnet), ip_address(address))


def covers(ranges: Iterable[IPv4Network], wanted: IPv4Network) -> bool:
    """Whether all of a range lies in one of some ranges."""
    return any(wanted.subnet_of(each) for each in ranges)


def unanswered(state: NetworkState, source: str, target: str) -> Outcome | None:
    """What to say as long as one instance would hear nothing from another; then None."""
    there = state.ping(source, target)
    if there.answered:
        return None
    return not_yet(
        observed=state.explain(there),
        expected=f"{source} hears an answer from {target}.",
        look=f'lab.trace("{source}", "{target}"), at the row with the cross.',
    )


def written(route: Route | None) -> str:
    """A row of a route table as people read it, or that there is none."""
    if route is None:
        return "no route"
    kind = "" if route.target is TargetKind.LOCAL else f" {route.target}"
    return f"{route.destination or route.prefix_list_id} to{kind} {route.target_id} ({route.state})"
