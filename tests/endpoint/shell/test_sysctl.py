"""The kernel setting that decides about pings."""

from __future__ import annotations

from typing import Any

import pytest

KEY = "net.ipv4.icmp_echo_ignore_all"


def test_a_host_told_to_ignore_pings_does_until_told_otherwise(instant: Any):
    assert instant.run(f"sysctl -n {KEY}", on="b")["StandardOutputContent"] == "0\n"
    said = instant.run(f"sudo sysctl -w {KEY}=1", on="b")["StandardOutputContent"]
    assert said == f"{KEY} = 1\n"
    assert instant.run("ping -c 1 10.2.1.10")["ResponseCode"] == 1
    assert instant.run("nc -z 10.2.1.10 22")["ResponseCode"] == 0
    instant.run(f"sysctl -w {KEY}=0", on="b")
    assert instant.run("ping -c 1 10.2.1.10")["ResponseCode"] == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", 1),
        (f"-w {KEY}", 1),
        (f"-w {KEY}=2", 255),
        ("kernel.hostname", 127),
        (f"-a {KEY}", 127),
    ],
)
def test_other_settings_and_values_are_refused(instant: Any, words: str, code: int):
    assert instant.run(f"sysctl {words}")["ResponseCode"] == code
