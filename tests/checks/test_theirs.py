"""What a learner's function does wrong is told as theirs, and goes no further."""

from __future__ import annotations

import sys

import pytest

from labkit.checks.theirs import Raised, call


def test_a_function_that_calls_sys_exit_is_reported_like_one_that_raises():
    with pytest.raises(Raised) as caught:
        call(sys.exit, 3)
    assert "SystemExit: 3" == caught.value.message


def test_a_generator_that_raises_on_its_way_is_theirs_too():
    with pytest.raises(Raised) as caught:
        call(lambda: (int(each) for each in ["1", "-"]))
    assert "invalid literal" in caught.value.message


def test_what_a_generator_gives_is_given_back_at_once():
    assert [1, 2] == call(lambda: (each for each in (1, 2)))
