"""The application: every request gets an answer, AWS-shaped, and no other application notices."""

from __future__ import annotations

import logging
import subprocess
import sys
from threading import Thread

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from labkit.endpoint import operations
from labkit.endpoint.clock import FIRST_INSTANT_S
from labkit.endpoint.operations import AwsError, operation
from labkit.endpoint.settings import Settings


class Explosion:
    """An extension that cannot be made."""

    def __init__(self, _):
        raise ZeroDivisionError


class Tally:
    """An extension that counts its calls."""

    def __init__(self, aws):
        self.aws = aws
        self.calls = []


@pytest.fixture
def added(monkeypatch, aws):
    """A function like ``operation`` whose registration lasts for one test."""
    assert aws, "it has loaded the operations that last"
    handlers = dict(operations._HANDLERS)  # noqa: SLF001  restored after the test
    monkeypatch.setattr(operations, "_HANDLERS", handlers)
    return operation


def test_importing_labkit_does_not_import_moto():
    code = "import sys, labkit; sys.exit('moto' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_operation_registered_answers_instead_of_moto(added, aws, session_on):
    @added("logs", "DescribeDestinations")
    def answer(call):
        assert (call.region, call.account_id) == ("eu-west-1", "123456789012")
        return {"destinations": [{"destinationName": call.params["DestinationNamePrefix"]}]}

    logs = session_on(aws, "eu-west-1").client("logs")
    found = logs.describe_destinations(DestinationNamePrefix="net")
    assert found["destinations"] == [{"destinationName": "net"}]


def test_an_operation_may_ask_moto_with_other_parameters(added, aws, session_on):
    @added("ec2", "DescribeSubnets")
    def answer(call):
        return call.forward(Filters=[{"Name": "cidr-block", "Values": ["172.31.0.0/20"]}])

    subnets = session_on(aws).client("ec2").describe_subnets()["Subnets"]
    assert [subnet["CidrBlock"] for subnet in subnets] == ["172.31.0.0/20"]


def test_an_error_raised_by_an_operation_reaches_the_client(added, aws, session_on):
    @added("logs", "DeleteDelivery")
    def answer(_):
        raise AwsError("ConflictException", "Delivery is over.")

    with pytest.raises(ClientError) as caught:
        session_on(aws).client("logs").delete_delivery(id="1")
    assert caught.value.response["Error"] == {
        "Code": "ConflictException",
        "Message": "Delivery is over.",
    }


def test_a_fault_of_the_lab_is_an_internal_failure_and_a_log_line(added, aws, ec2, caplog):
    @added("ec2", "DescribeHosts")
    def answer(call):
        call.aws.extension(Explosion)

    with caplog.at_level(logging.ERROR), pytest.raises(ClientError) as caught:
        ec2.describe_hosts()
    assert caught.value.response["Error"]["Code"] == "InternalFailure"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "ZeroDivisionError" in caplog.text
    assert ec2.describe_vpcs()["Vpcs"], "the application goes on"
    assert aws.generation("ec2") == 0


@pytest.mark.parametrize(
    ("service", "call", "params", "message"),
    [
        ("ec2", "create_route_server", {"AmazonSideAsn": 1}, "ec2:CreateRouteServer"),
        ("logs", "create_delivery", {"deliverySourceName": "a", "deliveryDestinationArn": "b"}, ""),
        ("outposts", "list_sites", {}, "outposts"),
    ],
)
def test_what_is_not_simulated_says_so(aws, session_on, service, call, params, message):
    with pytest.raises(ClientError) as caught:
        getattr(session_on(aws).client(service), call)(**params)
    error = caught.value.response
    if message:
        assert error["Error"]["Code"] == "NotImplemented"
        assert error["Error"]["Message"].startswith(f"Not simulated: {message}")
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_what_is_not_simulated_names_what_is(aws, session_on, refusal):
    session = session_on(aws)
    code, message = refusal(session.client("logs").get_lookup_table, lookupTableArn="x")
    assert code == "NotImplemented"
    assert message.startswith("Not simulated: logs:GetLookupTable. Simulated are ")
    assert "DescribeLookupTables" in message
    assert refusal(session.client("stepfunctions").list_state_machines) == (
        "NotImplemented",
        (
            "Not simulated: states. Simulated: cloudformation, cloudwatch, ec2, iam, lambda, logs, "
            "s3, sns, sqs, ssm and sts."
        ),
    )


