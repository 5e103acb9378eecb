"""Flow logs as a client makes, describes and deletes them, and what AWS refuses."""

from __future__ import annotations

import pytest

ROLE = "arn:aws:iam::123456789012:role/flow"


@pytest.fixture
def make(ec2, two_vpcs):
    """A function: CreateFlowLogs of the first VPC to a log group, with changes; None drops one."""

    def call(**changes):
        params = {
            "ResourceType": "VPC",
            "ResourceIds": [two_vpcs[0]],
            "TrafficType": "ALL",
            "LogGroupName": "/flow",
            "DeliverLogsPermissionArn": ROLE,
            **changes,
        }
        return ec2.create_flow_logs(
            **{name: value for name, value in params.items() if value is not None}
        )

    return call


def test_a_flow_log_is_described_as_it_was_made(ec2, make, two_vpcs):
    made = make(
        MaxAggregationInterval=60,
        LogFormat="${srcaddr} ${dstaddr} ${action}",
        TagSpecifications=[
            {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "mine"}]}
        ],
    )
    [shown] = ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]

    assert made["Unsuccessful"] == []
    assert shown.pop("CreationTime").year == 2026
    assert shown == {
        "FlowLogId": made["FlowLogIds"][0],
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "DeliverLogsPermissionArn": ROLE,
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": "/flow",
        "LogFormat": "${srcaddr} ${dstaddr} ${action}",
        "MaxAggregationInterval": 60,
        "ResourceId": two_vpcs[0],
        "TrafficType": "ALL",
        "Tags": [{"Key": "Name", "Value": "mine"}],
    }


def test_what_nobody_says_is_as_on_aws(ec2, make):
    made = make()
    [shown] = ec2.describe_flow_logs()["FlowLogs"]

    assert made["ClientToken"]
    assert shown["MaxAggregationInterval"] == 600
    assert shown["LogFormat"].startswith("${version} ${account-id} ${interface-id} ${srcaddr}")


TO_BUCKET = {
    "LogDestinationType": "s3",
    "LogDestination": "arn:aws:s3:::flows/lab",
    "LogGroupName": None,
    "DeliverLogsPermissionArn": None,
}


def test_a_bucket_has_to_be_there(make):
    [problem] = make(**TO_BUCKET)["Unsuccessful"]

    assert "flows does not exist" in problem["Error"]["Message"]


def test_files_in_a_bucket_may_be_laid_out_as_hive_wants_them(instant):
    instant.s3.create_bucket(Bucket="flows")
    options = {
        "FileFormat": "plain-text",
        "HiveCompatiblePartitions": True,
        "PerHourPartition": True,
    }
    flow_log_id = instant.flow_log(**TO_BUCKET, DestinationOptions=options)
    instant.run("ping -c 1 10.2.1.10")

    [shown] = instant.ec2.describe_flow_logs(FlowLogIds=[flow_log_id])["FlowLogs"]
    assert shown["DestinationOptions"] == options
    key = instant.s3.list_objects_v2(Bucket="flows")["Contents"][0]["Key"]
    assert key.startswith(
        "lab/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/"
        "year=2026/month=01/day=05/hour=09/"
    )


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"DeliverLogsPermissionArn": None}, "InvalidParameter", "can't be empty"),
        ({"DeliverLogsPermissionArn": "flow"}, "InvalidParameter", "not the ARN of a role"),
        ({"LogGroupName": None}, "InvalidParameter", "LogDestination can't be empty"),
        ({"LogDestination": "arn:aws:s3:::flows"}, "InvalidParameter", "Please only provide"),
        (
            {"LogGroupName": None, "LogDestination": "arn:aws:s3:::flows"},
            "InvalidParameter",
            "not the ARN of a log group",
        ),
        ({"MaxAggregationInterval": 61}, "InvalidParameter", "Max Aggregation Interval"),
        ({"TrafficType": None}, "MissingParameter", "trafficType"),
        ({"TrafficType": "SOME"}, "InvalidParameterValue", "ACCEPT, REJECT, ALL"),
        ({"LogFormat": "${srcaddr} ${nonsense}"}, "InvalidParameter", "nonsense"),
        ({"LogFormat": ""}, "InvalidParameter", "Invalid LogFormat"),
        ({"ResourceIds": []}, "MissingParameter", "resourceId"),
        ({"ResourceType": "TransitGateway"}, "NotImplemented", "TransitGateway"),
        ({"LogDestinationType": "kinesis-data-firehose"}, "NotImplemented", "Firehose"),
        (
            {"DestinationOptions": {"FileFormat": "plain-text"}},
            "InvalidParameter",
            "only applicable to LogDestinationType s3",
        ),
    ],
)
def test_a_request_that_cannot_be_is_refused_and_makes_nothing(
    ec2, make, refusal, changes, code, words
):
    found = refusal(make, **changes)

    assert found[0] == code
    assert words in found[1]
    assert ec2.describe_flow_logs()["FlowLogs"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ResourceIds": ["vpc-12345678"]}, "InvalidVpcID.NotFound"),
        ({"ResourceIds": ["vpc-1"]}, "InvalidVpcID.Malformed"),
        (
            {"ResourceType": "Subnet", "ResourceIds": ["subnet-12345678"]},
            "InvalidSubnetID.NotFound",
        ),
        (
            {"ResourceType": "NetworkInterface", "ResourceIds": ["eni-12345678"]},
            "InvalidNetworkInterfaceID.NotFound",
        ),
    ],
)
def test_what_is_wrong_with_one_resource_is_told_of_that_resource(make, changes, code):
    made = make(**changes)

    assert made["FlowLogIds"] == []
    assert [code] == [each["Error"]["Code"] for each in made["Unsuccessful"]]


