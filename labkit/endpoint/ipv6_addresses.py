"""
What AWS asks of IPv6 addresses before an interface gets them.

moto takes any text for an address, from whatever subnet, as often as it is asked for, and fails
where a subnet has no IPv6 block to give one from.

Source: Amazon EC2 API Reference, AssignIpv6Addresses, CreateNetworkInterface,
RunInstances, UnassignPrivateIpAddresses; Amazon VPC User Guide, "Subnet sizing for IPv6".
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.moto_seam.corrections.interfaces import RESERVED_FIRST
from labkit.endpoint.moto_seam.corrections.ipv6_addresses import give_ipv6, ipv6_block, used_ipv6
from labkit.endpoint.operations import AwsError, before, operation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.endpoint.operations import Call, MotoObject

_INVALID: Final = "InvalidParameterValue"


@before("ec2", "RunInstances")
def check_launch(call: Call) -> None:
    """Refuse instances whose subnet cannot give them the IPv6 addresses they ask for."""
    params = call.params
    if "Ipv6Addresses" in params:
        message = "Not simulated: RunInstances with Ipv6Addresses outside of NetworkInterfaces."
        raise AwsError("NotImplemented", message, 501)
    for each in params.get("NetworkInterfaces", [{}]):
        count = each.get("Ipv6AddressCount", params.get("Ipv6AddressCount", 0))
        if "NetworkInterfaceId" not in each:
            _check(_subnet_of_launch(call, each), _listed(each), count)


def _subnet_of_launch(call: Call, interface: Mapping[str, Any]) -> MotoObject:
    """The subnet asked for, or else the default one of the zone; None where there is none."""
    subnet_id = interface.get("SubnetId") or call.params.get("SubnetId")
    if subnet_id is not None:
        return call.backend.get_subnet(subnet_id)
    zone = call.params.get("Placement", {}).get("AvailabilityZone", f"{call.region}a")
    return call.backend.get_default_subnets().get(zone)


@before("ec2", "CreateNetworkInterface")
def check_interface(call: Call) -> None:
    """Refuse an interface whose subnet cannot give it the IPv6 addresses it asks for."""
    subnet = call.backend.get_subnet(call.params.get("SubnetId"))
    _check(subnet, _listed(call.params), call.params.get("Ipv6AddressCount", 0))


@operation("ec2", "AssignIpv6Addresses")
def assign(call: Call) -> dict[str, Any]:
    """The addresses that an interface got by this call."""
    addresses = call.params.get("Ipv6Addresses", [])
    count = call.params.get("Ipv6AddressCount", 0)
    interface = call.backend.get_network_interface(call.params["NetworkInterfaceId"])
    if not addresses and not count:
        message = "Either ipv6Addresses or ipv6AddressCount must be specified."
        raise AwsError("MissingParameter", message)
    _check(interface.subnet, addresses, count)
    given = give_ipv6(interface, addresses, count)
    return {"NetworkInterfaceId": interface.id, "AssignedIpv6Addresses": given}


@before("ec2", "UnassignPrivateIpAddresses")
def keep_primary(call: Call) -> None:
    """Refuse to take an interface's primary address, and addresses that it does not have."""
    interface = call.backend.get_network_interface(call.params.get("NetworkInterfaceId"))
    asked = call.params.get("PrivateIpAddresses", [])
    if interface.private_ip_address in asked:
        message = f"The primary address of {interface.id} cannot be unassigned."
        raise AwsError(_INVALID, message)
    own = {each["PrivateIpAddress"] for each in interface.private_ip_addresses}
    foreign = [each for each in asked if each not in own]
    if foreign:
        message = f"Some of [{', '.join(foreign)}] addresses are not assigned to interface"
        raise AwsError(_INVALID, f"{message} {interface.id}")


def _listed(asked: Mapping[str, Any]) -> list[str]:
    return [each["Ipv6Address"] for each in asked.get("Ipv6Addresses", [])]


def _check(subnet: MotoObject, addresses: Sequence[str], count: int) -> None:
    if subnet is None or (not addresses and not count):
        return
    if addresses and count:
        message = "Ipv6Addresses and Ipv6AddressCount may not be specified together."
        raise AwsError("InvalidParameterCombination", message)
    block = ipv6_block(subnet)
    if block is None:
        message = f"The subnet {subnet.id} has no IPv6 CIDR block associated with it."
        raise AwsError(_INVALID, message)
    for text in addresses:
        address = _address(text)
        if address not in block:
            message = "Address does not fall within the subnet's address range"
            raise AwsError(_INVALID, message)
        if address in {*map(block.__getitem__, range(RESERVED_FIRST)), block[-1]}:
            message = f"Address {address} is in subnet's reserved address range"
            raise AwsError(_INVALID, message)
        if str(address) in used_ipv6(subnet):
            raise AwsError("InvalidIPAddress.InUse", f"Address {address} is in use.")


def _address(text: str) -> IPv6Address:
    try:
        return IPv6Address(text)
    except ValueError:
        message = f"Value ({text}) for parameter address is invalid."
        raise AwsError(_INVALID, message) from None
