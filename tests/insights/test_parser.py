"""Texts that are queries, texts that are not, and what is said about those."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.insights import ast, left_out, mistakes
from labkit.insights.engine import check
from labkit.insights.errors import (
    NotSupported,
    QueryError,
    TooLong,
    UnexpectedSymbol,
    UnknownCommand,
    UnreadableCharacter,
)
from labkit.insights.parser import MAX_CHARACTERS, MAX_DEPTH, grammar, parse


def refusal(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        check(query)
    return caught.value


@pytest.mark.parametrize("mistake", mistakes.ALL, ids=lambda mistake: mistake.wrong[:40])
def test_a_known_mistake_is_named_and_its_correction_runs(mistake: mistakes.Mistake):
    found = refusal(mistake.wrong)
    assert (mistake.error, mistake.message, mistake.hint) == (
        type(found).__name__,
        found.message,
        found.hint,
    )
    check(mistake.right)


@pytest.mark.parametrize("mistake", mistakes.SYNTAX, ids=lambda mistake: mistake.wrong[:40])
def test_a_mistake_is_recognised_after_any_number_of_pipes(mistake: mistakes.Mistake):
    before = "filter a = 1 | " * 7
    found = refusal(before + mistake.wrong)
    assert mistake.message == found.message
    assert len(before) + refusal(mistake.wrong).span.start == found.span.start


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "unexpected symbol found <EOF> at line 1 and position 0"),
        ("   ", "unexpected symbol found <EOF> at line 1 and position 0"),
        ("stats count(*) by bin(5m)\n| sort bin(5m)",
         "unexpected symbol found ( at line 2 and position 10"),
        ("filter @message like /x/i", "unexpected symbol found i at line 1 and position 24"),
        ("bad", "unexpected symbol found bad at line 1 and position 0"),
        ("fields a | dedup a | sort a", "unexpected symbol found sort at line 1 and position 21"),
        ("filter \\", "token recognition error at: '\\'"),
        ("pattern @message | stats count(*) | diff",
         "Diff compilation Failed : Diff operation has to be used after Pattern"),
        ("stats count(*) by a | stats count(*) by bin(5m)",
         "Unknown symbols found in or after stats: @timestamp"),
        ("parse @message '*' as a | fields a", "Ephemeral field is already defined"),
        ("fields a as n | stats count(*) as n", "Ephemeral field is already defined"),
    ],
)  # fmt: skip
def test_the_wire_carries_awss_words(query: str, expected: str):
    assert expected == refusal(query).aws_message


def test_the_text_shows_the_line_the_caret_and_the_way_out():
    assert str(refusal("filter a = 1\n| sort bin(5m)")).splitlines() == [
        "sort takes names, not function calls",
        "    | sort bin(5m)",
        "              ^",
        "  Name it in stats (bin(5m) as window), then: sort window",
    ]


@pytest.mark.parametrize("word", ["FIELDS", "Fields", "fIeLdS"])
def test_keywords_ignore_case(word: str):
    [command] = parse(f"{word} a AS b, Count").commands
    assert isinstance(command, ast.Fields)
    assert [item.name for item in command.items] == ["b", "Count"]


def test_keywords_can_be_names_where_no_keyword_can_stand():
    [command] = parse("fields limit, type, source, by as in, stats").commands
    assert isinstance(command, ast.Fields)
    assert [item.name for item in command.items] == ["limit", "type", "source", "in", "stats"]


def test_names_take_backticks_after_at_signs_and_dots():
    [command] = parse("fields `a-b`, @`aws.tag.x:y`, m.`user.id`.z, list[1], items.0.id").commands
    assert isinstance(command, ast.Fields)
    assert [item.name for item in command.items] == [
        "a-b", "@aws.tag.x:y", "m.user.id.z", "list[1]", "items.0.id",
    ]  # fmt: skip


def test_comments_run_to_the_end_of_the_line_but_not_in_quotes():
    query = parse("# first\nfilter a = '#1' # why\n| limit 3 # end")
    assert [type(command) for command in query.commands] == [ast.Filter, ast.Limit]


def test_pipes_in_quotes_and_patterns_separate_nothing():
    assert len(parse("filter a like 'x|y' and b like /x|\\/y/ | limit 1").commands) == 2


def test_and_binds_tighter_than_or_and_not_tighter_than_and():
    [command] = parse("filter a = 1 or not b = 2 and c = 3").commands
    assert isinstance(command, ast.Filter)
    assert isinstance(command.condition, ast.Logic)
    assert command.condition.word == "or"
    right = command.condition.operands[1]
    assert isinstance(right, ast.Logic)
    assert isinstance(right.operands[0], ast.Negation)


def test_an_unknown_command_is_told_from_one_that_is_left_out():
    assert type(refusal("fiedls a")) is UnknownCommand
    assert refusal("fiedls a").hint == "Did you mean fields?"
    assert type(refusal("anomaly")) is NotSupported


@pytest.mark.parametrize("name", sorted(left_out.COMMANDS))
def test_every_command_left_out_is_refused_by_name(name: str):
    found = refusal(f"fields a | {name} x")
    assert type(found) is NotSupported
    assert found.message == f"{name} is not supported: {left_out.COMMANDS[name]}"


@pytest.mark.parametrize("name", sorted(left_out.FUNCTIONS))
def test_every_function_left_out_is_refused_by_name(name: str):
    found = refusal(f"stats {name}(a, 1m)")
    assert type(found) is NotSupported
    assert found.message == f"{name} is not supported: {left_out.FUNCTIONS[name]}"


@pytest.mark.parametrize("form", left_out.FORMS, ids=lambda form: form.name)
def test_every_form_left_out_is_refused_with_its_reason(form: left_out.Form):
    found = refusal(form.example)
    assert type(found) is NotSupported
    assert found.message.endswith(form.why)


def test_a_query_may_have_ten_thousand_characters_and_no_more():
    padding = "#" * (MAX_CHARACTERS - len("limit 1 "))
    check(f"limit 1 {padding}")
    assert type(refusal(f"limit 1 {padding}#")) is TooLong


@pytest.mark.parametrize("shape", ["({})", "not {}", "!{}", "-{}", "abs({})", "a + ({})"])
def test_nesting_is_bounded(shape: str):
    query = "a"
    for _ in range(MAX_DEPTH * 2):
        query = shape.format(query)
    if shape == "({})":
        check(f"filter {query}")
    else:
        assert type(refusal(f"filter {query}")) is TooLong


def test_half_a_surrogate_pair_is_refused():
    assert type(refusal("filter a = '\ud800'")) is UnreadableCharacter


def refused(what, text: str) -> QueryError | None:
    """The refusal of a text by *what*, or None."""
    try:
        what(text)
    except QueryError as found:
        return found
    return None


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused_with_a_place_inside_it(text: str):
    found = refused(parse, text)
    if found is not None:
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.aws_message
        assert str(found)


WORDS = (
    "fields filter stats sort limit dedup display parse by as and or not in like =~ asc "
    "desc | ( ) [ ] , * + - / = != <= count sum bin ( 5m ) @message srcAddr 'x' /x/ 10 "
    "1.5 # $ ` \\ SOURCE join unnest into pattern diff offset multi csv logfmt"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=25))
def test_any_words_of_the_language_pass_or_are_refused(words: list[str]):
    found = refused(check, " ".join(words))
    assert found is None or found.line >= 1


def test_every_word_that_could_stand_somewhere_has_a_name_for_messages():
    words = {terminal.name for terminal in grammar().terminals}
    assert {"COMMENT", "WHITESPACE"} == words - mistakes.TERMINALS.keys()


def test_unexpected_symbol_is_the_family_of_syntax_errors():
    assert issubclass(UnknownCommand, UnexpectedSymbol)
