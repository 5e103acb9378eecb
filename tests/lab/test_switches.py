"""What a switch takes away it puts back exactly."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.lab.switches import switches


@pytest.fixture(scope="module")
def lab():
    """A lab with one of every kind of rule that people write."""
    lab = Lab.open(through="routes")
    group, other = (lab.find("security-group", f"allow-icmp-{letter}") for letter in "ba")
    vpc, subnet = lab.find("vpc", "vpc-b"), lab.find("subnet", "subnet-b")
    permissions = [
        {
            "IpProtocol": "tcp",
            "FromPort": 80,
            "ToPort": 443,
            "IpRanges": [{"CidrIp": "10.1.0.0/16"}],
        },
        {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]},
        {"IpProtocol": "icmp", "FromPort": 8, "ToPort": 0, "IpRanges": [{"CidrIp": "10.1.1.0/24"}]},
    ]
    lab.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
    gateway = lab.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    lab.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    lab.ec2.create_route(
        RouteTableId=lab.find("route-table", "routes-b"),
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=gateway,
    )
    acl = lab.topology().network_acl_of(subnet).network_acl_id
    entry = {"NetworkAclId": acl, "CidrBlock": "10.9.0.0/16"}
    lab.ec2.create_network_acl_entry(
        **entry,
        RuleNumber=50,
        Egress=False,
        RuleAction="deny",
        Protocol="6",
        PortRange={"From": 22, "To": 22},
    )
    lab.ec2.create_network_acl_entry(
        **entry,
        RuleNumber=51,
        Egress=True,
        RuleAction="allow",
        Protocol="1",
        IcmpTypeCode={"Type": 0, "Code": -1},
    )
    assert other
    return lab


def test_every_switch_takes_away_one_thing_and_puts_the_same_back(lab):
    whole = lab.topology()
    names = [each.name for each in switches(whole)]

    assert len(names) == len(set(names)) == 17
    for switch in switches(whole):
        switch.take_away.on(lab.ec2)
        assert [name for name in names if name != switch.name] == [
            each.name for each in switches(lab.topology())
        ]
        switch.put_back.on(lab.ec2)
        assert _without_ids(whole) == _without_ids(lab.topology())


def _without_ids(topology):
    """A rule that was put back has an id of its own, and nothing else that is new."""
    rules = {
        group_id: [
            sorted(
                (str(rule.protocol), rule.from_port, rule.to_port, str(rule.cidr), rule.group_id)
                for rule in side
            )
            for side in (group.ingress, group.egress)
        ]
        for group_id, group in topology.security_groups.items()
    }
    entries = {
        acl_id: sorted(acl.entries, key=lambda each: (each.egress, each.number))
        for acl_id, acl in topology.network_acls.items()
    }
    routes = {
        table_id: sorted(table.routes, key=lambda each: str(each.destination))
        for table_id, table in topology.route_tables.items()
    }
    return rules, entries, routes


def test_a_call_reads_as_python(lab):
    [call] = [
        each.take_away
        for each in switches(lab.topology())
        if each.name == "route table routes-a, 10.2.0.0/16 -> a-to-b"
    ]
    table_id = lab.find("route-table", "routes-a")
    assert (
        f"ec2.delete_route(RouteTableId='{table_id}', DestinationCidrBlock='10.2.0.0/16')"
        == str(call)
    )


def test_what_aws_refuses_is_awss_own_error(lab):
    [switch] = [each for each in switches(lab.topology()) if "100 allow" in each.name][:1]

    with pytest.raises(ClientError, match="NetworkAclEntryAlreadyExists"):
        switch.put_back.on(lab.ec2)
