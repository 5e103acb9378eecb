"""
A network as frozen values: what ``describe_*`` says, ready to be asked questions.

Nothing here decides anything; routing, filtering and peering do, and read
these values. ``network.read`` makes them from AWS's own answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from labkit.errors import NameNotFound, TopologyError
from labkit.network.packet import Direction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.network.packet import Address
    from labkit.network.ways_out import (
        EgressOnlyGateway,
        GatewayEndpoint,
        NatGateway,
        OutsideHost,
        TransitAttachment,
        TransitGateway,
        TransitRouteTable,
    )

Network: TypeAlias = IPv4Network | IPv6Network
_Resource = TypeVar("_Resource")


@dataclass(frozen=True, slots=True)
class Vpc:
    vpc_id: str
    cidrs: tuple[Network, ...]
    name: str = ""
    region: str = ""
    account_id: str = ""

    def holds(self, address: Address) -> bool:
        """Whether an address is in one of the VPC's ranges."""
        return any(address in cidr for cidr in self.cidrs)


@dataclass(frozen=True, slots=True)
class Subnet:
    subnet_id: str
    vpc_id: str
    cidrs: tuple[Network, ...]
    name: str = ""
    zone: str = ""
    zone_id: str = ""


class HostState(StrEnum):
    """Whether somebody is at home behind an interface."""

    RUNNING = "running"
    STOPPED = "stopped"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Host:
    """
    The operating system behind an interface: what AWS cannot see.

    Args:
        state: Anything but running neither receives nor answers.
        answers_echo: False when the host's own firewall drops pings.
        listening: Protocol number and port of every open socket.
        drops: Protocol number and port (None: any) of packets its own
            firewall drops without a word.
    """

    state: HostState = HostState.RUNNING
    answers_echo: bool = True
    listening: frozenset[tuple[int, int]] = frozenset({(6, 22)})
    drops: frozenset[tuple[int, int | None]] = frozenset()


@dataclass(frozen=True, slots=True)
class Interface:
    """
    A network interface (ENI).

    ``addresses`` starts with the primary private IPv4, unless the subnet has
    only IPv6. ``public_address`` is the IPv4 that stands for the primary one
    on the internet.
    """

    interface_id: str
    subnet_id: str
    vpc_id: str
    addresses: tuple[Address, ...]
    group_ids: tuple[str, ...]
    name: str = ""
    instance_id: str | None = None
    account_id: str = ""
    public_address: Address | None = None
    source_dest_check: bool = True
    requester_managed: bool = False
    interface_type: str = "interface"
    host: Host = Host()
    device_index: int = 0


class TargetKind(StrEnum):
    """What a route points at, in the words of the console."""

    LOCAL = "local"
    PEERING = "peering connection"
    INTERNET_GATEWAY = "internet gateway"
    NAT_GATEWAY = "NAT gateway"
    EGRESS_ONLY_GATEWAY = "egress-only internet gateway"
    NETWORK_INTERFACE = "network interface"
    TRANSIT_GATEWAY = "transit gateway"
    VIRTUAL_PRIVATE_GATEWAY = "virtual private gateway"
    VPC_ENDPOINT = "gateway endpoint"
    OTHER = "other target"


class RouteState(StrEnum):
    ACTIVE = "active"
    BLACKHOLE = "blackhole"


@dataclass(frozen=True, slots=True)
class Route:
    """One row of a route table. ``destination`` is None for a prefix list that was not given."""

    destination: Network | None
    target: TargetKind
    target_id: str
    state: RouteState = RouteState.ACTIVE
    propagated: bool = False
    prefix_list_id: str | None = None


