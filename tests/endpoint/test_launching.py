"""Instances and interfaces: addresses and groups that AWS gives, and those it refuses."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest


@pytest.fixture
def subnet(ec2, two_vpcs):
    """A subnet of the first VPC with room for eleven addresses, 10.1.1.0/28."""
    return ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/28")["Subnet"]["SubnetId"]


@pytest.fixture
def launch(ec2, subnet):
    """A function: launch instances into the subnet."""

    def run(count=1, **more):
        place = {} if "NetworkInterfaces" in more else {"SubnetId": subnet}
        asked = {"MinCount": count, "MaxCount": count} | place | more
        return ec2.run_instances(ImageId="ami-12345678", **asked)["Instances"]

    return run


@pytest.fixture
def groups(ec2, two_vpcs):
    """Ids of two groups of the first VPC."""
    return [
        ec2.create_security_group(VpcId=two_vpcs[0], GroupName=name, Description=name)["GroupId"]
        for name in ("one", "two")
    ]


def test_addresses_are_given_out_from_the_fifth(launch):
    assert [each["PrivateIpAddress"] for each in launch(3)] == ["10.1.1.4", "10.1.1.5", "10.1.1.6"]


def test_an_address_asked_for_is_given(launch):
    [made] = launch(PrivateIpAddress="10.1.1.9")
    assert made["PrivateIpAddress"] == "10.1.1.9"
    assert made["NetworkInterfaces"][0]["PrivateIpAddress"] == "10.1.1.9"


def test_an_address_is_given_again_after_its_instance_is_gone(ec2, launch):
    [first, _] = launch(2)
    ec2.terminate_instances(InstanceIds=[first["InstanceId"]])
    assert launch()[0]["PrivateIpAddress"] == "10.1.1.4"


@pytest.mark.parametrize(
    ("address", "code", "message"),
    [
        ("10.9.9.9", "InvalidParameterValue", "Address does not fall within the subnet's address"),
        ("10.1.1.1", "InvalidParameterValue", "Address 10.1.1.1 is in subnet's reserved address"),
        ("10.1.1.15", "InvalidParameterValue", "Address 10.1.1.15 is in subnet's reserved"),
        ("10.1.1.4", "InvalidIPAddress.InUse", "Address 10.1.1.4 is in use."),
        ("ten", "InvalidParameterValue", "Value (ten) for parameter address is invalid."),
    ],
)
def test_an_address_that_cannot_be_had_is_refused(
    ec2, subnet, launch, refusal, address, code, message
):
    launch()
    seen, text = refusal(launch, PrivateIpAddress=address)
    assert seen == code
    assert text.startswith(message)
    seen, _ = refusal(ec2.create_network_interface, SubnetId=subnet, PrivateIpAddress=address)
    assert seen == code


def test_a_full_subnet_is_full(launch, refusal):
    launch(11)
    assert refusal(launch)[0] == "InsufficientFreeAddressesInSubnet"


def test_as_many_are_launched_as_there_is_room_for(launch):
    assert [3, 8] == [len(launch(1, MaxCount=most)) for most in (3, 30)]


@pytest.mark.parametrize(
    "own",
    [
        {"PrivateIpAddress": "10.1.1.9"},
        {"PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.9", "Primary": True}]},
    ],
)
def test_an_address_is_for_one_instance(subnet, launch, refusal, own):
    spec = {"DeviceIndex": 0, "SubnetId": subnet, **own}
    assert refusal(launch, count=2, NetworkInterfaces=[spec])[0] == "InvalidParameterCombination"


def test_interfaces_get_addresses_of_their_subnet(ec2, subnet):
    seen = [
        ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["PrivateIpAddress"]
        for _ in range(2)
    ]
    assert seen == ["10.1.1.4", "10.1.1.5"]


def test_secondary_addresses_are_of_the_subnet_too(ec2, subnet):
    made = ec2.create_network_interface(SubnetId=subnet, SecondaryPrivateIpAddressCount=2)
    addresses = made["NetworkInterface"]["PrivateIpAddresses"]
    assert [each["PrivateIpAddress"] for each in addresses] == ["10.1.1.4", "10.1.1.5", "10.1.1.6"]
    interface = made["NetworkInterface"]["NetworkInterfaceId"]
    ec2.assign_private_ip_addresses(NetworkInterfaceId=interface, SecondaryPrivateIpAddressCount=1)
    [seen] = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    assert seen["PrivateIpAddresses"][-1]["PrivateIpAddress"] == "10.1.1.7"


def test_the_interface_of_an_instance_may_have_secondary_addresses_from_the_start(subnet, launch):
    own, other = ({"PrivateIpAddress": f"10.1.1.{last}", "Primary": last == 9} for last in (9, 10))
    place = {"DeviceIndex": 0, "SubnetId": subnet}
    [named] = launch(NetworkInterfaces=[{**place, "PrivateIpAddresses": [own, other]}])
    [counted] = launch(NetworkInterfaces=[{**place, "SecondaryPrivateIpAddressCount": 1}])

    seen = [
        [each["PrivateIpAddress"] for each in made["NetworkInterfaces"][0]["PrivateIpAddresses"]]
        for made in (named, counted)
    ]
    assert seen == [["10.1.1.9", "10.1.1.10"], ["10.1.1.4", "10.1.1.5"]]


def test_an_instance_has_the_groups_it_was_launched_with(launch, groups):
    [made] = launch(SecurityGroupIds=groups)
    assert [each["GroupId"] for each in made["SecurityGroups"]] == groups
    assert [each["GroupId"] for each in made["NetworkInterfaces"][0]["Groups"]] == groups


def test_an_instance_without_groups_has_the_default_one(launch):
    [made] = launch()
    assert [each["GroupName"] for each in made["SecurityGroups"]] == ["default"]


def shown_groups(ec2, instance):
    [reservation] = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
    [seen] = reservation["Instances"]
    interface = seen["NetworkInterfaces"][0]
    [alone] = ec2.describe_network_interfaces(
        NetworkInterfaceIds=[interface["NetworkInterfaceId"]]
    )["NetworkInterfaces"]
    views = seen["SecurityGroups"], interface["Groups"], alone["Groups"]
    return [[group["GroupId"] for group in view] for view in views]


def test_changing_the_groups_of_an_instance_changes_its_interface(ec2, launch, groups):
    [made] = launch(SecurityGroupIds=groups[:1])
    ec2.modify_instance_attribute(InstanceId=made["InstanceId"], Groups=groups[1:])
    assert shown_groups(ec2, made) == [groups[1:]] * 3


def test_changing_the_groups_of_an_interface_changes_its_instance(ec2, launch, groups):
    [made] = launch(SecurityGroupIds=groups[:1])
    interface = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, Groups=groups[1:])
    assert shown_groups(ec2, made) == [groups[1:]] * 3


def test_unknown_groups_and_groups_of_other_vpcs_are_refused(
    ec2, two_vpcs, subnet, launch, refusal
):
    far = ec2.create_security_group(VpcId=two_vpcs[1], GroupName="far", Description="far")[
        "GroupId"
    ]
    unknown = "sg-0123456789abcdef0"
    [made] = launch()
    interface = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
    calls = [
        lambda group: launch(SecurityGroupIds=[group]),
        lambda group: ec2.create_network_interface(SubnetId=subnet, Groups=[group]),
        lambda group: ec2.modify_instance_attribute(InstanceId=made["InstanceId"], Groups=[group]),
        lambda group: ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface, Groups=[group]
        ),
    ]
    for call in calls:
        assert refusal(call, group=unknown)[0] == "InvalidGroup.NotFound"
        assert refusal(call, group=far) == (
            "InvalidParameter",
            f"Security group {far} and subnet {subnet} belong to different networks.",
        )
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1


def test_an_unknown_subnet_is_refused(ec2, refusal):
    assert refusal(
        ec2.run_instances,
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        SubnetId="subnet-0123456789abcdef0",
    ) == (
        "InvalidSubnetID.NotFound",
        "The subnet ID 'subnet-0123456789abcdef0' does not exist",
    )


def test_an_instance_may_take_an_interface_that_exists(ec2, subnet, launch):
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    interface = made["NetworkInterfaceId"]
    [instance] = launch(NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": interface}])
    assert instance["NetworkInterfaces"][0]["NetworkInterfaceId"] == interface
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    [kept] = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert kept["Status"] == "available"


def test_interfaces_made_at_launch_go_with_their_instance(ec2, launch):
    made = launch(2)
    ec2.terminate_instances(InstanceIds=[each["InstanceId"] for each in made])
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_an_interface_is_attached_once_where_there_is_room_and_in_its_zone(
    ec2, subnet, launch, refusal
):
    [launched] = launch()
    instance = launched["InstanceId"]

    def interface(subnet_id):
        made = ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]
        return made["NetworkInterfaceId"]

    def refused(interface_id, index):
        return refusal(
            ec2.attach_network_interface,
            NetworkInterfaceId=interface_id,
            InstanceId=instance,
            DeviceIndex=index,
        )

    [near] = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    other = next(each["ZoneName"] for each in zones if each["ZoneName"] != near["AvailabilityZone"])
    far = ec2.create_subnet(VpcId=near["VpcId"], CidrBlock="10.1.99.0/24", AvailabilityZone=other)[
        "Subnet"
    ]["SubnetId"]
    second = interface(subnet)
    place = {"InstanceId": instance, "DeviceIndex": 1}
    ec2.attach_network_interface(NetworkInterfaceId=second, **place)

    used = ("InvalidNetworkInterface.InUse", f"Interface: [{second}] in use.")
    assert used == refused(second, 2)
    assert "at device index '1'" in refused(interface(subnet), 1)[1]
    assert refused(interface(far), 2)[0] == "InvalidParameterCombination"


def test_a_subnet_may_give_each_new_interface_an_ipv6_address(ec2, two_vpcs):
    ec2.associate_vpc_cidr_block(VpcId=two_vpcs[0], AmazonProvidedIpv6CidrBlock=True)
    [vpc] = ec2.describe_vpcs(VpcIds=[two_vpcs[0]])["Vpcs"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    made = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.98.0/24", Ipv6CidrBlock=block)
    subnet_id = made["Subnet"]["SubnetId"]

    def addresses():
        interface = ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]
        return interface["Ipv6Addresses"]

    assert addresses() == []
    ec2.modify_subnet_attribute(SubnetId=subnet_id, AssignIpv6AddressOnCreation={"Value": True})
    [address] = addresses()
    assert ip_address(address["Ipv6Address"]) in ip_network(block)
