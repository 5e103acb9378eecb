"""
What AWS asks of Elastic IP addresses: where they may go, and when they may be given back.

moto gives out whatever is asked for, lets it go anywhere, and takes back what is in use.

Source: Amazon EC2 API Reference, AssociateAddress, DisassociateAddress and
ReleaseAddress; words of refusals as AWS was seen to use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.endpoint.ids import check_form, not_found
from labkit.endpoint.operations import AwsError, before

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, MotoObject


@before("ec2", "AllocateAddress")
def check_allocation(call: Call) -> None:
    """Refuse to give out an address of the caller's choice."""
    if "Address" in call.params:
        message = "Not simulated: AllocateAddress with Address, which gets a released one back."
        raise AwsError("NotImplemented", message, 501)


@before("ec2", "AssociateAddress")
def check_association(call: Call) -> None:
    """Refuse an address or an interface that is unknown, taken, or not the caller's to change."""
    address = _address(call)
    interface = _interface(call)
    if _is_managed(interface) or _is_managed(address.eni):
        raise _not_yours()
    private = call.params.get("PrivateIpAddress")
    if private not in (None, interface.private_ip_address):
        message = "Not simulated: Elastic IP addresses of secondary private addresses."
        raise AwsError("NotImplemented", message, 501)
    _check_gateway(call, interface)
    if call.params.get("AllowReassociation") is False and address.eni not in (None, interface):
        raise AwsError(
            "Resource.AlreadyAssociated",
            f"resource {address.allocation_id} is already associated "
            f"with associate-id {address.association_id}",
        )


@before("ec2", "DisassociateAddress")
def check_disassociation(call: Call) -> None:
    """Refuse an association that is unknown, or belongs to a service of AWS."""
    association_id = call.params.get("AssociationId")
    if association_id is not None:
        check_form("eipassoc", association_id)
        found = [each for each in _addresses(call) if each.association_id == association_id]
        if not found:
            raise not_found("eipassoc", association_id)
        address = found[0]
    else:
        address = _address(call)
    if _is_managed(address.eni):
        raise _not_yours()


@before("ec2", "ReleaseAddress")
def check_release(call: Call) -> None:
    """Refuse to take back an address that is in use."""
    address = _address(call)
    if _is_managed(address.eni):
        raise _not_yours()
    if address.eni is not None:
        raise AwsError("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")


@before("ec2", "DescribeAddresses")
def check_addresses(call: Call) -> None:
    """Refuse to describe addresses that nobody allocated."""
    for allocation_id in call.params.get("AllocationIds", []):
        _by_allocation(call, allocation_id)
    for public_ip in call.params.get("PublicIps", []):
        _by_public_ip(call, public_ip)


def _addresses(call: Call) -> list[MotoObject]:
    found: list[Any] = call.backend.addresses
    return found


def _address(call: Call) -> MotoObject:
    allocation_id, public_ip = call.params.get("AllocationId"), call.params.get("PublicIp")
    if allocation_id is not None:
        return _by_allocation(call, allocation_id)
    if public_ip is not None:
        return _by_public_ip(call, public_ip)
    raise AwsError("MissingParameter", "Either public IP or allocation id must be specified")


def _by_allocation(call: Call, allocation_id: str) -> MotoObject:
    check_form("eipalloc", allocation_id)
    for each in _addresses(call):
        if each.allocation_id == allocation_id:
            return each
    raise not_found("eipalloc", allocation_id)


def _by_public_ip(call: Call, public_ip: str) -> MotoObject:
    for each in _addresses(call):
        if each.public_ip == public_ip:
            return each
    raise AwsError("InvalidAddress.NotFound", f"Address '{public_ip}' not found.")


def _interface(call: Call) -> MotoObject:
    interface_id, instance_id = (
        call.params.get(name) for name in ("NetworkInterfaceId", "InstanceId")
    )
    if interface_id is not None:
        return call.backend.get_network_interface(interface_id)
    if instance_id is None:
        message = "Either instance ID or network interface ID must be specified"
        raise AwsError("MissingParameter", message)
    instance = call.backend.get_instance(instance_id)
    if len(instance.nics) != 1:
        raise AwsError(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance_id}'. "
            "Please specify an interface ID for the operation instead.",
        )
    return instance.nics[0]


def _is_managed(interface: MotoObject) -> bool:
    return interface is not None and bool(interface.requester_managed)


def _not_yours() -> AwsError:
    return AwsError("AuthFailure", "You do not have permission to access the specified resource.")


def _check_gateway(call: Call, interface: MotoObject) -> None:
    gateways = call.backend.internet_gateways.values()
    if not any(each.vpc and each.vpc.id == interface.vpc_id for each in gateways):
        raise AwsError(
            "Gateway.NotAttached",
            f"Network {interface.vpc_id} is not attached to any internet gateway",
        )
