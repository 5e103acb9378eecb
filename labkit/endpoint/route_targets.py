"""
What a route can lead to, and in which VPCs each of these is.

Source: EC2 API Reference, CreateRoute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from labkit.endpoint.operations import MotoObject


class Target(NamedTuple):
    """One kind of target: its parameter, how ids begin, AWS's word for it, the VPCs it touches."""

    parameter: str
    prefix: str
    word: str
    vpcs: Callable[[MotoObject, str], Iterable[str | None] | None]


def _interface_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str] | None:
    found = ec2.enis.get(resource_id)
    return found and [found.vpc_id]


def _instance_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str] | None:
    alive = (each for each in ec2.all_instances() if each.id == resource_id)
    found = next(alive, None)
    return found and [found.vpc_id]


def _gateway_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str | None] | None:
    if resource_id in ec2.internet_gateways:
        vpc = ec2.internet_gateways[resource_id].vpc
        return [vpc.id if vpc else None]
    if resource_id in ec2.vpn_gateways:
        return list(ec2.vpn_gateways[resource_id].attachments)
    endpoint = ec2.vpc_end_points.get(resource_id)
    return endpoint and [endpoint.vpc_id]


def _nat_gateway_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str] | None:
    found = ec2.nat_gateways.get(resource_id)
    return [found.vpc_id] if found and found.state not in ("failed", "deleted") else None


def _peering_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str] | None:
    found = ec2.vpc_pcxs.get(resource_id)
    return found and [found.vpc.id, found.peer_vpc.id]


def _egress_only_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str] | None:
    found = ec2.egress_only_internet_gateways.get(resource_id)
    return found and [found.vpc_id]


def _carrier_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str] | None:
    found = ec2.carrier_gateways.get(resource_id)
    return found and [found.vpc_id]


def _transit_gateway_vpcs(ec2: MotoObject, resource_id: str) -> Iterable[str]:
    attachments = ec2.transit_gateway_attachments.values()
    return [
        each.resource_id
        for each in attachments
        if each.resource_type == "vpc" and each.transit_gateway_id == resource_id
    ]


def _anywhere(_: MotoObject, resource_id: str) -> Iterable[str]:  # noqa: ARG001  moto checks these itself
    return ["*"]


TARGETS: Final = (
    Target("VpcPeeringConnectionId", "pcx", "vpc peering connection", _peering_vpcs),
    Target("GatewayId", "igw", "network gateway", _gateway_vpcs),
    Target("NatGatewayId", "nat", "natgateway", _nat_gateway_vpcs),
    Target("NetworkInterfaceId", "eni", "interface", _interface_vpcs),
    Target("InstanceId", "i", "instance", _instance_vpcs),
    Target(
        "EgressOnlyInternetGatewayId", "eigw", "egress only internet gateway", _egress_only_vpcs
    ),
    Target("TransitGatewayId", "tgw", "transit gateway", _transit_gateway_vpcs),
    Target("CarrierGatewayId", "cagw", "carrier gateway", _carrier_vpcs),
    Target("VpcEndpointId", "vpce", "vpc endpoint", _anywhere),
)

NOT_SIMULATED: Final = ("CoreNetworkArn", "LocalGatewayId", "OdbNetworkArn")
"""Parameters for targets that no lab has."""

_TAKEN_AS_GATEWAYS: Final = ("NatGatewayId", "EgressOnlyInternetGatewayId")


def meant(ec2: MotoObject, target: Target, resource_id: str) -> Target:
    """
    The kind of target that a parameter and an id name.

    AWS takes NAT gateways and egress-only internet gateways in ``GatewayId``
    as well, and shows them afterwards as what they are.
    """
    if target.parameter != "GatewayId":
        return target
    others = (each for each in TARGETS if each.parameter in _TAKEN_AS_GATEWAYS)
    return next((each for each in others if each.vpcs(ec2, resource_id) is not None), target)
