"""Routes: what AWS refuses, and when a route that stands leads nowhere."""

from __future__ import annotations

import pytest


@pytest.fixture
def table(ec2, two_vpcs):
    """The main route table of the first VPC."""
    [found] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [two_vpcs[0]]}])[
        "RouteTables"
    ]
    return found["RouteTableId"]


@pytest.fixture
def peering(ec2, two_vpcs):
    """An active peering between the two VPCs."""
    made = ec2.create_vpc_peering_connection(VpcId=two_vpcs[0], PeerVpcId=two_vpcs[1])
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    return peering


@pytest.fixture
def subnet(ec2, two_vpcs):
    """A subnet of the first VPC, 10.1.1.0/24."""
    return ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]


@pytest.fixture
def routes(ec2, table):
    """A function: the routes of the table, by destination."""

    def by_destination():
        [found] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return {
            route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"]: route
            for route in found["Routes"]
        }

    return by_destination


def test_a_route_is_active_while_its_peering_is(ec2, table, routes, peering):
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=peering
    )
    assert routes()["10.2.0.0/16"] == {
        "DestinationCidrBlock": "10.2.0.0/16",
        "Origin": "CreateRoute",
        "State": "active",
        "VpcPeeringConnectionId": peering,
    }
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert routes()["10.2.0.0/16"]["State"] == "blackhole"
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="10.2.0.0/16")
    assert "10.2.0.0/16" not in routes()


def test_a_route_through_a_pending_peering_is_a_black_hole(ec2, table, routes, two_vpcs):
    made = ec2.create_vpc_peering_connection(VpcId=two_vpcs[0], PeerVpcId=two_vpcs[1])
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=peering
    )
    assert routes()["10.2.0.0/16"]["State"] == "blackhole"
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert routes()["10.2.0.0/16"]["State"] == "active"


def test_a_route_through_a_detached_gateway_is_a_black_hole(ec2, table, routes, two_vpcs):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[0])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert routes()["0.0.0.0/0"]["State"] == "active"
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[0])
    assert routes()["0.0.0.0/0"]["State"] == "blackhole"
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    assert routes()["0.0.0.0/0"]["State"] == "blackhole"
    assert routes()["0.0.0.0/0"]["GatewayId"] == gateway


def test_a_route_through_a_deleted_nat_gateway_is_a_black_hole(ec2, table, routes, subnet):
    gateway = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]
    gateway_id = gateway["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway_id)
    assert routes()["0.0.0.0/0"]["State"] == "active"
    ec2.delete_nat_gateway(NatGatewayId=gateway_id)
    assert routes()["0.0.0.0/0"]["State"] == "blackhole"


def test_a_route_through_a_terminated_instance_is_a_black_hole(ec2, table, routes, subnet):
    [made] = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet)[
        "Instances"
    ]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", InstanceId=made["InstanceId"]
    )
    assert routes()["10.9.0.0/16"]["State"] == "active"
    interface = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert routes()["10.9.0.0/16"]["NetworkInterfaceId"] == interface
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    assert routes()["10.9.0.0/16"]["State"] == "blackhole"


def test_a_route_through_a_deleted_interface_is_a_black_hole(ec2, table, routes, subnet):
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    interface = made["NetworkInterfaceId"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", NetworkInterfaceId=interface
    )
    assert routes()["10.9.0.0/16"]["State"] == "active"
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    assert routes()["10.9.0.0/16"]["State"] == "blackhole"


def test_a_destination_loses_its_host_bits(ec2, table, routes, peering):
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="10.2.3.4/16", VpcPeeringConnectionId=peering
    )
    assert "10.2.0.0/16" in routes()


@pytest.mark.parametrize("again", ["10.2.0.0/16", "10.2.7.7/16"])
def test_a_destination_has_one_route(ec2, table, peering, refusal, again):
    target = {"RouteTableId": table, "VpcPeeringConnectionId": peering}
    ec2.create_route(DestinationCidrBlock="10.2.0.0/16", **target)
    assert refusal(ec2.create_route, DestinationCidrBlock=again, **target) == (
        "RouteAlreadyExists",
        "The route identified by 10.2.0.0/16 already exists",
    )


