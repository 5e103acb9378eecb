"""What ping prints, how long it takes, and how it ends."""

from __future__ import annotations

import re
from typing import Any

import pytest

LOST = """\
PING 10.2.1.99 (10.2.1.99) 56(84) bytes of data.

--- 10.2.1.99 ping statistics ---
{counts}

"""


def test_an_answered_ping_looks_like_that_of_linux(instant: Any):
    shown = instant.run("ping -c 2 10.2.1.10")
    assert shown["ResponseCode"] == 0
    lines = shown["StandardOutputContent"].split("\n")
    reply = r"64 bytes from 10\.2\.1\.10: icmp_seq={} ttl=127 time=0\.\d{{3}} ms"
    assert lines[0] == "PING 10.2.1.10 (10.2.1.10) 56(84) bytes of data."
    assert re.fullmatch(reply.format(1), lines[1])
    assert re.fullmatch(reply.format(2), lines[2])
    assert lines[3:6] == [
        "",
        "--- 10.2.1.10 ping statistics ---",
        "2 packets transmitted, 2 received, 0% packet loss, time 1000ms",
    ]
    assert re.fullmatch(r"rtt min/avg/max/mdev = (0\.\d{3}/){3}0\.\d{3} ms", lines[6])
    assert lines[7:] == [""]


@pytest.mark.parametrize(
    ("options", "counts", "seconds"),
    [
        ("-c 4", "4 packets transmitted, 0 received, 100% packet loss, time 3000ms", 13),
        ("-c 4 -W 1", "4 packets transmitted, 0 received, 100% packet loss, time 3000ms", 4),
        ("-c 3 -i 0.5 -W 2", "3 packets transmitted, 0 received, 100% packet loss, time 1000ms", 3),
        ("-w 5", "5 packets transmitted, 0 received, 100% packet loss, time 4000ms", 5),
        ("-c 2 -w 5", "5 packets transmitted, 0 received, 100% packet loss, time 4000ms", 5),
    ],
)
def test_a_lost_ping_waits_as_linux_does(instant: Any, options: str, counts: str, seconds: float):
    before = instant.aws.clock.now()
    shown = instant.run(f"ping {options} 10.2.1.99")
    assert shown["StandardOutputContent"] == LOST.format(counts=counts)
    assert shown["ResponseCode"] == 1
    assert instant.aws.clock.now() - before == seconds


def test_a_deadline_ends_a_ping_that_is_answered(instant: Any):
    shown = instant.run("ping -w 3 10.2.1.10")
    assert "3 packets transmitted, 3 received" in shown["StandardOutputContent"]
    short = instant.run("ping -c 9 -w 3 10.2.1.10")
    assert "3 packets transmitted, 3 received" in short["StandardOutputContent"]
    assert (shown["ResponseCode"], short["ResponseCode"]) == (0, 1)


def test_without_a_count_ping_stops_and_says_so(instant: Any):
    shown = instant.run("ping 10.2.1.10")
    assert "4 packets transmitted, 4 received" in shown["StandardOutputContent"]
    assert shown["StandardErrorContent"].startswith("labkit: ping without -c stops after 4")


def test_quiet_leaves_out_the_replies(instant: Any):
    output = instant.run("ping -q -c 3 10.2.1.10")["StandardOutputContent"]
    assert "icmp_seq" not in output
    assert "3 received" in output


def test_the_payload_counts_in_output_and_records(instant: Any):
    instant.flow_log()
    output = instant.run("ping -c 1 -s 100 10.2.1.10")["StandardOutputContent"]
    assert "100(128) bytes of data." in output
    assert "108 bytes from" in output
    assert instant.rows("a") == {"A>B ACCEPT 1/128", "B>A ACCEPT 1/128"}


def test_a_payload_too_small_for_a_timestamp_has_no_times(instant: Any):
    output = instant.run("ping -c 1 -s 8 10.2.1.10")["StandardOutputContent"]
    assert "time=" not in output
    assert "rtt" not in output


