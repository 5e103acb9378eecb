"""A cell that failed was an attempt, whatever the lab looks like afterwards."""

from __future__ import annotations

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from labkit.checks.outcome import Word

REFUSED = 'lab.ec2.delete_vpc(VpcId="vpc-0123456789abcdef0")'
CHECK = 'check("06-return-route", lab)'


@pytest.fixture
def cell(lab, capsys):
    """Run a cell as a notebook does; the value of its last line."""
    lab.build("peering")
    shell = InteractiveShell.instance()
    shell.push({"lab": lab})

    def run(source):
        value = shell.run_cell(source).result
        capsys.readouterr()
        return value

    run("from labkit.checks import ____, check, hint, lesson; lesson('06-routes', edition=1)")
    yield run
    InteractiveShell.clear_instance()


def test_after_a_call_that_aws_refused_the_check_names_the_refusal_and_what_to_do(cell):
    before = cell(CHECK)
    cell(REFUSED)
    after = cell(CHECK)

    assert [Word.NOT_ATTEMPTED, Word.NOT_YET] == [before.word, after.word]
    assert "AWS refused DeleteVpc: InvalidVpcID.NotFound." in dict(after.parts)["Observed"]
    assert dict(before.parts)["To do"] == dict(after.parts)["Expected"]


def test_what_cannot_even_be_read_as_python_was_an_attempt_too(cell):
    cell("lab.ec2.create_route(")

    assert "SyntaxError" in dict(cell(CHECK).parts)["Observed"]


def test_a_function_of_an_earlier_run_is_said_to_be_one(cell):
    cell("def row_for(destinations, address): return 'nothing'")
    cell("def row_for(destinations, address): return (")
    told = cell('check("06-longest-prefix", lab, row_for)')

    assert Word.NOT_YET is told.word
    assert ["Before", "Observed", "Expected", "Look here"] == [label for label, _ in told.parts][:4]
    assert re.search(r"SyntaxError: .*\w\W?\. What is judged", dict(told.parts)["Before"])


def test_hints_and_checks_in_between_do_not_make_it_forgotten(cell):
    cell(REFUSED)
    cell(CHECK)
    cell('hint("06-return-route")')

    assert Word.NOT_YET is cell(CHECK).word


def test_a_call_that_changes_nothing_was_an_attempt_and_a_blank_is_none(cell):
    vpc = "VpcId=lab.find('vpc', 'vpc-a')"
    cell(f"lab.ec2.modify_vpc_attribute({vpc}, EnableDnsSupport={{'Value': True}})")
    changed = cell(CHECK)

    assert "is as it was" in dict(changed.parts)["Observed"]
    for untried in ("# lab.ec2.create_route(...)\n____", "'10.1.0.0/16'.replace('1', '2')"):
        cell(untried)
        assert Word.NOT_ATTEMPTED is cell(CHECK).word


def test_a_cell_that_runs_to_its_end_makes_it_forgotten(cell):
    cell(REFUSED)
    cell("1 + 1")

    assert Word.NOT_ATTEMPTED is cell(CHECK).word
