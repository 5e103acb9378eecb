"""Removal: what has to be gone first, and what goes along."""

from __future__ import annotations

import pytest


@pytest.fixture
def subnet(ec2, two_vpcs):
    """A subnet of the first VPC."""
    return ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]


def vpc_refusal(vpc):
    return ("DependencyViolation", f"The vpc '{vpc}' has dependencies and cannot be deleted.")


def test_an_empty_vpc_goes_with_all_that_came_with_it(ec2, two_vpcs):
    ec2.delete_vpc(VpcId=two_vpcs[0])
    only_this = [{"Name": "vpc-id", "Values": [two_vpcs[0]]}]
    assert ec2.describe_vpcs(Filters=only_this)["Vpcs"] == []
    assert ec2.describe_route_tables(Filters=only_this)["RouteTables"] == []
    assert ec2.describe_network_acls(Filters=only_this)["NetworkAcls"] == []
    assert ec2.describe_security_groups(Filters=only_this)["SecurityGroups"] == []


def test_a_vpc_with_a_subnet_stays(ec2, two_vpcs, subnet, refusal):
    assert refusal(ec2.delete_vpc, VpcId=two_vpcs[0]) == vpc_refusal(two_vpcs[0])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=two_vpcs[0])


def test_a_vpc_with_a_gateway_stays(ec2, two_vpcs, refusal):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[0])
    assert refusal(ec2.delete_vpc, VpcId=two_vpcs[0]) == vpc_refusal(two_vpcs[0])


def test_a_vpc_with_a_group_or_an_acl_of_its_owners_stays(ec2, two_vpcs, refusal):
    ec2.create_security_group(VpcId=two_vpcs[0], GroupName="own", Description="own")
    ec2.create_network_acl(VpcId=two_vpcs[1])
    for vpc in two_vpcs:
        assert refusal(ec2.delete_vpc, VpcId=vpc) == vpc_refusal(vpc)


@pytest.mark.parametrize(
    ("vpc", "expected"),
    [
        (
            "vpc-0123456789abcdef0",
            ("InvalidVpcID.NotFound", "The vpc ID 'vpc-0123456789abcdef0' does not exist"),
        ),
        ("vpc-1", ("InvalidVpcID.Malformed", 'Invalid id: "vpc-1"')),
    ],
)
def test_an_unknown_vpc_is_refused(ec2, refusal, vpc, expected):
    assert refusal(ec2.delete_vpc, VpcId=vpc) == expected


def test_a_subnet_in_use_stays(ec2, subnet, refusal):
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    assert refusal(ec2.delete_subnet, SubnetId=subnet) == (
        "DependencyViolation",
        f"The subnet '{subnet}' has dependencies and cannot be deleted.",
    )
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    ec2.delete_subnet(SubnetId=subnet)


def test_a_deleted_subnet_is_taken_from_its_table_and_its_acl(ec2, two_vpcs, subnet):
    table = ec2.create_route_table(VpcId=two_vpcs[0])["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.delete_subnet(SubnetId=subnet)
    [seen] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert seen["Associations"] == []
    [acl] = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [two_vpcs[0]]}])[
        "NetworkAcls"
    ]
    assert acl["Associations"] == []
    ec2.delete_route_table(RouteTableId=table)


def test_an_attached_interface_stays(ec2, subnet, refusal):
    [made] = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet)[
        "Instances"
    ]
    interface = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId=interface) == (
        "InvalidParameterValue",
        f"Network interface '{interface}' is currently in use.",
    )


def test_an_attached_gateway_stays(ec2, two_vpcs, refusal):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[0])
    code, _ = refusal(ec2.delete_internet_gateway, InternetGatewayId=gateway)
    assert code == "DependencyViolation"