def test_an_ipv6_destination_has_one_route(ec2, table, peering, refusal, routes):
    target = {"RouteTableId": table, "VpcPeeringConnectionId": peering}
    ec2.create_route(DestinationIpv6CidrBlock="2001:db8:1::/48", **target)
    assert routes()["2001:db8:1::/48"]["State"] == "active"
    code, _ = refusal(ec2.create_route, DestinationIpv6CidrBlock="2001:db8:1:0::/48", **target)
    assert code == "RouteAlreadyExists"


@pytest.mark.parametrize("text", ["10.2.0.0/33", "10.2.0.0", "here", "2001:db8::/32"])
def test_a_destination_that_is_no_block_is_refused(ec2, table, peering, refusal, text):
    assert refusal(
        ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock=text,
        VpcPeeringConnectionId=peering,
    ) == (
        "InvalidParameterValue",
        (
            f"Value ({text}) for parameter destinationCidrBlock is invalid. "
            "This is not a valid CIDR block."
        ),
    )


@pytest.mark.parametrize("block", ["10.1.0.0/16", "10.1.1.0/24", "10.1.7.0/24"])
def test_a_peering_cannot_take_over_what_is_local(ec2, table, peering, subnet, refusal, block):
    del subnet
    assert refusal(
        ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock=block,
        VpcPeeringConnectionId=peering,
    ) == (
        "InvalidParameterValue",
        (
            f"The destination CIDR block {block} is equal to or more specific than one of this "
            "VPC's CIDR blocks. This route can target only an interface or an instance."
        ),
    )


def test_an_interface_may_stand_in_front_of_a_subnet(ec2, table, subnet, routes, refusal):
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    target = {"RouteTableId": table, "NetworkInterfaceId": made["NetworkInterfaceId"]}
    ec2.create_route(DestinationCidrBlock="10.1.1.0/24", **target)
    assert routes()["10.1.1.0/24"]["State"] == "active"
    code, _ = refusal(ec2.create_route, DestinationCidrBlock="10.1.9.0/24", **target)
    assert code == "InvalidParameterValue"


@pytest.mark.parametrize("block", ["169.254.168.0/22", "169.254.169.254/32"])
def test_addresses_of_aws_itself_cannot_be_routed(ec2, table, peering, refusal, block):
    code, _ = refusal(
        ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock=block,
        VpcPeeringConnectionId=peering,
    )
    assert code == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"VpcPeeringConnectionId": "pcx-0123456789abcdef0"}, "InvalidVpcPeeringConnectionID"),
        ({"GatewayId": "igw-0123456789abcdef0"}, "InvalidGatewayID"),
        ({"GatewayId": "nat-0123456789abcdef0"}, "InvalidGatewayID"),
        ({"NatGatewayId": "igw-0123456789abcdef0"}, "InvalidNatGatewayID"),
        ({"NatGatewayId": "nat-0123456789abcdef0"}, "InvalidNatGatewayID"),
        ({"NetworkInterfaceId": "eni-0123456789abcdef0"}, "InvalidNetworkInterfaceID"),
        ({"InstanceId": "i-0123456789abcdef0"}, "InvalidInstanceID"),
        ({"CarrierGatewayId": "cagw-0123456789abcdef0"}, "InvalidCarrierGatewayID"),
    ],
)
def test_an_unknown_target_is_refused(ec2, table, refusal, target, code):
    seen, message = refusal(
        ec2.create_route, RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", **target
    )
    assert seen == f"{code}.NotFound"
    assert next(iter(target.values())) in message


def test_a_peering_that_does_not_touch_the_vpc_is_refused(ec2, table, two_vpcs, refusal):
    third = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=two_vpcs[1], PeerVpcId=third)
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    code, message = refusal(
        ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock="10.3.0.0/16",
        VpcPeeringConnectionId=peering,
    )
    assert code == "InvalidParameterValue"
    assert message.endswith("belong to different networks")