@dataclass(frozen=True, slots=True)
class RouteTable:
    route_table_id: str
    vpc_id: str
    routes: tuple[Route, ...]
    subnet_ids: frozenset[str] = frozenset()
    main: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class SecurityGroupRule:
    """
    One allow rule, for one source or destination.

    ``protocol`` is None for all protocols. ``from_port`` and ``to_port`` hold
    ports for TCP and UDP, type and code for ICMP; -1 means any. Exactly one of
    ``cidr``, ``group_id`` and ``prefix_list_id`` is set.
    """

    protocol: int | None
    from_port: int = -1
    to_port: int = -1
    cidr: Network | None = None
    group_id: str | None = None
    prefix_list_id: str | None = None
    rule_id: str = ""


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    group_id: str
    vpc_id: str
    name: str
    ingress: tuple[SecurityGroupRule, ...] = ()
    egress: tuple[SecurityGroupRule, ...] = ()

    def rules(self, direction: Direction) -> tuple[SecurityGroupRule, ...]:
        """The rules for traffic of one direction."""
        return self.ingress if direction is Direction.INGRESS else self.egress


@dataclass(frozen=True, slots=True)
class NetworkAclEntry:
    """
    One numbered rule of a network ACL.

    ``protocol`` is None for all protocols; ``ports`` is None for all ports;
    ``icmp_type`` and ``icmp_code`` are -1 for any.
    """

    number: int
    egress: bool
    allow: bool
    cidr: Network
    protocol: int | None = None
    ports: tuple[int, int] | None = None
    icmp_type: int = -1
    icmp_code: int = -1


@dataclass(frozen=True, slots=True)
class NetworkAcl:
    network_acl_id: str
    vpc_id: str
    entries: tuple[NetworkAclEntry, ...]
    subnet_ids: frozenset[str] = frozenset()
    default: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Peering:
    """A peering connection; ``status`` is AWS's code, for example ``active``."""

    peering_id: str
    requester_vpc_id: str
    accepter_vpc_id: str
    status: str
    name: str = ""
    inter_region: bool = False

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    def other_side(self, vpc_id: str) -> str | None:
        """The VPC at the far end, or None when *vpc_id* is at neither end."""
        ends = {
            self.requester_vpc_id: self.accepter_vpc_id,
            self.accepter_vpc_id: self.requester_vpc_id,
        }
        return ends.get(vpc_id)