def test_private_names_resolve_within_the_vpc_only(instant: Any):
    near = instant.run("ping -c 1 ip-10-1-1-10.ec2.internal")["StandardOutputContent"]
    assert near.startswith("PING ip-10-1-1-10.ec2.internal (10.1.1.10) 56(84)")
    assert "64 bytes from ip-10-1-1-10.ec2.internal (10.1.1.10): icmp_seq=1" in near
    far = instant.run("ping -c 1 ip-10-2-1-10.ec2.internal")
    assert (far["ResponseCode"], far["StandardOutputContent"]) == (2, "")
    assert "Name or service not known" in far["StandardErrorContent"]


def test_ipv6_needs_an_address_of_its_own(instant: Any):
    shown = instant.run("ping -6 -c 1 2001:db8::1")
    assert shown["ResponseCode"] == 2
    assert shown["StandardErrorContent"].startswith("ping: connect: Network is unreachable")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("", 1, "ping: usage error: Destination address required"),
        (
            "-c 0 h",
            1,
            "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807",
        ),
        ("-c x h", 1, "ping: invalid argument: 'x'"),
        ("-i 0 h", 1, "ping: bad timing interval: '0'"),
        ("-c", 2, "ping: option requires an argument -- 'c'"),
        ("nowhere.example", 2, "ping: nowhere.example: Name or service not known"),
        ("-f 10.2.1.10", 127, "not simulated: ping -f."),
        ("-i 0.1 10.2.1.10", 127, "not simulated: ping -i 0.1 (flooding is not"),
        ("-s 60000 10.2.1.10", 127, "not simulated: ping -s 60000 (fragments are not)"),
    ],
)
def test_a_ping_called_wrongly_says_so(instant: Any, arguments: str, code: int, message: str):
    shown = instant.run(f"ping {arguments}")
    assert (shown["ResponseCode"], shown["StandardOutputContent"]) == (code, "")
    assert shown["StandardErrorContent"].startswith(message)


def test_a_host_hears_itself_without_any_record(instant: Any):
    instant.logs.create_log_group(logGroupName=instant.group)
    instant.flow_log()
    for target in ("localhost", "127.0.0.1", "10.1.1.10"):
        assert instant.run(f"ping -c 1 {target}")["ResponseCode"] == 0
    assert instant.messages() == []


def test_a_ping_may_leave_by_another_interface_or_from_another_address(instant: Any):
    ec2 = instant.ec2
    second = ec2.create_network_interface(
        SubnetId=instant.subnets["a"], PrivateIpAddress="10.1.1.50", Groups=[instant.groups["a"]]
    )["NetworkInterface"]["NetworkInterfaceId"]
    ec2.attach_network_interface(
        NetworkInterfaceId=second, InstanceId=instant.instances["a"], DeviceIndex=1
    )
    instant.flow_log()
    by_name = instant.run("ping -I ens6 -c 1 10.2.1.10")
    by_address = instant.run("ping -I 10.1.1.50 -c 1 10.2.1.10")

    first_lines = [
        shown["StandardOutputContent"].splitlines()[0] for shown in (by_name, by_address)
    ]
    assert first_lines == [
        "PING 10.2.1.10 (10.2.1.10) from 10.1.1.50 ens6: 56(84) bytes of data.",
        "PING 10.2.1.10 (10.2.1.10) from 10.1.1.50 : 56(84) bytes of data.",
    ]
    assert (by_name["ResponseCode"], by_address["ResponseCode"]) == (0, 0)
    assert sum(second in message for message in instant.messages()) == 4
    assert instant.rows("a") == set()


def test_an_interface_that_the_host_lacks_is_an_error(instant: Any):
    shown = instant.run("ping -I eth7 -c 1 10.2.1.10")
    assert (shown["ResponseCode"], shown["StandardErrorContent"].splitlines()[0]) == (
        2,
        "ping: unknown iface: eth7",
    )
