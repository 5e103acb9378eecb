"""A learner's value in a reply: short, on one line, and the same in every run."""

from __future__ import annotations

import pandas as pd
import pytest

from labkit.checks.shown import shown


class Thing:
    pass


@pytest.mark.parametrize("value", [lambda: 1, Thing(), (each for each in ()), [Thing()]])
def test_no_value_tells_where_it_lies_in_memory(value):
    assert " at 0x" in repr(value)
    assert "0x" not in shown(value)


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(10_000)), [[[["deep"]]]] * 100, {}])
def test_whatever_it_is_it_stays_short(value):
    assert 0 < len(shown(value)) <= 120


def test_a_table_is_called_one_and_fits_on_a_line():
    assert "a DataFrame ( a 0 1 1 2)" == shown(pd.DataFrame({"a": [1, 2]}))
