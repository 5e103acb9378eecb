"""
Ways through gateways, with one thing wrong at a time: what AWS documents, and what Linux shows.

Linux translates addresses with nftables and tracks flows with conntrack; it
knows nothing of labkit. The first case of each kind has the addresses of AWS's
own example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from linux_kernel import across, kernel, model, outward
from linux_kernel.across import WAY_ACROSS, WAY_FROM_ELSEWHERE, WAY_ONWARDS
from linux_kernel.outcome import Outcome, Sighting
from linux_kernel.outward import (
    CLIENT,
    CLIENT_ADDRESS,
    FROM_OUTSIDE,
    IN_A_LOOP,
    NAT_ADDRESS,
    NAT_MOVED,
    OUTWARD,
    PUBLIC_ADDRESS,
    SITE,
    SITE_ADDRESS,
    TO_A_NEIGHBOUR,
    TO_THE_NAT,
    UNASKED,
    WAY_OUT,
)
from linux_kernel.scenario import INTERNET

if TYPE_CHECKING:
    from linux_kernel.scenario import Scenario

# Which record is the last one of a way out through a NAT gateway, whose own interface sees each
# packet twice, and what it says, for one thing wrong at a time.
WAYS_OUT = {
    "nothing wrong": (OUTWARD, WAY_OUT, 6, "ACCEPT"),
    "no route out of the private subnet": (outward.routed("a-main"), WAY_OUT, 0, "ACCEPT"),
    "NAT gateway deleted": (outward.translated(deleted=True), WAY_OUT, 0, "ACCEPT"),
    "private subnet sent to the internet gateway": (
        outward.routed("a-main", INTERNET),
        WAY_OUT,
        1,
        "ACCEPT",
    ),
    "the group lets nothing out": (outward.grouped(ingress=False), WAY_OUT, 1, "REJECT"),
    "the group lets nothing in": (outward.grouped(ingress=True), WAY_OUT, 6, "ACCEPT"),
    "the private subnet's ACL denies the request": (
        outward.denied("a2", f"{SITE_ADDRESS}/32", egress=True),
        WAY_OUT,
        1,
        "REJECT",
    ),
    "the public subnet's ACL denies what comes from the client": (
        outward.denied("a1", f"{CLIENT_ADDRESS}/32", egress=False),
        WAY_OUT,
        2,
        "REJECT",
    ),
    "no route out of the public subnet": (outward.routed("a-public"), WAY_OUT, 2, "ACCEPT"),
    "the public subnet's ACL denies the request": (
        outward.denied("a1", f"{SITE_ADDRESS}/32", egress=True),
        WAY_OUT,
        3,
        "REJECT",
    ),
    "the NAT gateway is a private one": (outward.translated(public=False), WAY_OUT, 3, "ACCEPT"),
    "the host outside keeps silent": (outward.silent(), WAY_OUT, 3, "ACCEPT"),
    "the public subnet's ACL denies the reply": (
        outward.denied("a1", f"{SITE_ADDRESS}/32", egress=False),
        WAY_OUT,
        4,
        "REJECT",
    ),
    "the public subnet's ACL denies what goes to the client": (
        outward.denied("a1", f"{CLIENT_ADDRESS}/32", egress=True),
        WAY_OUT,
        5,
        "REJECT",
    ),
    "the private subnet's ACL denies the reply": (
        outward.denied("a2", f"{SITE_ADDRESS}/32", egress=False),
        WAY_OUT,
        6,
        "REJECT",
    ),
    "the NAT gateway is in the private subnet": (outward.in_private(), IN_A_LOOP, 4, "ACCEPT"),
    "and the ACL there denies what comes from the client": (
        outward.denied("a2", f"{CLIENT_ADDRESS}/32", egress=False, base=outward.in_private()),
        IN_A_LOOP,
        2,
        "REJECT",
    ),
    "a neighbour asks the NAT gateway, past an ACL that denies it": (
        outward.denied(
            "a2",
            f"{CLIENT_ADDRESS}/32",
            egress=False,
            base=outward.asking(CLIENT, NAT_MOVED, outward.in_private()),
        ),
        TO_A_NEIGHBOUR,
        2,
        "ACCEPT",
    ),
    "the NAT gateway itself is asked": (
        outward.asking(CLIENT, NAT_ADDRESS),
        TO_THE_NAT,
        2,
        "ACCEPT",
    ),
    "a host outside asks the NAT gateway": (
        outward.asking(SITE, PUBLIC_ADDRESS),
        UNASKED,
        1,
        "ACCEPT",
    ),
    "an instance is asked at its public address": (
        outward.exposed(outward.routed("a-main", INTERNET)),
        FROM_OUTSIDE,
        2,
        "ACCEPT",
    ),
    "but the internet gateway is detached": (
        outward.detached(outward.exposed(outward.routed("a-main", INTERNET))),
        FROM_OUTSIDE,
        0,
        "ACCEPT",
    ),
    "an instance sends its answer to the NAT gateway": (
        outward.exposed(OUTWARD),
        FROM_OUTSIDE,
        3,
        "ACCEPT",
    ),
}

_TO, _FROM = f"{across.SERVER_ADDRESS}/32", f"{across.CLIENT_ADDRESS}/32"

# And through a transit gateway, which has an interface in each of the two VPCs.
WAYS_ACROSS = {
    "a transit gateway, nothing wrong": (across.ACROSS, WAY_ACROSS, 8, "ACCEPT"),
    "no route to it": (across.unrouted("a"), WAY_ACROSS, 0, "ACCEPT"),
    "the attachment is in another zone": (across.zoned("a1"), WAY_ACROSS, 0, "ACCEPT"),
    "A's ACL denies the request": (
        across.denied("a1", _TO, egress=True),
        WAY_ACROSS,
        1,
        "REJECT",
    ),
    "the ACL at A's attachment denies it": (
        across.denied("a2", _FROM, egress=False),
        WAY_ACROSS,
        2,
        "REJECT",
    ),
    "it has no route": (across.transit("for-a", routes=()), WAY_ACROSS, 2, "ACCEPT"),
    "its route leads nowhere": (across.nowhere("for-a"), WAY_ACROSS, 2, "ACCEPT"),
    "no table for A's attachment": (
        across.transit("for-a", attachments=()),
        WAY_ACROSS,
        2,
        "ACCEPT",
    ),
    "the ACL at B's attachment denies the request": (
        across.denied("b2", _TO, egress=True),
        WAY_ACROSS,
        3,
        "REJECT",
    ),
    "B's ACL denies it": (across.denied("b1", _FROM, egress=False), WAY_ACROSS, 4, "REJECT"),
    "no route back to it": (across.unrouted("b"), WAY_ACROSS, 4, "ACCEPT"),
    "B is in another zone than its attachment": (across.zoned("b1"), WAY_ACROSS, 4, "ACCEPT"),
    "the ACL at B's attachment denies the reply": (
        across.denied("b2", _TO, egress=False),
        WAY_ACROSS,
        6,
        "REJECT",
    ),
    "it has no route back": (across.transit("for-b", routes=()), WAY_ACROSS, 6, "ACCEPT"),
    "the ACL at A's attachment denies the reply": (
        across.denied("a2", _FROM, egress=True),
        WAY_ACROSS,
        7,
        "REJECT",
    ),
    "A's ACL denies the reply": (across.denied("a1", _TO, egress=False), WAY_ACROSS, 8, "REJECT"),
    "and on over a peering": (across.onwards(), WAY_ONWARDS, 2, "ACCEPT"),
    "an answer goes by a NAT gateway": (
        across.answered_from_elsewhere(),
        WAY_FROM_ELSEWHERE,
        10,
        "ACCEPT",
    ),
}
WAYS = WAYS_OUT | WAYS_ACROSS


@pytest.fixture(scope="module")
def shown(has_linux: None) -> dict[str, Outcome]:  # noqa: ARG001  for its skip
    """What Linux makes of every way through a gateway, all worked on at once."""
    return kernel.logged({case: scenario for case, (scenario, *_) in WAYS.items()})


@pytest.mark.parametrize("case", WAYS)
def test_linux_shows_the_records_that_aws_documents_at_gateways(
    shown: dict[str, Outcome], case: str
) -> None:
    assert _told(*WAYS[case]) == shown[case]


@pytest.mark.parametrize("case", WAYS)
def test_the_model_shows_the_records_that_aws_documents_at_gateways(case: str) -> None:
    assert _told(*WAYS[case]) == model.run(WAYS[case][0])[1].logged


def _told(scenario: Scenario, way: tuple[outward.Seen, ...], rows: int, last: str) -> Outcome:
    """The outcome with so many records of a way, the last one with the given action."""
    counts = (1, 84) if scenario.probes[0].port is None else (0, 0)
    seen = (Sighting(*each[:4], "ACCEPT", *counts, *each[4:]) for each in way)
    ends_well = {
        (WAY_OUT, 6, "ACCEPT"),
        (FROM_OUTSIDE, 2, "ACCEPT"),
        (WAY_ACROSS, 8, "ACCEPT"),
    }
    return Outcome.of_way(seen, rows, last, answered=(way, rows, last) in ends_well)
