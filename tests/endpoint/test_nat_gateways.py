"""NAT gateways: what they need, how they fail, what they leave behind."""

from __future__ import annotations

import pytest

UNKNOWN = "eipalloc-0123456789abcdef0"


@pytest.fixture
def subnet(ec2, two_vpcs):
    """A subnet of the first VPC with room for eleven addresses, 10.1.1.0/28."""
    return ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/28")["Subnet"]["SubnetId"]


@pytest.fixture
def internet(ec2, two_vpcs):
    """The id of an internet gateway attached to the first VPC."""
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=two_vpcs[0])
    return made


needs_internet = pytest.mark.usefixtures("internet")


@pytest.fixture
def allocation(ec2):
    return ec2.allocate_address(Domain="vpc")["AllocationId"]


@pytest.fixture
def seen(ec2):
    """A function: a NAT gateway as AWS shows it now."""

    def described(made):
        gateway_id = made["NatGateway"]["NatGatewayId"]
        [found] = ec2.describe_nat_gateways(NatGatewayIds=[gateway_id])["NatGateways"]
        return found

    return described


@needs_internet
def test_who_asks_for_a_gateway_is_told_it_is_pending_and_finds_it_available(
    ec2, subnet, allocation, seen
):
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)
    found = seen(made)

    assert made["NatGateway"]["State"] == "pending"
    assert made["NatGateway"]["NatGatewayAddresses"] == [{"AllocationId": allocation}]
    assert found["State"] == "available"
    assert found["ConnectivityType"] == "public"
    [address] = found["NatGatewayAddresses"]
    assert address["PrivateIp"] == "10.1.1.4"
    assert address["AllocationId"] == allocation
    [shown] = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    assert address["PublicIp"] == shown["PublicIp"]
    assert address["NetworkInterfaceId"] == shown["NetworkInterfaceId"]


@needs_internet
def test_its_interface_belongs_to_aws_and_has_no_security_group(ec2, subnet, allocation, seen):
    gateway = seen(ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation))
    [interface] = ec2.describe_network_interfaces()["NetworkInterfaces"]

    assert interface["InterfaceType"] == "nat_gateway"
    assert interface["RequesterManaged"] is True
    assert interface["Description"] == f"Interface for NAT Gateway {gateway['NatGatewayId']}"
    assert interface["Groups"] == []
    assert interface["Status"] == "in-use"
    assert interface["Association"]["AllocationId"] == allocation


def test_a_private_gateway_needs_neither_address_nor_internet(ec2, subnet, seen):
    made = ec2.create_nat_gateway(
        SubnetId=subnet, ConnectivityType="private", PrivateIpAddress="10.1.1.9"
    )

    assert seen(made)["State"] == "available"
    [address] = seen(made)["NatGatewayAddresses"]
    assert address["PrivateIp"] == "10.1.1.9"
    assert "PublicIp" not in address


@needs_internet
def test_a_deleted_gateway_frees_its_interface_and_address_and_shows_for_an_hour(
    aws, ec2, subnet, allocation, seen
):
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)
    ec2.delete_nat_gateway(NatGatewayId=made["NatGateway"]["NatGatewayId"])

    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    assert seen(made)["State"] == "deleted"
    assert "DeleteTime" in seen(made)
    ec2.release_address(AllocationId=allocation)
    aws.clock.sleep(3600)
    assert ec2.describe_nat_gateways()["NatGateways"] == []


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ("MissingParameter", "must include the AllocationId parameter")),
        ({"AllocationId": "1.2.3.4"}, ("InvalidElasticIpID.Malformed", "'1.2.3.4' is malformed")),
        ({"AllocationId": UNKNOWN}, ("InvalidElasticIpID.NotFound", "does not exist")),
        (
            {"ConnectivityType": "private", "AllocationId": UNKNOWN},
            ("InvalidParameter", "private NAT gateway"),
        ),
        (
            {"ConnectivityType": "private", "PrivateIpAddress": "10.9.9.9"},
            ("InvalidParameterValue", "subnet's address range"),
        ),
        ({"ConnectivityType": "odd"}, ("InvalidParameterValue", "connectivityType")),
        ({"AvailabilityMode": "regional"}, ("NotImplemented", "regional NAT gateways")),
        (
            {"ConnectivityType": "private", "SecondaryPrivateIpAddressCount": 2},
            ("NotImplemented", "SecondaryPrivateIpAddressCount"),
        ),
    ],
)
def test_what_cannot_be_is_refused_at_once(ec2, subnet, refusal, params, expected):
    code, message = refusal(ec2.create_nat_gateway, SubnetId=subnet, **params)

    assert expected[0] == code
    assert expected[1] in message
    assert ec2.describe_nat_gateways()["NatGateways"] == []


def test_without_an_internet_gateway_it_fails_and_says_so(ec2, two_vpcs, subnet, allocation, seen):
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)

    assert made["NatGateway"]["State"] == "pending"
    assert seen(made)["State"] == "failed"
    assert seen(made)["FailureCode"] == "Gateway.NotAttached"
    message = f"Network {two_vpcs[0]} has no Internet gateway attached"
    assert message == seen(made)["FailureMessage"]
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    ec2.release_address(AllocationId=allocation)


@needs_internet
def test_with_an_address_that_is_in_use_it_fails(ec2, subnet, allocation, seen):
    first = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)
    second = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)

    assert seen(first)["State"] == "available"
    assert seen(second)["FailureCode"] == "Resource.AlreadyAssociated"
    assert seen(second)["State"] == "failed"


def test_a_full_subnet_has_no_room_for_one(ec2, subnet, refusal):
    for _ in range(11):
        ec2.create_network_interface(SubnetId=subnet)
    code, _ = refusal(ec2.create_nat_gateway, SubnetId=subnet, ConnectivityType="private")
    assert code == "InsufficientFreeAddressesInSubnet"


def test_an_unknown_one_is_refused_by_all(ec2, refusal):
    gateway_id = "nat-0123456789abcdef0"
    expected = "NatGatewayNotFound", f"NAT gateway {gateway_id} was not found"

    assert expected == refusal(ec2.delete_nat_gateway, NatGatewayId=gateway_id)
    assert expected == refusal(ec2.describe_nat_gateways, NatGatewayIds=[gateway_id])


def test_they_are_found_by_tag_state_and_place_and_come_in_pages(ec2, subnet, refusal):
    for name in "one", "two":
        tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "Name", "Value": name}]}]
        ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", TagSpecifications=tags)
    ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")

    def found(**filters):
        shown = ec2.describe_nat_gateways(
            Filters=[
                {"Name": name.replace("_", "-"), "Values": [value]}
                for name, value in filters.items()
            ]
        )
        return len(shown["NatGateways"])

    assert found(subnet_id=subnet) == 3
    assert found(state="deleted") == 0
    assert found(**{"tag:Name": "t*"}) == 1
    assert found(tag_key="Name") == 2
    pages = ec2.get_paginator("describe_nat_gateways").paginate(PaginationConfig={"PageSize": 5})
    assert [len(page["NatGateways"]) for page in pages] == [3]
    wrong = [{"Name": "colour", "Values": ["red"]}]
    code, message = refusal(ec2.describe_nat_gateways, Filters=wrong)
    assert (code, message) == ("InvalidParameterValue", "The filter 'colour' is invalid")
