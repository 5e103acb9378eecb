"""Whatever keeps a private instance from the internet is named, with its proof and its fix."""

from __future__ import annotations

import pytest

from labkit import Lab, faults
from labkit.diagnose import Cause, Seen, diagnose_lab
from labkit.faults.cases import cases

LEADING_OUT = [name for name, fault in faults.FAULTS.items() if fault.leads_out]
WORKER, SOMEBODY = faults.OUT


@pytest.fixture(scope="module")
def lab():
    """A lab with a way out, which every test leaves as it was."""
    return Lab.open(through="gateways")


@pytest.fixture
def found(lab):
    """The diagnosis after some faults, a probe, and a wait for the logs."""

    def found(*fault_ids, probe="ping"):
        for fault_id in fault_ids:
            faults.apply(lab, fault_id)
        asked_s, port = lab.clock.now(), None
        if probe == "ping":
            lab.ping(WORKER, SOMEBODY)
        else:
            port = int(probe.removeprefix("tcp "))
            lab.run_command(WORKER, f"nc -z -w 1 {SOMEBODY} {port}")
        lab.wait_for_logs()
        return diagnose_lab(lab, WORKER, SOMEBODY, port=port, asked_s=asked_s)

    yield found
    faults.repair_all(lab)


def test_a_healthy_way_out_has_nothing_wrong_and_six_places_that_saw_it(found):
    healthy = found()

    assert healthy.is_healthy
    assert [Seen.ACCEPT] * 6 == [each.seen for each in healthy.sights]


@pytest.mark.parametrize("fault_id", LEADING_OUT)
def test_the_cause_is_named_and_borne_out_by_the_records(found, fault_id):
    case = cases()[fault_id]
    diagnosis = found(fault_id, probe=case.probe)

    assert [case.diagnosis] == [str(each) for each in diagnosis.causes]
    [finding] = diagnosis.findings
    assert (case.fate.leg, True) == (finding.leg, finding.borne_out), finding.proof


@pytest.mark.parametrize("fault_id", LEADING_OUT)
def test_its_fix_is_proven_on_a_copy_and_works_in_the_lab(lab, found, fault_id):
    case = cases()[fault_id]
    diagnosis = found(fault_id, probe=case.probe)
    [finding] = diagnosis.findings
    assert "Answered" in diagnosis.proof
    finding.fix.apply(lab)

    if case.probe == "ping":
        assert lab.ping(WORKER, SOMEBODY).answered
    else:
        assert lab.run_command(WORKER, f"nc -z -w 1 {SOMEBODY} 80").exit_code == 0


def test_faults_one_behind_the_other_are_all_found(found):
    diagnosis = found(
        "nat-acl-denies-clients", "nat-subnet-without-way-out", "private-default-route-missing"
    )

    assert {Cause.NO_DEFAULT_ROUTE, Cause.ACL_DENIES, Cause.NAT_WITHOUT_WAY_OUT} == set(
        diagnosis.causes
    )
