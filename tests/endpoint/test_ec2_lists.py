"""Lists of EC2: in pages, and by the filters that moto lacks."""

from __future__ import annotations

import pytest


@pytest.fixture
def vpcs(ec2):
    """Ids of all VPCs, the default one included, in the order of a list."""
    for number in range(11):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    return [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]]


def test_a_list_comes_in_pages_of_the_size_asked_for(ec2, vpcs):
    pages = [*ec2.get_paginator("describe_vpcs").paginate(PaginationConfig={"PageSize": 5})]

    assert [5, 5, 2] == [len(page["Vpcs"]) for page in pages]
    assert vpcs == [vpc["VpcId"] for page in pages for vpc in page["Vpcs"]]
    assert "NextToken" not in pages[-1]


@pytest.mark.usefixtures("vpcs")
@pytest.mark.parametrize(
    ("operation", "key"),
    [
        ("describe_route_tables", "RouteTables"),
        ("describe_security_groups", "SecurityGroups"),
        ("describe_network_acls", "NetworkAcls"),
    ],
)
def test_every_list_has_pages(ec2, operation, key):
    pages = ec2.get_paginator(operation).paginate(PaginationConfig={"PageSize": 10})

    assert [10, 2] == [len(page[key]) for page in pages]


def test_lists_of_the_labs_own_have_pages_too(instant):
    made = [instant.flow_log(TrafficType=kind) for kind in ("ALL", "ACCEPT", "REJECT")]
    pages = instant.ec2.get_paginator("describe_flow_logs").paginate(
        PaginationConfig={"PageSize": 4}
    )
    found = [[each["FlowLogId"] for each in page["FlowLogs"]] for page in pages]

    assert [4, 2] == [len(page) for page in found]
    assert {*made} <= {each for page in found for each in page}


def test_filters_act_before_pages_are_cut(ec2, vpcs):
    wanted = [{"Name": "vpc-id", "Values": vpcs[3:10]}]
    first = ec2.describe_vpcs(Filters=wanted, MaxResults=5)
    second = ec2.describe_vpcs(Filters=wanted, MaxResults=5, NextToken=first["NextToken"])

    assert vpcs[3:10] == [vpc["VpcId"] for page in (first, second) for vpc in page["Vpcs"]]


@pytest.mark.parametrize("token", ["rubbish", "page-", "page-x", "7x"])
def test_a_token_of_somebody_elses_is_refused(ec2, refusal, token):
    assert refusal(ec2.describe_vpcs, NextToken=token)[0] == "InvalidPaginationToken"


def test_a_page_too_large_is_refused_with_the_sizes_there_are(ec2, refusal):
    code, message = refusal(ec2.describe_vpcs, MaxResults=1001)

    assert (code, "5 to 1000" in message) == ("InvalidMaxResults", True)


@pytest.mark.parametrize(
    ("operation", "key", "name", "meets", "misses"),
    [
        ("describe_route_tables", "RouteTables", "route.state", "active", "blackhole"),
        ("describe_route_tables", "RouteTables", "route.origin", "CreateRoute", "Enable*"),
        ("describe_route_tables", "RouteTables", "route.gateway-id", "local", "igw-*"),
        ("describe_network_acls", "NetworkAcls", "network-acl-id", "acl-*", "acl-1"),
        ("describe_network_acls", "NetworkAcls", "entry.icmp.type", "-1", "8"),
        ("describe_network_interfaces", "NetworkInterfaces", "attachment.status", "att*", "det*"),
        (
            "describe_network_interfaces",
            "NetworkInterfaces",
            "attachment.delete-on-termination",
            "true",
            "false",
        ),
        ("describe_instances", "Reservations", "network-interface.vpc-id", "vpc-*", "vpc-1"),
    ],
)
def test_a_filter_that_moto_lacks_finds_what_it_should(
    instant, operation, key, name, meets, misses
):
    instant.deny_icmp("a", egress=True)
    describe = getattr(instant.ec2, operation)

    assert describe(Filters=[{"Name": name, "Values": [meets]}])[key] != []
    assert describe(Filters=[{"Name": name, "Values": [misses]}])[key] == []


