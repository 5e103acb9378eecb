"""Incidents about the way out to the internet: drawn, worked on, judged, and closed again."""

from __future__ import annotations

import pytest

from labkit import Lab, faults
from labkit.diagnose import diagnose_lab
from labkit.errors import LabError, NameNotFound
from labkit.faults import logbook
from labkit.faults.cases import cases
from labkit.faults.incidents import LEVELS, LEVELS_OUT, draw

SEEDS = range(12)


@pytest.fixture(scope="module")
def lab():
    """A lab with a way out, which every test leaves as it was."""
    return Lab.open(through="gateways")


@pytest.fixture
def opened(lab):
    """Opens an incident, and closes it when the test is over."""
    yield lab.incident
    lab.close_incident()


def test_they_are_levels_of_their_own():
    assert set() == set(LEVELS) & set(LEVELS_OUT)


def test_the_same_seed_draws_the_same_incident_and_only_faults_of_gateways(lab):
    topology = lab.topology()
    for level in LEVELS_OUT:
        plots = [draw(topology, seed, level) for seed in SEEDS]

        assert plots == [draw(topology, seed, level) for seed in SEEDS]
        assert {level - 5} == {len(plot.fault_ids) for plot in plots}
        assert all(faults.FAULTS[name].leads_out for plot in plots for name in plot.fault_ids)
        assert {faults.OUT} == {plot.ends for plot in plots}


@pytest.mark.parametrize("level", LEVELS)
def test_whoever_has_built_gateways_meets_the_other_levels_as_well(lab, opened, comparable, level):
    before = comparable(lab.topology())
    incident = opened(seed=4, level=level)
    found = diagnose_lab(lab, *incident.ends, asked_s=incident.asked_s)
    plot = lab.close_incident().plot
    causes = (
        {"it is too early for the records"}
        if plot.is_late
        else {cases()[name].diagnosis for name in plot.fault_ids}
    )

    assert {"app-a", "app-b"} == set(incident.ends)
    assert causes == {str(each) for each in found.causes}
    assert before == comparable(lab.topology())
    lab.incident(seed=1, level=6)  # for the fixture to close


def test_what_somebody_took_away_on_the_way_out_is_put_back(lab, comparable):
    before = comparable(lab.topology())
    watched = {each["ResourceId"] for each in lab.tags.resources(lab.ec2, "vpc-flow-log")}
    lab.incident(seed=1, level=6)
    flow_logs = lab.tags.resources(lab.ec2, "vpc-flow-log")
    lab.ec2.delete_flow_logs(FlowLogIds=[each["FlowLogId"] for each in flow_logs])
    lab.ec2.delete_nat_gateway(NatGatewayId=lab.find("natgateway", "nat-a"))
    told = repr(lab.close_incident())
    again = {each["ResourceId"] for each in lab.tags.resources(lab.ec2, "vpc-flow-log")}

    assert "NAT gateway nat-a: there" in told
    assert {"subnet", "vpc"} == {each.partition("-")[0] for each in again}
    assert (before, watched) == (comparable(lab.topology()), again)


def test_a_lab_without_gateways_is_told_what_to_build():
    with pytest.raises(LabError, match=r'lab.build\("gateways"\)'):
        Lab.open(through="flow_logs").incident(seed=1, level=6)


def test_a_level_that_is_none_lists_those_there_are(lab):
    with pytest.raises(NameNotFound, match="7"):
        lab.incident(seed=1, level=8)


@pytest.mark.parametrize(("seed", "level"), [(1, 6), (2, 6), (3, 6), (1, 7), (2, 7)])
def test_the_diagnosis_names_what_was_drawn_and_the_right_answer_is_done(
    lab, opened, comparable, seed, level
):
    before = comparable(lab.topology())
    incident = opened(seed=seed, level=level)
    names = [each.fault.fault_id for each in faults.applied(lab)]
    found = diagnose_lab(lab, *incident.ends, asked_s=incident.asked_s)

    assert {cases()[name].diagnosis for name in names} == {str(each) for each in found.causes}

    for entry in logbook.entries(lab):
        for each in reversed(entry.changed):
            each.part.write(lab, each.before)
    query = (
        'filter logStatus = "OK" and protocol = 1 '
        "| stats sum(packets) as packets by interfaceId, srcAddr, dstAddr, action"
    )
    verdict = lab.hand_in(symptom="no answer", evidence=query, cause=names)
    assert "done" == verdict.cause.word
    assert "done" == verdict.fix.word, verdict
    assert "done" == verdict.symptom.word
    lab.close_incident()

    assert before == comparable(lab.topology())
    lab.incident(seed=1, level=6)  # for the fixture to close
