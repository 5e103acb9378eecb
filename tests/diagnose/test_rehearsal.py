"""A world on paper leaves the records that the real one left, so queries can be tried there."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.diagnose import Question
from labkit.diagnose.rehearsal import Sent, rehearse, rehearsed
from labkit.faults import ACROSS, FAULTS, OUT, World
from labkit.faults.cases import cases
from labkit.insights.errors import QueryError

PINGED = [name for name, case in cases().items() if case.probe == "ping"]


@pytest.fixture(scope="session")
def healthy_out():
    """The world of a healthy lab with a way out to the internet."""
    return World.of(Lab.open(through="gateways"))


@pytest.fixture(scope="session")
def answer(healthy, healthy_out, on_paper):
    """The rows of a case's query in a healthy world with one fault in it, interfaces by name."""

    def answer(case, fault_id):
        leads_out = FAULTS[case.fault_id].leads_out
        world, ends, group = (
            (healthy_out, OUT, "/labkit/gateways")
            if leads_out
            else (healthy, ACROSS, "/labkit/flow-logs")
        )
        names = {each.interface_id: each.name for each in world.topology.interfaces.values()}
        ping = Sent(on_paper.asked_s, Question.of(world.topology, *ends), 4)
        world = on_paper.broken(world, *([fault_id] if fault_id else []), ends=ends)
        lines = rehearse(world, [ping], group, on_paper.asked_s + 90)
        return [
            {name: names.get(value, value) for name, value in row if name != "@ptr"}
            for row in rehearsed(case.query, lines, on_paper.read_s)
        ]

    return answer


@pytest.mark.parametrize("fault_id", PINGED)
def test_the_query_of_a_fault_finds_on_paper_what_it_finds_in_the_lab(answer, fault_id):
    case = cases()[fault_id]
    shown = [{name: str(value) for name, value in row.items()} for row in case.shows]

    assert shown == answer(case, fault_id)


@pytest.mark.parametrize("fault_id", PINGED)
def test_the_query_of_a_fault_tells_it_from_its_look_alikes(answer, fault_id):
    case = cases()[fault_id]
    own = answer(case, fault_id)

    assert [] == [other for other in case.look_alikes if own == answer(case, other)]


@pytest.mark.parametrize("fault_id", PINGED)
def test_the_query_of_a_fault_tells_it_from_a_healthy_lab(answer, fault_id):
    case = cases()[fault_id]

    assert answer(case, None) != answer(case, fault_id)


def test_a_stopped_host_sends_nothing(healthy, on_paper):
    world = on_paper.broken(healthy, "instance-stopped")
    ping = Sent(on_paper.asked_s, Question.of(healthy.topology, *reversed(ACROSS)), 4)
    lines = rehearse(world, [ping], "/labkit/flow-logs", on_paper.asked_s + 60)

    assert {"NODATA"} == {line.text.split()[-1] for line in lines}


def test_a_malformed_query_is_refused_as_in_the_lab():
    with pytest.raises(QueryError):
        rehearsed("stats count(*) by", [], 0)