@pytest.mark.parametrize("attached", [True, False])
def test_a_gateway_of_another_vpc_or_of_none_is_refused(ec2, table, two_vpcs, refusal, attached):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    if attached:
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[1])
    assert refusal(
        ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
    ) == (
        "InvalidParameterValue",
        f"route table {table} and network gateway {gateway} belong to different networks",
    )


def test_a_route_needs_one_target_and_a_destination(ec2, table, peering, refusal):
    code, _ = refusal(ec2.create_route, RouteTableId=table, DestinationCidrBlock="10.9.0.0/16")
    assert code == "MissingParameter"
    code, _ = refusal(ec2.create_route, RouteTableId=table, VpcPeeringConnectionId=peering)
    assert code == "MissingParameter"
    code, _ = refusal(
        ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock="10.9.0.0/16",
        VpcPeeringConnectionId=peering,
        GatewayId="igw-0123456789abcdef0",
    )
    assert code == "InvalidParameterCombination"


def test_a_target_that_no_lab_has_is_named(ec2, table, refusal):
    code, message = refusal(
        ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock="10.9.0.0/16",
        LocalGatewayId="lgw-0123456789abcdef0",
    )
    assert ("NotImplemented", "Not simulated: routes with LocalGatewayId.") == (code, message)


def test_an_unknown_association_is_refused(ec2, refusal):
    missing = "rtbassoc-0123456789abcdef0"
    code, message = refusal(ec2.disassociate_route_table, AssociationId=missing)
    assert code == "InvalidAssociationID.NotFound"
    assert missing in message


def test_an_unknown_table_is_refused(ec2, peering, refusal):
    assert refusal(
        ec2.create_route,
        RouteTableId="rtb-0123456789abcdef0",
        DestinationCidrBlock="10.2.0.0/16",
        VpcPeeringConnectionId=peering,
    ) == (
        "InvalidRouteTableID.NotFound",
        "The routeTable ID 'rtb-0123456789abcdef0' does not exist",
    )


def test_a_route_that_is_not_there_cannot_be_deleted(ec2, table, refusal):
    assert refusal(ec2.delete_route, RouteTableId=table, DestinationCidrBlock="10.9.0.0/16") == (
        "InvalidRoute.NotFound",
        f"no route with destination-cidr-block 10.9.0.0/16 in route table {table}",
    )


def test_the_local_route_stays(ec2, table, refusal):
    assert refusal(ec2.delete_route, RouteTableId=table, DestinationCidrBlock="10.1.0.0/16") == (
        "InvalidParameterValue",
        f"cannot remove local route 10.1.0.0/16 in route table {table}",
    )


def test_a_route_that_is_not_there_cannot_be_replaced(ec2, table, peering, refusal):
    assert refusal(
        ec2.replace_route,
        RouteTableId=table,
        DestinationCidrBlock="10.9.0.0/16",
        VpcPeeringConnectionId=peering,
    ) == (
        "InvalidParameterValue",
        "There is no route defined for '10.9.0.0/16' in the route table. Use CreateRoute instead.",
    )


def test_a_replaced_route_has_its_new_target_only(ec2, table, peering, routes, two_vpcs):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[0])
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.2.0.0/16"}
    ec2.create_route(**route, VpcPeeringConnectionId=peering)
    ec2.replace_route(**route, GatewayId=gateway)
    assert routes()["10.2.0.0/16"] == {
        "DestinationCidrBlock": "10.2.0.0/16",
        "GatewayId": gateway,
        "Origin": "CreateRoute",
        "State": "active",
    }


def test_the_local_route_can_be_led_through_an_interface_and_back(ec2, table, subnet, routes):
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.1.0.0/16"}
    ec2.replace_route(**route, NetworkInterfaceId=made["NetworkInterfaceId"])
    changed = routes()["10.1.0.0/16"]
    assert changed["NetworkInterfaceId"] == made["NetworkInterfaceId"]
    assert "GatewayId" not in changed
    assert changed["Origin"] == "CreateRouteTable"
    ec2.replace_route(**route, LocalTarget=True)
    assert routes()["10.1.0.0/16"] == {
        "DestinationCidrBlock": "10.1.0.0/16",
        "GatewayId": "local",
        "Origin": "CreateRouteTable",
        "State": "active",
    }


