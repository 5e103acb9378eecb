"""Integration: describe answers as moto gives them, read without our corrections to them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from labkit.network.read import DESCRIBE_CALLS, read
from labkit.network.topology import (
    HostState,
    NetworkAclEntry,
    Route,
    SecurityGroupRule,
    TargetKind,
)
from labkit.network.walk import Fate


def _named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def _describe(ec2):
    return {key: getattr(ec2, call)()[key] for call, key in DESCRIBE_CALLS.items()}


def _build(ec2):
    """Two peered VPCs with an instance each, and one of everything else that is read."""
    made = SimpleNamespace(vpc={}, subnet={}, group={}, table={}, instance={})
    for letter, second in (("a", 1), ("b", 2)):
        vpc = ec2.create_vpc(
            CidrBlock=f"10.{second}.0.0/16", TagSpecifications=_named("vpc", f"vpc {letter}")
        )
        made.vpc[letter] = vpc_id = vpc["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.{second}.1.0/24")
        made.subnet[letter] = subnet["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName=f"sg {letter}", Description="x", VpcId=vpc_id)
        made.group[letter] = group["GroupId"]
        table = ec2.create_route_table(VpcId=vpc_id)
        made.table[letter] = table["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=made.table[letter], SubnetId=made.subnet[letter])
        run = ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            SubnetId=made.subnet[letter],
            SecurityGroupIds=[made.group[letter]],
            PrivateIpAddress=f"10.{second}.1.10",
            TagSpecifications=_named("instance", f"app-{letter}"),
        )
        made.instance[letter] = run["Instances"][0]["InstanceId"]
    _peer(ec2, made)
    _filter(ec2, made)
    _extras(ec2, made)
    return made


def _peer(ec2, made):
    request = ec2.create_vpc_peering_connection(VpcId=made.vpc["a"], PeerVpcId=made.vpc["b"])
    made.peering = request["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made.peering)
    for letter, block in (("a", "10.2.0.0/16"), ("b", "10.1.0.0/16")):
        ec2.create_route(
            RouteTableId=made.table[letter],
            DestinationCidrBlock=block,
            VpcPeeringConnectionId=made.peering,
        )


def _filter(ec2, made):
    permissions = [
        {
            "IpProtocol": "icmp",
            "FromPort": 8,
            "ToPort": -1,
            "IpRanges": [{"CidrIp": "10.1.0.0/16"}],
        },
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": made.group["b"]}]},
    ]
    ec2.authorize_security_group_ingress(GroupId=made.group["b"], IpPermissions=permissions)
    acl = ec2.create_network_acl(VpcId=made.vpc["b"])
    made.acl = acl["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=made.acl,
        RuleNumber=110,
        Protocol="6",
        RuleAction="deny",
        Egress=True,
        CidrBlock="0.0.0.0/0",
        PortRange={"From": 22, "To": 23},
    )
    ec2.create_network_acl_entry(
        NetworkAclId=made.acl,
        RuleNumber=120,
        Protocol="-1",
        RuleAction="allow",
        Egress=False,
        Ipv6CidrBlock="::/0",
    )


def _extras(ec2, made):
    gateway = ec2.create_internet_gateway()
    made.gateway = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made.gateway, VpcId=made.vpc["a"])
    ec2.create_route(
        RouteTableId=made.table["a"], DestinationCidrBlock="0.0.0.0/0", GatewayId=made.gateway
    )
    interface = ec2.create_network_interface(
        SubnetId=made.subnet["a"],
        PrivateIpAddress="10.1.1.50",
        SecondaryPrivateIpAddressCount=1,
        Groups=[made.group["a"]],
        TagSpecifications=_named("network-interface", "spare"),
    )
    made.spare = interface["NetworkInterface"]["NetworkInterfaceId"]


@pytest.fixture(scope="module")
def cloud():
    """The network as built, and a way to read it as it stands."""
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name="eu-west-1")
        ec2 = session.client("ec2")
        made = _build(ec2)
        made.ec2 = ec2
        made.read = lambda: read(_describe(ec2), region="eu-west-1")
        yield made


def test_vpcs_and_subnets(cloud):
    topology = cloud.read()
    vpc = topology.vpcs[cloud.vpc["a"]]
    assert (vpc.cidrs, vpc.name) == ((ip_network("10.1.0.0/16"),), "vpc a")
    assert vpc.region == "eu-west-1"
    subnet = topology.subnets[cloud.subnet["b"]]
    assert (subnet.cidrs, subnet.vpc_id) == ((ip_network("10.2.1.0/24"),), cloud.vpc["b"])
    assert subnet.zone.startswith("eu-west-1")
    assert subnet.zone_id.startswith("euw1-az")


def test_an_instance_is_a_named_interface_with_a_running_host(cloud):
    app = cloud.read().find_interface("app-a")
    assert app.addresses == (ip_address("10.1.1.10"),)
    assert app.group_ids == (cloud.group["a"],)
    assert (app.instance_id, app.host.state) == (cloud.instance["a"], HostState.RUNNING)
    assert app.source_dest_check


def test_a_spare_interface_has_its_own_name_and_both_addresses(cloud):
    spare = cloud.read().find_interface("spare")
    assert spare.interface_id == cloud.spare
    assert spare.addresses[0] == ip_address("10.1.1.50")
    assert len(spare.addresses) == 2
    assert spare.host.state is HostState.ABSENT


def test_routes_and_associations(cloud):
    table = cloud.read().route_table_of(cloud.subnet["a"])
    expected = {
        Route(ip_network("10.1.0.0/16"), TargetKind.LOCAL, "local"),
        Route(ip_network("10.2.0.0/16"), TargetKind.PEERING, cloud.peering),
        Route(ip_network("0.0.0.0/0"), TargetKind.INTERNET_GATEWAY, cloud.gateway),
    }
    assert (table.route_table_id, table.main) == (cloud.table["a"], False)
    assert expected == set(table.routes)


def test_each_vpc_has_a_main_table(cloud):
    tables = cloud.read().route_tables.values()
    assert {True} == {any(t.main and t.vpc_id == vpc for t in tables) for vpc in cloud.vpc.values()}


def test_rules_of_a_group(cloud):
    group = cloud.read().security_groups[cloud.group["b"]]
    expected = {
        SecurityGroupRule(1, 8, -1, cidr=ip_network("10.1.0.0/16")),
        SecurityGroupRule(6, 22, 22, cidr=ip_network("::/0")),
        SecurityGroupRule(None, group_id=cloud.group["b"]),
    }
    assert expected == set(group.ingress)
    assert SecurityGroupRule(None, cidr=ip_network("0.0.0.0/0")) in group.egress


def test_entries_of_an_acl(cloud):
    acl = cloud.read().network_acls[cloud.acl]
    anywhere, anywhere6 = ip_network("0.0.0.0/0"), ip_network("::/0")
    expected = {
        NetworkAclEntry(110, egress=True, allow=False, cidr=anywhere, protocol=6, ports=(22, 23)),
        NetworkAclEntry(120, egress=False, allow=True, cidr=anywhere6),
    }
    assert expected <= set(acl.entries)


def test_the_default_acl_is_in_force_where_no_other_is(cloud):
    acl = cloud.read().network_acl_of(cloud.subnet["a"])
    assert (acl.default, acl.vpc_id) == (True, cloud.vpc["a"])


def test_the_peering_and_the_gateway(cloud):
    topology = cloud.read()
    connection = topology.peerings[cloud.peering]
    assert connection.is_active
    assert not connection.inter_region
    assert connection.other_side(cloud.vpc["a"]) == cloud.vpc["b"]
    assert {cloud.gateway: cloud.vpc["a"]} == topology.internet_gateways


def test_what_was_read_can_be_walked(cloud, ping):
    topology = cloud.read()
    assert ping(topology, "app-a", "app-b").fate is Fate.ANSWERED
    assert ping(topology, "app-b", "app-a").fate is Fate.DENIED_BY_SECURITY_GROUP


def test_a_stopped_instance_is_read_as_stopped(cloud, ping):
    cloud.ec2.stop_instances(InstanceIds=[cloud.instance["b"]])
    assert ping(cloud.read(), "app-a", "app-b").fate is Fate.HOST_DOWN
    cloud.ec2.start_instances(InstanceIds=[cloud.instance["b"]])
    assert ping(cloud.read(), "app-a", "app-b").fate is Fate.ANSWERED


def test_a_public_address_is_read(cloud):
    interface = cloud.read().find_interface("app-a").interface_id
    allocation = cloud.ec2.allocate_address(Domain="vpc")
    cloud.ec2.associate_address(
        AllocationId=allocation["AllocationId"], NetworkInterfaceId=interface
    )
    app = cloud.read().interfaces[interface]
    assert app.public_address == ip_address(allocation["PublicIp"])
