"""Ids of EC2 resources: whether they are well formed, and what AWS says of unknown ones."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from labkit.endpoint.operations import AwsError


class Kind(NamedTuple):
    """How AWS speaks of one kind of resource in its errors."""

    prefix: str
    code: str
    noun: str


KINDS: Final = {
    kind.prefix: kind
    for kind in (
        Kind("acl", "InvalidNetworkAclID", "network ACL"),
        Kind("eigw", "InvalidGatewayID", "egress only internet gateway"),
        Kind("eni", "InvalidNetworkInterfaceID", "networkInterface"),
        Kind("i", "InvalidInstanceID", "instance"),
        Kind("igw", "InvalidInternetGatewayID", "internetGateway"),
        Kind("nat", "InvalidNatGatewayID", "natGateway"),
        Kind("pcx", "InvalidVpcPeeringConnectionID", "vpcPeeringConnection"),
        Kind("rtb", "InvalidRouteTableID", "routeTable"),
        Kind("subnet", "InvalidSubnetID", "subnet"),
        Kind("tgw", "InvalidTransitGatewayID", "transitGateway"),
        Kind("vgw", "InvalidVpnGatewayID", "vpnGateway"),
        Kind("vpc", "InvalidVpcID", "vpc"),
    )
}
"""Source: Amazon EC2 API Reference, "Error codes for the Amazon EC2 API"."""

_MALFORMED_CODES: Final = {"pcx": "InvalidVpcPeeringConnectionId.Malformed"}
_WELL_FORMED: Final = re.compile(r"[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})")


def not_found(prefix: str, resource_id: str) -> AwsError:
    """The error for a well-formed id that names nothing."""
    kind = KINDS[prefix]
    return AwsError(f"{kind.code}.NotFound", f"The {kind.noun} ID '{resource_id}' does not exist")


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
