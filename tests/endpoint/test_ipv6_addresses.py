"""IPv6 addresses of interfaces: those that a subnet gives, and those that AWS refuses."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

IMAGE = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1}


@pytest.fixture
def block(ec2):
    """The IPv6 block of a VPC, 10.9.0.0/16."""
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    [held] = vpc["Ipv6CidrBlockAssociationSet"]
    return ip_network(held["Ipv6CidrBlock"])


@pytest.fixture
def vpc_id(ec2, block):  # noqa: ARG001  for its VPC
    [found] = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.9.0.0/16"]}])["Vpcs"]
    return found["VpcId"]


@pytest.fixture
def range_of_subnet(block):
    return next(block.subnets(new_prefix=64))


@pytest.fixture
def subnet(ec2, vpc_id, range_of_subnet):
    """A subnet with a part of the VPC's IPv6 block."""
    return ec2.create_subnet(
        VpcId=vpc_id, CidrBlock="10.9.1.0/24", Ipv6CidrBlock=str(range_of_subnet)
    )["Subnet"]["SubnetId"]


@pytest.fixture
def plain(ec2, vpc_id):
    """A subnet without IPv6."""
    return ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.9.2.0/24")["Subnet"]["SubnetId"]


@pytest.fixture
def interface(ec2, subnet):
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    return made["NetworkInterfaceId"]


def addresses_of(made):
    return [each["Ipv6Address"] for each in made["Ipv6Addresses"]]


def launched(ec2, **more):
    [instance] = ec2.run_instances(**IMAGE, **more)["Instances"]
    return [addresses_of(each) for each in instance["NetworkInterfaces"]]


def test_an_instance_gets_as_many_as_it_asks_for_by_itself_or_for_its_interface(
    ec2, subnet, range_of_subnet
):
    spec = {"DeviceIndex": 0, "SubnetId": subnet}
    [by_itself] = launched(ec2, SubnetId=subnet, Ipv6AddressCount=2)
    [for_interface] = launched(ec2, NetworkInterfaces=[{**spec, "Ipv6AddressCount": 1}])
    named = str(range_of_subnet[16])
    [by_name] = launched(ec2, NetworkInterfaces=[{**spec, "Ipv6Addresses": [_asked(named)]}])

    assert [2, 1, [named]] == [len(by_itself), len(for_interface), by_name]
    assert all(ip_address(each) in range_of_subnet for each in (*by_itself, *for_interface))


def _asked(address):
    return {"Ipv6Address": address}


def test_a_subnet_may_give_an_address_to_everybody(ec2, subnet):
    ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})
    spec = {"DeviceIndex": 0, "SubnetId": subnet, "Ipv6AddressCount": 0}

    assert [1] == [len(each) for each in launched(ec2, SubnetId=subnet)]
    assert [[]] == launched(ec2, NetworkInterfaces=[spec])
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    assert len(addresses_of(made)) == 1


def test_the_interfaces_of_gateways_get_none(ec2, subnet):
    ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})
    ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")

    [made] = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert addresses_of(made) == []


def test_assigning_tells_what_is_new(ec2, interface, range_of_subnet):
    named = str(range_of_subnet[16])
    ec2.assign_ipv6_addresses(NetworkInterfaceId=interface, Ipv6Addresses=[named])
    given = ec2.assign_ipv6_addresses(NetworkInterfaceId=interface, Ipv6AddressCount=2)

    [seen] = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert len(given["AssignedIpv6Addresses"]) == 2
    assert addresses_of(seen) == [named, *given["AssignedIpv6Addresses"]]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (1, "InvalidParameterValue"),
        (-1, "InvalidParameterValue"),
        (16, "InvalidIPAddress.InUse"),
        ("2001:db8::1", "InvalidParameterValue"),
        ("sixteen", "InvalidParameterValue"),
    ],
)
def test_an_address_that_cannot_be_had_is_refused(
    ec2, subnet, interface, range_of_subnet, refusal, place, code
):
    ec2.assign_ipv6_addresses(
        NetworkInterfaceId=interface, Ipv6Addresses=[str(range_of_subnet[16])]
    )
    address = place if isinstance(place, str) else str(range_of_subnet[place])
    spec = {"DeviceIndex": 0, "SubnetId": subnet, "Ipv6Addresses": [_asked(address)]}

    seen = [
        refusal(ec2.assign_ipv6_addresses, NetworkInterfaceId=interface, Ipv6Addresses=[address]),
        refusal(ec2.create_network_interface, SubnetId=subnet, Ipv6Addresses=[_asked(address)]),
        refusal(ec2.run_instances, **IMAGE, NetworkInterfaces=[spec]),
    ]

    assert [code] * 3 == [each for each, _ in seen]
    [found] = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert addresses_of(found) == [str(range_of_subnet[16])]


