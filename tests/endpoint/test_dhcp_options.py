"""DHCP options: a VPC names a set that is there, and sets are shared and outlive VPCs."""

from __future__ import annotations

import pytest


@pytest.fixture
def options_of(ec2):
    """A function: the id of the set that a VPC has."""

    def of(vpc_id):
        return ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["DhcpOptionsId"]

    return of


@pytest.fixture
def made(ec2):
    """The id of a set of one's own."""
    names = {"Key": "domain-name", "Values": ["corp.example"]}
    created = ec2.create_dhcp_options(DhcpConfigurations=[names])["DhcpOptions"]
    return created["DhcpOptionsId"]


def test_a_vpc_begins_with_the_set_of_its_region(ec2, two_vpcs, options_of):
    [shown] = ec2.describe_dhcp_options(DhcpOptionsIds=[options_of(two_vpcs[0])])["DhcpOptions"]

    values = {
        each["Key"]: [value["Value"] for value in each["Values"]]
        for each in shown["DhcpConfigurations"]
    }
    assert values == {
        "domain-name-servers": ["AmazonProvidedDNS"],
        "domain-name": ["ec2.internal"],
    }
    assert options_of(two_vpcs[0]) == options_of(two_vpcs[1])


def test_a_set_in_use_stays_and_outlives_its_vpcs(ec2, two_vpcs, made, options_of, refusal):
    for vpc_id in two_vpcs:
        ec2.associate_dhcp_options(DhcpOptionsId=made, VpcId=vpc_id)
    assert options_of(two_vpcs[1]) == made
    having = [{"Name": "dhcp-options-id", "Values": [made]}]
    found = ec2.describe_vpcs(Filters=having)["Vpcs"]
    assert [*two_vpcs] == [each["VpcId"] for each in found]
    code, message = refusal(ec2.delete_dhcp_options, DhcpOptionsId=made)
    assert code == "DependencyViolation"
    assert f"The dhcpOptions '{made}' has dependencies and cannot be deleted." == message

    ec2.delete_vpc(VpcId=two_vpcs[0])
    ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=two_vpcs[1])
    assert options_of(two_vpcs[1]) == "default"
    ec2.delete_dhcp_options(DhcpOptionsId=made)
    assert made not in {
        each["DhcpOptionsId"] for each in ec2.describe_dhcp_options()["DhcpOptions"]
    }
