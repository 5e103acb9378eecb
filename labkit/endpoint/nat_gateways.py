"""
NAT gateways: what AWS asks of one at once, and what it only finds out afterwards.

A request that names what cannot be is refused.  One that could work and does
not is taken, and the gateway ends as ``failed`` with a code and a message.
moto makes them all, and they all work.  Who asks for a gateway is told that it
is ``pending``; whoever looks afterwards sees what came of it.

Source: Amazon EC2 API Reference, CreateNatGateway and NatGateway (FailureCode,
FailureMessage); words of refusals as AWS was seen to use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.launching import check_address, check_room
from labkit.endpoint.moto_seam.corrections.nat_gateways import fail, move
from labkit.endpoint.operations import AwsError, before, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.operations import Call, MotoObject

_KINDS: Final = ("public", "private")
_LEFT_OUT: Final = (
    "AvailabilityZoneAddresses",
    "SecondaryAllocationIds",
    "SecondaryPrivateIpAddresses",
    "SecondaryPrivateIpAddressCount",
)


@operation("ec2", "CreateNatGateway")
def create_nat_gateway(call: Call) -> dict[str, Any]:
    """The gateway as it begins, which is pending."""
    _refuse_what_cannot_be(call.params)
    subnet = call.backend.get_subnet(call.params["SubnetId"])
    kind = call.params.get("ConnectivityType", "public")
    allocation_id = _allocation(call, kind)
    private_address = call.params.get("PrivateIpAddress")
    if private_address is not None:
        check_address(subnet, private_address)
    check_room(subnet, 1)
    failure = _failure(call, subnet, allocation_id)
    made = call.forward(
        AllocationId=None if failure else allocation_id,
        ConnectivityType=kind,
    )["NatGateway"]
    if private_address is not None:
        move(call.backend, made["NatGatewayId"], private_address)
    if failure:
        fail(call.backend, made["NatGatewayId"], allocation_id, *failure)
    token = call.params.get("ClientToken")
    shown = {"ClientToken": token} if token else {}
    return {**shown, "NatGateway": _beginning(made, allocation_id)}


@before("ec2", "DeleteNatGateway")
def check_it_is_there(call: Call) -> None:
    """Refuse to delete a NAT gateway that is unknown or gone."""
    gateway_id = call.params.get("NatGatewayId", "")
    gateway = call.backend.nat_gateways.get(gateway_id)
    if gateway is None or gateway.state == "deleted":
        raise _unknown(gateway_id)


@before("ec2", "DescribeNatGateways")
def check_gateways(call: Call) -> None:
    """Refuse to describe NAT gateways that never were, or are long gone."""
    for gateway_id in call.params.get("NatGatewayIds", []):
        if gateway_id not in call.backend.nat_gateways:
            raise _unknown(gateway_id)


def _refuse_what_cannot_be(params: Mapping[str, Any]) -> None:
    if params.get("AvailabilityMode") == "regional":
        raise AwsError("NotImplemented", "Not simulated: regional NAT gateways.", 501)
    for name in _LEFT_OUT:
        if name in params:
            raise AwsError("NotImplemented", f"Not simulated: NAT gateways with {name}.", 501)
    kind = params.get("ConnectivityType", "public")
    if kind not in _KINDS:
        message = f"Value ({kind}) for parameter connectivityType is invalid."
        raise AwsError("InvalidParameterValue", message)
    if "SubnetId" not in params:
        raise _missing("SubnetId")


def _allocation(call: Call, kind: str) -> str | None:
    allocation_id: str | None = call.params.get("AllocationId")
    if kind == "private":
        if allocation_id is not None:
            raise AwsError(
                "InvalidParameter", "An AllocationId cannot be given to a private NAT gateway."
            )
        return None
    if allocation_id is None:
        raise _missing("AllocationId")
    if not allocation_id.startswith("eipalloc-"):
        message = f"The elastic-ip ID '{allocation_id}' is malformed"
        raise AwsError("InvalidElasticIpID.Malformed", message)
    if _address(call, allocation_id) is None:
        message = f"The elastic-ip ID '{allocation_id}' does not exist"
        raise AwsError("InvalidElasticIpID.NotFound", message)
    return allocation_id


def _address(call: Call, allocation_id: str) -> MotoObject:
    found = (each for each in call.backend.addresses if each.allocation_id == allocation_id)
    return next(found, None)


def _failure(call: Call, subnet: MotoObject, allocation_id: str | None) -> tuple[str, str] | None:
    """Code and message of what keeps the gateway from coming up, if anything does."""
    if allocation_id is None:
        return None
    gateways = call.backend.internet_gateways.values()
    if not any(each.vpc and each.vpc.id == subnet.vpc_id for each in gateways):
        return "Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached"
    if _address(call, allocation_id).eni is not None:
        message = f"Elastic IP address [{allocation_id}] is already associated"
        return "Resource.AlreadyAssociated", message
    return None


def _beginning(made: Mapping[str, Any], allocation_id: str | None) -> dict[str, Any]:
    """A new gateway as AWS first shows it: on its way, its addresses still to come."""
    addresses = [{"AllocationId": allocation_id}] if allocation_id else []
    return {**made, "State": "pending", "NatGatewayAddresses": addresses}


def _missing(name: str) -> AwsError:
    return AwsError(
        "MissingParameter",
        f"The request must include the {name} parameter. "
        "Add the required parameter and retry the request.",
    )


def _unknown(gateway_id: str) -> AwsError:
    return AwsError("NatGatewayNotFound", f"NAT gateway {gateway_id} was not found")
