"""Incidents on paper: what an analyst meets is what the world is, and it is measured fairly."""

from __future__ import annotations

import pytest

from labkit.diagnose.describing import PaperEc2
from labkit.diagnose.meeting import QUESTIONS, meet
from labkit.diagnose.practice import practice
from labkit.errors import LabError, NameNotFound
from labkit.faults import World
from labkit.faults.cases import cases
from labkit.flowlog.flow_log import FlowLog
from labkit.network.read import read

# How the records of a case file, with each end's letter, look from where the ping was lost.
PLACE_OF = {
    (): "way there",
    ("aoA",): "way there",
    ("aoA", "biA"): "host or way back",
    ("aoA", "biA", "boA"): "way back",
    ("aoR",): "filter there",
    ("aoA", "biR"): "filter there",
    ("aoA", "biA", "boR"): "filter back",
    ("aoA", "biA", "boA", "aiR"): "filter back",
}


@pytest.fixture(scope="module")
def drawn(healthy_lab):
    """Forty incidents on paper, ten of each of the first four levels."""
    return list(
        practice(healthy_lab, [(seed, level) for seed in range(10) for level in (1, 2, 3, 4)])
    )


def test_paper_describes_what_a_lab_describes(healthy_lab):
    world, paper = World.of(healthy_lab), PaperEc2(World.of(healthy_lab))
    answers = healthy_lab.answers()
    for key, call in (
        ("RouteTables", paper.describe_route_tables),
        ("VpcPeeringConnections", paper.describe_vpc_peering_connections),
    ):
        kind = {"RouteTables": "route_tables", "VpcPeeringConnections": "peerings"}[key]
        on_paper = getattr(read({**answers, key: call()[key]}), kind)
        plain = {
            each.route_table_id if kind == "route_tables" else each.peering_id: each
            for each in getattr(world.topology, kind).values()
        }

        assert {key: _nameless(each) for key, each in plain.items()} == {
            key: _nameless(each) for key, each in on_paper.items()
        }
    logs = [FlowLog.from_answer(each) for each in paper.describe_flow_logs()["FlowLogs"]]
    assert [(log.resource_id, log.log_group, log.traffic_type) for log in world.flow_logs] == [
        (log.resource_id, log.log_group, log.traffic_type) for log in logs
    ]


def _nameless(value):
    """A value as text, without the tags that paper leaves out."""
    return {
        name: getattr(value, name)
        for name in type(value).__slots__
        if name not in ("name", "inter_region")
    }


def test_paper_takes_no_filters_and_knows_what_it_can_answer(healthy_lab):
    paper = PaperEc2(World.of(healthy_lab))
    with pytest.raises(LabError, match="as a whole, without Filters"):
        paper.describe_route_tables(Filters=[])
    with pytest.raises(LabError, match="describe_flow_logs.*and not to describe_vpcs"):
        paper.describe_vpcs()


def test_the_place_of_an_incident_is_what_its_case_file_says_of_the_records(drawn):
    for each in drawn:
        faults = each.rehearsals.fault_ids
        if len(faults) == 1 and cases()[faults[0]].answered is False and "flow" not in faults[0]:
            seen = tuple(r[0][-1] + r[1][0] + r[2][0] for r in cases()[faults[0]].records)

            assert PLACE_OF[seen] == each.place, faults


def test_a_case_finds_the_same_on_paper_as_in_the_lab(healthy_lab, capsys):
    query = "filter protocol = 1 | stats count(*) as n by interfaceId, srcAddr, action"
    [drawn] = practice(healthy_lab, [(22, 2)])
    incident = healthy_lab.incident(seed=22, level=2)
    live = healthy_lab.case(incident)
    found = live.insights(query)
    healthy_lab.close_incident()
    capsys.readouterr()

    assert drawn.case.names == live.names
    assert sorted(map(repr, drawn.case.insights(query))) == sorted(map(repr, found))


def test_whoever_knows_the_truth_is_always_right(drawn):
    for about in QUESTIONS:
        truths = {each.case: getattr(each, about) for each in drawn}
        meeting = meet(truths.get, drawn, about)

        assert len(drawn) == meeting.right
        assert set(truths.values()) <= set(meeting.words)
        assert ([], []) == (meeting.confusions, meeting.false_blame)


def test_whoever_always_blames_the_network_is_told_how_often_it_is_innocent(drawn):
    meeting = meet(lambda _: "route there", drawn, "culprit")
    innocent = [each for each in drawn if each.culprit in ("host", "log", "nothing")]
    truth, said, wrong = meeting.confusions[0]

    assert len(innocent) == len(meeting.false_blame) > 0
    assert said == "route there" != truth
    assert f"taken for 'route there': {len(wrong)} times" in str(meeting)


def test_whoever_gives_no_verdict_blames_nobody(drawn):
    meeting = meet(lambda _: "no verdict", drawn, "culprit")

    assert (0, []) == (meeting.right, meeting.false_blame)


def test_an_analyst_can_be_asked_two_things(drawn):
    with pytest.raises(NameNotFound, match="Known: culprit, place"):
        meet(lambda _: "", drawn, "guilt")


def test_a_query_that_means_what_it_does_not_say_is_remarked_on_once(healthy_lab, capsys):
    found = [
        each.case.insights("filter action = REJECT")
        for each in practice(healthy_lab, [(0, 1), (1, 1)])
    ]

    assert [[], []] == found
    assert 1 == capsys.readouterr().out.count("If it is a text, it stands in quotes: 'REJECT'.")
