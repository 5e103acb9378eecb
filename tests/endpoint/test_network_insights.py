"""Reachability Analyzer's API: paths, analyses, their shapes, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

NOBODYS_PATH = "nip-0123456789abcdef0"


@pytest.fixture
def network(new_lab):
    """Two peered VPCs with an instance each, driven through boto3."""
    return new_lab()


@pytest.fixture
def path(network):
    """A function: a new path between the two instances, TCP to port 443 if nothing is said."""

    def make(**more):
        asked = {
            "Source": network.instances["a"],
            "Destination": network.instances["b"],
            "Protocol": "tcp",
            "DestinationPort": 443,
            **more,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return network.ec2.create_network_insights_path(**given)["NetworkInsightsPath"]

    return make


@pytest.fixture
def start(network):
    """A function: a new analysis of a path, as it is answered first."""

    def started(path, **more):
        return network.ec2.start_network_insights_analysis(
            NetworkInsightsPathId=path["NetworkInsightsPathId"], **more
        )["NetworkInsightsAnalysis"]

    return started


@pytest.fixture
def analyzed(network, path, start):
    """A function: what an analysis of a path finds."""

    def found(analysis=None, **asked):
        analysis = analysis or start(path(**asked))
        [shown] = network.ec2.describe_network_insights_analyses(
            NetworkInsightsAnalysisIds=[analysis["NetworkInsightsAnalysisId"]]
        )["NetworkInsightsAnalyses"]
        return shown

    return found


def _codes(analysis):
    return [each["ExplanationCode"] for each in analysis["Explanations"]]


def test_a_path_is_shown_as_it_was_asked_for(network, path):
    made = path(Protocol="TCP", TagSpecifications=[_tags("network-insights-path", Name="a to b")])

    assert made["NetworkInsightsPathId"].startswith("nip-")
    assert made["NetworkInsightsPathArn"].endswith(
        f":network-insights-path/{made['NetworkInsightsPathId']}"
    )
    assert made["SourceArn"].endswith(f":instance/{network.instances['a']}")
    assert ("tcp", 443) == (made["Protocol"], made["DestinationPort"])
    assert [{"Key": "Name", "Value": "a to b"}] == made["Tags"]
    assert [made] == network.ec2.describe_network_insights_paths()["NetworkInsightsPaths"]


def _tags(kind, **tags):
    return {
        "ResourceType": kind,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def test_an_analysis_runs_until_somebody_looks_and_then_has_succeeded(path, start, analyzed):
    started = start(path())
    assert "running" == started["Status"]
    assert "NetworkPathFound" not in started

    found = analyzed(started)
    assert ("succeeded", True) == (found["Status"], found["NetworkPathFound"])
    assert [] == found["Explanations"]


def test_components_have_the_shape_of_aws_own_samples(network, analyzed):
    forward = analyzed()["ForwardPathComponents"]

    assert list(range(1, len(forward) + 1)) == [each["SequenceNumber"] for each in forward]
    first, interface, group, acl, table, peering, *_, last = forward
    assert {
        "SourceAddresses": ["10.1.1.10/32"],
        "DestinationAddresses": ["10.2.1.10/32"],
        "SourcePortRanges": [{"From": 32768, "To": 32768}],
        "DestinationPortRanges": [{"From": 443, "To": 443}],
        "Protocol": "6",
    } == first["OutboundHeader"]
    assert network.instances["a"] == interface["AttachedTo"]["Id"]
    assert {"Cidr": "0.0.0.0/0", "Direction": "egress", "Protocol": "all"} == group[
        "SecurityGroupRule"
    ]
    assert {
        "Cidr": "0.0.0.0/0",
        "Egress": True,
        "Protocol": "all",
        "RuleAction": "allow",
        "RuleNumber": 100,
    } == acl["AclRule"]
    assert {
        "DestinationCidr": "10.2.0.0/16",
        "VpcPeeringConnectionId": network.peering,
        "Origin": "createroute",
        "State": "active",
    } == table["RouteTableRoute"]
    assert network.vpcs["b"] == peering["DestinationVpc"]["Id"]
    assert (network.instances["b"], "b") == (last["Component"]["Id"], last["Component"]["Name"])
    assert ([], []) == (last["AdditionalDetails"], last["Explanations"])


def test_what_stands_in_the_way_is_explained_there_and_back(network, analyzed):
    network.ec2.revoke_security_group_ingress(
        GroupId=network.groups["b"],
        IpPermissions=network.ec2.describe_security_groups(GroupIds=[network.groups["b"]])[
            "SecurityGroups"
        ][0]["IpPermissions"],
    )
    network.ec2.delete_route(RouteTableId=_table(network, "b"), DestinationCidrBlock="10.1.0.0/16")
    found = analyzed()

    assert not found["NetworkPathFound"]
    assert ["SG_HAS_NO_RULES", "NO_ROUTE_TO_DESTINATION"] == _codes(found)
    group, route = found["Explanations"]
    assert ("ingress", [network.groups["b"]]) == (
        group["Direction"],
        [each["Id"] for each in group["SecurityGroups"]],
    )
    assert (_table(network, "b"), "10.1.1.10") == (route["RouteTable"]["Id"], route["Address"])


def _table(network, name):
    condition = [{"Name": "vpc-id", "Values": [network.vpcs[name]]}]
    [table] = network.ec2.describe_route_tables(Filters=condition)["RouteTables"]
    return table["RouteTableId"]


def test_a_deleted_peering_is_a_route_and_a_component_in_a_bad_state(network, analyzed):
    network.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=network.peering)
    found = analyzed()

    assert ["BAD_STATE_ROUTE", "BAD_STATE"] == _codes(found)[:2]
    route, peering = found["Explanations"][:2]
    assert "blackhole" == route["RouteTableRoute"]["State"]
    assert (network.peering, "deleted") == (peering["VpcPeeringConnection"]["Id"], peering["State"])


def test_a_ping_can_be_asked_for_which_aws_does_not_have(analyzed):
    found = analyzed(Protocol="icmp", DestinationPort=None)

    assert found["NetworkPathFound"]
    assert "TCP and UDP only" in found["WarningMessage"]
    assert "1" == found["ForwardPathComponents"][0]["OutboundHeader"]["Protocol"]


def test_an_analysis_is_of_the_network_as_it_stood(network, path, start, analyzed):
    asked = path()
    before = start(asked)
    network.ec2.stop_instances(InstanceIds=[network.instances["b"]])
    after = start(asked)

    assert analyzed(before)["NetworkPathFound"]
    assert ["BAD_STATE"] == _codes(analyzed(after))


def test_what_has_gone_since_is_no_source_or_destination(network, path, start, analyzed):
    interface = network.ec2.create_network_interface(SubnetId=network.subnets["a"])
    interface_id = interface["NetworkInterface"]["NetworkInterfaceId"]
    asked = path(Destination=interface_id)
    network.ec2.delete_network_interface(NetworkInterfaceId=interface_id)

    assert ["NO_SOURCE_OR_DESTINATION"] == _codes(analyzed(start(asked)))


def test_ends_may_be_arns_interfaces_peerings_or_an_address_alone(network, analyzed, path):
    arn = path()["SourceArn"]
    reached = [
        analyzed(Source=arn),
        analyzed(Destination=network.peering),
        analyzed(Source=network.peering),
        analyzed(Destination=None, DestinationIp="10.2.1.10"),
        analyzed(
            DestinationPort=None,
            FilterAtSource={"DestinationPortRange": {"FromPort": 80, "ToPort": 90}},
        ),
    ]

    assert [True] * len(reached) == [each["NetworkPathFound"] for each in reached]


def test_an_attachment_of_a_transit_gateway_is_an_end(network, path, refusal):
    ec2 = network.ec2
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    made = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=network.vpcs["b"], SubnetIds=[network.subnets["b"]]
    )
    attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    code, _ = refusal(path, Source="tgw-attach-0123456789abcdef0")

    assert attachment == path(Source=attachment)["Source"]
    assert "InvalidTransitGatewayAttachmentID.NotFound" == code


def test_the_internet_is_reached_with_a_public_address_and_reaches_back(network, analyzed):
    ec2 = network.ec2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert ["UNASSOCIATED_COMPONENT"] == _codes(analyzed(Destination=gateway))

    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpcs["a"])
    network.route("a", "0.0.0.0/0", GatewayId=gateway)
    assert ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"] == _codes(analyzed(Destination=gateway))

    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=network.instances["a"])
    out = analyzed(Destination=gateway)
    back_in = analyzed(Source=gateway, Destination=network.instances["a"])
    assert (True, True) == (out["NetworkPathFound"], back_in["NetworkPathFound"])
    first = back_in["ForwardPathComponents"][0]
    assert (gateway, [f"{address['PublicIp']}/32"], ["10.1.1.10/32"]) == (
        first["Component"]["Id"],
        first["InboundHeader"]["DestinationAddresses"],
        first["OutboundHeader"]["DestinationAddresses"],
    )


def test_components_can_be_asked_for_or_ruled_out(network, path, start, analyzed):
    arn = f"arn:aws:ec2:us-east-1:123456789012:vpc-peering-connection/{network.peering}"
    with_it, without_it = start(path(), FilterInArns=[arn]), start(path(), FilterOutArns=[arn])

    assert analyzed(with_it)["NetworkPathFound"]
    assert [arn] == with_it["FilterInArns"]
    assert ["COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"] == _codes(analyzed(without_it))


def test_a_path_with_analyses_cannot_be_deleted(network, path, start, refusal):
    asked = path()
    analysis_id = start(asked)["NetworkInsightsAnalysisId"]
    only = {"NetworkInsightsPathId": asked["NetworkInsightsPathId"]}

    code, message = refusal(network.ec2.delete_network_insights_path, **only)
    assert "AnalysisExistsForNetworkInsightsPath" == code
    assert analysis_id in message

    network.ec2.delete_network_insights_analysis(NetworkInsightsAnalysisId=analysis_id)
    assert (
        only["NetworkInsightsPathId"]
        == (network.ec2.delete_network_insights_path(**only)["NetworkInsightsPathId"])
    )
    assert [] == network.ec2.describe_network_insights_paths()["NetworkInsightsPaths"]


def test_lists_are_filtered_and_come_in_pages(network, path, start):
    network.ec2.create_tags(
        Resources=[path(DestinationPort=22)["NetworkInsightsPathId"]],
        Tags=[{"Key": "for", "Value": "ssh"}],
    )
    asked = path()
    start(asked)
    network.ec2.stop_instances(InstanceIds=[network.instances["b"]])
    start(asked)
    ec2, later = network.ec2, datetime.now(UTC) + timedelta(days=3650)

    def ports(**more):
        found = ec2.describe_network_insights_paths(**more)["NetworkInsightsPaths"]
        return [each["DestinationPort"] for each in found]

    def found(**more):
        analyses = ec2.describe_network_insights_analyses(**more)["NetworkInsightsAnalyses"]
        return [each["NetworkPathFound"] for each in analyses]

    kind = [{"Name": "resource-type", "Values": ["network-insights-path"]}]
    assert ["ssh"] == [each["Value"] for each in ec2.describe_tags(Filters=kind)["Tags"]]
    assert [22] == ports(Filters=[{"Name": "tag:for", "Values": ["ssh"]}])
    assert [] == ports(Filters=[{"Name": "protocol", "Values": ["udp"]}])
    assert [22] == ports(MaxResults=1)
    pages = ec2.get_paginator("describe_network_insights_analyses").paginate(
        PaginationConfig={"PageSize": 1}
    )
    assert [1, 1] == [len(page["NetworkInsightsAnalyses"]) for page in pages]
    assert [False] == found(Filters=[{"Name": "path-found", "Values": ["false"]}])
    assert [True, False] == found(NetworkInsightsPathId=asked["NetworkInsightsPathId"])
    assert [] == found(AnalysisStartTime=later)


def test_a_client_token_makes_a_request_once(path, start, refusal):
    first, second = path(ClientToken="one"), path(ClientToken="one")
    assert first == second
    analyses = [start(first, ClientToken="one") for _ in range(2)]
    assert analyses[0] == analyses[1]

    code, _ = refusal(path, ClientToken="one", DestinationPort=80)
    assert "IdempotentParameterMismatch" == code


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Protocol": "sctp"}, "InvalidParameterValue"),
        ({"Protocol": "icmp"}, "InvalidParameterCombination"),
        ({"Source": "sg-0123456789abcdef0"}, "InvalidParameterValue"),
        ({"Source": "eni-0123456789abcdef0"}, "InvalidNetworkInterfaceID.NotFound"),
        ({"Source": "i-nothing"}, "InvalidInstanceID.Malformed"),
        ({"DestinationIp": "10.2.1.x"}, "InvalidParameterValue"),
        ({"Destination": None}, "MissingParameter"),
        ({"FilterAtSource": {"SourceAddress": "10.1.1.10"}}, "InvalidParameterCombination"),
        (
            {
                "DestinationPort": None,
                "FilterAtSource": {"DestinationPortRange": {"FromPort": 9, "ToPort": 2}},
            },
            "InvalidParameterValue",
        ),
        (
            {"Source": "arn:aws:ec2:us-east-1:999999999999:instance/i-0123456789abcdef0"},
            "NotImplemented",
        ),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(network, path, refusal, asked, code):
    assert code == refusal(path, **asked)[0]
    assert [] == network.ec2.describe_network_insights_paths()["NetworkInsightsPaths"]


def test_unknown_paths_and_analyses_are_named(network, refusal):
    ec2 = network.ec2
    unknown = [
        refusal(ec2.start_network_insights_analysis, NetworkInsightsPathId=NOBODYS_PATH),
        refusal(ec2.describe_network_insights_paths, NetworkInsightsPathIds=[NOBODYS_PATH]),
        refusal(ec2.delete_network_insights_path, NetworkInsightsPathId=NOBODYS_PATH),
        refusal(ec2.create_tags, Resources=[NOBODYS_PATH], Tags=[{"Key": "a", "Value": "b"}]),
    ]

    assert {
        (
            "InvalidNetworkInsightsPathId.NotFound",
            f"The networkInsightsPath ID '{NOBODYS_PATH}' does not exist",
        )
    } == set(unknown)


def test_network_access_analyzer_is_refused_with_what_there_is(network, refusal):
    code, message = refusal(network.ec2.create_network_insights_access_scope, ClientToken="one")

    assert "NotImplemented" == code
    assert "StartNetworkInsightsAnalysis" in message
