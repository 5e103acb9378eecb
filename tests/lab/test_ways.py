"""Walks between names: of instances, and of hosts outside in either direction."""

from __future__ import annotations

import many_gateways as gw
import pytest

from labkit.errors import LabError, NameNotFound
from labkit.lab.ways import walk_between


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("private-a", "example", "10.1.2.10 -> 198.51.100.1: answered (reply)"),
        ("private-a", "example-6", "2001:db8:a:2::10 -> 2600::1: answered (reply)"),
        ("example", "public-a", "198.51.100.1 -> 54.0.0.10: answered (reply)"),
        ("198.51.100.1", "public-a", "198.51.100.1 -> 54.0.0.10: answered (reply)"),
        (
            "example",
            "nat",
            "198.51.100.1 -> 54.0.0.200: NAT gateway knows no such flow (request)",
        ),
        ("example-6", "public-a", "2600::1 -> 2001:db8:a:1::10: answered (reply)"),
    ],
)
def test_hosts_outside_go_by_their_names(source, target, expected):
    assert str(walk_between(gw.NETWORK, source, target)) == expected


def test_nobody_outside_can_address_what_has_no_public_address():
    with pytest.raises(LabError, match="private-a has no IPv|no other"):
        walk_between(gw.NETWORK, "example", "private-a")


def test_a_name_that_nobody_bears_lists_hosts_outside_too():
    with pytest.raises(NameNotFound, match="Did you mean 'example'"):
        walk_between(gw.NETWORK, "private-a", "exampel")
