"""
The routes of a transit gateway's route table as AWS shows them, and finding some of them.

A static route beats a propagated one to the same block.

Source: Amazon VPC Transit Gateways guide, "How transit gateways work"; EC2 API
Reference, the filters of SearchTransitGatewayRoutes.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.moto_seam.corrections.vpcs import associated_blocks
from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from labkit.endpoint.operations import MotoObject

Shown = dict[str, Any]


def routes_of(ec2: MotoObject, table: MotoObject) -> list[Shown]:
    """Every route of a table in the order of their blocks, as AWS shows them."""
    found = {route["DestinationCidrBlock"]: route for route in _propagated(ec2, table)}
    found |= {block: shown(ec2, route) for block, route in table.routes.items()}
    blocks = sorted(map(ip_network, found), key=lambda each: (each.version, each))
    return [found[str(block)] for block in blocks]


def shown(ec2: MotoObject, static: dict[str, Any]) -> Shown:
    """A static route of moto's as AWS shows it: a black hole once its attachment is gone."""
    target = static.get("transitGatewayAttachments")
    alive = target and target["transitGatewayAttachmentId"] in ec2.transit_gateway_attachments
    route = {
        "DestinationCidrBlock": static["destinationCidrBlock"],
        "Type": "static",
        "State": "active" if alive else "blackhole",
    }
    if not target:
        return route
    of_route = {name[0].upper() + name[1:]: value for name, value in target.items()}
    return {**route, "TransitGatewayAttachments": [of_route]}


def matching(routes: list[Shown], name: str, values: Sequence[str]) -> list[Shown]:
    """
    The routes that pass one filter.

    Raises:
        AwsError: There is no such filter, or a block to search by is none.
    """
    if name == "route-search.longest-prefix-match":
        return _longest(routes, values)
    test = _TESTS.get(name)
    if test is None:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return [route for route in routes if any(test(route, value) for value in values)]


def _propagated(ec2: MotoObject, table: MotoObject) -> Iterator[Shown]:
    for each in table.route_table_propagation:
        attachment = ec2.transit_gateway_attachments.get(each.transitGatewayAttachmentId)
        if attachment is None or attachment.resource_type != "vpc":
            continue
        target = {
            "ResourceId": attachment.resource_id,
            "ResourceType": attachment.resource_type,
            "TransitGatewayAttachmentId": attachment.id,
        }
        for block in _blocks(ec2, attachment):
            yield {
                "DestinationCidrBlock": block,
                "TransitGatewayAttachments": [target],
                "Type": "propagated",
                "State": "active",
            }


def _blocks(ec2: MotoObject, attachment: MotoObject) -> list[str]:
    vpc = ec2.vpcs[attachment.resource_id]
    families = (False, True) if attachment.options.get("Ipv6Support") == "enable" else (False,)
    return [each["cidr_block"] for ipv6 in families for each in associated_blocks(vpc, ipv6=ipv6)]


def _longest(routes: list[Shown], values: Sequence[str]) -> list[Shown]:
    """For each block searched by, the narrowest of the routes that hold it."""
    best = [
        max(holding, key=lambda route: ip_network(route["DestinationCidrBlock"]).prefixlen)
        for value in values
        if (holding := [route for route in routes if _holds(route, value)])
    ]
    return [route for route in routes if route in best]


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise AwsError(
            "InvalidParameterValue", f"The filter value '{text}' is not a valid CIDR block"
        ) from None


def _holds(route: Shown, value: str) -> bool:
    """Whether all of a block is within the route's."""
    return _within(value, route["DestinationCidrBlock"])


def _within(inner: str, outer: str) -> bool:
    small, large = _network(inner), _network(outer)
    return small.version == large.version and small.subnet_of(large)  # type: ignore[arg-type]


def _of_target(member: str) -> Callable[[Shown, str], bool]:
    def test(route: Shown, value: str) -> bool:
        return any(each[member] == value for each in route.get("TransitGatewayAttachments", []))

    return test


_TESTS: Final[dict[str, Callable[[Shown, str], bool]]] = {
    "attachment.resource-id": _of_target("ResourceId"),
    "attachment.resource-type": _of_target("ResourceType"),
    "attachment.transit-gateway-attachment-id": _of_target("TransitGatewayAttachmentId"),
    "prefix-list-id": lambda route, value: route.get("PrefixListId") == value,
    "route-search.exact-match": lambda route, value: (
        route["DestinationCidrBlock"] == str(_network(value))
    ),
    "route-search.subnet-of-match": lambda route, value: _within(
        route["DestinationCidrBlock"], value
    ),
    "route-search.supernet-of-match": _holds,
    "state": lambda route, value: route["State"] == value,
    "type": lambda route, value: route["Type"] == value,
}
