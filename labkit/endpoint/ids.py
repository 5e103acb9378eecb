"""Ids of EC2 resources: whether they are well formed, and what AWS says of unknown ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

FoundT = TypeVar("FoundT")


class Kind(NamedTuple):
    """How AWS speaks of one kind of resource in its errors."""

    prefix: str
    code: str
    noun: str


KINDS: Final = {
    kind.prefix: kind
    for kind in (
        Kind("acl", "InvalidNetworkAclID", "network ACL"),
        Kind("aclassoc", "InvalidAssociationID", "association"),
        Kind("cagw", "InvalidCarrierGatewayID", "carrierGateway"),
        Kind("eigw", "InvalidGatewayID", "eigw"),
        Kind("eipalloc", "InvalidAllocationID", "allocation"),
        Kind("eipassoc", "InvalidAssociationID", "association"),
        Kind("eni", "InvalidNetworkInterfaceID", "networkInterface"),
        Kind("i", "InvalidInstanceID", "instance"),
        Kind("igw", "InvalidInternetGatewayID", "internetGateway"),
        Kind("nat", "InvalidNatGatewayID", "natGateway"),
        Kind("nia", "InvalidNetworkInsightsAnalysisId", "networkInsightsAnalysis"),
        Kind("nip", "InvalidNetworkInsightsPathId", "networkInsightsPath"),
        Kind("pcx", "InvalidVpcPeeringConnectionID", "vpcPeeringConnection"),
        Kind("pl", "InvalidPrefixListID", "prefix list"),
        Kind("rtb", "InvalidRouteTableID", "routeTable"),
        Kind("rtbassoc", "InvalidAssociationID", "association"),
        Kind("subnet", "InvalidSubnetID", "subnet"),
        Kind("tgw", "InvalidTransitGatewayID", "transitGateway"),
        Kind("tgw-attach", "InvalidTransitGatewayAttachmentID", "transitGatewayAttachment"),
        Kind("vgw", "InvalidVpnGatewayID", "vpnGateway"),
        Kind("vpc", "InvalidVpcID", "vpc"),
        Kind("vpce", "InvalidVpcEndpointId", "vpcEndpoint"),
    )
}
"""Source: Amazon EC2 API Reference, "Error codes for the Amazon EC2 API"."""

_MALFORMED_CODES: Final = {"pcx": "InvalidVpcPeeringConnectionId.Malformed"}
_NAMED: Final = re.compile(r"(?:IDs?|group)\s+[{']*([^\s'{},]+)")
_WELL_FORMED: Final = re.compile(r"[a-z-]+-(?:[0-9a-f]{8}|[0-9a-f]{17})")


def not_found(prefix: str, resource_id: str) -> AwsError:
    """The error for a well-formed id that names nothing."""
    kind = KINDS[prefix]
    return AwsError(f"{kind.code}.NotFound", f"The {kind.noun} ID '{resource_id}' does not exist")


def found(prefix: str, resource_id: str, there_are: Mapping[str, FoundT]) -> FoundT:
    """
    The resource of that id among those *there are*.

    Raises:
        AwsError: The id is malformed, or names none of them.
    """
    check_form(prefix, resource_id)
    if resource_id not in there_are:
        raise not_found(prefix, resource_id)
    return there_are[resource_id]


def check_form(prefix: str, resource_id: str) -> None:
    """
    Nothing, if *resource_id* could be an id of this kind.

    Raises:
        AwsError: It could not.
    """
    if _WELL_FORMED.fullmatch(resource_id) and resource_id.startswith(f"{prefix}-"):
        return
    code = _MALFORMED_CODES.get(prefix, f"{KINDS[prefix].code}.Malformed")
    raise AwsError(code, f'Invalid id: "{resource_id}"')


def reworded(code: str, message: str) -> AwsError:
    """
    An error about an unknown id in AWS's words.

    moto has words of its own for some, and takes malformed ids for unknown ones.
    """
    named = _NAMED.search(message)
    if named is None or not code.lower().endswith(".notfound"):
        return AwsError(code, message)
    family, resource_id = code.split(".", maxsplit=1)[0].lower(), named[1]
    if family == "invalidgroup":
        if not resource_id.startswith("sg-") or _WELL_FORMED.fullmatch(resource_id):
            return AwsError(code, f"The security group '{resource_id}' does not exist")
        return AwsError("InvalidGroupId.Malformed", f'Invalid id: "{resource_id}"')
    prefixes = [kind.prefix for kind in KINDS.values() if kind.code.lower() == family]
    if not prefixes:
        return AwsError(code, message)
    meant = next((each for each in prefixes if resource_id.startswith(f"{each}-")), prefixes[0])
    try:
        check_form(meant, resource_id)
    except AwsError as malformed:
        return malformed
    return not_found(meant, resource_id)
