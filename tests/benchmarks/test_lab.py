"""
Speed and size of the lab itself, as ratios within one run.

Each side of a ratio runs in fresh processes, in turns, and the medians are
compared, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client import KernelManager

ROUNDS = 7
MIB = 1024 * 1024

ON_MOTO = """
import boto3
from moto import mock_aws
from labkit.lab import CloudLab
from labkit.endpoint.clock import VirtualClock
from labkit.steps import STEPS
mock_aws().start()
lab = CloudLab(boto3.Session("x", "y", region_name="us-east-1"), VirtualClock())
"""
ON_LABKIT = """
from labkit import Lab
from labkit.steps import STEPS
lab = Lab.open()
"""
# Steps 1 to 6 as the lab builds them, and step 7 as the calls a ping makes.
BUILD = """
import time
started = time.perf_counter()
for name in ("vpcs", "subnets", "instances", "security_groups", "peering", "routes"):
    STEPS[name](lab)
def ping():
    instance_id = lab.instance_id("app-a")
    lab.ec2.describe_instances(InstanceIds=[lab.instance_id("app-b")])
    sent = lab.ssm.send_command(
        InstanceIds=[instance_id],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["ping -c 4 10.2.1.10"]},
    )
    lab.ssm.get_command_invocation(
        CommandId=sent["Command"]["CommandId"], InstanceId=instance_id
    )
ping()
print(time.perf_counter() - started)
"""
PING = """
for name in ("iam", "flow_logs"):
    STEPS[name](lab)
times = []
for _ in range(30):
    started = time.perf_counter()
    ping()
    times.append(time.perf_counter() - started)
import statistics
print(statistics.median(times))
"""

ON_ITS_PARTS = """
import boto3
from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.clock import VirtualClock
from labkit.endpoint.in_process import attach
from labkit.lab import CloudLab
from labkit.steps import STEPS
clock = VirtualClock()
aws = EmbeddedAws(clock=clock)
session = boto3.Session("x", "y", region_name="us-east-1")
attach(aws, session)
lab = CloudLab(session, clock)
"""
SNAPSHOT = """
from labkit.endpoint.snapshot import Snapshots
from labkit.network.read import DESCRIBE_CALLS
snapshots = aws.extension(Snapshots)
def take():
    lab.ec2.create_tags(Resources=[lab.find("vpc", "vpc-a")], Tags=[{"Key": "k", "Value": "v"}])
    snapshots.of("us-east-1")
def ask():
    for call, key in DESCRIBE_CALLS.items():
        list(lab.ec2.get_paginator(call).paginate())
def best(action):
    spans = []
    for _ in range(10):
        started = time.perf_counter()
        action()
        spans.append(time.perf_counter() - started)
    return min(spans)
print(best(take) / best(ask))
"""


def _run(code: str) -> list[str]:
    words = [sys.executable, "-c", code]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()


def _elapsed(code: str) -> float:
    started = time.perf_counter()
    _run(code)
    return time.perf_counter() - started


def test_importing_labkit_costs_at_most_1_3_times_importing_boto3():
    pairs = [(_elapsed("import labkit"), _elapsed("import boto3")) for _ in range(ROUNDS)]
    ratio = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
    print(f"import labkit / import boto3: {ratio:.2f} (at most 1.3)")

    assert ratio <= 1.3


def test_the_lab_builds_in_at_most_1_5_times_the_same_calls_on_bare_moto():
    pairs = [
        (float(_run(ON_LABKIT + BUILD)[-1]), float(_run(ON_MOTO + BUILD)[-1]))
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
    print(f"building steps 1 to 7, labkit / bare moto: {ratio:.2f} (at most 1.5)")

    assert ratio <= 1.5


def test_a_ping_with_its_records_costs_at_most_10_ms_beyond_its_calls():
    pairs = [
        (float(_run(ON_LABKIT + BUILD + PING)[-1]), float(_run(ON_MOTO + BUILD + PING)[-1]))
        for _ in range(3)
    ]
    extra_ms = 1000 * (
        statistics.median(a for a, _ in pairs) - statistics.median(b for _, b in pairs)
    )
    print(f"a ping with its records, beyond the same calls on bare moto: {extra_ms:.1f} ms (10)")

    assert extra_ms <= 10


def test_a_change_and_a_snapshot_cost_less_than_asking_for_what_it_holds():
    ratio = statistics.median(float(_run(ON_ITS_PARTS + BUILD + SNAPSHOT)[-1]) for _ in range(3))
    print(f"a change and a snapshot / all describe calls: {ratio:.2f} (less than 1)")

    assert ratio < 1


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads memory use from /proc")
def test_a_kernel_with_a_built_lab_stays_under_300_mib():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        code = "from labkit import Lab; lab = Lab.open(through='flow_logs'); import os; os.getpid()"
        reply = client.execute_interactive(code, timeout=120, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok"
        pid = manager.provisioner.pid
        resident = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]
        size_mib = int(resident) * 1024 / MIB
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(f"a kernel with a built lab: {size_mib:.0f} MiB (under 300)")

    assert size_mib < 300
