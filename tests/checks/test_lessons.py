"""A lesson begins: editions that differ, errors with advice, failures that are meant."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from IPython.core.interactiveshell import InteractiveShell

from labkit.checks import ____, expect_failure, lesson
from labkit.checks.advice import BLANK, GONE, POLICY, SKIPPED, TWICE, advice_on
from labkit.checks.lessons import plans
from labkit.errors import LabError, NameNotFound

ROUTES = plans()["06-routes"]


def test_a_lesson_tells_its_edition_and_how_long_it_takes():
    shown = repr(lesson("06-routes", edition=ROUTES.edition))

    assert shown.startswith(f"06-routes, edition {ROUTES.edition}: about {ROUTES.minutes} minutes.")


@pytest.mark.parametrize(("step", "what"), [(-1, "git pull"), (1, "make setup")])
def test_a_notebook_of_another_edition_says_which_of_the_two_to_renew(step, what):
    shown = repr(lesson("06-routes", edition=ROUTES.edition + step))

    assert shown.startswith("!")
    assert what in shown


def test_a_lesson_that_is_not_there_names_those_that_are():
    with pytest.raises(NameNotFound, match="Did you mean '06-routes'"):
        lesson("06-route", edition=1)


def _error_of(call):
    with pytest.raises((ClientError, ParamValidationError, NameError)) as raised:
        call()
    return raised.value


def test_making_something_twice_says_that_nothing_is_lost(lab):
    make = lambda: lab.iam.create_group(GroupName="twice")  # noqa: E731  called twice below
    make()

    assert TWICE == advice_on(_error_of(make)).advice


def test_what_was_deleted_is_said_to_be_gone(lab):
    advice = advice_on(_error_of(lambda: lab.ec2.delete_vpc(VpcId="vpc-0123456789abcdef0")))

    assert GONE == advice.advice
    assert "AWS refused DeleteVpc: InvalidVpcID.NotFound" == advice.happened


def test_a_policy_whose_principal_is_a_bare_name_is_unreadable_not_gone(lab):
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "ec2.amazonaws.com", "Action": "sts:AssumeRole"}
        ],
    }
    make = lambda: lab.iam.create_role(  # noqa: E731  called once below
        RoleName="bare", AssumeRolePolicyDocument=json.dumps(trust)
    )

    assert POLICY == advice_on(_error_of(make)).advice


def test_a_blank_in_a_call_is_said_to_be_one(lab):
    assert BLANK == advice_on(_error_of(lambda: lab.ec2.create_vpc(CidrBlock=____))).advice


def test_a_name_that_nothing_has_set_is_a_cell_that_was_skipped():
    assert SKIPPED == advice_on(_error_of(lambda: routes_a)).advice  # noqa: F821  that is the point


def test_other_refusals_of_aws_stand_for_themselves(lab):
    assert None is advice_on(_error_of(lambda: lab.ec2.create_vpc(CidrBlock="10.0.0.0/8")))


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_a_cell_that_fails_shows_the_advice_and_then_the_error(shell, capsys):
    shell.run_cell("from labkit.checks import lesson; lesson('06-routes', edition=1)")
    result = shell.run_cell("routes_a")
    printed = capsys.readouterr().out

    assert isinstance(result.error_in_exec, NameError)
    assert printed.index("! name 'routes_a' is not defined") < printed.index("Traceback")


def test_an_expected_failure_is_shown_as_a_result(lab, capsys):
    with expect_failure("InvalidVpc.Range") as failure:
        lab.ec2.create_vpc(CidrBlock="10.0.0.0/8")

    assert "failed, as intended" in capsys.readouterr().out
    assert isinstance(failure.error, ClientError)


def test_a_failure_that_stays_away_is_missed():
    with pytest.raises(LabError, match="did not fail"), expect_failure(ValueError):
        int("4")


def test_another_failure_than_the_expected_one_comes_through():
    with pytest.raises(ZeroDivisionError), expect_failure(ValueError):
        _ = 1 / 0
