"""
What AWS asks of the address blocks that a VPC takes on later, or gives up.

moto takes any text for a block, and lets go of one that subnets stand in.
Codes and words for an overlap are our choice; that it is refused is documented.

Source: Amazon VPC User Guide, "VPC CIDR blocks"; EC2 API Reference,
AssociateVpcCidrBlock and DisassociateVpcCidrBlock.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.moto_seam.corrections.vpcs import associated_blocks
from labkit.endpoint.operations import AwsError, before

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labkit.endpoint.operations import Call, MotoObject

_LARGEST, _SMALLEST = 16, 28
_OUT_OF_RANGE: Final = "InvalidVpc.Range"


@before("ec2", "AssociateVpcCidrBlock")
def check_new_block(call: Call) -> None:
    """Refuse a block of a wrong size, and one that overlaps the VPC's own or those of a peer."""
    text = call.params.get("CidrBlock")
    if text is None:
        return
    block = _block(text)
    vpc = call.backend.get_vpc(call.params.get("VpcId"))
    for owner, taken in _taken(call, vpc):
        if block.overlaps(taken):
            raise AwsError(_OUT_OF_RANGE, f"The CIDR '{block}' overlaps {taken} of {owner}.")


@before("ec2", "DisassociateVpcCidrBlock")
def keep_block_in_use(call: Call) -> None:
    """Refuse to give up a block that subnets stand in."""
    association_id = call.params.get("AssociationId")
    for vpc in call.backend.vpcs.values():
        for each in associated_blocks(vpc, ipv6=False):
            if each["association_id"] == association_id:
                _check_unused(call, vpc, each)


def _check_unused(call: Call, vpc: MotoObject, association: Mapping[str, Any]) -> None:
    block = IPv4Network(association["cidr_block"])
    for subnet in call.backend.describe_subnets():
        if subnet.vpc_id == vpc.id and block.overlaps(subnet.cidr):
            raise AwsError(
                "DependencyViolation",
                f"The vpc CIDR block with association ID {association['association_id']} "
                f"has dependencies: {subnet.id} is in {block}.",
            )


def _block(text: str) -> IPv4Network:
    try:
        block = IPv4Network(text, strict=False)
    except ValueError:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        ) from None
    if not _LARGEST <= block.prefixlen <= _SMALLEST:
        raise AwsError(_OUT_OF_RANGE, f"The CIDR '{block}' is invalid.")
    return block


def _taken(call: Call, vpc: MotoObject) -> Iterator[tuple[str, IPv4Network]]:
    """Every block that the VPC or an active peer of it has, and whose it is."""
    owners = [vpc]
    for peering in call.backend.vpc_pcxs.values():
        ends = {peering.vpc.id: peering.peer_vpc, peering.peer_vpc.id: peering.vpc}
        if peering.status["Code"] == "active" and vpc.id in ends:
            owners.append(ends[vpc.id])
    for owner in owners:
        for each in associated_blocks(owner, ipv6=False):
            yield owner.id, IPv4Network(each["cidr_block"])
