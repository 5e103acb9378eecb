"""Subnets: which ranges AWS accepts, and in which words it refuses the others."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import islice

import pytest


@pytest.mark.parametrize(
    ("block", "addresses"), [("10.1.0.0/16", 65531), ("10.1.1.0/24", 251), ("10.1.1.0/28", 11)]
)
def test_five_addresses_of_every_subnet_are_aws_own(ec2, two_vpcs, block, addresses):
    made = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock=block)["Subnet"]

    assert (made["CidrBlock"], made["AvailableIpAddressCount"]) == (block, addresses)


def test_host_bits_of_a_range_are_dropped(ec2, two_vpcs):
    made = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.77/24")["Subnet"]

    assert made["CidrBlock"] == "10.1.1.0/24"


@pytest.mark.parametrize("block", ["10.2.1.0/24", "10.0.0.0/15", "10.1.1.0/29"])
def test_a_range_outside_the_vpc_or_of_a_wrong_size_is_refused(ec2, two_vpcs, refusal, block):
    assert refusal(ec2.create_subnet, VpcId=two_vpcs[0], CidrBlock=block) == (
        "InvalidSubnet.Range",
        f"The CIDR '{block}' is invalid.",
    )


@pytest.mark.parametrize("block", ["10.1.1.0/24", "10.1.1.128/25", "10.1.0.0/20"])
def test_a_range_that_is_taken_is_refused(ec2, two_vpcs, refusal, block):
    ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")

    assert refusal(ec2.create_subnet, VpcId=two_vpcs[0], CidrBlock=block) == (
        "InvalidSubnet.Conflict",
        f"The CIDR '{block}' conflicts with another subnet",
    )


def test_an_ipv6_block_is_there_from_the_start_or_from_later_on(ec2, two_vpcs):
    ec2.associate_vpc_cidr_block(VpcId=two_vpcs[0], AmazonProvidedIpv6CidrBlock=True)
    [vpc] = ec2.describe_vpcs(VpcIds=[two_vpcs[0]])["Vpcs"]
    whole = ip_network(vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
    first, second = (str(block) for block in islice(whole.subnets(new_prefix=64), 2))
    born = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24", Ipv6CidrBlock=first)
    grown = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.2.0/24")["Subnet"]["SubnetId"]
    ec2.associate_subnet_cidr_block(SubnetId=grown, Ipv6CidrBlock=second)

    shown = ec2.describe_subnets(SubnetIds=[born["Subnet"]["SubnetId"], grown])["Subnets"]
    blocks = [block for subnet in shown for block in subnet["Ipv6CidrBlockAssociationSet"]]
    assert {first, second} == {block["Ipv6CidrBlock"] for block in blocks}
    assert [{"State": "associated"}] * 2 == [block["Ipv6CidrBlockState"] for block in blocks]
