"""Completion offers what the language takes at the caret, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.insights import mistakes
from labkit.insights.completion import COMMANDS, complete
from labkit.insights.errors import QueryError
from labkit.insights.parser import parse

FIELDS = ["@timestamp", "@message", "srcAddr", "dstAddr", "action", "bytes", "logStatus"]
QUERIES = [
    'filter action = "REJECT" and bytes > 9 | stats count(*) as n by srcAddr | sort n desc',
    "fields @timestamp, srcAddr | filter isValidIp(srcAddr) or not ispresent(dstAddr) | limit 5",
    "stats sum(bytes) as sent by bin(5m) as t, srcAddr | filter sent > 10 | stats max(sent) by t",
    "parse @message '* *' as first, second | display first | dedup first",
    "filter srcAddr like /10/ | pattern @message",
]


def offered(text, fields=FIELDS):
    return [each.text for each in complete(text, len(text), fields).suggestions]


def test_an_empty_query_begins_with_a_command():
    assert offered("")[:3] == ["filter", "stats", "sort"]
    assert offered("filter bytes > 1 | ") == offered("")


def test_every_command_of_the_language_can_be_completed():
    assert {name.lower() for name in COMMANDS} == {name.lower() for name in mistakes.COMMANDS}
    for name in COMMANDS:
        assert name in offered(name[:-1])
    assert offered("so") == ["sort", "source"]


@pytest.mark.parametrize("query", QUERIES)
def test_every_known_word_of_a_right_query_is_offered_after_three_letters(query):
    parse(query)
    own = {"sent", "first", "second", "REJECT"}
    for word in re.finditer(r"@?\b[A-Za-z]\w{3,}\b(?![^'\"/]*['\"/][^'\"]*$)", query):
        if word[0] in own:
            continue
        suggestions = [text.removesuffix("(") for text in offered(query[: word.start() + 3])]
        assert word[0] in suggestions, query[: word.start() + 3]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("filter ", "srcAddr"),
        ("filter action ", "and"),
        ("stats ", "count("),
        ("stats sum(", "srcAddr"),
        ("stats count(*) ", "as"),
        ("stats count(*) by bytes, b", "bytes"),
        ("stats count(*) by bi", "bin("),
        ("stats count(*) as n by srcAddr | sort ", "srcAddr"),
        ("stats count(*) as n by srcAddr | sort n ", "asc"),
    ],
)
def test_what_fits_best_comes_first(text, first):
    fields = FIELDS[2:]
    assert offered(text, fields)[0] == first


def test_after_stats_only_its_own_names_are_left():
    query = "stats count(*) as n, max(bytes) as most by srcAddr, bin(1m) | display "
    assert [text for text in offered(query) if "(" not in text] == ["srcAddr", "n", "most"]


@pytest.mark.parametrize(
    "text",
    [
        "stats count(*) as ",
        "filter action = 'RE",
        "filter action = 'REJECT'",
        "nonsense x | ",
        "stats count(*) by bin(1",
        "filter a ~ ",
    ],
)
def test_nothing_is_offered_where_nothing_can_be(text):
    assert offered(text) == []


def test_the_word_under_the_caret_is_what_gets_replaced():
    text = "filter actio = 'REJECT'"
    completion = complete(text, 12, FIELDS)
    assert (7, 12) == (completion.start, completion.end)
    assert [each.text for each in completion.suggestions] == ["action"]


def test_functions_say_how_they_are_called():
    [only] = complete("stats countd", 12).suggestions
    assert only.kind == "function"
    assert only.about == "countDistinct(any value): Number of different values."


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(0, 90))
def test_any_text_at_all_is_taken(text, caret):
    completion = complete(text, caret, FIELDS)
    assert completion.start <= completion.end <= len(text)


@settings(deadline=None)
@given(st.sampled_from(QUERIES), st.data())
def test_what_is_offered_can_stand_there(query, data):
    caret = data.draw(st.integers(0, len(query)))
    completion = complete(query, caret, FIELDS)
    for each in completion.suggestions:
        text = query[: completion.start] + each.text
        assert _first_mistake(text) >= len(text), text


def _first_mistake(text):
    """Where the parser gives up; behind the text if it never does."""
    try:
        parse(text)
    except QueryError as error:
        return error.span.start
    return len(text)
