"""The automation step: a function that hears of rejected records, and what rebuilding leaves."""

from __future__ import annotations

import json

import pytest

from labkit import Lab
from labkit.errors import StepOutOfOrder
from labkit.steps import automation

SILENT = "def handler(event, context):\n    return None\n"


@pytest.fixture(scope="module")
def automated():
    """A lab with the automation step."""
    return Lab.open(through="automation")


def _printed(lab):
    group = automation.function_log_group(lab)
    events = lab.logs.filter_log_events(logGroupName=group, filterPattern='"rejected"')["events"]
    return [json.loads(event["message"]) for event in events]


def test_it_wants_the_log_group_first(lab):
    with pytest.raises(StepOutOfOrder, match="flow_logs"):
        automation.build(lab)


def test_the_function_tells_of_rejected_records_and_of_no_others(automated):
    automated.ping("app-a", "app-b")
    automated.run_command("app-b", "nc -z -w 1 10.1.1.10 22")
    automated.wait_for_logs()
    automated.clock.sleep(600)
    assert [{"rejected": {"10.2.1.10": 1}}] == _printed(automated)


def test_code_of_a_learners_stays_when_the_step_is_built_again(automated):
    name = automation.function_name(automated)
    changed = automated.functions.update_function_code(
        FunctionName=name, ZipFile=automated.package(head=SILENT)
    )
    automation.build(automated)
    now = automated.functions.get_function_configuration(FunctionName=name)
    assert changed["CodeSha256"] == now["CodeSha256"]


def test_the_role_may_write_its_own_log_and_nothing_else(automated):
    [statement] = automation.may_write_own_log(automated)
    assert ["logs:CreateLogStream", "logs:PutLogEvents"] == statement["Action"]
    assert statement["Resource"].endswith(":log-group:/aws/lambda/labkit-rejects:*")
