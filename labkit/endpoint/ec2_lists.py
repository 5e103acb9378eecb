"""
Lists of EC2 as their readers want them: by filters that moto lacks, and in pages.

Source: Amazon EC2 API Reference, the filters of each Describe action,
"Pagination", and "Error codes" (InvalidMaxResults, InvalidPaginationToken).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.moto_seam.protocols import operation_model
from labkit.endpoint.operations import AwsError
from labkit.endpoint.wildcards import like

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, Params

_PAGING: Final = ("MaxResults", "NextToken")
_PAGE_MARK: Final = "page-"
_LARGEST_PAGE: Final = 1000

# Where the value of a filter stands in one item of the list; lists on the way are gone through.
_PATHS: Final[dict[str, dict[str, str]]] = {
    "DescribeSubnets": {
        "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
        "ipv6-cidr-block-association.ipv6-cidr-block": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
        "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        "subnet-arn": "SubnetArn",
    },
    "DescribeRouteTables": {
        "association.gateway-id": "Associations.GatewayId",
        "route.destination-ipv6-cidr-block": "Routes.DestinationIpv6CidrBlock",
        "route.destination-prefix-list-id": "Routes.DestinationPrefixListId",
        "route.egress-only-internet-gateway-id": "Routes.EgressOnlyInternetGatewayId",
        "route.gateway-id": "Routes.GatewayId",
        "route.instance-id": "Routes.InstanceId",
        "route.origin": "Routes.Origin",
        "route.state": "Routes.State",
    },
    "DescribeNetworkAcls": {
        "entry.icmp.code": "Entries.IcmpTypeCode.Code",
        "entry.icmp.type": "Entries.IcmpTypeCode.Type",
        "entry.ipv6-cidr": "Entries.Ipv6CidrBlock",
        "entry.port-range.from": "Entries.PortRange.From",
        "entry.port-range.to": "Entries.PortRange.To",
        "network-acl-id": "NetworkAclId",
    },
    "DescribeSecurityGroups": {
        "egress.ip-permission.ipv6-cidr": "IpPermissionsEgress.Ipv6Ranges.CidrIpv6",
        "egress.ip-permission.prefix-list-id": "IpPermissionsEgress.PrefixListIds.PrefixListId",
        "ip-permission.ipv6-cidr": "IpPermissions.Ipv6Ranges.CidrIpv6",
        "ip-permission.prefix-list-id": "IpPermissions.PrefixListIds.PrefixListId",
    },
    "DescribeNetworkInterfaces": {
        "addresses.association.public-ip": "PrivateIpAddresses.Association.PublicIp",
        "addresses.primary": "PrivateIpAddresses.Primary",
        "association.allocation-id": "Association.AllocationId",
        "association.association-id": "Association.AssociationId",
        "association.public-ip": "Association.PublicIp",
        "attachment.delete-on-termination": "Attachment.DeleteOnTermination",
        "attachment.device-index": "Attachment.DeviceIndex",
        "attachment.status": "Attachment.Status",
        "ipv6-addresses.ipv6-address": "Ipv6Addresses.Ipv6Address",
        "private-dns-name": "PrivateDnsName",
    },
    "DescribeInstances": {
        "client-token": "ClientToken",
        "instance-state-code": "State.Code",
        "ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
        "network-interface.addresses.private-ip-address": (
            "NetworkInterfaces.PrivateIpAddresses.PrivateIpAddress"
        ),
        "network-interface.association.public-ip": "NetworkInterfaces.Association.PublicIp",
        "network-interface.attachment.device-index": "NetworkInterfaces.Attachment.DeviceIndex",
        "network-interface.group-id": "NetworkInterfaces.Groups.GroupId",
        "network-interface.ipv6-addresses.ipv6-address": (
            "NetworkInterfaces.Ipv6Addresses.Ipv6Address"
        ),
        "network-interface.network-interface-id": "NetworkInterfaces.NetworkInterfaceId",
        "network-interface.private-ip-address": "NetworkInterfaces.PrivateIpAddress",
        "network-interface.status": "NetworkInterfaces.Status",
        "network-interface.subnet-id": "NetworkInterfaces.SubnetId",
        "network-interface.vpc-id": "NetworkInterfaces.VpcId",
    },
    "DescribeInternetGateways": {"owner-id": "OwnerId"},
}


def left_to_us(call: Call) -> dict[str, Any]:
    """The parameters to ask for the list with, if *call* wants of it what moto does not know."""
    if call.service != "ec2":
        return {}
    changes: dict[str, Any] = {name: None for name in _PAGING if name in call.params}
    filters = call.params.get("Filters", [])
    known = [each for each in filters if _path(call, each) is None]
    return {**changes, "Filters": known} if known != filters else changes


def narrowed(call: Call, answer: Params) -> dict[str, Any]:
    """
    What *call* wants of a list, with the token of the next page if there is one.

    Args:
        call: The call as it came.
        answer: All that the parameters of `left_to_us` find, as boto3 would show it.

    Raises:
        AwsError: The page is too large or too small, or the token is not one of ours.
    """
    key = _list_of(call.operation)
    items = answer.get(key, [])
    for each in call.params.get("Filters", []):
        path = _path(call, each)
        if path is not None:
            items = _meeting(items, path, each.get("Values", []))
    first = _first(call)
    last = first + _page_size(call)
    follows = {"NextToken": f"{_PAGE_MARK}{last}"} if last < len(items) else {}
    return {**answer, key: items[first:last], **follows}


def _path(call: Call, condition: Params) -> str | None:
    return _PATHS.get(call.operation, {}).get(condition.get("Name", ""))


def _meeting(items: list[dict[str, Any]], path: str, accepted: list[str]) -> list[dict[str, Any]]:
    """The items that have one of the values accepted; instances within their reservations."""
    if items and "Instances" in items[0]:
        inner = [
            {**each, "Instances": _meeting(each["Instances"], path, accepted)} for each in items
        ]
        return [each for each in inner if each["Instances"]]
    return [
        item
        for item in items
        if any(like(pattern, text) for text in _texts(item, path) for pattern in accepted)
    ]


def _texts(item: dict[str, Any], path: str) -> list[str]:
    """The values at *path* as filters spell them: true and false in lower case."""
    values: list[Any] = [item]
    for name in path.split("."):
        inner = [each[name] for each in values if each.get(name) is not None]
        values = [part for each in inner for part in (each if isinstance(each, list) else [each])]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _page_size(call: Call) -> int:
    size = int(call.params.get("MaxResults", _LARGEST_PAGE))
    smallest = _smallest_page(call.operation)
    if not smallest <= size <= _LARGEST_PAGE:
        raise AwsError(
            "InvalidMaxResults",
            f"The specified value for MaxResults, {size}, is not valid: "
            f"it can be {smallest} to {_LARGEST_PAGE}.",
        )
    return size


@cache
def _smallest_page(operation: str) -> int:
    members = operation_model("ec2", operation).input_shape.members
    return int(members["MaxResults"].metadata.get("min", 1)) if "MaxResults" in members else 1


def _first(call: Call) -> int:
    place = call.params.get("NextToken", f"{_PAGE_MARK}0").removeprefix(_PAGE_MARK)
    if not (place.isascii() and place.isdecimal()):
        raise AwsError(
            "InvalidPaginationToken", "The specified pagination token is not valid or is expired."
        )
    return int(place)


@cache
def _list_of(operation: str) -> str:
    output = operation_model("ec2", operation).output_shape
    members = output.members.items() if output is not None else ()
    return next((name for name, member in members if member.type_name == "list"), "")
