r"""Regular expressions in filter patterns, against AWS's list of what they may have."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.endpoint.filter_regex import MOST_PLACES, searching
from labkit.endpoint.operations import AwsError


@pytest.mark.parametrize(
    ("expression", "found", "not_found"),
    [
        ("AUTHORIZED", ["AUTHORIZED", "an UNAUTHORIZED one"], ["authorized", ""]),
        ("^[hc]at", ["hat stand", "cat"], ["a hat", "bat"]),
        ("[hc]at$", ["a hat", "cat"], ["hats", "hat\n"]),
        ("^$", [""], ["a"]),
        ("colou?r", ["color", "colour"], ["colouur"]),
        ("^ab*c$", ["ac", "abc", "abbbc"], ["adc"]),
        ("^ab+c$", ["abc", "abbc"], ["ac"]),
        ("^a{3,5}$", ["aaa", "aaaa", "aaaaa"], ["aa", "aaaaaa"]),
        ("^a{2}$", ["aa"], ["a", "aaa"]),
        ("^a{2,}$", ["aa", "aaaaaaa"], ["a"]),
        ("^a{,2}$", ["", "a", "aa"], ["aaa"]),
        ("^a{0}b$", ["b"], ["ab"]),
        ("gra|ey", ["gray", "grey"], ["groy"]),
        ("^starting|^shutting down", ["starting", "shutting down"], ["now starting"]),
        ("^on$|^off$|x", ["on", "off", "axe"], ["one", "goff"]),
        ("ab[^c]$", ["aba", "ab\u00e9"], ["abc", "ab"]),
        ("[abcx-z]", ["b", "y"], ["d", "w"]),
        ("^[a-]+$", ["a-a"], ["b"]),
        ("^[.*+?$^{}|]+$", [".*+?$^{}|"], ["a"]),
        (r"^[\d\-\]\\]+$", [r"1-]\2"], ["a"]),
        (r"^\[.\]$", ["[a]", "[ ]", "[]]", "[\u00e9]", "[\n]"], ["[]", "[ab]"]),
        (r"10\.10\.0\.1", ["10.10.0.1"], ["10010,051"]),
        ("10.10.0.1", ["10010,051"], ["10.10.1"]),
        (r"^\d\D\s\S\w\W$", ["1a b_-", "2\u00e9\t\u00e9Z\u00e9"], ["aa b_-", "1a b--"]),
        (r"\x28\x3A\x25", ["(:%"], ["x28"]),
        (r"^[\x28-\x2A]$", ["(", ")", "*"], ["+"]),
        ("^a.*b.*c$", ["a-b-c", "abbcc"], ["a-c-b"]),
        ("a:_#=@/;, -b", ["a:_#=@/;, -b"], ["a"]),
    ],
)
def test_an_expression_is_found_where_aws_says(expression, found, not_found):
    search = searching(expression)
    assert ([each for each in found if search(each)], [t for t in not_found if search(t)]) == (
        found,
        [],
    )


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "nothing between"),
        ("something!", "from '!' on"),
        ("a(b)", r"from '\(b' on.* no parentheses"),
        (r"\(", r"written like \\x28"),
        ("\u00e9", "cannot be read from '\u00e9' on"),
        ("a\n", "cannot be read"),
        ("a**", r"from '\*' on"),
        ("a+?", r"from '\?' on"),
        ("*a", r"from '\*a' on"),
        ("^*", r"from '\*' on"),
        ("a^b", r"from '\^b' on"),
        ("a$b", "from 'b' on"),
        ("a{", "from '{' on"),
        ("a{1, 2}", "from '{1' on"),
        ("a]", "from ']' on"),
        ("[a", r"from '\[a' on"),
        ("[]", "cannot be read"),
        ("[^]", "cannot be read"),
        ("[[:alpha:]]", "cannot be read"),
        ("a\\", "cannot be read"),
        (r"\bword", "cannot be read"),
        (r"\x3a", "cannot be read"),
        (r"\xE9", "cannot be read"),
        ("[z-a]", "cannot be used: .*z-a"),
        ("a{3,2}", r"\{3,2} asks for more than it allows"),
        ("a||b", "nothing on one side of a |"),
        (f"a{{{MOST_PLACES + 1}}}", "over 1000 places"),
        ("a{999}b{2}", "over 1000 places"),
    ],
)
def test_what_aws_does_not_take_is_refused_with_words_that_help(expression, reason):
    with pytest.raises(AwsError, match=reason) as caught:
        searching(expression)
    assert caught.value.code == "InvalidParameterException"


PLACES = st.tuples(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\W", r"\.", "[b-c-]"]),
    st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,2}", "{0}"]),
).map("".join)
ALTERNATIVES = st.tuples(
    st.sampled_from(["", "^"]),
    st.lists(PLACES, min_size=1, max_size=5).map("".join),
    st.sampled_from(["", r"\Z"]),
).map("".join)


@given(
    st.lists(ALTERNATIVES, min_size=1, max_size=3).map("|".join),
    st.text("abc1.-\u00e9\n", max_size=8),
)
def test_it_finds_what_python_finds(expression: str, text: str):
    found = re.search(expression, text, re.DOTALL | re.ASCII) is not None
    assert searching(expression.replace(r"\Z", "$"))(text) is found
