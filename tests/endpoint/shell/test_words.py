"""A line cut into commands."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.endpoint.shell.words import NotSimulatedWord, commands, without_prefix

SPOKEN = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1)


@given(st.lists(SPOKEN, min_size=1))
def test_quoted_words_come_out_as_they_went_in(words: list[str]):
    [command] = commands(shlex.join(words))
    assert command.words == tuple(words)


def test_operators_say_when_a_command_is_skipped():
    found = commands("a && b || c ; d &")
    assert [command.words[0] for command in found] == ["a", "b", "c", "d"]
    assert [command.unless for command in found] == [None, "nonzero", "zero", None]
    assert [command.background for command in found] == [False, False, False, True]


@pytest.mark.parametrize(
    ("line", "out", "err"),
    [
        ("x", "stdout", "stderr"),
        ("x >/dev/null", None, "stderr"),
        ("x 2> /dev/null", "stdout", None),
        ("x > /dev/null 2>&1", None, None),
        ("x 2>&1 > /dev/null", None, "stdout"),
        ("x &>/dev/null", None, None),
        ("x 2>&1", "stdout", "stdout"),
        ("echo 1>&2", "stderr", "stderr"),
    ],
)
def test_output_goes_where_it_is_sent(line: str, out: str | None, err: str | None):
    [command] = commands(line)
    assert (command.out, command.err) == (out, err)


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "  # with ; and && in it"])
def test_nothing_is_no_command(line: str):
    assert commands(line) == []


def test_a_hash_within_a_word_is_no_comment():
    assert commands("curl http://h/#top")[0].words == ("curl", "http://h/#top")


@pytest.mark.parametrize(
    "line",
    [
        "a | b",
        "a > f",
        "a >> /dev/nullx",
        "a < f",
        "(a)",
        "echo $X",
        'echo "$X"',
        "`a`",
        "a 'b",
        "&& a",
    ],
)
def test_what_the_lab_does_not_speak_is_refused(line: str):
    with pytest.raises(NotSimulatedWord):
        commands(line)


def test_what_stands_before_the_program_is_taken_off():
    assert without_prefix(("sudo", "nohup", "-n", "ping", "h")) == ("ping", "h")
    with pytest.raises(NotSimulatedWord):
        without_prefix(("A=1", "ping", "h"))
