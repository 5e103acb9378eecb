"""
The gateways that lead out of VPCs and the hosts out there, as frozen values.

Nothing here decides anything; the stations of a walk do (``network.stations``).
Internet gateways are not among them: nothing of them matters but their VPC, so
a ``Topology`` keeps that alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labkit.network.topology import Host, RouteState

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Network


@dataclass(frozen=True, slots=True)
class NatGateway:
    """
    A zonal NAT gateway. Its addresses are those of its network interface.

    Args:
        nat_gateway_id: Its id.
        vpc_id: The VPC it is in, the only one whose addresses it translates.
        subnet_id: The subnet whose route table and network ACL it goes by.
        interface_id: Its network interface; empty while it has none.
        state: AWS's word, for example ``available``.
        public: Whether it may use internet gateways; a private one may not.
        name: Its Name tag.
    """

    nat_gateway_id: str
    vpc_id: str
    subnet_id: str
    interface_id: str
    state: str = "available"
    public: bool = True
    name: str = ""

    @property
    def is_available(self) -> bool:
        return self.state == "available" and bool(self.interface_id)


@dataclass(frozen=True, slots=True)
class EgressOnlyGateway:
    """An egress-only internet gateway, attached to a VPC: IPv6, out and answers back."""

    gateway_id: str
    vpc_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class GatewayEndpoint:
    """A gateway endpoint: the way from a VPC to S3 or DynamoDB by the service's prefix list."""

    endpoint_id: str
    vpc_id: str
    service_name: str
    state: str = "available"
    name: str = ""

    @property
    def is_available(self) -> bool:
        # EC2 spells the states of endpoints with a capital in some answers.
        return self.state.lower() == "available"


@dataclass(frozen=True, slots=True)
class TransitGateway:
    transit_gateway_id: str
    state: str = "available"
    name: str = ""


@dataclass(frozen=True, slots=True)
class TransitAttachment:
    """
    A VPC's attachment to a transit gateway.

    Args:
        attachment_id: Its id.
        transit_gateway_id: The transit gateway.
        vpc_id: The VPC.
        subnet_ids: The subnets it was made for, at most one in each Availability Zone.
        interface_ids: The interface it has in each of them, by the subnet's id.
        state: AWS's word, for example ``available``.
        ipv6: Whether it carries IPv6.
        name: Its Name tag.
    """

    attachment_id: str
    transit_gateway_id: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    interface_ids: tuple[tuple[str, str], ...] = ()
    state: str = "available"
    ipv6: bool = False
    name: str = ""

    @property
    def is_available(self) -> bool:
        # One that is being modified goes on carrying traffic.
        return self.state in ("available", "modifying")


@dataclass(frozen=True, slots=True)
class TransitRoute:
    """A route of a transit gateway. ``attachment_id`` is empty for a static blackhole route."""

    destination: Network
    attachment_id: str
    state: RouteState = RouteState.ACTIVE
    propagated: bool = False


@dataclass(frozen=True, slots=True)
class TransitRouteTable:
    """
    A route table of a transit gateway.

    ``attachment_ids`` are those associated with it: what comes from them is
    routed by it.
    """

    table_id: str
    transit_gateway_id: str
    routes: tuple[TransitRoute, ...] = ()
    attachment_ids: frozenset[str] = frozenset()
    name: str = ""


@dataclass(frozen=True, slots=True)
class OutsideHost:
    """
    A host on the internet.

    Args:
        address: Its public address.
        name: What people call it, for example ``scanner-1`` or ``example.com``.
        host: Its operating system.
        service: The AWS service whose published ranges hold the address, in
            the words of flow logs, for example ``S3``; empty for anybody else's.
    """

    address: Address
    name: str = ""
    host: Host = field(default_factory=Host)
    service: str = ""
