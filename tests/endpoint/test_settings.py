"""Settings: every choice has a meaning, and wrong values are named."""

from __future__ import annotations

from dataclasses import fields

import pytest

from labkit.endpoint.settings import Settings
from labkit.errors import EndpointError


def test_every_setting_says_what_it_means():
    assert [setting.name for setting in fields(Settings)] == list(Settings.meanings())
    assert all(meaning.endswith(".") for meaning in Settings.meanings().values())


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("account_id", "123", "12 digits"),
        ("region", "Frankfurt", "a region name such as us-east-1"),
        ("delivery", "soon", "realistic or instant"),
        ("unroutable_egress", "maybe", "omit or accept"),
        ("delivery_delay_s", -1, "a number of seconds, 0 or more"),
        ("seed", "x", "a whole number"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_accepted(name, value, accepted):
    with pytest.raises(EndpointError) as caught:
        Settings(**{name: value})
    assert str(caught.value) == f"{name} is {value!r}; expected {accepted}."
