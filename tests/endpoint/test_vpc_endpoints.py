"""Gateway endpoints: their routes come and go with them, and nobody else touches those."""

from __future__ import annotations

import pytest

S3 = "com.amazonaws.us-east-1.s3"
SSM = "com.amazonaws.us-east-1.ssm"


@pytest.fixture
def vpc(two_vpcs):
    return two_vpcs[0]


@pytest.fixture
def tables(ec2, vpc):
    """Ids of two route tables of the VPC."""
    made = [ec2.create_route_table(VpcId=vpc)["RouteTable"] for _ in range(2)]
    return [each["RouteTableId"] for each in made]


@pytest.fixture
def endpoint(ec2, vpc, tables):
    """The id of a gateway to S3 in the first route table."""
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3, RouteTableIds=tables[:1])
    return made["VpcEndpoint"]["VpcEndpointId"]


@pytest.fixture
def prefix_list(ec2):
    """The prefix list of S3."""
    wanted = [{"Name": "prefix-list-name", "Values": [S3]}]
    [found] = ec2.describe_prefix_lists(Filters=wanted)["PrefixLists"]
    return found


@pytest.fixture
def endpoint_routes(ec2):
    """A function: the routes of a table that lead to an endpoint."""

    def of(table_id):
        [table] = ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
        return [each for each in table["Routes"] if each["GatewayId"].startswith("vpce-")]

    return of


def test_a_gateway_has_a_route_in_each_of_its_tables(
    endpoint, tables, prefix_list, endpoint_routes
):
    expected = {
        "DestinationPrefixListId": prefix_list["PrefixListId"],
        "GatewayId": endpoint,
        "Origin": "CreateRoute",
        "State": "active",
    }

    assert [expected] == endpoint_routes(tables[0])
    assert endpoint_routes(tables[1]) == []


def test_its_routes_follow_its_tables_and_vanish_with_it(ec2, endpoint, tables, endpoint_routes):
    first, second = tables
    ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint, AddRouteTableIds=[second], RemoveRouteTableIds=[first]
    )

    assert endpoint_routes(first) == []
    assert len(endpoint_routes(second)) == 1
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []
    assert endpoint_routes(second) == []
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_nobody_else_removes_its_route(ec2, endpoint, tables, prefix_list, refusal):
    list_id = prefix_list["PrefixListId"]
    code, message = refusal(
        ec2.delete_route, RouteTableId=tables[0], DestinationPrefixListId=list_id
    )

    assert code == "InvalidParameterValue"
    assert f"cannot remove VPC endpoint route {list_id} in route table {tables[0]}" == message
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["VpcEndpointId"] == endpoint


def test_a_table_has_one_route_to_a_service(ec2, vpc, endpoint, tables, prefix_list, refusal):
    code, message = refusal(
        ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=S3, RouteTableIds=tables[:1]
    )

    assert code == "RouteAlreadyExists"
    assert message == (
        f"route table {tables[0]} already has a route "
        f"with destination-prefix-list-id {prefix_list['PrefixListId']}"
    )
    assert len(ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]) == 1


def test_only_s3_and_dynamodb_have_gateways_and_only_to_their_own_vpc(
    ec2, two_vpcs, tables, refusal
):
    call = ec2.create_vpc_endpoint
    code, message = refusal(call, VpcId=two_vpcs[0], ServiceName="com.amazonaws.us-east-1.ssm")
    assert code == "InvalidServiceName"
    assert "'com.amazonaws.us-east-1.ssm' does not exist" in message
    code, _ = refusal(call, VpcId=two_vpcs[1], ServiceName=S3, RouteTableIds=tables)
    assert code == "InvalidParameter"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ('{"Statement": [}', "Syntax error at position (1,16)"),
        ("[]", "The Policy Document is not valid."),
        ("{}", "The Policy Document is not valid."),
    ],
)
def test_a_policy_that_is_none_is_refused(ec2, vpc, endpoint, refusal, document, told):
    made = refusal(ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=S3, PolicyDocument=document)
    changed = refusal(ec2.modify_vpc_endpoint, VpcEndpointId=endpoint, PolicyDocument=document)

    assert "InvalidPolicyDocument" == made[0]
    assert told in made[1]
    assert made == changed
    assert 1 == len(ec2.describe_vpc_endpoints()["VpcEndpoints"])


def test_what_is_not_there_is_named(ec2, refusal):
    missing = "vpce-0123456789abcdef0"
    [failed] = ec2.delete_vpc_endpoints(VpcEndpointIds=[missing])["Unsuccessful"]
    code, message = refusal(ec2.describe_vpc_endpoints, VpcEndpointIds=[missing])

    assert (code, message) == (failed["Error"]["Code"], failed["Error"]["Message"])
    assert code == "InvalidVpcEndpointId.NotFound"


def test_prefix_lists_tell_their_blocks_in_both_ways_of_asking(ec2, prefix_list):
    list_id = prefix_list["PrefixListId"]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=list_id)["Entries"]

    assert prefix_list["Cidrs"] == [each["Cidr"] for each in entries]
    assert "52.216.0.0/15" in prefix_list["Cidrs"]


@pytest.fixture
def subnets(ec2, vpc):
    """Ids of two subnets of the VPC."""
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24") for number in (1, 2)]
    return [each["Subnet"]["SubnetId"] for each in made]


@pytest.fixture
def group(ec2, vpc):
    """The id of a security group of the VPC."""
    return ec2.create_security_group(VpcId=vpc, GroupName="web", Description="web")["GroupId"]


