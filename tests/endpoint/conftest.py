"""What tests of the embedded AWS start from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.config import Config

from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.in_process import attach
from labkit.endpoint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.endpoint.clock import Clock

REGION = "us-east-1"


# Reading EC2's model takes most of the time it takes to make a client, so it is read once.
_MODELS = botocore.loaders.create_loader()


def _session(aws: EmbeddedAws, region: str = REGION) -> boto3.Session:
    core = botocore.session.Session()
    core.register_component("data_loader", _MODELS)
    session = boto3.Session(
        aws_access_key_id="lab",
        aws_secret_access_key="lab",
        region_name=region,
        botocore_session=core,
    )
    attach(aws, session)
    return session


@pytest.fixture(scope="session")
def session_on() -> Callable[..., boto3.Session]:
    """A function: a boto3 session whose clients reach the application given."""
    return _session


@pytest.fixture(scope="session")
def new_aws() -> Callable[..., EmbeddedAws]:
    """A function: a new application, with the settings and the clock given."""

    def make(settings: Settings | None = None, clock: Clock | None = None) -> EmbeddedAws:
        return EmbeddedAws(settings, clock)

    return make


@pytest.fixture
def aws(new_aws: Callable[..., EmbeddedAws]) -> EmbeddedAws:
    """A fresh application."""
    return new_aws()


@pytest.fixture
def ec2(aws: EmbeddedAws) -> Any:
    """An EC2 client of that application, which does not retry."""
    return _session(aws).client("ec2", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def iam(aws: EmbeddedAws) -> Any:
    """An IAM client of that application."""
    return _session(aws).client("iam")


@pytest.fixture
def two_vpcs(ec2: Any) -> tuple[str, str]:
    """Ids of two VPCs, 10.1.0.0/16 and 10.2.0.0/16, that are not peered."""
    one, other = (
        ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"] for block in ("10.1.0.0/16", "10.2.0.0/16")
    )
    return one, other


@pytest.fixture(scope="session")
def refusal() -> Callable[..., tuple[str, str]]:
    """A function: the code and message a call is refused with."""

    def refused(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
        with pytest.raises(Exception) as caught:  # noqa: PT011  which ClientError it is, is checked
            call(**params)
        error = caught.value.response["Error"]  # type: ignore[attr-defined]
        return error["Code"], error["Message"]

    return refused


def _put_role(iam: Any, name: str, service: str, *permissions: dict[str, Any]) -> str:
    whom = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": statements})
        for statements in ([whom], permissions)
    )
    if any(role["RoleName"] == name for role in iam.list_roles()["Roles"]):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    else:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    if permissions:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    arn: str = iam.get_role(RoleName=name)["Role"]["Arn"]
    return arn


@pytest.fixture(scope="session")
def put_role() -> Callable[..., str]:
    """A function: the ARN of a role, made or changed, that a service may assume, and what for."""
    return _put_role


class PeeredLab:
    """
    Two peered VPCs with one subnet and one running instance each, driven through boto3.

    ``a`` is 10.1.1.10 and ``b`` is 10.2.1.10.  Their security groups let everything
    in; a flow log on each VPC writes to ``group``.
    """

    group = "/lab"

    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws
        session = _session(aws)
        self.ec2: Any = session.client("ec2")
        self.ssm: Any = session.client("ssm")
        self.logs: Any = session.client("logs")
        self.iam: Any = session.client("iam")
        self.s3: Any = session.client("s3")
        self.vpcs: dict[str, str] = {}
        self.subnets: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.instances: dict[str, str] = {}
        for name, block in (("a", "10.1"), ("b", "10.2")):
            self._build(name, block)
        self.peering = self.ec2.create_vpc_peering_connection(
            VpcId=self.vpcs["a"], PeerVpcId=self.vpcs["b"]
        )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        self.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=self.peering)
        self.route("a", "10.2.0.0/16", VpcPeeringConnectionId=self.peering)
        self.route("b", "10.1.0.0/16", VpcPeeringConnectionId=self.peering)

    def _build(self, name: str, block: str) -> None:
        ec2 = self.ec2
        vpc = self.vpcs[name] = ec2.create_vpc(CidrBlock=f"{block}.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"{block}.1.0/24", AvailabilityZone=f"{REGION}a"
        )
        self.subnets[name] = subnet["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="lab", Description="lab", VpcId=vpc)["GroupId"]
        self.groups[name] = group
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[EVERYTHING])
        self.instances[name] = self.launch(name, f"{block}.1.10", Name=name)

    def launch(self, vpc: str, address: str, **tags: str) -> str:
        """The id of a new instance in a VPC's subnet."""
        launched = self.ec2.run_instances(
            ImageId="ami-12345678",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.subnets[vpc],
            SecurityGroupIds=[self.groups[vpc]],
            PrivateIpAddress=address,
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }
            ],
        )
        instance_id: str = launched["Instances"][0]["InstanceId"]
        return instance_id

    def table(self, name: str) -> str:
        """The id of a VPC's main route table."""
        found = self.ec2.describe_route_tables(
            Filters=[{"Name": "vpc-id", "Values": [self.vpcs[name]]}]
        )
        table_id: str = found["RouteTables"][0]["RouteTableId"]
        return table_id

    def route(self, name: str, block: str, **target: str) -> None:
        """Add a route to a VPC's main table."""
        self.ec2.create_route(RouteTableId=self.table(name), DestinationCidrBlock=block, **target)

    def acl(self, name: str) -> str:
        """The id of a VPC's network ACL."""
        found = self.ec2.describe_network_acls(
            Filters=[{"Name": "vpc-id", "Values": [self.vpcs[name]]}]
        )
        acl_id: str = found["NetworkAcls"][0]["NetworkAclId"]
        return acl_id

    def deny_icmp(self, name: str, *, egress: bool) -> None:
        """Put a rule that denies ICMP before all others of a VPC's network ACL."""
        self.ec2.create_network_acl_entry(
            NetworkAclId=self.acl(name),
            RuleNumber=50,
            Protocol="1",
            RuleAction="deny",
            Egress=egress,
            CidrBlock="0.0.0.0/0",
            IcmpTypeCode={"Type": -1, "Code": -1},
        )

    def interface(self, name: str) -> str:
        """The id of an instance's network interface."""
        found = self.ec2.describe_network_interfaces(
            Filters=[{"Name": "attachment.instance-id", "Values": [self.instances[name]]}]
        )
        interface_id: str = found["NetworkInterfaces"][0]["NetworkInterfaceId"]
        return interface_id

    def role(self, *, trusted: str = "vpc-flow-logs.amazonaws.com", allowed: str = "logs:*") -> str:
        """The ARN of a role for flow logs, made or changed to this trust and permission."""
        statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
        return _put_role(self.iam, "flow", trusted, statement)

    def flow_log(self, **changes: Any) -> str:
        """The id of a new flow log: on both VPCs, ALL, 60 s, to the lab's group, unless changed."""
        params: dict[str, Any] = {
            "ResourceType": "VPC",
            "ResourceIds": list(self.vpcs.values()),
            "TrafficType": "ALL",
            "LogGroupName": self.group,
            "DeliverLogsPermissionArn": "",
            "MaxAggregationInterval": 60,
            **changes,
        }
        if params["DeliverLogsPermissionArn"] == "":
            params["DeliverLogsPermissionArn"] = self.role()
        given = {key: value for key, value in params.items() if value is not None}
        made = self.ec2.create_flow_logs(**given)
        assert made["Unsuccessful"] == []
        flow_log_id: str = made["FlowLogIds"][0]
        return flow_log_id

    def delivery_of(self, flow_log_id: str) -> tuple[str, str | None, str | None]:
        """A flow log's status, the status of its delivery, and what went wrong."""
        [shown] = self.ec2.describe_flow_logs(FlowLogIds=[flow_log_id])["FlowLogs"]
        status = shown["FlowLogStatus"]
        return status, shown.get("DeliverLogsStatus"), shown.get("DeliverLogsErrorMessage")

    def run(self, *lines: str, on: str = "a") -> dict[str, Any]:
        """What GetCommandInvocation shows of a script on an instance."""
        instance_id = self.instances[on]
        sent = self.ssm.send_command(
            InstanceIds=[instance_id],
            DocumentName="AWS-RunShellScript",
            Parameters={"commands": list(lines)},
        )
        shown: dict[str, Any] = self.ssm.get_command_invocation(
            CommandId=sent["Command"]["CommandId"], InstanceId=instance_id
        )
        return shown

    def messages(self, name: str | None = None, group: str | None = None) -> list[str]:
        """The records in the log group, or those of one instance's interface, in order."""
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=group or self.group
        )
        wanted = self.interface(name) if name else ""
        events = [event for page in pages for event in page["events"]]
        return [event["message"] for event in events if wanted in event["message"]]

    def rows(self, name: str) -> set[str]:
        """Of each record at an instance's interface who to whom, the verdict and the counts."""
        who = {"10.1.1.10": "A", "10.2.1.10": "B"}
        fields = (message.split() for message in self.messages(name))
        return {
            f"{who.get(each[3], each[3])}>{who.get(each[4], each[4])} "
            f"{each[12]} {each[8]}/{each[9]}"
            for each in fields
            if each[13] == "OK"
        }


EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def instant(new_aws: Callable[..., EmbeddedAws]) -> PeeredLab:
    """A lab whose records appear at once, without a flow log yet."""
    return PeeredLab(new_aws(Settings(delivery="instant")))


@pytest.fixture
def realistic(new_aws: Callable[..., EmbeddedAws]) -> PeeredLab:
    """A lab whose records appear as late as on AWS, without a flow log yet."""
    return PeeredLab(new_aws(Settings(delivery="realistic")))


@pytest.fixture(scope="session")
def new_lab(new_aws: Callable[..., EmbeddedAws]) -> Callable[..., PeeredLab]:
    """A function: a lab with settings of one's own."""

    def make(**settings: Any) -> PeeredLab:
        return PeeredLab(new_aws(Settings(**settings)))

    return make


_ALARM = {
    "AlarmName": "rejects",
    "Namespace": "Lab",
    "MetricName": "Rejects",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


@pytest.fixture(scope="session")
def alarm() -> dict[str, Any]:
    """Parameters of an alarm that one reject within a minute sets off."""
    return dict(_ALARM)


class Monitoring:
    """
    A log group and all it takes to watch it, driven through boto3.

    Metrics go by ``namespace`` and ``metric``; ``record`` writes flow records, and ``rejects``
    is a pattern for those that say REJECT.
    """

    group, stream, namespace, metric = "/lab", "eni-1-all", "Lab", "Rejects"
    fields = (
        "version, account, eni, source, destination, srcport, destport, protocol, packets, "
        "bytes, windowstart, windowend, action, flowlogstatus"
    )
    rejects = f"[{fields}]".replace("action,", "action=REJECT,")

    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws
        session = _session(aws)
        self.logs: Any = session.client("logs")
        self.cloudwatch: Any = session.client("cloudwatch")
        self.sns: Any = session.client("sns")
        self.sqs: Any = session.client("sqs")
        self.logs.create_log_group(logGroupName=self.group)
        self.logs.create_log_stream(logGroupName=self.group, logStreamName=self.stream)

    def filter(self, pattern: str = rejects, **transformation: Any) -> None:
        transformation = {
            "metricName": self.metric,
            "metricNamespace": self.namespace,
            "metricValue": "1",
            **transformation,
        }
        self.logs.put_metric_filter(
            logGroupName=self.group,
            filterName="rejects",
            filterPattern=pattern,
            metricTransformations=[transformation],
        )

    @staticmethod
    def record(action: str = "REJECT", source: str = "10.1.1.10", octets: object = 84) -> str:
        """A flow record in the default format."""
        return f"2 123456789012 eni-1 {source} 10.2.1.10 0 0 1 1 {octets} 7 9 {action} OK"

    def write(self, *messages: str, age_s: float = 0) -> None:
        """Put log events that happened *age_s* ago."""
        at_ms = int((self.aws.clock.now() - age_s) * 1000)
        events = [{"timestamp": at_ms, "message": message} for message in messages]
        self.logs.put_log_events(
            logGroupName=self.group, logStreamName=self.stream, logEvents=events
        )

    def put(self, *values: float, age_s: float = 0, **more: Any) -> None:
        """Put values of the metric, observed *age_s* ago."""
        at = datetime.fromtimestamp(self.aws.clock.now() - age_s, UTC)
        data = [
            {"MetricName": self.metric, "Value": value, "Timestamp": at, **more} for value in values
        ]
        self.cloudwatch.put_metric_data(Namespace=self.namespace, MetricData=data)

    def statistics(
        self, *names: str, period_s: int = 60, last_s: float = 1800, **more: Any
    ) -> list[dict[str, Any]]:
        """The metric's data points of the last half hour."""
        now_s = self.aws.clock.now()
        asked = {
            "Namespace": self.namespace,
            "MetricName": self.metric,
            "StartTime": datetime.fromtimestamp(now_s - last_s, UTC),
            "EndTime": datetime.fromtimestamp(now_s + 60, UTC),
            "Period": period_s,
            "Statistics": list(names or ["Sum"]),
            **more,
        }
        return self.cloudwatch.get_metric_statistics(**asked)["Datapoints"]

    def sums(self) -> dict[str, float]:
        """Sum by minute, as in ``{"09:00": 2.0}``."""
        return {
            f"{each['Timestamp'].astimezone(UTC):%H:%M}": each["Sum"] for each in self.statistics()
        }

    def alarm(self, name: str = "rejects", **more: Any) -> None:
        asked = {**_ALARM, "AlarmName": name, **more}
        asked = {key: value for key, value in asked.items() if value is not None}
        self.cloudwatch.put_metric_alarm(**asked)

    def described(self, name: str = "rejects") -> dict[str, Any]:
        [alarm] = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return alarm

    def state(self, name: str = "rejects") -> str:
        return self.described(name)["StateValue"]

    def history(self, kind: str | None = None) -> list[str]:
        """What happened, oldest first, with the time of day."""
        asked = {"HistoryItemType": kind} if kind else {}
        items = self.cloudwatch.describe_alarm_history(ScanBy="TimestampAscending", **asked)
        return [
            f"{item['Timestamp'].astimezone(UTC):%H:%M:%S} {item['HistorySummary']}"
            for item in items["AlarmHistoryItems"]
        ]

    def minutes(self, number: float) -> None:
        self.aws.clock.sleep(60 * number)

    def topic(self) -> str:
        return self.sns.create_topic(Name="alerts")["TopicArn"]

    def queue(self, topic: str | None, name: str = "inbox", **attributes: str) -> str:
        """The URL of a queue that *topic*, if given, may send to and does."""
        url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        if topic:
            statement = {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
            self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
        return url

    def received(self, url: str, **more: Any) -> list[str]:
        """The bodies of the messages there are; they are gone then."""
        answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **more)
        messages = answer.get("Messages", [])
        for each in messages:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return [each["Body"] for each in messages]


@pytest.fixture(scope="session")
def new_monitoring() -> Callable[..., Monitoring]:
    """A function: a monitored log group on a new application, with the settings given."""

    def make(**settings: Any) -> Monitoring:
        return Monitoring(EmbeddedAws(Settings(**settings)))

    return make


@pytest.fixture
def monitoring(new_monitoring: Callable[..., Monitoring]) -> Monitoring:
    """A monitored log group on a fresh application."""
    return new_monitoring()
