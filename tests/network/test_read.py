"""Describe answers as AWS gives them, written by hand."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from labkit.errors import TopologyError
from labkit.network.names import label
from labkit.network.read import DESCRIBE_CALLS, name_of, read
from labkit.network.topology import (
    Host,
    HostState,
    Interface,
    NetworkAcl,
    NetworkAclEntry,
    Peering,
    Route,
    RouteState,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    TargetKind,
    Topology,
    Vpc,
)

ANYWHERE = ip_network("0.0.0.0/0")


def tags(name: str) -> list[dict[str, str]]:
    return [{"Key": "team", "Value": "x"}, {"Key": "Name", "Value": name}]


def test_nothing_makes_an_empty_network():
    assert Topology() == read({})


def test_every_describe_call_is_read_under_its_own_key():
    assert len(set(DESCRIBE_CALLS.values())) == len(DESCRIBE_CALLS)
    assert all(call.startswith("describe_") for call in DESCRIBE_CALLS)


def test_a_name_is_the_name_tag():
    assert name_of({"Tags": tags("app")}) == "app"
    assert name_of({"TagSet": tags("app")}) == "app"
    assert name_of({"Tags": [{"Key": "name", "Value": "lower case"}]}) == ""
    assert name_of({}) == ""


# VPCs and subnets


def vpc(**more):
    return {"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16", "OwnerId": "111122223333", **more}


def test_a_vpc_has_its_associated_blocks_primary_first():
    states = ("associated", "disassociated", "associating", "failed")
    associations = [
        {"CidrBlock": f"10.{second}.0.0/16", "CidrBlockState": {"State": state}}
        for second, state in zip((9, 8, 7, 6), states, strict=True)
    ]
    primary = {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}}
    six = [
        {"Ipv6CidrBlock": "2001:db8:a::/56", "Ipv6CidrBlockState": {"State": "associated"}},
        {"Ipv6CidrBlock": "2001:db8:b::/56", "Ipv6CidrBlockState": {"State": "disassociated"}},
    ]
    item = vpc(
        CidrBlockAssociationSet=[*associations, primary],
        Ipv6CidrBlockAssociationSet=six,
        Tags=tags("left"),
    )
    blocks = tuple(map(ip_network, ("10.1.0.0/16", "10.9.0.0/16", "2001:db8:a::/56")))
    expected = Vpc("vpc-1", blocks, "left", "eu-west-1", "111122223333")
    assert {"vpc-1": expected} == read({"Vpcs": [item]}, region="eu-west-1").vpcs


def test_a_subnet_has_one_block_of_each_family():
    item = {
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "CidrBlock": "10.1.1.0/24",
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": "2001:db8:a::/64", "Ipv6CidrBlockState": {"State": "associated"}}
        ],
        "AvailabilityZone": "eu-west-1a",
        "AvailabilityZoneId": "euw1-az1",
        "Tags": tags("front"),
    }
    blocks = (ip_network("10.1.1.0/24"), ip_network("2001:db8:a::/64"))
    expected = Subnet("subnet-1", "vpc-1", blocks, "front", "eu-west-1a", "euw1-az1")
    assert {"subnet-1": expected} == read({"Subnets": [item]}).subnets


def test_a_subnet_may_have_ipv6_alone():
    item = {
        "SubnetId": "subnet-6",
        "VpcId": "vpc-1",
        "Ipv6Native": True,
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": "2001:db8:a::/64", "Ipv6CidrBlockState": {"State": "associated"}}
        ],
    }
    topology = read({"Subnets": [item]})
    assert topology.subnets["subnet-6"].cidrs == (ip_network("2001:db8:a::/64"),)


# Interfaces and the hosts behind them


def interface(**more):
    return {
        "NetworkInterfaceId": "eni-1",
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "OwnerId": "111122223333",
        "PrivateIpAddress": "10.1.1.10",
        "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.1.1.11", "Primary": False},
            {"PrivateIpAddress": "10.1.1.10", "Primary": True},
        ],
        "Ipv6Addresses": [{"Ipv6Address": "2001:db8:a::10"}],
        "Groups": [{"GroupId": "sg-1", "GroupName": "a"}, {"GroupId": "sg-2", "GroupName": "b"}],
        "InterfaceType": "interface",
        "SourceDestCheck": True,
        "RequesterManaged": False,
        "Attachment": {"InstanceId": "i-1", "DeviceIndex": 1, "Status": "attached"},
        "Association": {"PublicIp": "54.0.0.1"},
        "TagSet": tags("eni of app"),
        **more,
    }


def instances(state: str = "running"):
    found = {"InstanceId": "i-1", "State": {"Name": state}, "Tags": tags("app")}
    return [{"Instances": [found]}, {"Instances": []}]


def test_an_interface_in_full():
    expected = Interface(
        "eni-1",
        "subnet-1",
        "vpc-1",
        tuple(map(ip_address, ("10.1.1.10", "10.1.1.11", "2001:db8:a::10"))),
        ("sg-1", "sg-2"),
        name="app",
        instance_id="i-1",
        account_id="111122223333",
        public_address=ip_address("54.0.0.1"),
        host=Host(),
        device_index=1,
    )
    topology = read({"NetworkInterfaces": [interface()], "Reservations": instances()})
    assert {"eni-1": expected} == topology.interfaces


def test_an_interface_without_an_instance_has_its_own_name_and_no_host():
    bare = interface(Attachment=None, Association=None, SourceDestCheck=False)
    only = read({"NetworkInterfaces": [bare]}).interfaces["eni-1"]
    assert (only.name, only.instance_id, only.public_address) == ("eni of app", None, None)
    assert (only.host.state, only.source_dest_check) == (HostState.ABSENT, False)


def test_an_interface_of_a_service_says_so():
    item = interface(
        InterfaceType="nat_gateway",
        RequesterManaged=True,
        Attachment={"InstanceOwnerId": "amazon-aws", "DeviceIndex": 1},
        Groups=[],
    )
    nat = read({"NetworkInterfaces": [item]}).interfaces["eni-1"]
    assert (nat.interface_type, nat.requester_managed) == ("nat_gateway", True)
    assert (nat.host.state, nat.group_ids) == (HostState.ABSENT, ())


@pytest.mark.parametrize("state", ["pending", "stopping", "stopped", "shutting-down", "terminated"])
def test_only_a_running_instance_is_a_running_host(state):
    topology = read({"NetworkInterfaces": [interface()], "Reservations": instances(state)})
    assert topology.interfaces["eni-1"].host.state is HostState.STOPPED


def test_what_is_known_of_a_host_is_kept():
    known = {"i-1": Host(answers_echo=False, listening=frozenset({(6, 80)}))}
    answers = {"NetworkInterfaces": [interface()], "Reservations": instances()}
    assert read(answers, hosts=known).interfaces["eni-1"].host == known["i-1"]
    answers["Reservations"] = instances("stopped")
    assert read(answers, hosts=known).interfaces["eni-1"].host.state is HostState.STOPPED


# Route tables


def table(*routes, **more):
    return {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": list(routes), **more}


def route_of(**fields):
    answers = {"RouteTables": [table({"DestinationCidrBlock": "10.2.0.0/16", **fields})]}
    [route] = read(answers).route_tables["rtb-1"].routes
    return route


def test_a_table_knows_its_subnets_and_whether_it_is_main():
    associations = [
        {"Main": True, "RouteTableAssociationId": "rtbassoc-1"},
        {"Main": False, "SubnetId": "subnet-1"},
        {"Main": False, "SubnetId": "subnet-2"},
        {"Main": False, "GatewayId": "igw-1"},
    ]
    item = table(Associations=associations, Tags=tags("routes"))
    subnets = frozenset({"subnet-1", "subnet-2"})
    expected = RouteTable("rtb-1", "vpc-1", (), subnets, main=True, name="routes")
    assert {"rtb-1": expected} == read({"RouteTables": [item]}).route_tables


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"GatewayId": "local"}, TargetKind.LOCAL),
        ({"GatewayId": "igw-1"}, TargetKind.INTERNET_GATEWAY),
        ({"GatewayId": "vgw-1"}, TargetKind.VIRTUAL_PRIVATE_GATEWAY),
        ({"GatewayId": "vpce-1"}, TargetKind.VPC_ENDPOINT),
        ({"VpcPeeringConnectionId": "pcx-1"}, TargetKind.PEERING),
        ({"NatGatewayId": "nat-1"}, TargetKind.NAT_GATEWAY),
        ({"TransitGatewayId": "tgw-1"}, TargetKind.TRANSIT_GATEWAY),
        ({"EgressOnlyInternetGatewayId": "eigw-1"}, TargetKind.EGRESS_ONLY_GATEWAY),
        ({"NetworkInterfaceId": "eni-1"}, TargetKind.NETWORK_INTERFACE),
        ({"CarrierGatewayId": "cagw-1"}, TargetKind.OTHER),
        ({"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, TargetKind.OTHER),
    ],
)
def test_every_kind_of_target(fields, kind):
    [target_id] = fields.values()
    assert Route(ip_network("10.2.0.0/16"), kind, target_id) == route_of(**fields)


def test_a_route_through_an_instance_names_its_interface():
    route = route_of(InstanceId="i-1", NetworkInterfaceId="eni-1", InstanceOwnerId="1")
    assert (route.target, route.target_id) == (TargetKind.NETWORK_INTERFACE, "eni-1")


def test_a_blackhole_may_have_lost_its_target():
    expected = Route(
        ip_network("10.2.0.0/16"), TargetKind.OTHER, "unknown target", RouteState.BLACKHOLE
    )
    assert expected == route_of(State="blackhole", Origin="CreateRoute")


@pytest.mark.parametrize(
    ("origin", "propagated"),
    [
        ("CreateRouteTable", False),
        ("CreateRoute", False),
        ("EnableVgwRoutePropagation", True),
        ("Advertisement", True),
    ],
)
def test_the_origin_says_whether_a_route_was_propagated(origin, propagated):
    assert propagated is route_of(GatewayId="vgw-1", Origin=origin, State="active").propagated


def test_a_filtered_route_is_not_in_force():
    item = table({"DestinationCidrBlock": "10.2.0.0/16", "GatewayId": "vgw-1", "State": "filtered"})
    assert read({"RouteTables": [item]}).route_tables["rtb-1"].routes == ()


def test_routes_of_ipv6_and_of_prefix_lists():
    item = table(
        {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
        {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
    )
    six, listed = read({"RouteTables": [item]}).route_tables["rtb-1"].routes
    assert six.destination == ip_network("::/0")
    assert (listed.destination, listed.prefix_list_id) == (None, "pl-1")


def test_prefix_lists_without_blocks_stay_unknown():
    lists = [{"PrefixListId": "pl-1", "Cidrs": ["10.2.0.0/16"]}, {"PrefixListId": "pl-2"}]
    assert {"pl-1": (ip_network("10.2.0.0/16"),)} == read({"PrefixLists": lists}).prefix_lists


# Filters


def group(**permissions):
    item = {"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "web", **permissions}
    return read({"SecurityGroups": [item]}).security_groups["sg-1"]


def test_every_source_of_a_permission_becomes_a_rule():
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 90,
        "IpRanges": [{"CidrIp": "10.1.0.0/16"}, {"CidrIp": "10.2.0.0/16"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "1", "VpcPeeringConnectionId": "pcx-1"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
    }
    rule = (6, 80, 90)
    expected = (
        SecurityGroupRule(*rule, cidr=ip_network("10.1.0.0/16")),
        SecurityGroupRule(*rule, cidr=ip_network("10.2.0.0/16")),
        SecurityGroupRule(*rule, cidr=ip_network("::/0")),
        SecurityGroupRule(*rule, group_id="sg-2"),
        SecurityGroupRule(*rule, prefix_list_id="pl-1"),
    )
    assert group(IpPermissions=[permission]) == SecurityGroup("sg-1", "vpc-1", "web", expected)
    outward = SecurityGroup("sg-1", "vpc-1", "web", egress=expected)
    assert group(IpPermissionsEgress=[permission]) == outward


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-1", None),
        ("tcp", 6),
        ("6", 6),
        ("udp", 17),
        ("icmp", 1),
        ("icmpv6", 58),
        ("58", 58),
        ("47", 47),
    ],
)
def test_protocols_come_by_name_or_number(text, number):
    permission = {"IpProtocol": text, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    assert group(IpPermissions=[permission]).ingress == (SecurityGroupRule(number, cidr=ANYWHERE),)


def test_a_permission_without_sources_allows_nothing():
    assert group(IpPermissions=[{"IpProtocol": "-1", "IpRanges": []}]).ingress == ()


def entry(**fields):
    entries = [
        {"RuleNumber": 100, "Egress": False, "RuleAction": "allow", "Protocol": "-1", **fields}
    ]
    item = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": entries}
    return read({"NetworkAcls": [item]}).network_acls["acl-1"].entries[0]


def test_an_entry_for_all_traffic():
    expected = NetworkAclEntry(100, egress=False, allow=True, cidr=ANYWHERE)
    assert expected == entry(CidrBlock="0.0.0.0/0")


def test_an_entry_with_ports():
    expected = NetworkAclEntry(
        100, egress=True, allow=False, cidr=ANYWHERE, protocol=6, ports=(22, 23)
    )
    actual = entry(
        CidrBlock="0.0.0.0/0",
        Egress=True,
        RuleAction="deny",
        Protocol="6",
        PortRange={"From": 22, "To": 23},
    )
    assert expected == actual


def test_an_entry_with_type_and_code():
    actual = entry(Ipv6CidrBlock="::/0", Protocol="58", IcmpTypeCode={"Type": 128, "Code": 0})
    assert (actual.protocol, actual.icmp_type, actual.icmp_code) == (58, 128, 0)
    assert actual.cidr == ip_network("::/0")


def test_an_acl_knows_its_subnets():
    item = {
        "NetworkAclId": "acl-1",
        "VpcId": "vpc-1",
        "IsDefault": True,
        "Associations": [{"SubnetId": "subnet-1"}],
        "Tags": tags("edge"),
    }
    expected = NetworkAcl("acl-1", "vpc-1", (), frozenset({"subnet-1"}), default=True, name="edge")
    assert {"acl-1": expected} == read({"NetworkAcls": [item]}).network_acls


# Peerings and gateways


def peering(requester=None, accepter=None, **more):
    item = {
        "VpcPeeringConnectionId": "pcx-1",
        "RequesterVpcInfo": {"VpcId": "vpc-1", **(requester or {})},
        "AccepterVpcInfo": {"VpcId": "vpc-2", **(accepter or {})},
        "Status": {"Code": "active", "Message": "Active"},
        **more,
    }
    return read({"VpcPeeringConnections": [item]}).peerings["pcx-1"]


def test_a_peering_in_full():
    expected = Peering("pcx-1", "vpc-1", "vpc-2", "deleted", "a to b")
    assert expected == peering(Status={"Code": "deleted"}, Tags=tags("a to b"))


@pytest.mark.parametrize(
    ("requester", "accepter", "expected"),
    [
        ({"Region": "eu-west-1"}, {"Region": "eu-west-1"}, False),
        ({"Region": "eu-west-1"}, {"Region": "us-east-1"}, True),
        ({"Region": "eu-west-1"}, {}, False),
        ({}, {}, False),
    ],
)
def test_a_peering_is_across_regions_when_both_are_known_and_differ(requester, accepter, expected):
    assert expected is peering(requester, accepter).inter_region


def test_only_attached_gateways_count():
    gateways = [
        {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]},
        {"InternetGatewayId": "igw-2", "Attachments": []},
        {"InternetGatewayId": "igw-3", "Attachments": [{"VpcId": "vpc-3", "State": "detaching"}]},
    ]
    assert {"igw-1": "vpc-1"} == read({"InternetGateways": gateways}).internet_gateways


def test_an_internet_gateway_goes_by_its_name_even_while_it_is_detached():
    tags = [{"Key": "Name", "Value": "internet-a"}]
    gateways = [{"InternetGatewayId": "igw-1", "Tags": tags}, {"InternetGatewayId": "igw-2"}]
    topology = read({"InternetGateways": gateways})
    assert ["internet-a (igw-1)", "igw-2"] == [label(topology, "igw-1"), label(topology, "igw-2")]


# Answers that cannot be


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"Vpcs": [{"VpcId": "vpc-1"}]}, "lacks the field 'CidrBlock'"),
        ({"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "x"}]}, "lacks the field 'VpcId'"),
        ({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/99"}]}, "10.1.0.0/99"),
        (
            {"NetworkInterfaces": [interface(PrivateIpAddress="10.1.1.300")]},
            "10.1.1.300",
        ),
    ],
)
def test_what_cannot_be_read_is_a_named_error(answers, says):
    with pytest.raises(TopologyError, match=says):
        read(answers)


def test_an_unknown_protocol_is_a_named_error():
    with pytest.raises(TopologyError, match="all"):
        entry(CidrBlock="0.0.0.0/0", Protocol="all")
