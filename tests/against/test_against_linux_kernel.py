"""
Random small networks, built twice: through the endpoint, and from Linux's own parts.

Linux routes, filters and tracks connections without knowing anything of
labkit, and counts in the kernel what a flow log would show. Both have to tell
the same of every ping, and of some TCP connections and UDP datagrams: whether
it was answered, and what each interface saw. Without root, a user namespace will do; where there
is none, the tests skip, or fail if LABKIT_KERNEL_REQUIRED is set.

Some networks have gateways: there Linux translates addresses and tracks flows,
and is the internet, too.

More networks: LABKIT_KERNEL_NETWORKS=500, and of those with gateways
LABKIT_KERNEL_GATEWAYS=200. Others: LABKIT_KERNEL_SERIES=any-word. One again:
LABKIT_KERNEL_SEEDS=linux-17 (or several, separated by commas).
"""

from __future__ import annotations

import os
from collections import Counter
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from linux_kernel import cloud, kernel, model
from linux_kernel.baseline import (
    ADDRESS,
    ANYWHERE,
    BASELINE,
    NEIGHBOUR,
    A,
    B,
    allowed,
    denied,
    grouped,
    in_one_subnet,
    peered,
    routed,
)
from linux_kernel.draw import WITH_GATEWAYS, asked_over_ssm, draw
from linux_kernel.outcome import Outcome, Sighting, kinds
from linux_kernel.report import differences
from linux_kernel.scenario import INTERNET, GroupRule

from labkit import Lab
from labkit.network.walk import Fate

if TYPE_CHECKING:
    from conftest import Linux
    from linux_kernel.scenario import Scenario

NETWORKS = int(os.environ.get("LABKIT_KERNEL_NETWORKS", "24"))
SERIES = os.environ.get("LABKIT_KERNEL_SERIES", "linux")
GATEWAYS = int(os.environ.get("LABKIT_KERNEL_GATEWAYS", "12"))
GIVEN = os.environ.get("LABKIT_KERNEL_SEEDS", "")
PEERED = [f"{SERIES}-{number}" for number in range(NETWORKS)]
REACHING_OUT = [f"{WITH_GATEWAYS}{SERIES}-{number}" for number in range(GATEWAYS)]
SEEDS = GIVEN.split(",") if GIVEN else PEERED + REACHING_OUT

NO_PING = GroupRule("tcp", ANYWHERE, 0, 65535)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_endpoint_tells_what_linux_tells(linux: Linux, seed: str) -> None:
    scenario = asked_over_ssm(draw(seed))
    lab = Lab.open()

    ours = cloud.run(scenario, lab.client, lab.clock.now, lab.clock.sleep)

    logged = {number: outcome.logged for number, outcome in linux.outcomes(seed).items()}
    assert differences(scenario, ours, logged) == ""


@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_tells_what_linux_tells(linux: Linux, seed: str) -> None:
    scenario = draw(seed)

    assert differences(scenario, model.run(scenario), linux.outcomes(seed)) == ""


# Which record is the last one of the way, and what it says, for one thing wrong at a time.
MATRIX = {
    "nothing wrong": (BASELINE, 4, "ACCEPT"),
    "no route": (routed("a"), 0, "ACCEPT"),
    "route to the internet instead": (routed("a", (ANYWHERE, INTERNET), gateway=True), 1, "ACCEPT"),
    "no route back": (routed("b"), 2, "ACCEPT"),
    "way back to the internet": (routed("b", (ANYWHERE, INTERNET), gateway=True), 3, "ACCEPT"),
    "route to another host only": (
        routed("a", (ip_network("10.2.1.11/32"), "pcx-ab")),
        0,
        "ACCEPT",
    ),
    "route to that host only": (routed("a", (ip_network("10.2.1.10/32"), "pcx-ab")), 4, "ACCEPT"),
    "route wider than the peer": (routed("a", (ip_network("10.0.0.0/8"), "pcx-ab")), 4, "ACCEPT"),
    "peering deleted": (peered("deleted"), 0, "ACCEPT"),
    "peering pending": (peered("pending"), 0, "ACCEPT"),
    "B's group lets no ping in": (grouped("b", "ingress", NO_PING), 2, "REJECT"),
    "B's group names another type": (
        grouped("b", "ingress", GroupRule("icmp", ANYWHERE, 0, -1)),
        2,
        "REJECT",
    ),
    "B's group names another code": (
        grouped("b", "ingress", GroupRule("icmp", ANYWHERE, 8, 1)),
        2,
        "REJECT",
    ),
    "B's group names A's": (grouped("b", "ingress", GroupRule("-1", "a-app")), 4, "ACCEPT"),
    "B's group names itself": (grouped("b", "ingress", GroupRule("-1", "b-app")), 2, "REJECT"),
    "B's group lets nothing out": (grouped("b", "egress"), 4, "ACCEPT"),
    "A's group lets nothing in": (grouped("a", "ingress"), 4, "ACCEPT"),
    "A's group lets no ping out": (grouped("a", "egress", NO_PING), 1, "REJECT"),
    "A's ACL denies the request": (denied("a", "out"), 1, "REJECT"),
    "B's ACL denies the request": (denied("b", "in"), 2, "REJECT"),
    "B's ACL denies the reply": (denied("b", "out"), 3, "REJECT"),
    "A's ACL denies the reply": (denied("a", "in"), 4, "REJECT"),
    "B's ACL allows the request": (allowed("b", "in", 8, 0), 4, "ACCEPT"),
    "B's ACL allows another code": (allowed("b", "in", 8, 1), 2, "REJECT"),
    "B's ACL allows another type": (allowed("b", "in", 0, -1), 2, "REJECT"),
    "B's ACL allows the reply": (allowed("b", "out", 0, -1), 4, "ACCEPT"),
    "B's ACL allows only requests out": (allowed("b", "out", 8, -1), 3, "REJECT"),
    "both filters of B deny": (grouped("b", "ingress", base=denied("b", "in")), 2, "REJECT"),
    "one subnet, its ACL denies": (in_one_subnet(denied("a", "in")), 4, "ACCEPT"),
    "one subnet, its group lets nothing out": (in_one_subnet(grouped("a", "egress")), 1, "REJECT"),
}


