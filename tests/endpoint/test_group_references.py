"""Groups that name groups of peered VPCs, and rules that have gone stale."""

from __future__ import annotations

import pytest

FROM = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}


@pytest.fixture
def referring(instant):
    """A lab whose group of b admits pings from the group of a, and nothing else."""
    ec2, group = instant.ec2, instant.groups["b"]
    rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rules)
    pairs = [{"GroupId": instant.groups["a"]}]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{**FROM, "UserIdGroupPairs": pairs}]
    )
    return instant


def _stale(lab):
    return lab.ec2.describe_stale_security_groups(VpcId=lab.vpcs["b"])["StaleSecurityGroupSet"]


def test_a_reference_is_known_at_the_group_it_names(referring):
    found = referring.ec2.describe_security_group_references(GroupId=[referring.groups["a"]])

    assert found["SecurityGroupReferenceSet"] == [
        {
            "GroupId": referring.groups["a"],
            "ReferencingVpcId": referring.vpcs["b"],
            "VpcPeeringConnectionId": referring.peering,
        }
    ]


def test_nothing_is_stale_while_the_peering_is_active(referring):
    assert _stale(referring) == []
    assert referring.run("ping -c 1 10.2.1.10")["ResponseCode"] == 0


def test_a_rule_goes_stale_with_its_peering(referring):
    referring.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=referring.peering)
    [group] = _stale(referring)
    [permission] = group["StaleIpPermissions"]

    assert (group["GroupId"], group["StaleIpPermissionsEgress"]) == (referring.groups["b"], [])
    assert FROM == {name: permission[name] for name in FROM}
    assert permission["UserIdGroupPairs"] == [
        {
            "GroupId": referring.groups["a"],
            "UserId": "123456789012",
            "VpcId": referring.vpcs["a"],
            "VpcPeeringConnectionId": referring.peering,
            "PeeringStatus": "deleted",
        }
    ]


def test_another_peering_of_the_same_vpcs_mends_a_stale_rule(referring):
    ec2 = referring.ec2
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=referring.peering)
    again = ec2.create_vpc_peering_connection(
        VpcId=referring.vpcs["b"], PeerVpcId=referring.vpcs["a"]
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=again)

    assert _stale(referring) == []


def test_a_rule_goes_stale_with_the_group_it_names_and_admits_nobody(referring):
    ec2, named = referring.ec2, referring.groups["a"]
    other = ec2.create_security_group(
        GroupName="other", Description="other", VpcId=referring.vpcs["a"]
    )["GroupId"]
    ec2.modify_instance_attribute(InstanceId=referring.instances["a"], Groups=[other])
    ec2.delete_security_group(GroupId=named)

    [group] = _stale(referring)
    assert group["StaleIpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == named
    assert referring.run("ping -c 1 10.2.1.10")["ResponseCode"] == 1
