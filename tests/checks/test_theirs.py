"""What a learner's function does wrong is told as theirs, and goes no further."""

from __future__ import annotations

import itertools
import sys

import pytest

from labkit.checks import check
from labkit.checks.theirs import NotBack, Raised, call


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


def _never_back(*_):
    while True:
        pass


def _one_by_one(values):
    yield from values


def test_a_function_that_does_not_come_back_is_told_so_with_the_place_it_was_at():
    with pytest.raises(NotBack) as caught:
        call(_never_back, 1, what="your analyst", seconds=1.5)
    assert "your analyst did not come back within 1.5 seconds. It was stopped." == str(caught.value)
    assert "in _never_back" in caught.value.frames


def test_what_a_function_gives_bit_by_bit_is_read_to_its_end():
    assert [1, 2] == call(_one_by_one, [1, 2])
    with pytest.raises(Raised, match="Does its loop end"):
        call(_one_by_one, itertools.count())


class _Endless(dict):
    """An answer that cannot be read to its end."""

    keys = items = values = _never_back


def test_a_check_does_not_wait_for_an_answer_that_has_no_end(lab):
    assert "your answer did not come back" in repr(check("15-query-set", lab, _Endless()))
