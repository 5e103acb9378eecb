"""
What AWS asks of instances and interfaces before it gives them a place in a subnet.

moto takes any address, and makes up security groups it does not know.

Source: Amazon EC2 API Reference, RunInstances and CreateNetworkInterface.
"""

from __future__ import annotations

from ipaddress import ip_address
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.ids import found
from labkit.endpoint.moto_seam.corrections.interfaces import (
    RESERVED_FIRST,
    free_addresses,
    used_addresses,
)
from labkit.endpoint.operations import AwsError, MotoObject, before, operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labkit.endpoint.operations import Call, Params

_MOST_GROUPS: Final = 16
_MOST_AT_ONCE: Final = 1000
_OF_ONE: Final = ("Ipv6Addresses", "NetworkInterfaceId", "PrivateIpAddress", "PrivateIpAddresses")


@before("ec2", "RunInstances")
def check_launch(call: Call) -> None:
    """Refuse instances that cannot have the subnet, addresses or groups they ask for."""
    params = call.params
    if params["MaxCount"] > _MOST_AT_ONCE:
        message = (
            f"You have requested more instances ({params['MaxCount']}) than your current "
            f"instance limit of {_MOST_AT_ONCE} allows for the specified instance type."
        )
        raise AwsError("InstanceLimitExceeded", message)
    _check_for_several(params)
    interfaces = params.get("NetworkInterfaces", [])
    fresh = [each for each in interfaces if "NetworkInterfaceId" not in each] or [{}]
    groups = params.get("SecurityGroupIds", [])
    for each in fresh if interfaces else [{}]:
        subnet_id = each.get("SubnetId") or params.get("SubnetId")
        if subnet_id is None:
            continue
        subnet = call.backend.get_subnet(subnet_id)
        _check_addresses(subnet, each, params.get("PrivateIpAddress"))
        check_groups(call, subnet, [*groups, *each.get("Groups", [])])
        check_room(subnet, params.get("MinCount", 1))
    for each in interfaces:
        existing = each.get("NetworkInterfaceId")
        if existing is not None:
            _check_free(found("eni", existing, call.backend.enis))


@before("ec2", "AttachNetworkInterface")
def check_attachment(call: Call) -> None:
    """Refuse an interface in use, one of another zone, and a place that another one has."""
    interface = found("eni", call.params["NetworkInterfaceId"], call.backend.enis)
    instance = call.backend.get_instance(call.params["InstanceId"])
    index = call.params["DeviceIndex"]
    _check_free(interface)
    if index in instance.nics:
        message = (
            f"Instance '{instance.id}' already has an interface attached at device index '{index}'."
        )
        raise AwsError("InvalidParameterValue", message)
    if interface.subnet.availability_zone != instance.nics[0].subnet.availability_zone:
        message = (
            "You may not attach a network interface to an instance "
            "if they are not in the same availability zone"
        )
        raise AwsError("InvalidParameterCombination", message)


def _check_for_several(params: Params) -> None:
    specs = (params, *params.get("NetworkInterfaces", []))
    named = {name for name in _OF_ONE for spec in specs if name in spec}
    if named and params["MaxCount"] > 1:
        message = f"{', '.join(sorted(named))} may not be specified for more than one instance."
        raise AwsError("InvalidParameterCombination", message)


@operation("ec2", "RunInstances")
def launch(call: Call) -> Params:
    """As many instances as their subnets have room for, up to MaxCount; moto makes MinCount."""
    least, most = call.params["MinCount"], call.params["MaxCount"]
    specs = call.params.get("NetworkInterfaces", [{}])
    asked = (each.get("SubnetId") or call.params.get("SubnetId") for each in specs)
    subnets = [call.backend.get_subnet(each) for each in asked if each is not None]
    rooms = [len(list(islice(free_addresses(each), most))) for each in subnets]
    return call.forward(MinCount=max(least, min([most, *rooms])))


