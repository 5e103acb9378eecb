"""Routes traced through a VPC, whose routers keep silent."""

from __future__ import annotations

import re
from typing import Any

import pytest


@pytest.mark.parametrize("option", ["", "-I", "-T"])
def test_the_destination_is_the_first_hop_that_shows(instant: Any, option: str):
    lines = instant.run(f"traceroute -n {option} 10.2.1.10")["StandardOutputContent"].splitlines()
    assert lines[0] == "traceroute to 10.2.1.10 (10.2.1.10), 30 hops max, 60 byte packets"
    assert re.fullmatch(r" 1  10\.2\.1\.10(  0\.\d{3} ms){3}", lines[1])
    assert len(lines) == 2


def test_a_neighbour_is_shown_by_name(instant: Any):
    output = instant.run("traceroute 10.1.1.10")["StandardOutputContent"]
    assert "\n 1  ip-10-1-1-10.ec2.internal (10.1.1.10)  " in output


def test_stars_stand_for_silence(instant: Any):
    before = instant.aws.clock.now()
    shown = instant.run("traceroute -m 3 10.2.1.99")
    assert shown["StandardOutputContent"].splitlines()[1:] == [
        " 1  * * *",
        " 2  * * *",
        " 3  * * *",
    ]
    assert (shown["ResponseCode"], instant.aws.clock.now() - before) == (0, 5)


def test_each_probe_goes_to_a_port_of_its_own(instant: Any):
    instant.flow_log(LogFormat="${dstport} ${protocol} ${bytes}")
    instant.run("traceroute -q 2 -m 1 10.2.1.99")
    assert instant.messages() == ["33434 17 60", "33435 17 60"]


def test_an_unknown_name_is_an_error(instant: Any):
    shown = instant.run("traceroute nowhere")
    assert shown["ResponseCode"] == 2
    assert shown["StandardErrorContent"].startswith("nowhere: Name or service not known")