def test_of_several_resources_the_good_ones_get_their_flow_log(make, two_vpcs):
    made = make(ResourceIds=[*two_vpcs, "vpc-12345678"])

    assert len(made["FlowLogIds"]) == 2
    assert ["vpc-12345678"] == [each["ResourceId"] for each in made["Unsuccessful"]]


def test_the_same_flow_log_is_not_made_twice(make):
    make()
    [problem] = make()["Unsuccessful"]

    assert problem["Error"]["Code"] == "FlowLogAlreadyExists"


def test_a_request_repeated_with_its_token_makes_nothing_more(ec2, make):
    first, second = (make(ClientToken="once") for _ in range(2))

    assert first["FlowLogIds"] == second["FlowLogIds"]
    assert len(ec2.describe_flow_logs()["FlowLogs"]) == 1


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("traffic-type", "REJECT", 1),
        ("log-group-name", "/flow*", 2),
        ("log-destination-type", "s3", 0),
        ("deliver-log-status", "SUCCESS", 2),
        ("resource-id", "vpc-*", 2),
        ("tag:Name", "mine", 1),
        ("tag-key", "Name", 1),
    ],
)
def test_filters_find_flow_logs(ec2, make, name, value, found):
    mine = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "mine"}]}]
    make(TagSpecifications=mine)
    make(TrafficType="REJECT")

    shown = ec2.describe_flow_logs(Filters=[{"Name": name, "Values": [value]}])["FlowLogs"]
    assert len(shown) == found


def test_an_unknown_filter_is_refused(ec2, make, refusal):
    make()
    unknown = [{"Name": "colour", "Values": ["red"]}]

    assert refusal(ec2.describe_flow_logs, Filters=unknown)[0] == "InvalidParameterValue"


def test_tags_are_all_that_can_change(ec2, make):
    [flow_log_id] = make()["FlowLogIds"]
    ec2.create_tags(Resources=[flow_log_id], Tags=[{"Key": "Name", "Value": "later"}])

    [shown] = ec2.describe_flow_logs(FlowLogIds=[flow_log_id])["FlowLogs"]
    assert shown["Tags"] == [{"Key": "Name", "Value": "later"}]


def test_a_deleted_flow_log_is_gone_and_cannot_be_deleted_again(ec2, make, refusal):
    flow_log_ids = make()["FlowLogIds"]
    assert ec2.delete_flow_logs(FlowLogIds=flow_log_ids)["Unsuccessful"] == []

    assert ec2.describe_flow_logs()["FlowLogs"] == []
    assert refusal(ec2.delete_flow_logs, FlowLogIds=flow_log_ids)[0] == "InvalidFlowLogId.NotFound"
