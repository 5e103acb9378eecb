"""Which messages a filter pattern matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.endpoint.filter_pattern import compiled
from labkit.endpoint.operations import AwsError

RECORD = "2 123456789012 eni-1 10.0.2.7 10.2.1.10 4096 80 6 4 400 1418530010 1418530070 REJECT OK"
NODATA = "2 123456789012 eni-1 - - - - - - - 1431280876 1431280934 - NODATA"
NAMES = (
    "version, accountid, interfaceid, srcaddr, dstaddr, srcport, dstport, protocol, packets, "
    "bytes, start, end, action, logstatus"
)
JSON = '{"user": {"name": "bob", "ids": [3, 7]}, "ok": true, "gone": null, "size": 12.5}'


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ("ERROR", "an ERROR happened", True),
        ("ERROR", "an error happened", False),
        ("ERROR ARGS", "ERROR but no arguments", False),
        ("ERROR ARGS", "ARGS before ERROR", True),
        ("?ERROR ?WARN", "only a WARN", True),
        ("?ERROR ?WARN", "INFO", False),
        ("?ERROR WARN", "WARN", True),
        ("?ERROR WARN", "ERROR", False),
        ("ERROR -EXITING", "ERROR EXITING", False),
        ('"10.0.2.7 10"', RECORD, True),
        (r'"a \"quoted\" word"', 'has a "quoted" word in it', True),
        (f"[{NAMES}]", RECORD, True),
        (f"[{NAMES}]", NODATA, True),
        (f"[{NAMES}, one_more]", RECORD, False),
        (f"[{NAMES.replace('srcaddr', 'srcaddr = 10.0.2.*')}]", RECORD, True),
        (f"[{NAMES.replace('srcaddr', 'srcaddr = 10.0.3.*')}]", RECORD, False),
        (f"[{NAMES.replace('dstport', 'dstport = 80 || dstport = 8080')}]", RECORD, True),
        (f"[{NAMES.replace('dstport', 'dstport > 80 && dstport < 90')}]", RECORD, False),
        (f"[{NAMES.replace('bytes', 'bytes >= 400')}]", RECORD, True),
        (f"[{NAMES.replace('bytes', 'bytes >= 400')}]", NODATA, False),
        (f"[{NAMES.replace('action', 'action != ACCEPT')}]", RECORD, True),
        ('[version, ..., action="REJECT", flowlogstatus]', RECORD, True),
        ("[..., bytes, start, end, action, status]", "too few", False),
        ("[ip, user, date, request = *html*]", 'h u [1 Jan 2026] "GET /a.html HTTP"', True),
        ('{ $.user.name = "b*" }', JSON, True),
        ("{ $.user.ids[1] = 7 && $.size > 12 }", JSON, True),
        ("{ ($.size < 1 || $.ok IS TRUE) && $.gone IS NULL }", JSON, True),
        ("{ $.none NOT EXISTS }", JSON, True),
        ("{ $.none = 1 }", JSON, False),
        ('{ $.user.name != "bob" }', JSON, False),
        ("{ $.size > 1 }", "no JSON", False),
    ],
)
def test_a_pattern_matches_as_aws_documents_it(pattern: str, message: str, matches: bool):
    assert compiled(pattern).matches(message) is matches


def test_the_fields_of_a_match_are_taken_out_by_name():
    assert compiled("[first, ..., last = 3]").extract("1 2 2 3") == {"$first": "1", "$last": "3"}


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("10.0.0.1", "Invalid character"),
        ("%ERR.R%", "regular expressions"),
        ("[a, b", "cannot be read"),
        ("[a = 1 || b = 2]", "several names"),
        ("[..., a, ...]", "may stand once"),
        ("[a > x]", "not a number"),
        ("{ $.a }", "cannot be read"),
        ("x" * 1025, "longer than 1024"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern: str, reason: str):
    with pytest.raises(AwsError, match=reason) as caught:
        compiled(pattern)
    assert caught.value.code == "InvalidParameterException"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_pattern_or_is_refused(pattern: str, message: str):
    try:
        assert compiled(pattern).matches(message) in (True, False)
    except AwsError as refused:
        assert refused.code == "InvalidParameterException"  # noqa: PT017  one of two good ends


@pytest.mark.parametrize(
    "message", ['{"a":' * 9999 + "1" + "}" * 9999, '{"a": ' + "9" * 9999 + "}"]
)
def test_json_beyond_measure_matches_nothing(message: str):
    assert not compiled("{ $.a = 1 }").matches(message)
