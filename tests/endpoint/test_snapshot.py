"""The network a snapshot holds is the one that describe answers describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.endpoint.hosts import Hosts
from labkit.endpoint.outside import outside_hosts
from labkit.endpoint.snapshot import Snapshots
from labkit.network.read import DESCRIBE_CALLS, read

if TYPE_CHECKING:
    from collections.abc import Callable


def described(ec2: Any) -> dict[str, list[Any]]:
    return {
        key: [item for page in ec2.get_paginator(call).paginate() for item in page[key]]
        for call, key in DESCRIBE_CALLS.items()
    }


def complicate(lab: Any) -> None:
    """Give a lab one of everything that a snapshot must not overlook."""
    ec2 = lab.ec2
    ec2.associate_vpc_cidr_block(VpcId=lab.vpcs["a"], AmazonProvidedIpv6CidrBlock=True)
    ec2.associate_vpc_cidr_block(VpcId=lab.vpcs["a"], CidrBlock="100.64.0.0/16")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.vpcs["a"])
    lab.route("a", "0.0.0.0/0", GatewayId=gateway)
    table = ec2.create_route_table(VpcId=lab.vpcs["a"])["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=lab.subnets["a"])
    lonely = ec2.create_network_interface(
        SubnetId=lab.subnets["b"],
        TagSpecifications=[
            {"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "lonely"}]}
        ],
    )["NetworkInterface"]["NetworkInterfaceId"]
    ec2.assign_private_ip_addresses(NetworkInterfaceId=lonely, SecondaryPrivateIpAddressCount=2)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, NetworkInterfaceId=lab.interface("a"))
    ec2.authorize_security_group_ingress(
        GroupId=lab.groups["a"],
        IpPermissions=[
            {
                "IpProtocol": "icmp",
                "FromPort": 8,
                "ToPort": -1,
                "UserIdGroupPairs": [{"GroupId": lab.groups["a"]}],
            },
            {
                "IpProtocol": "58",
                "FromPort": -1,
                "ToPort": -1,
                "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
            },
        ],
    )
    lab.deny_icmp("b", egress=True)
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=lonely, SourceDestCheck={"Value": False}
    )
    ec2.stop_instances(InstanceIds=[lab.instances["b"]])
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=lab.peering)


def test_a_snapshot_is_what_the_describe_answers_say(instant: Any):
    for change in (lambda _: None, complicate):
        change(instant)
        taken = instant.aws.extension(Snapshots).of("us-east-1").topology
        outside = outside_hosts("us-east-1")  # which no describe call tells of
        told = read(described(instant.ec2), region="us-east-1", outside=outside)
        for kind in told.__dataclass_fields__:
            assert getattr(taken, kind) == getattr(told, kind), kind


def test_a_snapshot_is_kept_until_something_changes(instant: Any):
    snapshots = instant.aws.extension(Snapshots)
    first = snapshots.of("us-east-1")
    instant.run("ping -c 1 10.2.1.10")
    instant.ec2.describe_vpcs()
    assert snapshots.of("us-east-1") is first
    instant.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=instant.peering)
    second = snapshots.of("us-east-1")
    assert not second.topology.peerings[instant.peering].is_active
    instant.aws.extension(Hosts).of(instant.instances["a"]).set_rules([])
    assert snapshots.of("us-east-1") is not second


def test_a_snapshot_reaches_across_peered_regions(instant: Any, session_on: Callable[..., Any]):
    west = session_on(instant.aws, "eu-west-1").client("ec2")
    far = west.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    assert far not in instant.aws.extension(Snapshots).of("us-east-1").topology.vpcs
    peering = instant.ec2.create_vpc_peering_connection(
        VpcId=instant.vpcs["a"], PeerVpcId=far, PeerRegion="eu-west-1"
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    topology = instant.aws.extension(Snapshots).of("us-east-1").topology
    assert (topology.vpcs[far].region, topology.vpcs[instant.vpcs["a"]].region) == (
        "eu-west-1",
        "us-east-1",
    )
    assert topology.peerings[peering].inter_region


def test_interfaces_of_an_instance_come_in_the_order_of_their_device(instant: Any):
    first = instant.interface("a")
    made = instant.ec2.create_network_interface(SubnetId=instant.subnets["a"])
    second = made["NetworkInterface"]["NetworkInterfaceId"]
    instant.ec2.attach_network_interface(
        NetworkInterfaceId=second, InstanceId=instant.instances["a"], DeviceIndex=1
    )
    attached = instant.aws.extension(Snapshots).of("us-east-1").attached[instant.instances["a"]]
    assert [each.interface_id for each in attached] == [first, second]