@dataclass(frozen=True)
class Topology:
    """
    Everything a packet's way depends on, each kind keyed by its id.

    ``internet_gateways`` maps the id of each attached one to its VPC's id, and
    ``internet_gateway_names`` to its Name tag, where it has one. ``outside`` holds
    the hosts on the internet that are known, each by its address; ``prefix_list_names``
    what AWS calls the prefix lists, as far as it has said. Not slotted, because the
    derived tables below are kept once computed.
    """

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    route_tables: Mapping[str, RouteTable] = field(default_factory=dict)
    security_groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    network_acls: Mapping[str, NetworkAcl] = field(default_factory=dict)
    peerings: Mapping[str, Peering] = field(default_factory=dict)
    prefix_lists: Mapping[str, tuple[Network, ...]] = field(default_factory=dict)
    prefix_list_names: Mapping[str, str] = field(default_factory=dict)
    internet_gateways: Mapping[str, str] = field(default_factory=dict)
    internet_gateway_names: Mapping[str, str] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    egress_only_gateways: Mapping[str, EgressOnlyGateway] = field(default_factory=dict)
    gateway_endpoints: Mapping[str, GatewayEndpoint] = field(default_factory=dict)
    transit_gateways: Mapping[str, TransitGateway] = field(default_factory=dict)
    transit_attachments: Mapping[str, TransitAttachment] = field(default_factory=dict)
    transit_route_tables: Mapping[str, TransitRouteTable] = field(default_factory=dict)
    outside: Mapping[Address, OutsideHost] = field(default_factory=dict)

    @cached_property
    def _interface_at(self) -> dict[tuple[str, Address], Interface]:
        return {
            (interface.vpc_id, address): interface
            for interface in self.interfaces.values()
            for address in interface.addresses
        }

    @cached_property
    def _table_by_subnet(self) -> dict[str, RouteTable]:
        return {
            subnet_id: table
            for table in self.route_tables.values()
            for subnet_id in table.subnet_ids
        }

    @cached_property
    def _main_table(self) -> dict[str, RouteTable]:
        return {table.vpc_id: table for table in self.route_tables.values() if table.main}

    @cached_property
    def _acl_by_subnet(self) -> dict[str, NetworkAcl]:
        return {
            subnet_id: acl for acl in self.network_acls.values() for subnet_id in acl.subnet_ids
        }

    @cached_property
    def _nat_gateway_by_interface(self) -> dict[str, NatGateway]:
        return {each.interface_id: each for each in self.nat_gateways.values() if each.interface_id}

    @cached_property
    def _attachment_by_interface(self) -> dict[str, TransitAttachment]:
        return {
            interface_id: attachment
            for attachment in self.transit_attachments.values()
            for _, interface_id in attachment.interface_ids
        }

    def nat_gateway_at(self, interface_id: str) -> NatGateway | None:
        """The NAT gateway that an interface belongs to, if any."""
        return self._nat_gateway_by_interface.get(interface_id)

    def attachment_at(self, interface_id: str) -> TransitAttachment | None:
        """The transit gateway attachment that an interface belongs to, if any."""
        return self._attachment_by_interface.get(interface_id)

    def interface_at(self, vpc_id: str, address: Address) -> Interface | None:
        """The interface that owns a private address inside a VPC, if any."""
        return self._interface_at.get((vpc_id, address))

    def route_table_of(self, subnet_id: str) -> RouteTable:
        """
        The table a subnet really uses: its own, or else its VPC's main table.

        Raises:
            TopologyError: Neither is among the values given.
        """
        own = self._table_by_subnet.get(subnet_id)
        if own is not None:
            return own
        vpc_id = self.subnet(subnet_id).vpc_id
        try:
            return self._main_table[vpc_id]
        except KeyError:
            message = f"No route table for {subnet_id}: {vpc_id} has no main table in the snapshot."
            raise TopologyError(message) from None

    def network_acl_of(self, subnet_id: str) -> NetworkAcl:
        """
        The one network ACL in force at a subnet's edge.

        Raises:
            TopologyError: It is not among the values given.
        """
        try:
            return self._acl_by_subnet[subnet_id]
        except KeyError:
            raise TopologyError(f"No network ACL for {subnet_id} in the snapshot.") from None

    def subnet(self, subnet_id: str) -> Subnet:
        return _known(self.subnets, subnet_id, "Subnet")

    def vpc(self, vpc_id: str) -> Vpc:
        return _known(self.vpcs, vpc_id, "VPC")

    def security_group(self, group_id: str) -> SecurityGroup:
        return _known(self.security_groups, group_id, "Security group")

    def peering(self, peering_id: str) -> Peering:
        return _known(self.peerings, peering_id, "Peering connection")

    def nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        return _known(self.nat_gateways, nat_gateway_id, "NAT gateway")

    def gateway_endpoint(self, endpoint_id: str) -> GatewayEndpoint:
        return _known(self.gateway_endpoints, endpoint_id, "Gateway endpoint")

    def prefix_list(self, prefix_list_id: str) -> tuple[Network, ...]:
        return _known(self.prefix_lists, prefix_list_id, "Prefix list")

    def find_interface(self, name: str) -> Interface:
        """
        An interface by Name tag, instance id, interface id or private address.

        An instance with several interfaces answers with its primary one. Where
        a name is borne twice, the lowest interface id is taken.

        Raises:
            NameNotFound: None matches; lists the names that do.
        """
        ordered = sorted(
            self.interfaces.values(), key=lambda each: (each.device_index, each.interface_id)
        )
        for interface in ordered:
            handles = (interface.name, interface.instance_id, interface.interface_id)
            if name and (name in handles or name in map(str, interface.addresses)):
                return interface
        known = {each.name or each.instance_id or each.interface_id for each in ordered}
        raise NameNotFound("instance or network interface", name, known)


def _known(resources: Mapping[str, _Resource], resource_id: str, kind: str) -> _Resource:
    try:
        return resources[resource_id]
    except KeyError:
        raise TopologyError(f"{kind} {resource_id} is not in the snapshot.") from None
