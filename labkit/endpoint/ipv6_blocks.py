"""
What AWS asks of the IPv6 blocks of subnets, and when they may be given up.

moto takes any text for a block, and lets go of one that interfaces or subnets stand in.

Source: Amazon VPC User Guide, "Subnet CIDR blocks"; codes and words for blocks
that are refused as AWS was seen to use them.
"""

from __future__ import annotations

from ipaddress import IPv6Network
from typing import TYPE_CHECKING, Final

from labkit.endpoint.moto_seam.corrections.ipv6_addresses import ipv6_block, used_ipv6
from labkit.endpoint.moto_seam.corrections.vpcs import associated_blocks
from labkit.endpoint.operations import AwsError, before

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, MotoObject

_INVALID: Final = "InvalidParameterValue"
_BLOCK_IN_USE: Final = "InvalidCidrBlock.InUse"
_SIZES: Final = range(44, 65, 4)


@before("ec2", "CreateSubnet")
def check_subnet(call: Call) -> None:
    """Refuse a subnet for IPv6 alone, and one whose IPv6 block its VPC cannot give."""
    if call.params.get("Ipv6Native"):
        raise AwsError("NotImplemented", "Not simulated: subnets for IPv6 alone.", 501)
    text = call.params.get("Ipv6CidrBlock")
    if text is not None:
        _check(call, call.backend.get_vpc(call.params["VpcId"]), text)


@before("ec2", "AssociateSubnetCidrBlock")
def check_block(call: Call) -> None:
    """Refuse a block that the VPC cannot give, and a second one."""
    subnet = call.backend.get_subnet(call.params["SubnetId"])
    held = ipv6_block(subnet)
    if held is not None:
        message = f"The subnet {subnet.id} has an IPv6 CIDR block already: {held}."
        raise AwsError(_INVALID, message)
    _check(call, call.backend.get_vpc(subnet.vpc_id), call.params.get("Ipv6CidrBlock", ""))


def _check(call: Call, vpc: MotoObject, text: str) -> None:
    block = _block(text)
    own = [IPv6Network(each["cidr_block"]) for each in associated_blocks(vpc, ipv6=True)]
    if not any(block.subnet_of(each) for each in own):
        raise AwsError("InvalidSubnet.Range", f"The IPv6 CIDR '{text}' is invalid.")
    others = (ipv6_block(each) for each in call.backend.describe_subnets())
    if any(each is not None and each.overlaps(block) for each in others):
        message = f"The IPv6 CIDR '{text}' conflicts with another subnet"
        raise AwsError("InvalidSubnet.Conflict", message)


def _block(text: str) -> IPv6Network:
    message = f"invalid value for parameter ipv6-cidr-block: {text}"
    try:
        block = IPv6Network(text)
    except ValueError:
        raise AwsError(_INVALID, message) from None
    if block.prefixlen not in _SIZES:
        raise AwsError(_INVALID, message)
    return block


@before("ec2", "ModifySubnetAttribute")
def check_giving_to_all(call: Call) -> None:
    """Refuse to have a subnet without an IPv6 block give addresses of it to everybody."""
    wanted = call.params.get("AssignIpv6AddressOnCreation", {}).get("Value")
    if wanted and ipv6_block(call.backend.get_subnet(call.params["SubnetId"])) is None:
        name = "assign-ipv6-address-on-creation"
        message = (
            f"Invalid value 'true' for {name}. Cannot set {name} to true unless the subnet "
            f"({call.params['SubnetId']}) has an IPv6 CIDR block associated with it."
        )
        raise AwsError(_INVALID, message)


@before("ec2", "DisassociateSubnetCidrBlock")
def keep_block_in_use(call: Call) -> None:
    """Refuse to take a block from a subnet while interfaces there have addresses of it."""
    association_id = call.params["AssociationId"]
    subnet = call.backend.get_subnet_from_ipv6_association(association_id)
    if subnet is not None and used_ipv6(subnet):
        message = (
            f"The subnet IPv6 CIDR block with association ID {association_id} may not be "
            f"disassociated, because addresses of it are in use: {min(used_ipv6(subnet))}."
        )
        raise AwsError(_BLOCK_IN_USE, message)


@before("ec2", "DisassociateVpcCidrBlock")
def keep_block_of_subnets(call: Call) -> None:
    """Refuse to take an IPv6 block from a VPC while subnets have parts of it."""
    association_id = call.params.get("AssociationId")
    for vpc in call.backend.vpcs.values():
        for each in associated_blocks(vpc, ipv6=True):
            if each["association_id"] == association_id:
                _check_without_subnets(call, vpc, association_id)


def _check_without_subnets(call: Call, vpc: MotoObject, association_id: str) -> None:
    # A VPC has one IPv6 block here, so every subnet's is a part of it.
    held = [each.id for each in call.backend.describe_subnets() if each.vpc_id == vpc.id]
    held = [each for each in held if ipv6_block(call.backend.get_subnet(each)) is not None]
    if held:
        message = (
            f"The VPC IPv6 CIDR block with association ID {association_id} may not be "
            f"disassociated, because subnets have parts of it: {', '.join(sorted(held))}."
        )
        raise AwsError(_BLOCK_IN_USE, message)
