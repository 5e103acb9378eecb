"""The bound on memory holds while a function runs, and at no other moment."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import pytest

from labkit.endpoint.functions.memory import Allowance

if sys.platform != "linux":
    pytest.skip("memory is bounded on Linux only", allow_module_level=True)

import resource


def _limit():
    return resource.getrlimit(resource.RLIMIT_AS)


def test_nothing_is_bounded_while_any_thread_is_in_the_lab():
    allowance, outside = Allowance(64), _limit()
    with allowance.bounding():
        within = _limit()
        with ExitStack() as one, allowance.lifted():
            one.enter_context(allowance.lifted())
            one.close()
            still_lifted = _limit()
        bound_again = _limit()
    assert within != outside
    assert (still_lifted, bound_again, _limit()) == (outside, within, outside)


def test_a_thread_that_comes_back_from_the_lab_too_late_bounds_nothing():
    allowance, outside = Allowance(64), _limit()
    with ExitStack() as late:
        with allowance.bounding():
            late.enter_context(allowance.lifted())
        late.close()
        assert _limit() == outside
