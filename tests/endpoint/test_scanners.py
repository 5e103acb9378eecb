"""Scanners: strangers who knock at public addresses, where the setting lets them."""

from __future__ import annotations

import pytest

DAY_S = 86400.0


@pytest.fixture
def public(new_lab):
    """A function: a lab whose first instance has a public address, with its web port open."""

    def make(**settings):
        lab = new_lab(**settings)
        gateway = lab.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        lab.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.vpcs["a"])
        lab.route("a", "0.0.0.0/0", GatewayId=gateway)
        allocation = lab.ec2.allocate_address(Domain="vpc")["AllocationId"]
        lab.ec2.associate_address(AllocationId=allocation, InstanceId=lab.instances["a"])
        group, permissions = lab.groups["a"], [{"IpProtocol": "-1", **EVERYWHERE}]
        lab.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=permissions)
        web = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **EVERYWHERE}]
        lab.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=web)
        lab.flow_log()
        return lab

    return make


EVERYWHERE = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _knocks(lab):
    """Source, port and action of each record that came in from a scanner."""
    rows = [message.split() for message in lab.messages("a")]
    return [(row[3], int(row[6]), row[12]) for row in rows if row[3].startswith("203.0.113.")]


def test_a_public_address_hears_from_strangers(public):
    lab = public(scanners=True)
    lab.aws.clock.sleep(3600)
    knocks = _knocks(lab)

    assert {source for source, _, _ in knocks} == {
        "203.0.113.66",
        "203.0.113.77",
        "203.0.113.88",
    }
    assert {action for _, port, action in knocks if port == 80} == {"ACCEPT"}
    assert {action for _, port, action in knocks if port != 80} == {"REJECT"}


def test_nobody_knocks_unless_asked_for(public):
    lab = public()
    lab.aws.clock.sleep(3600)

    assert lab.logs.describe_log_groups()["logGroups"] == []


def test_the_same_seed_sends_the_same_strangers(public):
    seen = []
    for seed in (1, 1, 2):
        lab = public(scanners=True, seed=seed)
        lab.aws.clock.sleep(1800)
        seen.append(_knocks(lab))

    assert seen[0] == seen[1] != seen[2]


def test_a_host_without_a_public_address_is_left_alone(new_lab):
    lab = new_lab(scanners=True)
    lab.flow_log()
    lab.aws.clock.sleep(3600)

    assert lab.logs.describe_log_groups()["logGroups"] == []


def test_a_week_passes_in_one_jump_and_only_its_last_hours_have_knocks(public):
    lab = public(scanners=True)
    began_s = lab.aws.clock.now()
    lab.aws.clock.sleep(7 * DAY_S)
    starts = [int(message.split()[10]) for message in lab.messages("a") if "203.0.113" in message]

    assert min(starts) - began_s > 6 * DAY_S
