"""A lab's network with gateways in it, and clouds that do not answer about them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.lab.asking import answers_about


@pytest.fixture
def lab():
    """A lab whose first subnet holds a NAT gateway and has a route to a gateway endpoint."""
    lab = Lab.open(through="routes")
    subnet_id = lab.require("subnet", "subnet-a", step="subnets")
    table_id = lab.require("route-table", "routes-a", step="routes")
    lab.ec2.create_nat_gateway(SubnetId=subnet_id, ConnectivityType="private")
    lab.ec2.create_vpc_endpoint(
        VpcId=lab.require("vpc", "vpc-a", step="vpcs"),
        ServiceName=f"com.amazonaws.{lab.region}.s3",
        RouteTableIds=[table_id],
    )
    return lab


def refused_with(lab, code):
    """Makes the cloud refuse every call about NAT gateways."""

    def refuse(model, **_):
        if model.name == "DescribeNatGateways":
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, model.name)

    lab.ec2.meta.events.register("before-call.ec2", refuse)


def test_the_network_has_its_gateways_in_it(lab):
    topology = lab.topology()

    assert [each.subnet_id for each in topology.nat_gateways.values()] == [
        lab.find("subnet", "subnet-a")
    ]
    [endpoint] = topology.gateway_endpoints.values()
    assert endpoint.service_name == f"com.amazonaws.{lab.region}.s3"
    [prefix_list_id] = topology.prefix_lists
    assert topology.prefix_list_names[prefix_list_id] == endpoint.service_name


def test_the_embedded_cloud_and_the_lab_read_one_network(lab):
    assert lab.ping("app-a", "app-b").answered is lab.walk("app-a", "app-b")[0].answered


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "InvalidAction"])
def test_a_cloud_that_does_not_answer_knows_of_no_such_gateway(lab, code):
    refused_with(lab, code)

    assert lab.topology().nat_gateways == {}


def test_any_other_refusal_is_shown(lab):
    refused_with(lab, "RequestLimitExceeded")

    with pytest.raises(ClientError, match="RequestLimitExceeded"):
        lab.topology()


def test_gateways_of_other_vpcs_are_left_out(lab):
    other = lab.require("vpc", "vpc-b", step="vpcs")

    assert "NatGateways" not in answers_about(lab.ec2, [other])
