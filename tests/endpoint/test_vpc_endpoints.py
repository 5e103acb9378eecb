"""Gateway endpoints: their routes come and go with them, and nobody else touches those."""

from __future__ import annotations

import pytest

S3 = "com.amazonaws.us-east-1.s3"


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


def test_an_interface_endpoint_has_an_interface_of_awss_with_the_groups_asked_for(ec2, vpc):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="web", Description="web")["GroupId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]
    [seen] = ec2.describe_network_interfaces()["NetworkInterfaces"]

    assert seen["InterfaceType"] == "vpc_endpoint"
    assert seen["RequesterManaged"] is True
    assert seen["Description"] == f"VPC Endpoint Interface {made['VpcEndpointId']}"
    assert [each["GroupId"] for each in seen["Groups"]] == [group]
