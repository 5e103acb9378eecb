"""Port scans and listeners."""

from __future__ import annotations

from typing import Any

import pytest

SHAPE = "${srcaddr} ${dstport} ${packets} ${bytes} ${tcp-flags} ${action}"


def test_an_open_port_leaves_a_whole_connection(instant: Any):
    instant.flow_log(LogFormat=SHAPE)
    shown = instant.run("nc -zv 10.2.1.10 22")
    assert shown["ResponseCode"] == 0
    assert shown["StandardErrorContent"] == "Connection to 10.2.1.10 22 port [tcp/ssh] succeeded!\n"
    messages = instant.messages()
    assert messages.count("10.1.1.10 22 4 216 3 ACCEPT") == 2
    assert sum(m.startswith("10.2.1.10") and m.endswith("2 112 19 ACCEPT") for m in messages) == 2


def test_a_closed_port_refuses_at_once(instant: Any):
    before = instant.aws.clock.now()
    shown = instant.run("nc -zv 10.2.1.10 81")
    assert shown["ResponseCode"] == 1
    assert shown["StandardErrorContent"].startswith(
        "nc: connect to 10.2.1.10 port 81 (tcp) failed: Connection refused\n"
    )
    assert instant.aws.clock.now() == before


def test_a_filtered_port_is_tried_until_linux_gives_up(instant: Any):
    instant.flow_log(LogFormat=SHAPE)
    before = instant.aws.clock.now()
    shown = instant.run("nc -zv 10.2.1.99 80")
    assert "failed: Connection timed out" in shown["StandardErrorContent"]
    assert instant.aws.clock.now() - before == 127
    assert instant.messages() == ["10.1.1.10 80 6 360 2 ACCEPT", "10.1.1.10 80 1 60 2 ACCEPT"]


def test_a_limit_ends_the_wait(instant: Any):
    before = instant.aws.clock.now()
    shown = instant.run("nc -z -v -w 2 10.2.1.99 80")
    assert "timed out: Operation now in progress" in shown["StandardErrorContent"]
    assert instant.aws.clock.now() - before == 2


def test_a_range_succeeds_if_one_port_does(instant: Any):
    shown = instant.run("nc -zv 10.2.1.10 21-23")
    lines = shown["StandardErrorContent"].splitlines()
    assert [("succeeded" in line, "refused" in line) for line in lines] == [
        (False, True),
        (True, False),
        (False, True),
    ]
    assert shown["ResponseCode"] == 0


def test_udp_is_open_unless_an_error_comes_back(instant: Any):
    assert instant.run("nc -zu 10.2.1.10 5000")["ResponseCode"] == 1
    instant.run("nc -lku 5000 &", on="b")
    assert instant.run("nc -zuv 10.2.1.10 5000")["ResponseCode"] == 0
    assert instant.run("nc -zu 10.2.1.99 5000")["ResponseCode"] == 0


def test_a_listener_lasts_until_it_is_ended(instant: Any):
    assert instant.run("nc -lk 8080 &", on="b")["ResponseCode"] == 0
    assert instant.run("nc -z 10.2.1.10 8080")["ResponseCode"] == 0
    again = instant.run("nc -lk 8080 &", on="b")
    assert "Address already in use" in again["StandardErrorContent"]
    assert instant.run("pkill nc", on="b")["ResponseCode"] == 0
    assert instant.run("nc -z 10.2.1.10 8080")["ResponseCode"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("10.2.1.10 22", 127, "not simulated: nc without -z"),
        ("-l 80", 127, "not simulated: nc -l (a listener has to last: nc -lk PORT &)"),
        ("-z 10.2.1.10", 1, "usage: nc"),
        ("-z 10.2.1.10 70000", 1, "nc: port number invalid: 70000"),
        ("-z -w 0 10.2.1.10 80", 1, "nc: timeout too small: 0"),
        (
            "-z nowhere 80",
            1,
            'nc: getaddrinfo for host "nowhere" port 80: Name or service not known',
        ),
    ],
)
def test_a_wrong_call_says_so(instant: Any, arguments: str, code: int, message: str):
    shown = instant.run(f"nc {arguments}")
    assert shown["ResponseCode"] == code
    assert shown["StandardErrorContent"].startswith(message)
