"""Other people's clients, run unchanged; docs/clients.md has more of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.clock import WallClock
from labkit.endpoint.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUP = "/app"
ERRORS = 3
EVENTS = 12
AWSWRANGLER = """
import awswrangler as wr
where = {"log_group_names": ["/app"]}
print(wr.cloudwatch.read_logs("stats count(*) as n by level | sort level", **where).to_csv())
print(wr.cloudwatch.read_logs("fields @timestamp, number | sort number", **where).dtypes.to_csv())
print(len(wr.cloudwatch.filter_log_events("/app", filter_pattern='{ $.level = "ERROR" }')))
print(wr.cloudwatch.describe_log_streams("/app")["logStreamName"].to_list())
"""
PREFLIGHT = """
version: 1
defaults: {region: us-east-1}
accounts: {lab: {regions: [us-east-1]}}
assertions:
  - {id: web, type: allow, protocol: tcp, port: 80, source: &one {account: lab, selector:
      {tags: {Name: one}}}, destination: &other {account: lab, selector: {tags: {Name: other}}}}
  - {id: ssh, type: deny, protocol: tcp, port: 22, source: *one, destination: *other}
  - {id: dns, type: allow, protocol: udp, port: 53, source: *one, destination: *other}
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: Any) -> Iterator[dict[str, str]]:
    """What points a client at an endpoint that has a log group with some JSON events."""
    server = serve(EmbeddedAws(clock=WallClock()), port=0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    home: Path = tmp_path_factory.mktemp("home")
    settings = {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "labkit",
        "AWS_SECRET_ACCESS_KEY": "labkit",
        "HOME": str(home),
    }
    logs = boto3.client(
        "logs",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="labkit",
        aws_secret_access_key="labkit",
    )
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="one")
    now_ms = int(time.time() * 1000)
    levels = ["ERROR"] * ERRORS + ["INFO"] * (EVENTS - ERRORS)
    events = [
        {"timestamp": now_ms, "message": json.dumps({"level": level, "number": number})}
        for number, level in enumerate(levels)
    ]
    logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=events)
    yield settings
    server.shutdown()
    thread.join(timeout=10)


def printed(environment: dict[str, str], code: str, *arguments: str) -> str:
    """What a Python program prints that runs in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_aws_cloudwatch_insights_gets_rows(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    insights = pytest.importorskip("aws_cloudwatch_insights", reason="it is not installed")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    rows = insights.Insights(boto3.Session().client("logs")).get_insights(
        "stats count(*) as n by level | sort level", 10, [GROUP], timedelta(hours=-1)
    )
    assert list(rows) == [{"level": "ERROR", "n": str(ERRORS)}, {"level": "INFO", "n": "9"}]


@pytest.mark.skipif(find_spec("awslogs") is None, reason="awslogs is not installed")
def test_awslogs_lists_reads_and_filters(environment: dict[str, str]):
    def awslogs(*arguments: str) -> list[str]:
        code = "from awslogs.bin import main; main()"
        return printed(environment, code, *arguments).splitlines()

    assert awslogs("groups") == [GROUP]
    assert awslogs("streams", GROUP, "--start=1h") == ["one"]
    assert len(awslogs("get", GROUP, "ALL", "--start=1h", "--no-color")) == EVENTS
    found = awslogs("get", GROUP, "--filter-pattern=ERROR", "--query=number", "--color=never")
    assert [line.split() for line in found] == [[GROUP, "one", str(n)] for n in range(ERRORS)]


@pytest.mark.skipif(
    find_spec("awswrangler") is None,
    reason="awswrangler is not installed: it brings 150 MB of pyarrow",
)
def test_awswrangler_reads_logs_into_frames(environment: dict[str, str]):
    assert printed(environment, AWSWRANGLER).split() == [
        *(",level,n", "0,ERROR,3", "1,INFO,9"),
        *(",0", "timestamp,datetime64[us]", "number,string", "ptr,string"),
        "3",
        "['one']",
    ]


@pytest.fixture
def two_interfaces(environment: dict[str, str]) -> Any:
    """An EC2 client; a VPC with interfaces ``one`` and ``other``, whose groups let in port 80."""
    ec2 = boto3.client(
        "ec2",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="labkit",
        aws_secret_access_key="labkit",
    )
    vpc_id = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc_id)["GroupId"]
    anybody = [{"CidrIp": "0.0.0.0/0"}]
    web = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": anybody}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[web])
    for name in ("one", "other"):
        ec2.create_network_interface(
            SubnetId=subnet,
            Groups=[group],
            TagSpecifications=[
                {"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": name}]}
            ],
        )
    return ec2


@pytest.mark.skipif(find_spec("preflight") is None, reason="aws-network-preflight is not installed")
def test_aws_network_preflight_asks_who_reaches_whom(
    environment: dict[str, str], two_interfaces: Any, tmp_path: Path
):
    asked = tmp_path / "preflight.yaml"
    asked.write_text(PREFLIGHT)
    code = "from preflight.cli import app; app()"
    run = [sys.executable, "-c", code, "run", "--file", str(asked), "--format", "json"]
    done = subprocess.run(
        run, env=os.environ | environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, "an assertion does not hold"
    told = [
        (each["assertion_id"], each["actual_outcome"], each["explanation_code"])
        for each in json.loads(done.stdout)["results"]
    ]
    assert told == [
        ("web", "reachable", None),
        ("ssh", "not_reachable", "ENI_SG_RULES_MISMATCH"),
        ("dns", "not_reachable", "ENI_SG_RULES_MISMATCH"),
    ]
    assert two_interfaces.describe_network_insights_paths()["NetworkInsightsPaths"] == []
