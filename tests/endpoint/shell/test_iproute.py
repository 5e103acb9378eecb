"""Addresses and routes as a host knows them itself."""

from __future__ import annotations

from typing import Any


def test_addresses_show_device_address_and_prefix(instant: Any):
    lines = instant.run("ip addr")["StandardOutputContent"].splitlines()
    assert lines[0].startswith("1: lo: <LOOPBACK,UP,LOWER_UP>")
    at = next(number for number, line in enumerate(lines) if line.startswith("2: ens5: "))
    assert lines[at + 1].startswith("    link/ether ")
    assert lines[at + 2] == (
        "    inet 10.1.1.10/24 metric 512 brd 10.1.1.255 scope global dynamic ens5"
    )


def test_the_brief_form_is_one_line_a_device(instant: Any):
    output = instant.run("ip -4 -br addr show dev ens5")["StandardOutputContent"]
    assert output == "ens5             UP             10.1.1.10/24 \n"


def test_routes_lead_to_the_subnets_router(instant: Any):
    output = instant.run("ip route")["StandardOutputContent"]
    assert output.splitlines()[0] == (
        "default via 10.1.1.1 dev ens5 proto dhcp src 10.1.1.10 metric 512 "
    )


def test_the_way_to_an_address_can_be_asked_for(instant: Any):
    far = instant.run("ip route get 10.2.1.10")["StandardOutputContent"]
    near = instant.run("ip route get 10.1.1.77")["StandardOutputContent"]
    assert far.startswith("10.2.1.10 via 10.1.1.1 dev ens5 src 10.1.1.10 uid 0")
    assert near.startswith("10.1.1.77 dev ens5 src 10.1.1.10 uid 0")


def test_other_subjects_are_not_simulated(instant: Any):
    for line in ("ip neigh", "ip -s addr", "ip route add default via 10.1.1.1"):
        assert instant.run(line)["ResponseCode"] == 127
    assert instant.run("ip addr show dev eth9")["ResponseCode"] == 1