def test_a_filter_that_is_not_simulated_is_named(ec2, refusal):
    code, message = refusal(ec2.describe_vpcs, Filters=[{"Name": "foo", "Values": ["x"]}])
    assert code == "NotImplemented"
    assert "The filter 'foo' for DescribeVpcs" in message


def test_an_action_no_service_has_is_refused(aws):
    headers = {
        "authorization": "AWS4-HMAC-SHA256 Credential=A/20260105/us-east-1/ec2/aws4_request",
        "content-type": "application/x-www-form-urlencoded",
    }
    response = aws.handle("POST", "http://127.0.0.1/", headers, b"Action=Nonsense")
    assert response.status == 400
    assert b"<Code>InvalidAction</Code>" in response.body


def test_a_request_for_nobody_is_told_to_sign(aws):
    response = aws.handle("GET", "http://127.0.0.1:4566/", {})
    assert response.status == 403
    assert b"MissingAuthenticationToken" in response.body


def test_a_region_that_does_not_exist_is_refused(aws, session_on):
    with pytest.raises(ClientError, match="ec2 in region mars-west-1"):
        session_on(aws, "mars-west-1").client("ec2").describe_vpcs()


@pytest.mark.parametrize("body", [b"\xff\xfe", b"Action=CreateVpc&CidrBlock", b"{", b""])
@pytest.mark.parametrize("service", ["ec2", "logs", "s3", "iam", "nonsense"])
def test_any_bytes_get_an_answer(aws, service, body):
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential=A/20260105/us-east-1/{service}/aws4_request",
        "x-amz-target": "Logs_20140328.PutLogEvents" if service == "logs" else "",
        "content-type": "application/x-www-form-urlencoded" if service != "logs" else "",
    }
    response = aws.handle("POST", "http://127.0.0.1/", headers, body)
    assert 100 <= response.status <= 599


def test_every_response_carries_a_request_id(aws, session_on):
    session = session_on(aws)
    answers = [
        session.client("ec2").describe_vpcs(),
        session.client("logs").describe_log_groups(),
        session.client("sts").get_caller_identity(),
        session.client("ec2").create_vpc(CidrBlock="10.0.0.0/16"),
    ]
    ids = [answer["ResponseMetadata"]["RequestId"] for answer in answers]
    assert len({*ids}) == len(ids)
    assert {len(each) for each in ids} == {36}


def test_whoever_has_the_lab_owns_the_account_and_a_key_is_its_users(aws, iam, session_on):
    def caller(key):
        sts = session_on(aws).client("sts", aws_access_key_id=key, aws_secret_access_key="x")
        return sts.get_caller_identity()["Arn"]

    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    assert caller("lab") == "arn:aws:iam::123456789012:root"
    assert caller(key) == "arn:aws:iam::123456789012:user/ann"


def test_time_is_the_applications_own(aws, session_on):
    session = session_on(aws)
    session.client("logs").create_log_group(logGroupName="a")
    aws.clock.sleep(60)
    session.client("logs").create_log_group(logGroupName="b")
    session.client("s3").create_bucket(Bucket="bucket")
    groups = session.client("logs").describe_log_groups()["logGroups"]
    started_ms = FIRST_INSTANT_S * 1000
    assert [group["creationTime"] - started_ms for group in groups] == [0, 60_000]
    [bucket] = session.client("s3").list_buckets()["Buckets"]
    assert bucket["CreationDate"].timestamp() == FIRST_INSTANT_S + 60


