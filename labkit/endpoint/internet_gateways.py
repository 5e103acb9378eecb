"""
What AWS asks before an internet gateway joins a VPC, leaves it, or goes.

moto attaches any number of them to a VPC, and detaches one that is in use.

Source: Amazon EC2 API Reference, AttachInternetGateway, DetachInternetGateway
and DeleteInternetGateway; words of refusals as AWS was seen to use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.endpoint.ids import found
from labkit.endpoint.operations import AwsError, before

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, MotoObject


@before("ec2", "AttachInternetGateway")
def check_attachment(call: Call) -> None:
    """Refuse a gateway that is attached already, and a VPC that has one."""
    gateway, vpc_id = _gateway(call), _vpc_id(call)
    if gateway.vpc is not None:
        raise AwsError(
            "Resource.AlreadyAssociated",
            f"resource {gateway.id} is already attached to network {gateway.vpc.id}",
        )
    if any(each.vpc and each.vpc.id == vpc_id for each in _gateways(call)):
        raise AwsError(
            "InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached"
        )


@before("ec2", "DetachInternetGateway")
def check_detachment(call: Call) -> None:
    """Refuse to cut off public addresses that are in use."""
    gateway, vpc_id = _gateway(call), _vpc_id(call)
    if gateway.vpc is None or gateway.vpc.id != vpc_id:
        raise AwsError(
            "Gateway.NotAttached", f"resource {gateway.id} is not attached to network {vpc_id}"
        )
    if any(each.public_ip and each.vpc_id == vpc_id for each in call.backend.enis.values()):
        raise AwsError(
            "DependencyViolation",
            f"Network {vpc_id} has some mapped public address(es). "
            "Please unmap those public address(es) before detaching the gateway.",
        )


@before("ec2", "DeleteInternetGateway")
def check_it_is_detached(call: Call) -> None:
    """Refuse to delete a gateway that is attached."""
    gateway = _gateway(call)
    if gateway.vpc is not None:
        raise AwsError(
            "DependencyViolation",
            f"The internetGateway '{gateway.id}' has dependencies and cannot be deleted.",
        )


@before("ec2", "DeleteEgressOnlyInternetGateway")
def check_egress_only_gateway(call: Call) -> None:
    """Refuse to delete an egress-only gateway that is unknown."""
    gateway_id = call.params.get("EgressOnlyInternetGatewayId", "")
    found("eigw", gateway_id, call.backend.egress_only_internet_gateways)


def _gateways(call: Call) -> list[MotoObject]:
    return list(call.backend.internet_gateways.values())


def _gateway(call: Call) -> MotoObject:
    return found("igw", call.params.get("InternetGatewayId", ""), call.backend.internet_gateways)


def _vpc_id(call: Call) -> str:
    vpc_id: str = call.params.get("VpcId", "")
    found("vpc", vpc_id, call.backend.vpcs)
    return vpc_id
