"""A world on paper leaves the records that the real one left, so queries can be tried there."""

from __future__ import annotations

import pytest

from labkit.diagnose import Question
from labkit.diagnose.rehearsal import Sent, rehearse, rehearsed
from labkit.faults import ACROSS
from labkit.faults.cases import cases
from labkit.insights.errors import QueryError

PINGED = [name for name, case in cases().items() if case.probe == "ping"]


@pytest.fixture(scope="session")
def answer(healthy, on_paper):
    """The rows of a query in the healthy world with one fault in it, interfaces by name."""
    names = {each.interface_id: each.name for each in healthy.topology.interfaces.values()}

    def answer(query, fault_id):
        world = on_paper.broken(healthy, *([fault_id] if fault_id else []))
        ping = Sent(on_paper.asked_s, Question.of(healthy.topology, *ACROSS), 4)
        lines = rehearse(world, [ping], "/labkit/flow-logs", on_paper.asked_s + 90)
        return [
            {name: names.get(value, value) for name, value in row if name != "@ptr"}
            for row in rehearsed(query, lines, on_paper.read_s)
        ]

    return answer


@pytest.mark.parametrize("fault_id", PINGED)
def test_the_query_of_a_fault_finds_on_paper_what_it_finds_in_the_lab(answer, fault_id):
    case = cases()[fault_id]
    shown = [{name: str(value) for name, value in row.items()} for row in case.shows]

    assert shown == answer(case.query, fault_id)


@pytest.mark.parametrize("fault_id", PINGED)
def test_the_query_of_a_fault_tells_it_from_its_look_alikes(answer, fault_id):
    case = cases()[fault_id]
    own = answer(case.query, fault_id)

    assert [] == [other for other in case.look_alikes if own == answer(case.query, other)]


@pytest.mark.parametrize("fault_id", PINGED)
def test_the_query_of_a_fault_tells_it_from_a_healthy_lab(answer, fault_id):
    query = cases()[fault_id].query

    assert answer(query, None) != answer(query, fault_id)


def test_a_stopped_host_sends_nothing(healthy, on_paper):
    world = on_paper.broken(healthy, "instance-stopped")
    ping = Sent(on_paper.asked_s, Question.of(healthy.topology, *reversed(ACROSS)), 4)
    lines = rehearse(world, [ping], "/labkit/flow-logs", on_paper.asked_s + 60)

    assert {"NODATA"} == {line.text.split()[-1] for line in lines}


def test_a_malformed_query_is_refused_as_in_the_lab():
    with pytest.raises(QueryError):
        rehearsed("stats count(*) by", [], 0)