def test_a_subnet_without_ipv6_gives_none(ec2, plain, refusal):
    made = ec2.create_network_interface(SubnetId=plain)["NetworkInterface"]
    message = f"The subnet {plain} has no IPv6 CIDR block associated with it."

    for call, where in (
        (ec2.assign_ipv6_addresses, {"NetworkInterfaceId": made["NetworkInterfaceId"]}),
        (ec2.create_network_interface, {"SubnetId": plain}),
        (ec2.run_instances, {**IMAGE, "SubnetId": plain}),
    ):
        assert refusal(call, **where, Ipv6AddressCount=1) == ("InvalidParameterValue", message)
    wish = {"SubnetId": plain, "AssignIpv6AddressOnCreation": {"Value": True}}
    assert refusal(ec2.modify_subnet_attribute, **wish)[0] == "InvalidParameterValue"


def test_the_default_subnet_gives_none_either(ec2, refusal):
    assert refusal(ec2.run_instances, **IMAGE, Ipv6AddressCount=1)[0] == "InvalidParameterValue"


def test_one_asks_for_addresses_or_for_a_number_and_for_one_of_them(
    ec2, subnet, interface, range_of_subnet, refusal
):
    address = str(range_of_subnet[16])
    asked = {"Ipv6Addresses": [address], "Ipv6AddressCount": 1}
    spec = {"DeviceIndex": 0, "SubnetId": subnet, "Ipv6Addresses": [_asked(address)]}
    both = refusal(ec2.assign_ipv6_addresses, NetworkInterfaceId=interface, **asked)
    twins = refusal(ec2.run_instances, **IMAGE | {"MaxCount": 2}, NetworkInterfaces=[spec])

    assert (both[0], twins[0]) == ("InvalidParameterCombination",) * 2
    neither = refusal(ec2.assign_ipv6_addresses, NetworkInterfaceId=interface)
    assert neither[0] == "MissingParameter"


def test_a_block_in_use_stays(ec2, vpc_id, subnet, interface, refusal):
    [of_vpc] = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    [of_subnet] = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0][
        "Ipv6CidrBlockAssociationSet"
    ]
    given = ec2.assign_ipv6_addresses(NetworkInterfaceId=interface, Ipv6AddressCount=1)
    calls = [
        (ec2.disassociate_subnet_cidr_block, {"AssociationId": of_subnet["AssociationId"]}),
        (ec2.disassociate_vpc_cidr_block, {"AssociationId": of_vpc["AssociationId"]}),
    ]

    assert [refusal(call, **what)[0] for call, what in calls] == ["InvalidCidrBlock.InUse"] * 2
    ec2.unassign_ipv6_addresses(
        NetworkInterfaceId=interface, Ipv6Addresses=given["AssignedIpv6Addresses"]
    )
    for call, what in calls:
        call(**what)
    assert (
        ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["Ipv6CidrBlockAssociationSet"] == []
    )


@pytest.mark.usefixtures("subnet")
def test_the_block_of_a_subnet_is_a_free_part_of_its_vpc_s(ec2, vpc_id, block, plain, refusal):
    second, third = (str(each) for each in list(block.subnets(new_prefix=64))[1:3])
    taken = next(block.subnets(new_prefix=64))
    codes = {
        str(taken): "InvalidSubnet.Conflict",
        "2001:db8::/64": "InvalidSubnet.Range",
        "sixty-four": "InvalidParameterValue",
        second.replace("/64", "/65"): "InvalidParameterValue",
    }
    place = {"VpcId": vpc_id, "CidrBlock": "10.9.3.0/24"}
    for text, code in codes.items():
        assert refusal(ec2.create_subnet, **place, Ipv6CidrBlock=text)[0] == code
        associate = ec2.associate_subnet_cidr_block
        assert refusal(associate, SubnetId=plain, Ipv6CidrBlock=text)[0] == code
    ec2.associate_subnet_cidr_block(SubnetId=plain, Ipv6CidrBlock=second)
    again = refusal(ec2.associate_subnet_cidr_block, SubnetId=plain, Ipv6CidrBlock=third)
    assert again[0] == "InvalidParameterValue"


def test_subnets_for_ipv6_alone_are_not_simulated(ec2, vpc_id, range_of_subnet, refusal):
    asked = {"VpcId": vpc_id, "Ipv6CidrBlock": str(range_of_subnet), "Ipv6Native": True}
    assert refusal(ec2.create_subnet, **asked)[0] == "NotImplemented"


def test_an_interface_keeps_its_primary_address(ec2, interface, refusal):
    [seen] = ec2.describe_network_interfaces()["NetworkInterfaces"]
    for address in (seen["PrivateIpAddress"], "10.9.1.77"):
        refused = refusal(
            ec2.unassign_private_ip_addresses,
            NetworkInterfaceId=interface,
            PrivateIpAddresses=[address],
        )
        assert refused[0] == "InvalidParameterValue"
    [after] = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert after["PrivateIpAddresses"] == seen["PrivateIpAddresses"]
