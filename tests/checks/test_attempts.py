"""A cell that failed was an attempt, whatever the lab looks like afterwards."""

from __future__ import annotations

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

    run("from labkit.checks import check, hint, lesson; lesson('06-routes', edition=1)")
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


def test_hints_and_checks_in_between_do_not_make_it_forgotten(cell):
    cell(REFUSED)
    cell(CHECK)
    cell('hint("06-return-route")')

    assert Word.NOT_YET is cell(CHECK).word


def test_a_cell_that_runs_to_its_end_makes_it_forgotten(cell):
    cell(REFUSED)
    cell("1 + 1")

    assert Word.NOT_ATTEMPTED is cell(CHECK).word