def test_two_applications_share_nothing(new_aws, session_on):
    one, other = new_aws(), new_aws()
    mine, theirs = session_on(one), session_on(other)
    mine.client("s3").create_bucket(Bucket="ours")
    theirs.client("s3").create_bucket(Bucket="ours")
    mine.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    mine.client("iam").create_user(UserName="ada")
    assert len(mine.client("ec2").describe_vpcs()["Vpcs"]) == 2
    assert len(theirs.client("ec2").describe_vpcs()["Vpcs"]) == 1
    assert theirs.client("iam").list_users()["Users"] == []


def test_a_peering_across_regions_stays_in_its_application(new_aws, session_on):
    one, other = new_aws(), new_aws()
    for aws in (one, other):
        session_on(aws, "eu-west-1").client("ec2").describe_vpcs()
    near, far = (session_on(one, region).client("ec2") for region in ("us-east-1", "eu-west-1"))
    peer = far.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    vpc = near.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    near.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer, PeerRegion="eu-west-1")
    stranger = session_on(other, "eu-west-1").client("ec2")
    assert len(far.describe_vpc_peering_connections()["VpcPeeringConnections"]) == 1
    assert stranger.describe_vpc_peering_connections()["VpcPeeringConnections"] == []


def _ids(session):
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    return vpc, subnet


def test_the_same_calls_give_the_same_ids_whatever_others_do(new_aws, session_on):
    alone = _ids(session_on(new_aws()))
    noisy, disturbed = session_on(new_aws()), session_on(new_aws())
    ec2 = disturbed.client("ec2")
    noisy.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    noisy.client("ec2").create_vpc(CidrBlock="10.8.0.0/16")
    ec2.describe_vpcs()
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    assert (vpc, subnet) == alone


def test_another_seed_gives_other_ids(new_aws, session_on):
    one, other = (_ids(session_on(new_aws(Settings(seed=seed)))) for seed in (1, 2))
    assert not {*one} & {*other}


_BUILD = """
import boto3, json
from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.in_process import attach
session = boto3.Session(
    aws_access_key_id="lab", aws_secret_access_key="lab", region_name="us-east-1")
attach(EmbeddedAws(), session)
ec2 = session.client("ec2")
vpcs = [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in (1, 2)]
for n, vpc in enumerate(vpcs, 1):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{n}.0.0/24")["Subnet"]["SubnetId"]
    groups = [ec2.create_security_group(VpcId=vpc, GroupName=g, Description=g)["GroupId"]
              for g in "abcde"]
    made = ec2.run_instances(ImageId="ami-12345678", MinCount=3, MaxCount=3, SubnetId=subnet,
                             SecurityGroupIds=groups, ClientToken=f"a{n}")["Instances"]
    ec2.terminate_instances(InstanceIds=[each["InstanceId"] for each in made[:2]])
    ec2.run_instances(ImageId="ami-12345678", MinCount=2, MaxCount=2, SubnetId=subnet,
                      SecurityGroupIds=groups, ClientToken=f"b{n}")
ec2.create_vpc_peering_connection(VpcId=vpcs[0], PeerVpcId=vpcs[1])
for name in ("vpcs", "subnets", "instances", "network_interfaces", "route_tables", "network_acls",
             "security_groups", "vpc_peering_connections", "availability_zones", "tags"):
    print(json.dumps(getattr(ec2, f"describe_{name}")(), default=str))
"""