@pytest.fixture
def interface(ec2, vpc, subnets):
    """The id of an endpoint with an interface in the first subnet, in the default group."""
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Interface", ServiceName=SSM, SubnetIds=subnets[:1]
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


@pytest.fixture
def seen(ec2):
    """A function: subnet and groups of every interface there is, by subnet."""

    def described():
        found = ec2.describe_network_interfaces()["NetworkInterfaces"]
        return {each["SubnetId"]: [one["GroupId"] for one in each["Groups"]] for each in found}

    return described


def test_an_interface_endpoint_has_an_interface_of_awss_with_the_groups_asked_for(
    ec2, vpc, subnets, group, seen
):
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName=SSM,
        SubnetIds=subnets[:1],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]
    [shown] = ec2.describe_network_interfaces()["NetworkInterfaces"]

    assert shown["InterfaceType"] == "vpc_endpoint"
    assert shown["RequesterManaged"] is True
    assert shown["Description"] == f"VPC Endpoint Interface {made['VpcEndpointId']}"
    assert {subnets[0]: [group]} == seen()


def test_interfaces_of_an_endpoint_follow_its_subnets_and_groups(
    ec2, vpc, subnets, group, interface, seen
):
    default = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]["GroupId"]
    first, second = subnets
    assert {first: [default]} == seen()

    change = {"AddSubnetIds": [second], "AddSecurityGroupIds": [group]}
    ec2.modify_vpc_endpoint(VpcEndpointId=interface, **change)
    assert {first: [default, group], second: [default, group]} == seen()

    change = {"RemoveSubnetIds": [first], "RemoveSecurityGroupIds": [default]}
    ec2.modify_vpc_endpoint(VpcEndpointId=interface, **change)
    assert {second: [group]} == seen()
    [shown] = ec2.describe_vpc_endpoints(VpcEndpointIds=[interface])["VpcEndpoints"]
    assert [second] == shown["SubnetIds"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[interface])
    assert {} == seen()


def test_each_kind_of_endpoint_has_members_of_its_own(
    ec2, endpoint, interface, subnets, tables, two_vpcs, refusal
):
    change = ec2.modify_vpc_endpoint
    subnet = refusal(change, VpcEndpointId=endpoint, AddSubnetIds=subnets)
    table = refusal(change, VpcEndpointId=interface, AddRouteTableIds=tables)
    foreign = ec2.create_security_group(VpcId=two_vpcs[1], GroupName="web", Description="web")
    group = refusal(
        change,
        VpcEndpointId=interface,
        AddSubnetIds=subnets[1:],
        AddSecurityGroupIds=[foreign["GroupId"]],
    )

    assert subnet == (
        "InvalidParameter",
        "Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints.",
    )
    assert table == (
        "InvalidParameter",
        "Route table IDs are only supported for Gateway type VPC Endpoint.",
    )
    assert "belong to different networks" in group[1]


@pytest.mark.parametrize("name", ["PrefixListId", "PrefixListIds"])
def test_a_prefix_list_that_is_not_there_is_named(ec2, refusal, name):
    missing = "pl-0123456789abcdef0"
    call, asked = {
        "PrefixListId": (ec2.get_managed_prefix_list_entries, missing),
        "PrefixListIds": (ec2.describe_managed_prefix_lists, [missing]),
    }[name]

    assert (
        "InvalidPrefixListID.NotFound",
        f"The prefix list ({missing}) does not exist.",
    ) == refusal(call, **{name: asked})


def test_a_service_is_found_by_its_name_and_its_kind(ec2):
    def found(name, value):
        filters = [{"Name": "service-name", "Values": [S3]}, {"Name": name, "Values": [value]}]
        return ec2.describe_vpc_endpoint_services(Filters=filters)["ServiceDetails"]

    assert [S3] == [each["ServiceName"] for each in found("service-type", "Gateway")]
    assert found("service-type", "GatewayLoadBalancer") == []


def test_names_and_details_of_services_come_in_the_same_pages(ec2):
    pages = ec2.get_paginator("describe_vpc_endpoint_services").paginate(
        PaginationConfig={"PageSize": 5}
    )
    first, second, *_ = (
        (page["ServiceNames"], [each["ServiceName"] for each in page["ServiceDetails"]])
        for page in pages
    )

    assert first[0] == first[1]
    assert second[0] == second[1]
    assert 5 == len(first[0]) == len({*first[0]} - {*second[0]})


def test_an_interface_has_one_subnet_in_a_zone(ec2, vpc, refusal):
    place = {"VpcId": vpc, "AvailabilityZone": "us-east-1a"}
    subnets = [
        ec2.create_subnet(CidrBlock=f"10.1.{number}.0/24", **place)["Subnet"]["SubnetId"]
        for number in (1, 2)
    ]
    asked = {"VpcId": vpc, "ServiceName": SSM, "VpcEndpointType": "Interface"}
    code, message = refusal(ec2.create_vpc_endpoint, SubnetIds=subnets, **asked)

    assert code == "DuplicateSubnetsInSameZone"
    assert subnets[1] in message


def test_an_interface_leads_to_a_service_that_there_is(ec2, vpc, refusal):
    missing = "com.amazonaws.us-east-1.nonsense"
    code, message = refusal(
        ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=missing, VpcEndpointType="Interface"
    )

    assert code == "InvalidServiceName"
    assert missing in message
