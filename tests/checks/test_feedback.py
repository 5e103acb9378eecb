"""Labelled texts as lines: wrapped between words, and otherwise as they were."""

from __future__ import annotations

from labkit.checks.feedback import as_text


def test_no_line_begins_with_the_space_it_was_broken_at():
    """Words of every length: at one of them a word ends exactly where the line does."""
    for length in range(1, 90):
        lines = as_text([("Why", f"{'a' * length} bb ccc dddd " * 6)])
        assert [] == [line for line in lines[1:] if line[7] == " "], length


def test_the_indentation_of_a_message_stays():
    assert ["  Why  filter x y", "             ^"] == as_text([("Why", "filter x y\n      ^")])
