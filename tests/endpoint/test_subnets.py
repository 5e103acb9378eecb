"""Subnets: which ranges AWS accepts, and in which words it refuses the others."""

from __future__ import annotations

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
