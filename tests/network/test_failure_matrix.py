"""Each way a ping between two VPCs can fail, and exactly what each interface sees of it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml

from labkit.network.packet import Direction, Packet
from labkit.network.topology import HostState

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "walks" / "failure_matrix.yml").read_text()
)
each_case = pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])


@pytest.fixture
def changed(case, two_vpcs, broken):
    """The healthy network with the one thing changed that the case names."""
    change = case.get("change", {})
    topology = two_vpcs()
    for table_id, routes in change.get("routes", {}).items():
        topology = broken.routes(topology, table_id, *(broken.route(*each) for each in routes))
    for way in ("ingress", "egress"):
        for group_id, rules in change.get(way, {}).items():
            made = tuple(broken.allow(*rule) for rule in rules)
            topology = broken.group(topology, group_id, **{way: made})
    for acl_id, entries in change.get("entries", {}).items():
        topology = broken.entries(topology, acl_id, *(broken.entry(*each) for each in entries))
    for name, host in change.get("host", {}).items():
        state = {"state": HostState(host["state"])} if "state" in host else host
        topology = broken.host(topology, f"eni-{name}", **state)
    if "peering" in change:
        topology = broken.peering(topology, "pcx-ab", status=change["peering"])
    if "no_table" in change:
        table = replace(topology.route_tables[change["no_table"]], routes=())
        topology = replace(topology, route_tables={change["no_table"]: table})
    return topology


@pytest.fixture
def walk_case(case, changed, ping):
    """Walks the case's probe; options go to the walk."""
    probe = case.get("probe", {})

    def walked(**options: Any):
        return ping(changed, "app-a", probe.get("to", "app-b"), _packet(probe), **options)

    return walked


def _packet(probe: dict[str, Any]) -> Packet | None:
    if "port" not in probe:
        return None
    nobody = ip_address("192.0.2.1")  # the walk fills in who talks to whom
    return Packet(nobody, nobody, 6, 40000, probe["port"], tcp_flags=2, size_bytes=60)


def test_every_case_of_the_matrix_has_a_source():
    assert [] == [case["case"] for case in CASES if not case.get("source")]


def test_no_letter_of_the_matrix_is_left_out():
    letters = {case["case"].split(",")[0].split(" ")[0] for case in CASES}
    assert {*"abcdefghijklmno", "a'", "b'", "c'", "j'", "baseline"} == letters


@each_case
def test_the_fate_is_as_told(case, walk_case):
    walked = walk_case()
    assert (case["fate"], case["leg"]) == (walked.fate, walked.leg)


@each_case
def test_the_interfaces_see_exactly_this(case, walk_case, sightings_of):
    assert [f"eni-{each}" for each in case["sightings"]] == sightings_of(walk_case())


@each_case
def test_the_setting_adds_nothing_but_the_unroutable_packet(case, walk_case, sightings_of):
    expected = [f"eni-{each}" for each in [*case["sightings"], *case.get("accept", [])]]
    assert expected == sightings_of(walk_case(unroutable_egress="accept"))


@each_case
def test_traffic_paths_stand_on_egress_alone(case, walk_case):
    expected = [case[way] for way in ("there", "back") if way in case]
    walked = walk_case()
    egress = [s.traffic_path for s in walked.sightings if s.direction is Direction.EGRESS]
    ingress = [s.traffic_path for s in walked.sightings if s.direction is Direction.INGRESS]
    assert expected == [path for path in egress if path is not None]
    assert {None} >= set(ingress)


@each_case
def test_a_packet_without_a_way_has_no_traffic_path(case, walk_case):
    added = walk_case(unroutable_egress="accept").sightings[len(case["sightings"]) :]
    assert {None} >= {sighting.traffic_path for sighting in added}
