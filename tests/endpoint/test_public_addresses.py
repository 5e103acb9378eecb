"""Public addresses: who has one, who may take it away, and the gateway that makes them work."""

from __future__ import annotations

from ipaddress import ip_address

import pytest


class Place:
    """A VPC with a subnet that gives out public addresses, and an internet gateway."""

    def __init__(self, ec2):
        self.ec2 = ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        made = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.1.1.0/24")
        self.subnet = made["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=self.subnet, MapPublicIpOnLaunch={"Value": True})
        made = ec2.create_internet_gateway()
        self.gateway = made["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)

    def launch(self):
        """The id of a new instance, and of its interface."""
        launched = self.ec2.run_instances(
            ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=self.subnet
        )["Instances"][0]
        return launched["InstanceId"], launched["NetworkInterfaces"][0]["NetworkInterfaceId"]

    def public(self, instance_id):
        """The public address of an instance, as AWS shows it; None for none."""
        shown = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
        return shown[0]["Instances"][0].get("PublicIpAddress")

    def allocate(self):
        """Allocation id and address of a new Elastic IP address."""
        made = self.ec2.allocate_address(Domain="vpc")
        return made["AllocationId"], made["PublicIp"]

    def address(self, allocation_id):
        """An Elastic IP address as AWS shows it."""
        [shown] = self.ec2.describe_addresses(AllocationIds=[allocation_id])["Addresses"]
        return shown


@pytest.fixture
def place(ec2):
    return Place(ec2)


def test_instances_of_a_public_subnet_get_an_address_each_and_a_new_one_on_every_start(ec2, place):
    (one, _), (other, _) = place.launch(), place.launch()
    first = place.public(one)

    assert len({first, place.public(other)}) == 2
    assert ip_address(first).is_global
    ec2.stop_instances(InstanceIds=[one])
    assert place.public(one) is None
    ec2.start_instances(InstanceIds=[one])
    assert place.public(one) not in (None, first)


def test_an_elastic_address_stays_through_stop_and_start_and_outlives_the_instance(ec2, place):
    (instance, interface), (allocation, address) = place.launch(), place.allocate()
    ec2.associate_address(AllocationId=allocation, InstanceId=instance)
    ec2.stop_instances(InstanceIds=[instance])
    ec2.start_instances(InstanceIds=[instance])

    assert address == place.public(instance)
    assert (instance, interface) == (
        place.address(allocation)["InstanceId"],
        place.address(allocation)["NetworkInterfaceId"],
    )
    ec2.terminate_instances(InstanceIds=[instance])
    assert "AssociationId" not in place.address(allocation)
    ec2.release_address(AllocationId=allocation)


def test_an_elastic_address_moves_and_leaves_nothing_of_itself_behind(ec2, place):
    (one, _), (other, interface), (allocation, address) = (
        place.launch(),
        place.launch(),
        place.allocate(),
    )
    ec2.associate_address(AllocationId=allocation, InstanceId=one)
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface)

    assert address == place.public(other)
    assert place.public(one) != address
    association = place.address(allocation)["AssociationId"]
    ec2.disassociate_address(AssociationId=association)
    assert place.public(other) not in (None, address)


def test_a_second_elastic_address_frees_the_first(ec2, place):
    instance, _ = place.launch()
    (first, _), (second, address) = place.allocate(), place.allocate()
    for allocation in (first, second):
        ec2.associate_address(AllocationId=allocation, InstanceId=instance)

    assert address == place.public(instance)
    assert "AssociationId" not in place.address(first)


def test_an_address_in_use_is_not_taken_back(ec2, place, refusal):
    (instance, _), (allocation, address) = place.launch(), place.allocate()
    ec2.associate_address(AllocationId=allocation, InstanceId=instance)

    expected = "InvalidIPAddress.InUse", f"Address {address} is in use."
    assert expected == refusal(ec2.release_address, AllocationId=allocation)


def test_an_address_moves_only_if_it_may(ec2, place, refusal):
    (one, _), (other, _), (allocation, _) = place.launch(), place.launch(), place.allocate()
    ec2.associate_address(AllocationId=allocation, InstanceId=one)
    code, message = refusal(
        ec2.associate_address, AllocationId=allocation, InstanceId=other, AllowReassociation=False
    )

    assert code == "Resource.AlreadyAssociated"
    assert f"resource {allocation} is already associated with associate-id eipassoc-" in message


def test_nobody_chooses_an_address(ec2, refusal):
    code, message = refusal(ec2.allocate_address, Domain="vpc", Address="198.51.100.7")
    assert "NotImplemented" == code
    assert "AllocateAddress with Address" in message
    assert [] == ec2.describe_addresses()["Addresses"]


def test_an_address_may_be_put_where_it_is(ec2, place):
    (instance, interface), (allocation, address) = place.launch(), place.allocate()
    first, again, by_interface = (
        ec2.associate_address(AllocationId=allocation, AllowReassociation=allowed, **where)
        for allowed, where in (
            (False, {"InstanceId": instance}),
            (False, {"InstanceId": instance}),
            (True, {"NetworkInterfaceId": interface}),
        )
    )

    assert first["AssociationId"] == again["AssociationId"] == by_interface["AssociationId"]
    assert address == place.public(instance)


@pytest.mark.parametrize(
    "name", ["association-id", "instance-id", "network-interface-id", "private-ip-address"]
)
def test_addresses_are_found_by_where_they_are(ec2, place, name):
    instance, _ = place.launch()
    (allocation, _), _ = place.allocate(), place.allocate()
    ec2.associate_address(AllocationId=allocation, InstanceId=instance)
    member = "".join(word.capitalize() for word in name.split("-"))
    wanted = [
        {"Name": name, "Values": [place.address(allocation)[member]]},
        {"Name": "network-border-group", "Values": ["us-east-1"]},
    ]
    [found] = ec2.describe_addresses(Filters=wanted)["Addresses"]

    assert allocation == found["AllocationId"]


def test_what_belongs_to_a_nat_gateway_is_not_for_us_to_change(ec2, place, refusal):
    (instance, _), (allocation, _) = place.launch(), place.allocate()
    ec2.create_nat_gateway(SubnetId=place.subnet, AllocationId=allocation)
    association = place.address(allocation)["AssociationId"]
    expected = "AuthFailure", "You do not have permission to access the specified resource."

    assert expected == refusal(ec2.disassociate_address, AssociationId=association)
    assert expected == refusal(ec2.release_address, AllocationId=allocation)
    call = ec2.associate_address
    assert expected == refusal(call, AllocationId=allocation, InstanceId=instance)


def test_unknown_addresses_and_associations_are_refused(ec2, refusal):
    allocation = "eipalloc-0123456789abcdef0"
    expected = (
        "InvalidAllocationID.NotFound",
        f"The allocation ID '{allocation}' does not exist",
    )
    assert expected == refusal(ec2.release_address, AllocationId=allocation)
    assert expected == refusal(ec2.describe_addresses, AllocationIds=[allocation])
    association = "eipassoc-0123456789abcdef0"
    code, _ = refusal(ec2.disassociate_address, AssociationId=association)
    assert code == "InvalidAssociationID.NotFound"
    code, _ = refusal(ec2.release_address)
    assert code == "MissingParameter"


def test_without_an_internet_gateway_a_public_address_has_no_place(ec2, place, refusal):
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.1.0/24")["Subnet"]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet)
    interface, (allocation, _) = (
        made["NetworkInterface"]["NetworkInterfaceId"],
        place.allocate(),
    )

    expected = "Gateway.NotAttached", f"Network {vpc} is not attached to any internet gateway"
    call = ec2.associate_address
    assert expected == refusal(call, AllocationId=allocation, NetworkInterfaceId=interface)


def test_a_gateway_stays_attached_while_public_addresses_need_it(ec2, place, refusal):
    ids = {"InternetGatewayId": place.gateway, "VpcId": place.vpc}
    instance, _ = place.launch()
    code, message = refusal(ec2.detach_internet_gateway, **ids)

    assert code == "DependencyViolation"
    assert f"Network {place.vpc} has some mapped public address(es)." in message
    ec2.terminate_instances(InstanceIds=[instance])
    code, _ = refusal(ec2.delete_internet_gateway, InternetGatewayId=place.gateway)
    assert code == "DependencyViolation"
    ec2.detach_internet_gateway(**ids)
    code, message = refusal(ec2.detach_internet_gateway, **ids)
    assert code == "Gateway.NotAttached"
    assert f"resource {place.gateway} is not attached to network {place.vpc}" == message
    ec2.delete_internet_gateway(InternetGatewayId=place.gateway)


def test_one_vpc_has_one_internet_gateway_and_the_other_way_round(ec2, place, refusal):
    second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    call = ec2.attach_internet_gateway

    expected = (
        "InvalidParameterValue",
        f"Network {place.vpc} already has an internet gateway attached",
    )
    assert expected == refusal(call, InternetGatewayId=second, VpcId=place.vpc)
    expected = (
        "Resource.AlreadyAssociated",
        f"resource {place.gateway} is already attached to network {place.vpc}",
    )
    assert expected == refusal(call, InternetGatewayId=place.gateway, VpcId=place.vpc)


def test_the_names_of_public_addresses_are_those_of_their_region(ec2, place):
    ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsHostnames={"Value": True})
    _, interface = place.launch()
    [shown] = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    label = shown["Association"]["PublicIp"].replace(".", "-")

    assert f"ec2-{label}.compute-1.amazonaws.com" == shown["Association"]["PublicDnsName"]
    assert shown["Association"]["IpOwnerId"] == "amazon"
