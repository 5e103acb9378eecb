"""Client tokens: a request that comes twice is done once."""

from __future__ import annotations

import pytest


@pytest.fixture
def subnet(ec2, two_vpcs):
    """A subnet of the first VPC."""
    return ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]


@pytest.fixture
def gateway(ec2, subnet):
    """A function: what is answered to who asks for a private NAT gateway."""

    def made(**more):
        return ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", **more)

    return made


def test_the_same_request_is_answered_again_and_nothing_more_is_made(ec2, gateway):
    first, second = gateway(ClientToken="once"), gateway(ClientToken="once")

    assert first["NatGateway"] == second["NatGateway"]
    assert "once" == second["ClientToken"]
    [found] = ec2.describe_nat_gateways()["NatGateways"]
    assert first["NatGateway"]["NatGatewayId"] == found["NatGatewayId"]
    assert 1 == len(ec2.describe_network_interfaces()["NetworkInterfaces"])


def test_another_request_with_the_token_is_refused(ec2, gateway, refusal):
    gateway(ClientToken="once")
    code, _ = refusal(gateway, ClientToken="once", PrivateIpAddress="10.1.1.9")

    assert "IdempotentParameterMismatch" == code
    assert 1 == len(ec2.describe_nat_gateways()["NatGateways"])
    gateway(ClientToken="twice")
    assert 2 == len(ec2.describe_nat_gateways()["NatGateways"])


def test_what_was_refused_or_only_tried_may_come_again(ec2, gateway, refusal):
    wrong = refusal(gateway, ClientToken="once", PrivateIpAddress="10.9.9.9")
    tried = refusal(gateway, ClientToken="once", DryRun=True)
    gateway(ClientToken="once")

    assert ("InvalidParameterValue", "DryRunOperation") == (wrong[0], tried[0])
    assert "DryRunOperation" == refusal(gateway, ClientToken="once", DryRun=True)[0]
    assert 1 == len(ec2.describe_nat_gateways()["NatGateways"])


def test_a_token_counts_in_its_region_and_for_one_kind_of_request(aws, ec2, two_vpcs, session_on):
    here, there = ec2, session_on(aws, "eu-west-1").client("ec2")
    vpc = there.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = [
        client.create_egress_only_internet_gateway(VpcId=of, ClientToken="once")
        for client, of in ((here, two_vpcs[0]), (there, vpc), (here, two_vpcs[0]))
    ]
    launched = [
        here.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, ClientToken="once")
        for _ in "ab"
    ]

    ids = [each["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"] for each in made]
    assert ids[0] == ids[2] != ids[1]
    assert launched[0]["Instances"][0]["InstanceId"] == launched[1]["Instances"][0]["InstanceId"]
    assert 1 == len(here.describe_instances()["Reservations"])
