"""A lab remembers what happened to it, and what its network was like at the time."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.lab.journal import Journal


@pytest.fixture(scope="module")
def lab():
    lab = Lab.open(through="routes")
    lab.ping("app-a", "app-b")
    lab.clock.sleep(60)
    lab.ec2.delete_route(
        RouteTableId=lab.find("route-table", "routes-a"), DestinationCidrBlock="10.2.0.0/16"
    )
    lab.clock.sleep(60)
    lab.ping("app-a", "app-b")
    lab.ping("app-b", "10.1.1.99")
    return lab


def test_pings_and_changes_stand_in_the_order_of_time(lab):
    moments = lab.journal.moments()

    assert ["app-a pings app-b", "DeleteRoute", "app-a pings app-b", "app-b pings 10.1.1.99"] == [
        each.what for each in moments[1:]
    ]
    assert sorted(each.at for each in moments) == [each.at for each in moments]


def test_each_moment_keeps_the_network_of_its_time(lab):
    answered, changed, lost, _ = lab.journal.moments()[1:]

    assert answered.walk.answered
    assert not lost.walk.answered
    assert changed.walk is None
    assert answered.topology != changed.topology == lost.topology


def test_the_network_is_looked_at_again_only_after_a_change():
    lab = Lab.open(through="routes")
    looks = []

    def look():
        looks.append(1)
        return lab.topology()

    journal = Journal(lab.clock, look)
    ec2 = lab.client("ec2")
    journal.watch(ec2)
    for _ in range(3):
        journal.pinged(lab.clock.now(), "app-a", "app-b")
    assert len(looks) == 1
    ec2.describe_vpcs()
    with pytest.raises(ec2.exceptions.ClientError):
        ec2.create_vpc(CidrBlock="nonsense")
    journal.pinged(lab.clock.now(), "app-a", "app-b")
    assert len(looks) == 1
    ec2.create_vpc(CidrBlock="10.7.0.0/16")
    journal.pinged(lab.clock.now(), "app-a", "app-b")
    assert len(looks) == 2


def test_a_ping_to_what_is_not_in_the_network_has_no_way():
    lab = Lab.open(through="routes")
    journal = Journal(lab.clock, lab.topology)
    journal.pinged(0.0, "app-a", "no-such-host")

    assert journal.moments()[0].walk is None
