"""The door over HTTP, as clients in other processes find it."""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.clock import WallClock
from labkit.endpoint.server import HEALTH_PATH, serve
from labkit.endpoint.settings import Settings

CLIENTS = 30


@pytest.fixture
def server():
    """The application on a free port of the loopback interface, on the wall clock."""
    server = serve(EmbeddedAws(Settings(delivery="instant"), WallClock()), port=0)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture
def connection(server):
    """A plain HTTP connection to it."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    yield connection
    connection.close()


@pytest.fixture
def session():
    """A boto3 session with credentials that open nothing."""
    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="y", region_name="us-east-1")


def test_it_says_that_it_is_well(connection):
    connection.request("GET", HEALTH_PATH)
    answer = connection.getresponse()

    assert answer.status == 200
    assert json.loads(answer.read())["status"] == "ok"


def test_a_browser_that_comes_by_is_told_what_this_is(connection):
    connection.request("GET", "/")
    answer = connection.getresponse()

    assert answer.status == 403
    assert b"endpoint for AWS clients" in answer.read()


def test_thirty_clients_at_once_get_what_each_would_have_got_alone(server, session):
    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=CLIENTS)
    clients = {
        name: session.client(name, endpoint_url=server.url, config=config)
        for name in ("ec2", "ssm", "logs")
    }
    with ThreadPoolExecutor(CLIENTS) as pool:
        found = [*pool.map(lambda number: _visit(number, clients), range(CLIENTS))]

    assert found == [
        {
            "blocks": [f"10.{number}.0.0/24", f"10.{number}.1.0/24"],
            "names": [f"subnet-{number}-0", f"subnet-{number}-1"],
            "received": True,
            "error": "InvalidSubnet.Conflict",
            "events": [f"{number}: {each}" for each in range(5)],
        }
        for number in range(CLIENTS)
    ]
    assert len({vpc["VpcId"] for vpc in clients["ec2"].describe_vpcs()["Vpcs"]}) == CLIENTS + 1


def _visit(number, clients):
    """Build a small network of one's own, ping in it, write and read a log; what came of it."""
    ec2 = clients["ec2"]
    vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
    subnets = [_subnet(ec2, vpc, number, part) for part in range(2)]
    group = ec2.create_security_group(GroupName="all", Description="all", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="icmp", FromPort=-1, ToPort=-1, CidrIp="10.0.0.0/8"
    )
    first, second = (_launch(ec2, subnet, group) for subnet in subnets)
    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    shown = ec2.describe_subnets(Filters=mine)["Subnets"]
    return {
        "blocks": sorted(subnet["CidrBlock"] for subnet in shown),
        "names": sorted(subnet["Tags"][0]["Value"] for subnet in shown),
        "received": "2 received" in _ping(clients["ssm"], first, second),
        "error": _error(ec2.create_subnet, VpcId=vpc, CidrBlock=f"10.{number}.0.0/24"),
        "events": _log(clients["logs"], number),
    }


def _subnet(ec2, vpc, number, part):
    tags = [{"Key": "Name", "Value": f"subnet-{number}-{part}"}]
    made = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=f"10.{number}.{part}.0/24",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}],
    )
    return made["Subnet"]["SubnetId"]


def _launch(ec2, subnet, group):
    made = ec2.run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group]
    )
    return made["Instances"][0]


def _ping(ssm, first, second):
    sent = ssm.send_command(
        InstanceIds=[first["InstanceId"]],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": [f"ping -c 2 {second['PrivateIpAddress']}"]},
    )
    shown = ssm.get_command_invocation(
        CommandId=sent["Command"]["CommandId"], InstanceId=first["InstanceId"]
    )
    return shown["StandardOutputContent"]


def _error(call, **params):
    try:
        call(**params)
    except call.__self__.exceptions.ClientError as refused:
        return refused.response["Error"]["Code"]
    return None


def _log(logs, number):
    group = f"/client/{number}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    now_ms = int(time.time() * 1000)
    for each in range(5):
        event = {"timestamp": now_ms + each, "message": f"{number}: {each}"}
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])
    return [each["message"] for each in logs.filter_log_events(logGroupName=group)["events"]]
