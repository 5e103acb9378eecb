"""Dry runs: AWS says that a call would do, and does nothing."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("create_vpc", {"CidrBlock": "10.9.0.0/16"}),
        ("delete_vpc", {}),
        ("create_subnet", {"CidrBlock": "10.1.9.0/24"}),
        ("create_vpc_peering_connection", {"PeerVpcId": "vpc-12345678"}),
        ("create_flow_logs", {"ResourceType": "VPC", "ResourceIds": ["vpc-12345678"]}),
    ],
)
def test_a_dry_run_changes_nothing(ec2, two_vpcs, refusal, call, params):
    place = {} if call in {"create_vpc", "create_flow_logs"} else {"VpcId": two_vpcs[0]}
    before = ec2.describe_vpcs()["Vpcs"], ec2.describe_subnets()["Subnets"]

    code, message = refusal(getattr(ec2, call), DryRun=True, **place, **params)

    assert code == "DryRunOperation"
    assert message == "Request would have succeeded, but DryRun flag is set."
    assert before == (ec2.describe_vpcs()["Vpcs"], ec2.describe_subnets()["Subnets"])


def test_a_call_that_is_no_dry_run_is_done(ec2):
    assert ec2.create_vpc(CidrBlock="10.9.0.0/16", DryRun=False)["Vpc"]["State"] == "available"
