"""Every point that AWS leaves open, shown at work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from labkit.insights.choices import CHOICES

if TYPE_CHECKING:
    from labkit.insights.choices import Choice

SHOWN = yaml.safe_load((Path(__file__).parents[1] / "cases" / "choices.yml").read_text())["choices"]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_a_choice_is_what_the_engine_does(choice: Choice, ask):
    shown = SHOWN[choice.name]
    rows = ask(shown["query"], *shown["messages"], limit=shown.get("limit"))
    for row in rows:
        row.pop("@ptr", None)
    assert shown["rows"] == rows


def test_no_choice_is_shown_that_is_none():
    assert [choice.name for choice in CHOICES] == list(SHOWN)