def test_a_subnet_has_one_table_of_its_own(ec2, two_vpcs, subnet, refusal):
    one, other = (
        ec2.create_route_table(VpcId=two_vpcs[0])["RouteTable"]["RouteTableId"] for _ in "ab"
    )
    ec2.associate_route_table(RouteTableId=one, SubnetId=subnet)
    code, _ = refusal(ec2.associate_route_table, RouteTableId=other, SubnetId=subnet)
    assert code == "Resource.AlreadyAssociated"


def test_a_table_serves_subnets_of_its_own_vpc(ec2, two_vpcs, subnet, refusal):
    foreign = ec2.create_route_table(VpcId=two_vpcs[1])["RouteTable"]["RouteTableId"]
    code, message = refusal(ec2.associate_route_table, RouteTableId=foreign, SubnetId=subnet)
    assert code == "InvalidParameterValue"
    assert message.endswith("belong to different networks")


def test_the_main_table_stays(ec2, table, refusal):
    [found] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    association = found["Associations"][0]["RouteTableAssociationId"]
    assert refusal(ec2.delete_route_table, RouteTableId=table)[0] == "DependencyViolation"
    code, message = refusal(ec2.disassociate_route_table, AssociationId=association)
    assert code == "InvalidParameterValue"
    assert association in message


def test_the_main_table_can_be_swapped(ec2, two_vpcs, table):
    other = ec2.create_route_table(VpcId=two_vpcs[0])["RouteTable"]["RouteTableId"]
    [found] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    ec2.replace_route_table_association(
        AssociationId=found["Associations"][0]["RouteTableAssociationId"], RouteTableId=other
    )
    [main] = ec2.describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [two_vpcs[0]]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )["RouteTables"]
    assert main["RouteTableId"] == other
    ec2.delete_route_table(RouteTableId=table)


def test_a_nat_gateway_that_failed_is_no_target(ec2, table, subnet, refusal):
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]
    code, message = refusal(
        ec2.create_route,
        RouteTableId=table,
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId=made["NatGatewayId"],
    )

    assert code == "InvalidNatGatewayID.NotFound"
    assert f"The natGateway ID '{made['NatGatewayId']}' does not exist" == message


def test_nat_and_egress_only_gateways_are_taken_as_gateways_and_shown_as_what_they_are(
    ec2, table, subnet, two_vpcs, routes
):
    made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
    nat = made["NatGateway"]["NatGatewayId"]
    made = ec2.create_egress_only_internet_gateway(VpcId=two_vpcs[0])
    egress_only = made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[0])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", GatewayId=nat)
    ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId=egress_only)
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=nat)

    shown = routes()
    for block in ("0.0.0.0/0", "10.9.0.0/16"):
        assert nat == shown[block]["NatGatewayId"]
        assert "GatewayId" not in shown[block]
    assert egress_only == shown["::/0"]["EgressOnlyInternetGatewayId"]
    assert {"active"} == {each["State"] for each in shown.values()}


def test_an_egress_only_gateway_takes_ipv6_alone(ec2, table, two_vpcs, routes, refusal):
    made = ec2.create_egress_only_internet_gateway(VpcId=two_vpcs[0])
    gateway = made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    way = {"RouteTableId": table, "EgressOnlyInternetGatewayId": gateway}
    code, _ = refusal(ec2.create_route, DestinationCidrBlock="0.0.0.0/0", **way)

    assert code == "InvalidParameterValue"
    ec2.create_route(DestinationIpv6CidrBlock="::/0", **way)
    assert routes()["::/0"]["State"] == "active"
    ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=gateway)
    assert routes()["::/0"]["State"] == "blackhole"
    code, _ = refusal(ec2.delete_egress_only_internet_gateway, EgressOnlyInternetGatewayId=gateway)
    assert code == "InvalidGatewayID.NotFound"


def test_an_egress_only_gateway_that_is_not_there_is_not_listed_and_no_error_on_aws_either(ec2):
    found = ec2.describe_egress_only_internet_gateways(
        EgressOnlyInternetGatewayIds=["eigw-0123456789abcdef0"]
    )
    assert [] == found["EgressOnlyInternetGateways"]