@before("ec2", "CreateNetworkInterface")
def check_interface(call: Call) -> None:
    """Refuse interfaces that cannot have the addresses or groups they ask for."""
    subnet = call.backend.get_subnet(call.params.get("SubnetId"))
    _check_addresses(subnet, call.params, None)
    check_groups(call, subnet, call.params.get("Groups", []))
    check_room(subnet, 1)


@before("ec2", "AssignPrivateIpAddresses")
def check_more_addresses(call: Call) -> None:
    """Refuse addresses the subnet does not have to give."""
    interface = call.backend.get_network_interface(call.params.get("NetworkInterfaceId"))
    for address in call.params.get("PrivateIpAddresses", []):
        check_address(interface.subnet, address)
    check_room(interface.subnet, call.params.get("SecondaryPrivateIpAddressCount", 0))


@before("ec2", "ModifyNetworkInterfaceAttribute")
def check_interface_groups(call: Call) -> None:
    """Refuse groups that are unknown or belong to another VPC."""
    interface = call.backend.get_network_interface(call.params.get("NetworkInterfaceId"))
    check_groups(call, interface.subnet, call.params.get("Groups", []))


@before("ec2", "ModifyInstanceAttribute")
def check_instance_groups(call: Call) -> None:
    """Refuse groups that are unknown or belong to another VPC."""
    groups = call.params.get("Groups", [])
    if groups:
        instance = call.backend.get_instance(call.params.get("InstanceId"))
        check_groups(call, instance.nics[0].subnet, groups)


def _check_free(interface: MotoObject) -> None:
    if interface.status == "in-use":
        message = f"Interface: [{interface.id}] in use."
        raise AwsError("InvalidNetworkInterface.InUse", message)


def _check_addresses(
    subnet: MotoObject, interface: Mapping[str, Any], launch_address: str | None
) -> None:
    listed = [each["PrivateIpAddress"] for each in interface.get("PrivateIpAddresses", [])]
    for address in (interface.get("PrivateIpAddress"), launch_address, *listed):
        if address is not None:
            check_address(subnet, address)


def check_address(subnet: MotoObject, text: str) -> None:
    """
    Nothing, if an interface in *subnet* could have the address.

    Raises:
        AwsError: It could not.
    """
    try:
        address = ip_address(text)
    except ValueError:
        raise AwsError(
            "InvalidParameterValue", f"Value ({text}) for parameter address is invalid."
        ) from None
    if address not in subnet.cidr:
        raise AwsError(
            "InvalidParameterValue", "Address does not fall within the subnet's address range"
        )
    reserved = {*islice(subnet.cidr, RESERVED_FIRST), subnet.cidr[-1]}
    if address in reserved:
        raise AwsError(
            "InvalidParameterValue", f"Address {address} is in subnet's reserved address range"
        )
    if str(address) in used_addresses(subnet):
        raise AwsError("InvalidIPAddress.InUse", f"Address {address} is in use.")


def check_groups(call: Call, subnet: MotoObject, group_ids: Iterable[Any]) -> None:
    """
    Nothing, if an interface in *subnet* could have the groups.

    Raises:
        AwsError: It could not.
    """
    chosen = list(group_ids)
    if len(chosen) > _MOST_GROUPS:
        raise AwsError(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "You have exceeded the maximum number of security groups per network interface",
        )
    for group_id in chosen:
        group = call.backend.get_security_group_from_id(group_id)
        if group is None:
            raise AwsError(
                "InvalidGroup.NotFound", f"The security group '{group_id}' does not exist"
            )
        if group.vpc_id != subnet.vpc_id:
            raise AwsError(
                "InvalidParameter",
                f"Security group {group_id} and subnet {subnet.id} belong to different networks.",
            )


def check_room(subnet: MotoObject, wanted: int) -> None:
    """
    Nothing, if *subnet* has as many addresses left.

    Raises:
        AwsError: It has not.
    """
    free = len(list(islice(free_addresses(subnet), wanted)))
    if free < wanted:
        raise AwsError(
            "InsufficientFreeAddressesInSubnet",
            f"The specified subnet does not have enough free addresses to satisfy the request: "
            f"{subnet.id} has {free} left.",
        )
