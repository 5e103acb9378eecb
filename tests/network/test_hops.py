from __future__ import annotations

import pytest

from labkit.network.hops import Fate, Hop, Leg, Station, Verdict, Walk
from labkit.network.topology import HostState


@pytest.mark.parametrize("fate", list(Fate))
def test_only_an_answer_or_a_refusal_is_heard(two_vpcs, ping, fate):
    healthy = ping(two_vpcs(), "app-a", "app-b")
    ended = Walk(
        healthy.packet, healthy.reply, "eni-app-a", "eni-app-b", healthy.hops, (), fate, Leg.REPLY
    )
    assert (fate in (Fate.ANSWERED, Fate.CONNECTION_REFUSED)) is ended.answered


def test_a_request_that_was_delivered_arrived(two_vpcs, broken, ping):
    assert ping(broken.routes(two_vpcs(), "rtb-b"), "app-a", "app-b").arrived
    assert not ping(broken.routes(two_vpcs(), "rtb-a"), "app-a", "app-b").arrived
    stopped = broken.host(two_vpcs(), "eni-app-b", state=HostState.STOPPED)
    assert not ping(stopped, "app-a", "app-b").arrived


def test_walks_can_be_kept_in_sets(two_vpcs, ping):
    walks = {ping(two_vpcs(), "app-a", "app-b") for _ in range(2)}
    assert len(walks) == 1


def test_a_hop_needs_no_place():
    hop = Hop(Leg.REQUEST, Station.PEERING, ("pcx-1",), Verdict.FORWARD)
    assert (hop.rule, hop.vpc_id, hop.interface_id, hop.packet) == (None, None, None, None)