def test_two_runs_describe_the_same_network_byte_for_byte():
    runs = [
        subprocess.run(
            [sys.executable, "-c", _BUILD],
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "TZ": "UTC"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(runs[0]) > 10_000
    assert runs[0] == runs[1]


def test_a_users_own_mock_is_left_alone(aws, session_on):
    with mock_aws():
        theirs = boto3.client("ec2", region_name="us-east-1")
        vpc = theirs.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        ours = session_on(aws).client("ec2")
        mine = ours.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        assert mine not in {each["VpcId"] for each in theirs.describe_vpcs()["Vpcs"]}
        [still_there] = theirs.describe_vpcs(VpcIds=[vpc])["Vpcs"]
        assert still_there["CidrBlock"] == "10.7.0.0/16"
    assert mine in {each["VpcId"] for each in ours.describe_vpcs()["Vpcs"]}


def test_threads_take_turns(aws, session_on):
    clients = [session_on(aws).client("ec2") for _ in range(8)]

    def work(client, number):
        for part in range(5):
            client.create_vpc(CidrBlock=f"10.{number}.{part * 16}.0/20")

    threads = [Thread(target=work, args=each) for each in zip(clients, range(8), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    vpcs = clients[0].describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    assert len({vpc["VpcId"] for vpc in vpcs}) == 40


def test_an_extension_is_made_once_for_each_application(new_aws):
    one, other = new_aws(), new_aws()
    assert one.extension(Tally) is one.extension(Tally)
    assert one.extension(Tally) is not other.extension(Tally)
    assert one.extension(Tally).aws is one


def test_only_changes_raise_the_generation(aws, ec2):
    before = aws.generation("ec2")
    ec2.describe_vpcs()
    assert aws.generation("ec2") == before
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    assert aws.generation("ec2") == before + 1
    assert aws.generation("logs") == 0


def test_the_lab_calls_itself_without_a_client(aws, two_vpcs):
    answer = aws.invoke("ec2", "DescribeVpcs", VpcIds=[two_vpcs[0]])
    assert [vpc["CidrBlock"] for vpc in answer["Vpcs"]] == ["10.1.0.0/16"]
    with pytest.raises(AwsError, match=r"InvalidVpcID.NotFound"):
        aws.invoke("ec2", "DescribeVpcs", VpcIds=["vpc-12345678"])


def test_an_application_that_is_gone_leaves_no_state_behind(new_aws, session_on):
    import gc

    from moto.ec2.models import EC2Backend

    aws = new_aws()
    ec2 = session_on(aws).client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet)
    with aws.active():
        backend = id(aws.backend("ec2"))
    del aws, ec2
    gc.collect()
    gc.collect()  # moto's instances have finalizers, so the cycle takes two rounds
    alive = [each for each in gc.get_objects() if isinstance(each, EC2Backend)]
    assert backend not in {id(each) for each in alive}


def test_s3_files_are_closed_when_an_application_goes():
    code = (
        "import boto3\n"
        "from labkit.endpoint.application import EmbeddedAws\n"
        "from labkit.endpoint.in_process import attach\n"
        "s = boto3.Session(aws_access_key_id='x', aws_secret_access_key='y')\n"
        "attach(EmbeddedAws(), s)\n"
        "s3 = s.client('s3', region_name='us-east-1')\n"
        "s3.create_bucket(Bucket='bucket')\n"
        "s3.put_object(Bucket='bucket', Key='key', Body=b'x')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, check=True, text=True
    )
    assert done.stderr == ""


def test_policies_that_aws_manages_are_there_when_named(iam):
    trust = '{"Version": "2012-10-17", "Statement": []}'
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=trust)
    arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    iam.attach_role_policy(RoleName="role", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="role")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonSSMManagedInstanceCore", "PolicyArn": arn}]


def test_a_managed_policy_that_aws_does_not_have_is_refused(iam, refusal):
    arn = "arn:aws:iam::aws:policy/NoSuchPolicy"
    assert refusal(iam.get_policy, PolicyArn=arn)[0] == "NoSuchEntity"


def test_instances_start_from_amazons_images(ec2, refusal):
    images = ec2.describe_images(Owners=["amazon"])["Images"]
    assert len(images) > 100
    one = images[0]["ImageId"]
    assert [each["ImageId"] for each in ec2.describe_images(ImageIds=[one])["Images"]] == [one]
    assert refusal(ec2.describe_images, ImageIds=["ami-12345678"])[0] == "InvalidAMIID.NotFound"
