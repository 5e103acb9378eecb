"""
Two hundred incidents: every cause that is in one is named, and nothing that is well is blamed.

On paper all of them; in a lab, with packets, records and noise, a few of every
level. More: LABKIT_INCIDENTS=200, which takes minutes and prints a table of times.
"""

from __future__ import annotations

import os
from collections import defaultdict
from time import perf_counter

import pytest

from labkit import Lab
from labkit.diagnose import Logging, Question, diagnose, diagnose_lab
from labkit.diagnose.judging import Rehearsals, not_told_apart, traffic
from labkit.diagnose.rehearsal import rehearse
from labkit.faults.cases import cases
from labkit.faults.incidents import LEVELS, IncidentFile, draw
from labkit.flowlog import FlowRecord

ON_PAPER = 200
IN_A_LAB = int(os.environ.get("LABKIT_INCIDENTS", "5"))
PER_LAB = 20
TOO_EARLY = "it is too early for the records"
# What a role allows is not on paper; there, the flow log only says that it cannot deliver.
ROLE_FAULTS = ("delivery-role-may-not-write", "delivery-role-trusts-another-service")
FAILING = {cases()[name].diagnosis: "delivery fails" for name in ROLE_FAULTS}


def expected(plot):
    """The causes that are in an incident."""
    return {TOO_EARLY} if plot.is_late else {cases()[name].diagnosis for name in plot.fault_ids}


def level_and_seed(number):
    return number % len(LEVELS) + 1, number // len(LEVELS)


@pytest.fixture(scope="module")
def file_of(healthy_lab):
    """The file of an incident that was drawn, and not opened."""
    described = healthy_lab.tags.resources(healthy_lab.ec2, "vpc-flow-log")
    answers, topology = healthy_lab.answers(), healthy_lab.topology()

    def file_of(number, asked_s):
        level, seed = level_and_seed(number)
        plot = draw(topology, seed, level)
        return IncidentFile(plot, answers, described, asked_s - 400, asked_s)

    return file_of


def test_on_paper_every_cause_of_two_hundred_incidents_is_named_and_nothing_else(file_of, on_paper):
    for number in range(ON_PAPER):
        file = file_of(number, on_paper.asked_s)
        world = Rehearsals(file, "/labkit/flow-logs").true
        late = file.plot.is_late
        lines = rehearse(world, traffic(file), "/labkit/flow-logs", on_paper.asked_s + 120)
        records = [FlowRecord.from_line(line.text).to_dict() for line in lines]
        recent = [each for each in records if (each["end"] or 0) >= on_paper.asked_s and not late]
        read_s = on_paper.asked_s + (20 if late else 400)
        logging = Logging(world.flow_logs, "/labkit/flow-logs", read_s, on_paper.asked_s)
        question = Question.of(world.topology, *file.plot.ends)
        found = diagnose(on_paper.as_described(world), question, recent, logging)
        causes = {FAILING.get(each, each) for each in expected(file.plot)}

        assert causes == set(map(str, found.causes)), file.plot


def test_the_query_of_a_fault_is_evidence_in_the_incidents_that_it_is_alone_in(file_of, on_paper):
    """Noise and all: what shows a fault in a quiet lab shows it in an incident as well."""
    weak = []
    for number in range(0, ON_PAPER, 3):
        file = file_of(number, on_paper.asked_s)
        if len(file.plot.fault_ids) != 1 or file.plot.level > 2:
            continue
        query = cases()[file.plot.fault_ids[0]].query
        others = not_told_apart(Rehearsals(file, "/labkit/flow-logs"), query)
        weak += [(number, file.plot.fault_ids[0], each) for each in others]

    assert [] == weak


def test_in_a_lab_every_cause_is_named_and_nothing_else():
    times = defaultdict(list)
    for number in range(IN_A_LAB):
        if number % PER_LAB == 0:
            lab = Lab.open(through="flow_logs")
        level, seed = level_and_seed(number)
        begun = perf_counter()
        incident = lab.incident(seed, level)
        opened = perf_counter()
        found = diagnose_lab(lab, *incident.ends, asked_s=incident.asked_s)
        times[level].append((opened - begun, perf_counter() - opened))
        plot = lab.close_incident().plot

        assert expected(plot) == set(map(str, found.causes)), plot
    print("\nlevel  incidents  opened in [s]  diagnosed in [s]  at most [s]")
    for level, spans in sorted(times.items()):
        mean = [sum(each) / len(spans) for each in zip(*spans, strict=True)]
        slowest = max(span for _, span in spans)
        print(f"{level:5}  {len(spans):9}  {mean[0]:13.2f}  {mean[1]:16.2f}  {slowest:11.2f}")
