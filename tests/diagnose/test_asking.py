"""A lab is read for its diagnosis, and left as it is; its fixes work in the cloud as on paper."""

from __future__ import annotations

import pytest

from labkit import Lab, faults
from labkit.diagnose import Cause, diagnose_lab
from labkit.faults.cases import cases

ONE_OF_EACH_FAMILY = [
    "return-route-in-main-table",
    "more-specific-route-astray",
    "subnet-on-main-table",
    "peering-deleted",
    "peering-pending",
    "icmp-rule-missing",
    "outbound-rule-missing",
    "acl-denies-reply-in",
    "acl-new-and-empty",
    "instance-stopped",
    "host-ignores-ping",
]
IN_THE_LOG = [name for name in faults.FAULTS if faults.FAULTS[name].family == "flow_logs"]


def pinged(lab):
    """The diagnosis after a ping and a wait for the logs."""
    asked_s = lab.clock.now()
    lab.ping("app-a", "app-b")
    lab.clock.sleep(400)
    return diagnose_lab(lab, "app-a", "app-b", asked_s=asked_s)


@pytest.fixture(scope="module")
def lab():
    """A lab that every test leaves healthy, if not as it was."""
    return Lab.open(through="flow_logs")


@pytest.fixture
def mended(lab):
    """The lab, with its faults taken back when the test is over."""
    yield lab
    faults.repair_all(lab)


@pytest.mark.parametrize("fault_id", ONE_OF_EACH_FAMILY)
def test_the_fix_that_is_proposed_lets_the_ping_be_answered(fault_id, capsys):
    lab = Lab.open(through="flow_logs")
    capsys.readouterr()
    faults.apply(lab, fault_id)
    found = pinged(lab)
    for each in found.findings:
        each.fix.apply(lab)

    assert [cases()[fault_id].diagnosis] == [str(each) for each in found.causes]
    assert lab.ping("app-a", "app-b").answered


@pytest.mark.parametrize("fault_id", IN_THE_LOG)
def test_what_is_wrong_with_the_flow_logs_is_read_from_them_and_their_role(mended, fault_id):
    faults.apply(mended, fault_id)
    found = pinged(mended)

    assert found.is_healthy
    assert [cases()[fault_id].diagnosis] == [str(each) for each in found.causes]


def test_once_the_role_is_right_again_nothing_is_said_of_it(mended):
    faults.apply(mended, "delivery-role-may-not-write")
    pinged(mended)
    faults.repair_all(mended)
    found = diagnose_lab(mended, "app-a", "app-b")

    assert () == found.causes


def test_a_role_that_is_gone_trusts_nobody(capsys):
    lab = Lab.open(through="flow_logs")
    capsys.readouterr()
    lab.iam.delete_role_policy(RoleName="labkit-flow-logs", PolicyName="write-flow-logs")
    lab.iam.delete_role(RoleName="labkit-flow-logs")

    assert Cause.ROLE_NOT_TRUSTED in diagnose_lab(lab, "app-a", "app-b").causes


def test_asking_changes_nothing_and_sends_nothing(mended):
    called = []
    clients = (mended.ec2, mended.iam, mended.logs, mended.ssm)
    note = lambda model, **_: called.append(model.name)  # noqa: E731
    for client in clients:
        client.meta.events.register("before-call", note)
    diagnose_lab(mended, "app-a", "app-b")
    for client in clients:
        client.meta.events.unregister("before-call", note)

    assert [] == [
        name for name in called if not name.startswith(("Describe", "Get", "List", "Filter"))
    ]


def test_a_lab_without_flow_logs_is_diagnosed_from_its_configuration(capsys):
    lab = Lab.open(through="routes")
    capsys.readouterr()
    faults.apply(lab, "icmp-rule-missing")
    found = diagnose_lab(lab, "app-a", "app-b")

    assert (Cause.NO_RULE, Cause.NO_FLOW_LOG) == found.causes


def test_only_records_of_the_last_ping_in_the_session_count(mended):
    mended.ping("app-a", "app-b")
    mended.wait_for_logs()
    faults.apply(mended, "icmp-rule-missing")
    mended.ping("app-a", "app-b")
    mended.wait_for_logs()
    page = mended.diagnose("app-a", "app-b")

    assert "The records agree" in page.findings[0].proof
    assert (4, "REJECT") == (page.sights[1].packets, page.sights[1].seen)
