"""What describe answers about gateways become, and when they are worth asking for."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from labkit.network.read import read
from labkit.network.read_gateways import worth_asking
from labkit.network.topology import RouteState
from labkit.network.ways_out import (
    EgressOnlyGateway,
    GatewayEndpoint,
    NatGateway,
    OutsideHost,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitRouteTable,
)

NAT = {
    "NatGatewayId": "nat-1",
    "VpcId": "vpc-a",
    "SubnetId": "subnet-1",
    "State": "available",
    "ConnectivityType": "public",
    "NatGatewayAddresses": [
        {"NetworkInterfaceId": "eni-9", "PrivateIp": "10.1.1.9", "PublicIp": "54.0.0.9"}
    ],
    "Tags": [{"Key": "Name", "Value": "nat"}],
}
NAT_INTERFACE = {
    "NetworkInterfaceId": "eni-9",
    "SubnetId": "subnet-1",
    "VpcId": "vpc-a",
    "PrivateIpAddress": "10.1.1.9",
    "InterfaceType": "nat_gateway",
    "RequesterManaged": True,
}
ATTACHMENT = {
    "TransitGatewayAttachmentId": "tgw-attach-1",
    "TransitGatewayId": "tgw-1",
    "VpcId": "vpc-a",
    "State": "available",
    "SubnetIds": ["subnet-1", "subnet-2"],
    "Options": {"Ipv6Support": "enable"},
}


def transit_interface(interface_id: str, subnet_id: str, attachment_id: str) -> dict[str, object]:
    return {
        "NetworkInterfaceId": interface_id,
        "SubnetId": subnet_id,
        "VpcId": "vpc-a",
        "PrivateIpAddress": "10.1.1.7",
        "InterfaceType": "transit_gateway",
        "Description": f"Network Interface for Transit Gateway Attachment {attachment_id}",
    }


def test_a_nat_gateway_is_read_with_its_interface():
    topology = read({"NatGateways": [NAT], "NetworkInterfaces": [NAT_INTERFACE]})

    assert topology.nat_gateways == {
        "nat-1": NatGateway("nat-1", "vpc-a", "subnet-1", "eni-9", name="nat")
    }
    assert topology.interfaces["eni-9"].public_address == ip_address("54.0.0.9")


def test_the_primary_address_of_several_is_the_one_it_translates_to():
    second = {"NetworkInterfaceId": "eni-8", "IsPrimary": True}
    addresses = [*NAT["NatGatewayAddresses"], second]

    [gateway] = read(
        {"NatGateways": [{**NAT, "NatGatewayAddresses": addresses}]}
    ).nat_gateways.values()

    assert gateway.interface_id == "eni-8"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"State": "failed", "NatGatewayAddresses": []}, ("failed", "", False)),
        ({"State": "deleted"}, ("deleted", "", False)),
        ({"State": "pending"}, ("pending", "eni-9", False)),
        ({}, ("available", "eni-9", True)),
    ],
)
def test_a_nat_gateway_serves_only_while_it_is_available(changed, expected):
    [gateway] = read({"NatGateways": [{**NAT, **changed}]}).nat_gateways.values()

    assert (gateway.state, gateway.interface_id, gateway.is_available) == expected


def test_a_nat_gateway_without_an_elastic_address_is_private():
    [gateway] = read(
        {"NatGateways": [{**NAT, "ConnectivityType": "private"}]}
    ).nat_gateways.values()

    assert gateway.public is False


def test_only_an_attached_egress_only_gateway_leads_somewhere():
    items = [
        {
            "EgressOnlyInternetGatewayId": gateway_id,
            "Attachments": [{"State": state, "VpcId": "vpc-a"}],
        }
        for gateway_id, state in (("eigw-1", "attached"), ("eigw-2", "detached"))
    ]

    assert read({"EgressOnlyInternetGateways": items}).egress_only_gateways == {
        "eigw-1": EgressOnlyGateway("eigw-1", "vpc-a")
    }


def test_interface_endpoints_are_no_gateways():
    gateway = {
        "VpcEndpointId": "vpce-1",
        "VpcId": "vpc-a",
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "VpcEndpointType": "Gateway",
        "State": "Available",
    }
    other = {**gateway, "VpcEndpointId": "vpce-2", "VpcEndpointType": "Interface"}

    endpoints = read({"VpcEndpoints": [gateway, other]}).gateway_endpoints

    assert endpoints == {
        "vpce-1": GatewayEndpoint("vpce-1", "vpc-a", "com.amazonaws.us-east-1.s3", "Available")
    }
    assert endpoints["vpce-1"].is_available


def test_an_attachment_knows_its_interface_in_each_subnet():
    interfaces = [
        transit_interface("eni-1", "subnet-1", "tgw-attach-1"),
        transit_interface("eni-2", "subnet-2", "tgw-attach-1"),
        transit_interface("eni-3", "subnet-2", "tgw-attach-9"),
    ]

    topology = read({"TransitGatewayVpcAttachments": [ATTACHMENT], "NetworkInterfaces": interfaces})

    assert topology.transit_attachments == {
        "tgw-attach-1": TransitAttachment(
            "tgw-attach-1",
            "tgw-1",
            "vpc-a",
            ("subnet-1", "subnet-2"),
            (("subnet-1", "eni-1"), ("subnet-2", "eni-2")),
            ipv6=True,
        )
    }


def test_a_transit_route_table_holds_its_routes_and_associations():
    table = {
        "TransitGatewayRouteTableId": "tgw-rtb-1",
        "TransitGatewayId": "tgw-1",
        "Routes": [
            {
                "DestinationCidrBlock": "10.1.0.0/16",
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}],
                "Type": "propagated",
                "State": "active",
            },
            {"DestinationCidrBlock": "10.9.0.0/16", "Type": "static", "State": "blackhole"},
            {"DestinationCidrBlock": "10.8.0.0/16", "Type": "static", "State": "deleted"},
        ],
        "Associations": [
            {"TransitGatewayAttachmentId": "tgw-attach-1", "State": "associated"},
            {"TransitGatewayAttachmentId": "tgw-attach-2", "State": "disassociating"},
        ],
    }

    topology = read(
        {"TransitGatewayRouteTables": [table], "TransitGateways": [{"TransitGatewayId": "tgw-1"}]}
    )

    assert topology.transit_gateways == {"tgw-1": TransitGateway("tgw-1")}
    assert topology.transit_route_tables["tgw-rtb-1"] == TransitRouteTable(
        "tgw-rtb-1",
        "tgw-1",
        (
            TransitRoute(ip_network("10.1.0.0/16"), "tgw-attach-1", propagated=True),
            TransitRoute(ip_network("10.9.0.0/16"), "", RouteState.BLACKHOLE),
        ),
        frozenset({"tgw-attach-1"}),
    )


def test_prefix_lists_keep_their_names():
    item = {"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.x.s3", "Cidrs": ["52.0.0.0/8"]}

    topology = read({"PrefixLists": [item]})

    assert topology.prefix_lists == {"pl-1": (ip_network("52.0.0.0/8"),)}
    assert topology.prefix_list_names == {"pl-1": "com.amazonaws.x.s3"}


def test_hosts_outside_are_taken_as_given():
    host = OutsideHost(ip_address("198.51.100.1"), "example")

    assert read({}, outside={host.address: host}).outside == {host.address: host}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ()),
        ({"RouteTables": [{"Routes": [{"NatGatewayId": "nat-1"}]}]}, ("describe_nat_gateways",)),
        ({"NetworkInterfaces": [NAT_INTERFACE]}, ("describe_nat_gateways",)),
        (
            {"Vpcs": [{"Ipv6CidrBlockAssociationSet": [{}]}]},
            ("describe_egress_only_internet_gateways",),
        ),
        (
            {
                "RouteTables": [
                    {"Routes": [{"GatewayId": "vpce-1", "DestinationPrefixListId": "pl-1"}]}
                ]
            },
            ("describe_vpc_endpoints", "describe_managed_prefix_lists"),
        ),
        (
            {"NetworkInterfaces": [transit_interface("eni-1", "subnet-1", "tgw-attach-1")]},
            (
                "describe_transit_gateways",
                "describe_transit_gateway_vpc_attachments",
                "describe_transit_gateway_route_tables",
            ),
        ),
        (
            {
                "SecurityGroups": [
                    {"IpPermissions": [{"PrefixListIds": [{"PrefixListId": "pl-1"}]}]}
                ]
            },
            ("describe_managed_prefix_lists",),
        ),
    ],
)
def test_nobody_is_asked_about_gateways_that_nothing_hints_at(answers, expected):
    assert expected == worth_asking(answers)
