"""Address blocks that a VPC takes on later, or gives up."""

from __future__ import annotations

import pytest


def _blocks(ec2, vpc):
    [shown] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    return [
        each["CidrBlock"]
        for each in shown["CidrBlockAssociationSet"]
        if each["CidrBlockState"]["State"] == "associated"
    ]


def _local_routes(ec2, vpc):
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    return [
        {route["DestinationCidrBlock"] for route in table["Routes"]}
        for table in tables["RouteTables"]
    ]


def test_every_route_table_of_the_vpc_knows_a_new_block_until_it_is_given_up(ec2, two_vpcs):
    vpc, _ = two_vpcs
    ec2.create_route_table(VpcId=vpc)
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")
    association_id = made["CidrBlockAssociation"]["AssociationId"]
    assert [{"10.1.0.0/16", "100.64.0.0/16"}] * 2 == _local_routes(ec2, vpc)

    ec2.disassociate_vpc_cidr_block(AssociationId=association_id)
    assert [{"10.1.0.0/16"}] * 2 == _local_routes(ec2, vpc)


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("10.1.4.0/24", "InvalidVpc.Range"),
        ("10.0.0.0/15", "InvalidVpc.Range"),
        ("100.64.0.0/29", "InvalidVpc.Range"),
        ("0.0.0.0/0", "InvalidVpc.Range"),
        ("300.64.0.0/16", "InvalidParameterValue"),
        ("rubbish", "InvalidParameterValue"),
    ],
)
def test_a_block_that_cannot_be_is_refused(ec2, two_vpcs, refusal, block, code):
    found = refusal(ec2.associate_vpc_cidr_block, VpcId=two_vpcs[0], CidrBlock=block)

    assert found[0] == code
    assert ["10.1.0.0/16"] == _blocks(ec2, two_vpcs[0])


def test_a_block_of_an_active_peer_is_refused_with_whose_it_is(instant, refusal):
    there = {"VpcId": instant.vpcs["a"], "CidrBlock": "10.2.128.0/17"}
    _, message = refusal(instant.ec2.associate_vpc_cidr_block, **there)
    assert "overlaps 10.2.0.0/16" in message
    assert instant.vpcs["b"] in message

    instant.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=instant.peering)
    instant.ec2.associate_vpc_cidr_block(**there)
    assert ["10.1.0.0/16", "10.2.128.0/17"] == _blocks(instant.ec2, instant.vpcs["a"])


def test_a_block_with_a_subnet_is_kept(ec2, two_vpcs, refusal):
    vpc, _ = two_vpcs
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")
    ec2.create_subnet(VpcId=vpc, CidrBlock="100.64.1.0/24")

    association_id = made["CidrBlockAssociation"]["AssociationId"]
    found = refusal(ec2.disassociate_vpc_cidr_block, AssociationId=association_id)
    assert found[0] == "DependencyViolation"
