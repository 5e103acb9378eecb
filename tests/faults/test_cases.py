"""Every fault, applied and repaired in a lab, does exactly what its case file says."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from labkit.errors import LabError, NameNotFound
from labkit.faults import FAULTS, Breaks, fault_named
from labkit.faults import cases as cases_module
from labkit.faults.cases import case_of, cases
from labkit.workbook import data_folder


def test_there_are_at_least_two_dozen_faults():
    assert len(FAULTS) >= 24


def test_every_fault_has_a_case_file_and_every_case_file_a_fault():
    files = {path.stem for path in (data_folder() / "faults").iterdir()}

    assert set(FAULTS) == files == set(cases())


@pytest.mark.parametrize("fault_id", FAULTS)
def test_a_case_file_is_about_the_fault_it_is_named_after_and_names_its_source(fault_id):
    case = case_of(fault_id)

    assert fault_id == case.fault_id
    assert case.source


@pytest.mark.parametrize("fault_id", FAULTS)
def test_look_alikes_share_the_symptom_or_the_records(fault_id):
    case = case_of(fault_id)
    others = [case_of(each) for each in case.look_alikes]

    assert [] == [
        other.fault_id
        for other in others
        if case.answered != other.answered and case.records != other.records
    ]


@pytest.mark.parametrize("fault_id", FAULTS)
def test_every_fault_is_told_in_full_sentences(fault_id):
    fault = FAULTS[fault_id]
    told = (fault.says, fault.symptom, fault.evidence, fault.cause, fault.repair)

    assert [] == [text for text in told if not text.endswith(".")]


def test_an_unknown_fault_is_answered_with_the_nearest_known_one():
    with pytest.raises(NameNotFound, match="Did you mean 'return-route-missing'"):
        fault_named("return-route-mising")


def test_a_case_file_that_lacks_a_fact_says_which():
    with pytest.raises(LabError, match="half.yaml lacks or misspells a fact: 'fate'"):
        cases_module._case("half", {"fault": "half"})  # noqa: SLF001  how a file is read


# What one fault did, from before it was applied until after its repair.


def test_its_fate_on_paper_is_as_told(observed):
    assert asdict(observed.case.fate) == observed.fate_on_paper


def test_applied_to_the_cloud_it_is_what_it_was_on_paper(observed):
    assert observed.on_paper == observed.broken


def test_the_configuration_tells_the_same_fate_unless_the_host_knows_better(observed):
    assert observed.case.configuration_says == observed.fate_configured


def test_the_probe_is_answered_or_not_as_told(observed):
    assert observed.case.answered == observed.answered


def test_the_interfaces_leave_exactly_these_records(observed):
    assert list(observed.case.records) == observed.records


def test_its_query_shows_it(observed):
    assert list(observed.case.shows) == observed.shows


def test_it_is_repaired_by_the_call_that_is_told(observed):
    assert observed.case.repair in observed.repair_calls


def test_its_repair_restores_an_equal_network(observed):
    assert observed.before == observed.after


def test_its_repair_restores_equal_flow_logs_and_an_equal_role(observed):
    before, after = observed.logging

    assert before == after


def test_after_its_repair_the_probe_ends_as_in_a_healthy_lab(observed):
    fate = observed.case.fate_after

    assert (fate, fate == "answered") == (observed.fate_after, observed.answered_after)


def test_its_repair_leaves_nothing_in_the_journal(observed):
    assert [] == observed.left_applied


def test_what_breaks_the_log_alone_leaves_the_network_as_it_was(observed):
    breaks = FAULTS[observed.case.fault_id].breaks

    assert (breaks is Breaks.LOG) <= (observed.before == observed.broken)