@pytest.fixture(scope="module")
def shown(has_linux: None) -> dict[str, Outcome]:  # noqa: ARG001  for its skip
    """What Linux makes of every case of the matrix, all worked on at once."""
    return kernel.logged({case: scenario for case, (scenario, *_) in MATRIX.items()})


@pytest.mark.parametrize("case", MATRIX)
def test_linux_shows_the_records_that_aws_documents(shown: dict[str, Outcome], case: str) -> None:
    assert _told(*MATRIX[case]) == shown[case]


@pytest.mark.parametrize("case", MATRIX)
def test_the_model_shows_the_records_that_aws_documents(case: str) -> None:
    scenario, rows, last = MATRIX[case]

    assert _told(scenario, rows, last) == model.run(scenario)[1].logged


def _told(scenario: Scenario, rows: int, last: str) -> Outcome:
    """The outcome with so many records of the way, the last one with the given action."""
    asked = str(scenario.probes[0].destination)
    receiver = B if asked == ADDRESS[B] else NEIGHBOUR
    there, back = (ADDRESS[A], asked), (asked, ADDRESS[A])
    way = [
        (A, "egress", *there),
        (receiver, "ingress", *there),
        (receiver, "egress", *back),
        (A, "ingress", *back),
    ]
    seen = (Sighting(*each, "ACCEPT", packets=1, bytes=84) for each in way)
    return Outcome.of_way(seen, rows, last, answered=(rows, last) == (4, "ACCEPT"))


# What becomes of packets that no network drawn here can lead to: it has no gateway endpoints, and
# nobody asks what answers without a network, is not there yet, or is refused for its protocol.
ELSEWHERE = {
    Fate.REFUSED_BY_GATEWAY_ENDPOINT,
    Fate.LEFT_FOR_SERVICE,
    Fate.AMAZON_SERVICE,
    Fate.SOURCE_CHECK,
    Fate.HOST_DOWN,
    Fate.PEERING_NOT_ACTIVE,
    Fate.NAT_GATEWAY_NOT_AVAILABLE,
    Fate.REFUSED_BY_NAT_GATEWAY,
}


def test_the_networks_lead_to_every_fate_that_there_is() -> None:
    """Told by the model, for many more networks than Linux is asked about in a usual run."""
    drawn = (draw(f"{WITH_GATEWAYS}linux-{number}") for number in range(100))
    reached = set().union(*map(model.fates, drawn))

    assert set(Fate) - ELSEWHERE - reached == set()


KINDS = (
    "answered",
    "REJECT egress at the sender",
    "REJECT ingress at the receiver",
    "REJECT egress at the receiver",
    "REJECT ingress at the sender",
    "silent: no way out",
    "silent: lost on the way there",
    "silent: no way back",
    "silent: lost on the way back",
)
GATEWAY_KINDS = (
    "answered",
    "answered through a NAT gateway",
    "REJECT ingress at a NAT gateway",
    "REJECT egress at a NAT gateway",
    "silent: stopped at a NAT gateway",
    "silent: lost beyond a NAT gateway",
)


def test_every_kind_of_outcome_is_well_represented(linux: Linux) -> None:
    if GIVEN or NETWORKS < 24:
        pytest.skip("too few networks were asked for to speak of a distribution")
    tally = _tally(linux, PEERED)

    assert tally.total() >= 480
    assert {name for name in KINDS if tally[name] < tally.total() / 100} == set()


def test_every_kind_of_outcome_of_gateways_is_well_represented(linux: Linux) -> None:
    if GIVEN or GATEWAYS < 12:
        pytest.skip("too few networks were asked for to speak of a distribution")
    tally = _tally(linux, REACHING_OUT)

    assert tally.total() >= 240
    assert {name for name in GATEWAY_KINDS if tally[name] < tally.total() / 200} == set()


def _tally(linux: Linux, seeds: list[str]) -> Counter[str]:
    tally: Counter[str] = Counter()
    for seed in seeds:
        tally.update(kinds(draw(seed), linux.outcomes(seed)))
    return tally


def test_a_difference_is_told_with_the_network_and_how_to_repeat_it() -> None:
    lost = Outcome("no answer", sightings=())

    told = differences(BASELINE, {1: lost}, model.run(BASELINE))

    assert "instance  b1x  10.2.1.10" in told
    assert "probe 1: a1x# ping -c 1 -s 56 10.2.1.10   (b1x)" in told
    assert "LABKIT_KERNEL_SEEDS=baseline" in told
