"""The internet behind a lab: ping and trace agree on it; on a live account it is unknown."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.network.walk import Fate

WEB = "198.51.100.80"


@pytest.fixture(scope="module")
def lab():
    return Lab.open(through="gateways")


@pytest.mark.parametrize("source", ["web-a", "worker-a", "app-a"])
@pytest.mark.parametrize("target", [WEB, "198.51.100.99", "192.0.2.1"])
def test_a_trace_ends_as_the_ping_does(lab, source, target):
    expected = lab.ping(source, target, count=1).answered

    assert expected == lab.walk(source, target)[0].answered


def test_a_host_on_the_internet_goes_by_its_name_in_a_trace_too(lab):
    assert lab.walk("worker-a", "www.example")[0] == lab.walk("worker-a", WEB)[0]
    lab.ping("worker-a", "www.example")
    assert "www.example" in repr(lab.draw())


def test_the_internet_sees_each_by_the_gateway_it_takes(lab):
    def seen_as(name):
        return lab.run_command(name, "curl -s -m 2 http://checkip.amazonaws.com").stdout.strip()

    [nat] = lab.ec2.describe_addresses()["Addresses"]
    [web] = lab.tags.resources(lab.ec2, "instance", "web-a")
    assert seen_as("worker-a") == nat["PublicIp"]
    assert seen_as("web-a") == web["PublicIpAddress"]
    assert seen_as("app-a") == ""


def test_sites_answer_as_what_they_are(lab):
    def fetched(url):
        return lab.run_command(
            "web-a", f"curl -s -o /dev/null -w %{{http_code}} http://{url}"
        ).stdout

    assert fetched("www.example").strip() == "200"
    assert fetched("s3.us-east-1.amazonaws.com").strip() == "307"
    said = lab.run_command("web-a", "curl -s http://dynamodb.us-east-1.amazonaws.com").stdout
    assert said.startswith("healthy: dynamodb.us-east-1.amazonaws.com")
    refused = lab.run_command("web-a", "curl http://mail.example")
    assert "Could not connect to server" in refused.stderr


def test_where_nobody_knows_the_internet_a_walk_ends_at_its_edge(lab):
    stranger = type(lab)(lab._session, lab.clock, name=lab.name)  # noqa: SLF001  the same cloud

    assert stranger.walk("web-a", WEB)[0].fate is Fate.LEFT_FOR_INTERNET
    assert stranger.topology().outside == {}
