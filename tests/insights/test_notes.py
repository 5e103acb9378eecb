"""What is remarked on queries that run, but not as their writer meant."""

from __future__ import annotations

import pytest

from labkit.insights.notes import notes, unfamiliar

JSON_FIELDS = ("@message", "@timestamp", "level", "srcaddr", "user.id")


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("filter srcaddr = 'x'", "srcAddr"),
        ("stats count(*) by src_addr", "srcAddr"),
        ("fields DstPort", "dstPort"),
        ("fields @timestamp | sort log_status desc", "logStatus"),
        ("fields @timestamp | dedup interface_id", "interfaceId"),
        ("filter logStream = 'eni-1'", "@logStream"),
        ("fields message", "@message"),
        ("parse srcadr '*.*' as a, b", "srcAddr"),
        ("stats sum(byte) as b | fields b * 2 as c", "bytes"),
    ],
)
def test_a_misspelt_field_is_noticed(query: str, meant: str):
    [note] = notes(query)
    assert note.endswith(f"is no field of these events, so it is absent. Did you mean {meant}?")


@pytest.mark.parametrize(
    "query",
    [
        "filter action = REJECT",
        "filter REJECT = action",
        "filter action in [REJECT]",
        "filter action like REJECT",
    ],
)
def test_a_value_of_a_flow_log_without_its_quotes_is_noticed(query: str):
    [note] = notes(query)
    assert note.endswith("If it is a text, it stands in quotes: 'REJECT'.")


@pytest.mark.parametrize(
    "query",
    [
        "filter action = 'REJECT' | stats sum(bytes) as b by srcAddr, bin(5m) | sort b desc",
        "parse @message '* *' as srcaddr, b | filter srcaddr = 'x' | display srcaddr",
        "fields @timestamp, @log, @aws.account, start, endTime",
        "stats count(*) as srcaddr by action | filter srcaddr > 1",
        "filter flow_direction = 'egress'",
        "filter dstPort in [22, 80] | stats count(*) by bin(60s), datefloor(start, 24h)",
    ],
)
def test_nothing_is_remarked_on_a_query_that_may_be_right(query: str):
    assert () == notes(query)


def test_fields_that_were_found_are_no_mistakes():
    assert () == notes("filter srcaddr = 'x' | stats count(*) by user.id", JSON_FIELDS)


def test_a_name_that_is_nowhere_is_told_to_be_absent_once_the_fields_are_known():
    [note] = notes("filter flow_direction = 'egress'", JSON_FIELDS)
    assert "Fields of a custom flow log format need parse." in note


def test_default_names_are_absent_from_events_of_another_form():
    assert len(notes("stats sum(bytes) by dstPort", JSON_FIELDS)) == 2


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("filter action = REJECT", "stands in quotes: 'REJECT'"),
        ("fields jsonParse(@message) as j, j.user", "in the next command only"),
        ("filter srcAddr = '10.0.0.0/8'", 'isIpInSubnet(srcAddr, "10.0.0.0/8")'),
        ("filter dstPort = 22 or 80", "use in [...]"),
        ("filter srcAddr like '10.%'", "% is no wildcard"),
        ("stats count(*) by bin(300s)", "bin takes 300s as 60s"),
        ("filter @timestamp > '2024-03-01 00:00:00'", "toMillis(@timestamp)"),
    ],
)
def test_habits_of_other_languages_are_noticed(query: str, words: str):
    [note] = notes(query)
    assert words in note


def test_notes_come_in_the_order_of_the_text_and_once_each():
    query = "filter dstaddr = 'x' or dstaddr = 'y' | stats count(*) by srcaddr"
    assert ["dstaddr", "srcaddr"] == [note.split()[0] for note in notes(query)]


def test_unfamiliar_names_are_those_no_flow_log_has():
    query = "filter srcAddr = 'x' and level = 'info' | stats count(*) as n by srcaddr | sort n"
    assert {"level", "srcaddr"} == unfamiliar(query)
