"""Predictions: empty by default, kept, and shown beside what was observed."""

from __future__ import annotations

import pytest

from labkit.checks import ____, predict, reveal
from labkit.checks.prediction import PREDICTION_MIME
from labkit.errors import NameNotFound


@pytest.mark.parametrize("guess", [____, None])
def test_an_empty_prediction_is_no_mistake_and_says_what_to_do(guess):
    assert "replace ____ by one of 0, 1, 2, 3, 4" in repr(predict("06-one-sided", guess))
    assert None is reveal("06-one-sided", 0).held


@pytest.mark.parametrize(("guess", "held"), [(0, True), ("0", True), (4, False), ("four", False)])
def test_a_guess_is_shown_beside_what_was_observed(guess, held):
    predict("06-one-sided", guess)
    revealed = reveal("06-one-sided", 0)

    assert held is revealed.held
    assert str(guess) in repr(revealed)
    assert "A reply needs a route of its own" in repr(revealed)
    assert {"predicted": str(guess), "observed": "0", "held": held}.items() <= (
        revealed._repr_mimebundle_()[PREDICTION_MIME].items()
    )


def test_a_guess_outside_the_choices_is_kept_and_the_choices_are_named():
    shown = repr(predict("06-one-sided", "perhaps"))

    assert "perhaps (kept)" in shown
    assert "one of 0, 1, 2, 3, 4" in shown


def test_a_later_guess_replaces_an_earlier_one_and_a_blank_takes_it_back():
    predict("06-one-sided", 4)
    predict("06-one-sided", 0)
    assert True is reveal("06-one-sided", 0).held
    predict("06-one-sided", ____)
    assert None is reveal("06-one-sided", 0).held


def test_what_nobody_asked_to_predict_is_named_with_its_neighbours():
    with pytest.raises(NameNotFound, match="Did you mean '06-one-sided'"):
        predict("06-onesided", 1)