def test_filters_of_both_kinds_hold_together(instant):
    instant.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=instant.peering)
    found = instant.ec2.describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [instant.vpcs["a"]]},
            {"Name": "route.state", "Values": ["blackhole"]},
        ]
    )

    assert [instant.table("a")] == [each["RouteTableId"] for each in found["RouteTables"]]


def test_of_a_reservation_only_the_instances_that_meet_a_filter_are_shown(ec2):
    made = ec2.run_instances(ImageId="ami-12345678", MinCount=2, MaxCount=2)["Instances"]
    interface = made[1]["NetworkInterfaces"][0]["NetworkInterfaceId"]
    wanted = {"Name": "network-interface.network-interface-id", "Values": [interface]}
    [reservation] = ec2.describe_instances(Filters=[wanted])["Reservations"]

    assert [made[1]["InstanceId"]] == [each["InstanceId"] for each in reservation["Instances"]]


@pytest.mark.parametrize("operation", ["describe_security_groups", "describe_security_group_rules"])
def test_a_filter_of_groups_that_nobody_knows_is_named(ec2, refusal, operation):
    code, message = refusal(getattr(ec2, operation), Filters=[{"Name": "foo", "Values": ["x"]}])

    assert code == "NotImplemented"
    assert "'foo'" in message


@pytest.mark.parametrize(
    ("operation", "most"),
    [
        ("describe_network_insights_paths", 100),
        ("describe_network_insights_analyses", 100),
        ("describe_egress_only_internet_gateways", 255),
        ("describe_vpcs", 1000),
    ],
)
def test_a_page_is_no_larger_than_the_operation_has_them(ec2, refusal, operation, most):
    getattr(ec2, operation)(MaxResults=most)
    code, message = refusal(getattr(ec2, operation), MaxResults=most + 1)

    assert "InvalidMaxResults" == code
    assert f"to {most}." in message


def test_a_filter_of_addresses_that_aws_has_not_is_invalid(ec2, refusal):
    wrong = [{"Name": "colour", "Values": ["red"]}]
    expected = "InvalidParameterValue", "The filter 'colour' is invalid"
    assert expected == refusal(ec2.describe_addresses, Filters=wrong)


def test_tags_are_listed_by_what_they_are_on_in_the_words_of_aws(ec2, vpcs):
    made = ec2.create_subnet(VpcId=vpcs[-1], CidrBlock="10.10.1.0/24")
    subnet = made["Subnet"]["SubnetId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
    nat = gateway["NatGateway"]["NatGatewayId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    for number, resource in enumerate((nat, address, subnet)):
        tags = [{"Key": "Name", "Value": "spare"}, {"Key": "number", "Value": str(number)}]
        ec2.create_tags(Resources=[resource], Tags=tags)

    def found(name, *values):
        answer = ec2.describe_tags(Filters=[{"Name": name, "Values": [*values]}])["Tags"]
        return {(each["ResourceId"], each["ResourceType"]) for each in answer}

    assert found("resource-type", "natgateway") == {(nat, "natgateway")}
    assert found("resource-type", "elastic-ip") == {(address, "elastic-ip")}
    assert found("tag:number", "2") == {(subnet, "subnet")}
    assert len(found("value", "spa*")) == 3


def test_tags_go_with_what_they_are_on(ec2, vpcs):
    vpc = vpcs[1]
    spare = [{"Key": "Name", "Value": "spare"}]
    made = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)
    group = made["GroupId"]
    web = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
    }
    [rule] = ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[web],
        TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": spare}],
    )["SecurityGroupRules"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    ec2.create_tags(Resources=[group, subnet, vpc], Tags=spare)

    def tagged():
        wanted = [{"Name": "tag:Name", "Values": ["spare"]}]
        return {each["ResourceId"] for each in ec2.describe_tags(Filters=wanted)["Tags"]}

    assert tagged() == {group, rule["SecurityGroupRuleId"], subnet, vpc}
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_security_group(GroupId=group)
    assert tagged() == {vpc}
    ec2.delete_vpc(VpcId=vpc)
    assert tagged() == set()
