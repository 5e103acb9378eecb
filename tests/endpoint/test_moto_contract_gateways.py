"""What we rely on in moto's gateways, and what of it we stand in for."""

# ruff: noqa: SLF001  what we rely on is private

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends

from labkit.endpoint.moto_seam import ec2_state

REGION = "us-east-1"


@pytest.fixture
def moto():
    """Moto on its own: an EC2 client, and the backend behind it."""
    with mock_aws():
        client = boto3.client("ec2", REGION, aws_access_key_id="x", aws_secret_access_key="x")
        yield client, ec2_backends["123456789012"][REGION]


@pytest.fixture
def place(moto):
    client, _ = moto
    vpc = client.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    return vpc, client.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]


def test_a_nat_gateway_keeps_its_interface_and_one_set_of_addresses(moto, place):
    client, ec2 = moto
    made = client.create_nat_gateway(SubnetId=place[1], ConnectivityType="private")["NatGateway"]
    gateway = ec2.nat_gateways[made["NatGatewayId"]]

    assert gateway._eni.id in ec2.enis
    assert set(gateway.address_set[0]) == {"networkInterfaceId", "privateIp"}
    assert gateway.state == "available"


def test_an_elastic_address_points_at_its_interface_and_the_interface_bears_it(moto, place):
    client, ec2 = moto
    interface = client.create_network_interface(SubnetId=place[1])["NetworkInterface"]
    made = client.allocate_address(Domain="vpc")
    client.associate_address(
        AllocationId=made["AllocationId"], NetworkInterfaceId=interface["NetworkInterfaceId"]
    )
    [address] = ec2.addresses

    assert address.eni is ec2.enis[interface["NetworkInterfaceId"]]
    assert address.eni.public_ip == address.public_ip == made["PublicIp"]
    assert address.instance is None


def test_outside_of_an_application_moto_gives_loopback_addresses_as_it_always_did(moto):
    client, _ = moto
    assert client.allocate_address(Domain="vpc")["PublicIp"].startswith("127.")


def test_a_transit_gateway_has_one_default_table_and_its_tables_their_attachments(moto, place):
    client, ec2 = moto
    made = client.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attached = client.create_transit_gateway_vpc_attachment(
        TransitGatewayId=made, VpcId=place[0], SubnetIds=[place[1]]
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    table = ec2.transit_gateways[made].default_route_table

    assert ec2.transit_gateways_route_tables == {table.id: table}
    assert list(table.route_table_associations) == [attached]
    assert table.route_table_propagation == []
    ec2.set_route_table_propagation(attached, table.id)
    [propagation] = table.route_table_propagation
    assert propagation.transitGatewayAttachmentId == attached
    assert ec2.transit_gateway_attachments[attached].resource_id == place[0]


def test_the_routes_of_a_table_are_kept_by_their_destination(moto, place):
    client, ec2 = moto
    made = client.create_route_table(VpcId=place[0])["RouteTable"]["RouteTableId"]
    service = f"com.amazonaws.{REGION}.s3"
    client.create_vpc_endpoint(VpcId=place[0], ServiceName=service, RouteTableIds=[made])
    [endpoint] = ec2.vpc_end_points.values()
    routes = ec2.route_tables[made]._routes

    assert [each.gateway_id for each in routes.values()] == ["local", endpoint.id]
    assert endpoint.route_table_ids == [made]
    named = {each["PrefixListName"]: each for each in ec2_state.prefix_lists(ec2)}
    assert named[service]["PrefixListId"] == endpoint.destination_prefix_list_id
    assert named[service]["Cidrs"]
