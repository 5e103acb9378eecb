"""
Describe answers about the gateways of VPCs, read into values.

All answers are in AWS's shapes. Two calls that answer about one resource at a
time are expected folded into the item they are about:

- ``TransitGatewayRouteTables`` items of describe_transit_gateway_route_tables,
  each with ``"Routes"``, what search_transit_gateway_routes answers under that
  key for the table (active and blackhole), and ``"Associations"``, what
  get_transit_gateway_route_table_associations answers under that key;
- ``PrefixLists`` items of describe_managed_prefix_lists, each with ``"Cidrs"``,
  the ``Cidr`` of each of its get_managed_prefix_list_entries, which is the
  shape of describe_prefix_lists. A list without ``Cidrs`` is not known.

The network interfaces of NAT gateways and transit gateway attachments have to
be among ``NetworkInterfaces``, requester-managed. A NAT gateway names its own
under ``NatGatewayAddresses``. An attachment does not, so its interface in a
subnet is the one there whose InterfaceType is ``transit_gateway`` and whose
Description ends, as AWS's does, in the attachment's id.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from labkit.network.items import attached_vpcs, by_id, name_of, network
from labkit.network.topology import RouteState
from labkit.network.ways_out import (
    EgressOnlyGateway,
    GatewayEndpoint,
    NatGateway,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitRouteTable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.network.items import Answer, Answers
    from labkit.network.topology import Interface

# The describe calls about gateways, and the key each answers under.
GATEWAY_CALLS: Final = {
    "describe_nat_gateways": "NatGateways",
    "describe_egress_only_internet_gateways": "EgressOnlyInternetGateways",
    "describe_vpc_endpoints": "VpcEndpoints",
    "describe_transit_gateways": "TransitGateways",
    "describe_transit_gateway_vpc_attachments": "TransitGatewayVpcAttachments",
    "describe_transit_gateway_route_tables": "TransitGatewayRouteTables",
    "describe_managed_prefix_lists": "PrefixLists",
}

_TRANSIT_CALLS: Final = tuple(call for call in GATEWAY_CALLS if "transit" in call)
# A NAT gateway stays in answers for about an hour after it was deleted.
_GONE: Final = ("deleted",)


def worth_asking(answers: Answers) -> tuple[str, ...]:
    """
    Which of GATEWAY_CALLS can tell anything, given the answers to DESCRIBE_CALLS.

    A gateway shows in what is known already: by a route to it, or by its
    network interface. So a network without one needs no further call, which
    costs time and permissions.
    """
    targets = {str(value) for route in _routes(answers) for value in route.values()}
    kinds = {str(item.get("InterfaceType")) for item in answers.get("NetworkInterfaces", ())}
    speaks_ipv6 = any(vpc.get("Ipv6CidrBlockAssociationSet") for vpc in answers.get("Vpcs", ()))

    def led_to(prefix: str) -> bool:
        return any(target.startswith(prefix) for target in targets)

    calls: list[str] = []
    if led_to("nat-") or kinds & {"nat_gateway", "natGateway"}:
        calls.append("describe_nat_gateways")
    if led_to("eigw-") or speaks_ipv6:
        calls.append("describe_egress_only_internet_gateways")
    if led_to("vpce-"):
        calls.append("describe_vpc_endpoints")
    if led_to("tgw-") or "transit_gateway" in kinds:
        calls += _TRANSIT_CALLS
    if prefix_lists_named(answers):
        calls.append("describe_managed_prefix_lists")
    return tuple(calls)


def prefix_lists_named(answers: Answers) -> list[str]:
    """The ids of all prefix lists that routes and security group rules name, sorted."""
    ids = {route.get("DestinationPrefixListId") for route in _routes(answers)}
    for group in answers.get("SecurityGroups", ()):
        for way in ("IpPermissions", "IpPermissionsEgress"):
            for permission in group.get(way) or ():
                ids |= {each["PrefixListId"] for each in permission.get("PrefixListIds") or ()}
    return sorted(each for each in ids if each)


def _routes(answers: Answers) -> Iterator[Answer]:
    for table in answers.get("RouteTables", ()):
        yield from table.get("Routes") or ()


def read(answers: Answers) -> dict[str, Any]:
    """The fields of a ``Topology`` that the answers to GATEWAY_CALLS fill."""
    lists = answers.get("PrefixLists", ())
    return {
        "nat_gateways": by_id(answers, "NatGateways", "NatGatewayId", _nat_gateway),
        "egress_only_gateways": _egress_only_gateways(answers),
        "gateway_endpoints": {
            item["VpcEndpointId"]: _endpoint(item)
            for item in answers.get("VpcEndpoints", ())
            if item.get("VpcEndpointType", "Gateway") == "Gateway"
        },
        "transit_gateways": by_id(answers, "TransitGateways", "TransitGatewayId", _transit),
        "transit_attachments": by_id(
            answers,
            "TransitGatewayVpcAttachments",
            "TransitGatewayAttachmentId",
            partial(_attachment, answers=answers),
        ),
        "transit_route_tables": by_id(
            answers, "TransitGatewayRouteTables", "TransitGatewayRouteTableId", _transit_table
        ),
        "prefix_lists": {
            item["PrefixListId"]: tuple(map(network, item["Cidrs"]))
            for item in lists
            if item.get("Cidrs") is not None
        },
        "prefix_list_names": {
            item["PrefixListId"]: item["PrefixListName"]
            for item in lists
            if item.get("PrefixListName")
        },
    }


def _nat_gateway(item: Answer) -> NatGateway:
    # It translates to its primary address; one that failed may have none at all.
    addresses = sorted(_nat_addresses(item), key=lambda each: not each.get("IsPrimary", False))
    interface_id = addresses[0].get("NetworkInterfaceId") if addresses else None
    gone = item.get("State") in _GONE
    return NatGateway(
        item["NatGatewayId"],
        item["VpcId"],
        item["SubnetId"],
        "" if gone else interface_id or "",
        item.get("State", "available"),
        item.get("ConnectivityType", "public") == "public",
        name_of(item),
    )


def _nat_addresses(item: Answer) -> Sequence[Answer]:
    return item.get("NatGatewayAddresses") or ()


def as_gateways_tell(answers: Answers, interfaces: dict[str, Interface]) -> dict[str, Interface]:
    """
    The interfaces, with what only the gateways they belong to say of them.

    That is the Elastic IP address of a NAT gateway, and the Name tag, which
    gateways have and their interfaces do not.
    """
    told = dict(interfaces)
    for item in answers.get("NatGateways", ()):
        for address in _nat_addresses(item) if item.get("State") not in _GONE else ():
            interface = told.get(address.get("NetworkInterfaceId") or "")
            if interface is not None:
                public = ip_address(address["PublicIp"]) if address.get("PublicIp") else None
                told[interface.interface_id] = replace(
                    interface,
                    public_address=interface.public_address or public,
                    name=interface.name or name_of(item),
                )
    for item in answers.get("TransitGatewayVpcAttachments", ()):
        for _, interface_id in _doors(item, answers):
            interface = told[interface_id]
            told[interface_id] = replace(interface, name=interface.name or name_of(item))
    return told


def _egress_only_gateways(answers: Answers) -> dict[str, EgressOnlyGateway]:
    return {
        item["EgressOnlyInternetGatewayId"]: EgressOnlyGateway(
            item["EgressOnlyInternetGatewayId"], vpc_id, name_of(item)
        )
        for item in answers.get("EgressOnlyInternetGateways", ())
        for vpc_id in attached_vpcs(item)
    }


def _endpoint(item: Answer) -> GatewayEndpoint:
    return GatewayEndpoint(
        item["VpcEndpointId"],
        item["VpcId"],
        item["ServiceName"],
        item.get("State", "available"),
        name_of(item),
    )


def _transit(item: Answer) -> TransitGateway:
    return TransitGateway(item["TransitGatewayId"], item.get("State", "available"), name_of(item))


def _attachment(item: Answer, answers: Answers) -> TransitAttachment:
    return TransitAttachment(
        item["TransitGatewayAttachmentId"],
        item["TransitGatewayId"],
        item["VpcId"],
        tuple(item.get("SubnetIds") or ()),
        _doors(item, answers),
        item.get("State", "available"),
        (item.get("Options") or {}).get("Ipv6Support") == "enable",
        name_of(item),
    )


def _doors(item: Answer, answers: Answers) -> tuple[tuple[str, str], ...]:
    """The interfaces of an attachment, each after its subnet."""
    found = (
        (each["SubnetId"], each["NetworkInterfaceId"])
        for each in answers.get("NetworkInterfaces", ())
        if each.get("InterfaceType") == "transit_gateway"
        and each["SubnetId"] in (item.get("SubnetIds") or ())
        and each.get("Description", "").endswith(item["TransitGatewayAttachmentId"])
    )
    return tuple(sorted(found))


def _transit_table(item: Answer) -> TransitRouteTable:
    return TransitRouteTable(
        item["TransitGatewayRouteTableId"],
        item["TransitGatewayId"],
        tuple(_transit_routes(item)),
        frozenset(
            each["TransitGatewayAttachmentId"]
            for each in item.get("Associations") or ()
            if each.get("State", "associated") == "associated"
        ),
        name_of(item),
    )


def _transit_routes(item: Answer) -> Iterator[TransitRoute]:
    for each in item.get("Routes") or ():
        attachments = each.get("TransitGatewayAttachments") or ()
        if each.get("State") in ("active", "blackhole") and each.get("DestinationCidrBlock"):
            yield TransitRoute(
                network(each["DestinationCidrBlock"]),
                attachments[0]["TransitGatewayAttachmentId"] if attachments else "",
                RouteState(each["State"]),
                each.get("Type") == "propagated",
            )
