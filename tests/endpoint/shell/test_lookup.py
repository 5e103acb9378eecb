"""Names: what the Amazon DNS tells, in the words of each program that asks it."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("dig +short www.example", "198.51.100.80\n"),
        ("dig +short AAAA WWW.example.", "2001:db8:80::80\n"),
        ("dig +short nobody.example", ""),
        ("dig -x 198.51.100.80 +short", "www.example.\n"),
        ("dig @10.1.0.2 +short mail.example", "198.51.100.25\n"),
        ("dig @169.254.169.253 +short ip-10-1-1-10.ec2.internal", "10.1.1.10\n"),
        ("host mail.example", "mail.example has address 198.51.100.25\n"),
        (
            "host 10.1.1.10",
            "10.1.1.10.in-addr.arpa domain name pointer ip-10-1-1-10.ec2.internal.\n",
        ),
        ("host nobody.example", "Host nobody.example not found: 3(NXDOMAIN)\n"),
        ("getent hosts mail.example", "198.51.100.25   mail.example\n"),
        ("getent hosts nobody.example || echo $?", "2\n"),
        ("dig +short s3.us-east-1.amazonaws.com", "52.216.8.5\n"),
        ("dig +short ec2-54-214-9-9.compute-1.amazonaws.com", "54.214.9.9\n"),
    ],
)
def test_a_name_is_looked_up(instant: Any, line: str, output: str):
    assert instant.run(line)["StandardOutputContent"] == output


@pytest.mark.parametrize(
    ("name", "status"), [("www.example", "NOERROR"), ("x.example", "NXDOMAIN")]
)
def test_dig_tells_the_whole_message(instant: Any, name: str, status: str):
    shown = instant.run(f"dig {name}")["StandardOutputContent"]

    assert f"status: {status}" in shown
    assert ";; SERVER: 10.1.0.2#53(10.1.0.2) (UDP)" in shown


@pytest.mark.parametrize(
    "line", ["dig @198.51.100.53 www.example", "dig MX www.example +trace", "getent passwd"]
)
def test_what_is_not_simulated_is_named(instant: Any, line: str):
    shown = instant.run(line)

    assert shown["Status"] == "Failed"
    assert "not simulated" in shown["StandardErrorContent"]


def test_names_and_time_leave_no_record_whatever_the_filters_say(instant: Any):
    instant.flow_log()
    for egress in (True, False):
        instant.ec2.create_network_acl_entry(
            NetworkAclId=instant.acl("a"),
            RuleNumber=10,
            Protocol="-1",
            RuleAction="deny",
            Egress=egress,
            CidrBlock="0.0.0.0/0",
        )
    shown = instant.run("dig +short www.example", "chronyc sources")["StandardOutputContent"]

    assert "198.51.100.80" in shown
    assert "169.254.169.123" in shown
    assert instant.logs.describe_log_groups()["logGroups"] == []
