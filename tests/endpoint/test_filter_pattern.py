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
        ("?ERROR ?WARN -INFO", "nothing of the kind", True),
        ("ERROR -EXITING", "ERROR EXITING", False),
        ("ERROR -EXITING", "ERROR 7", True),
        ("-EXITING", "anything else", True),
        ('-"not there"', "it is not there", False),
        ('" "', "one_word", True),
        ('""', "", True),
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
        (f"[{NAMES.replace('bytes', 'bytes = 4e2')}]", RECORD, True),
        (f"[{NAMES.replace('bytes', 'bytes = 4_00')}]", RECORD, False),
        (f"[{NAMES.replace('action', 'action = *J*C*')}]", RECORD, True),
        (f"[{NAMES.replace('action', 'action = *C*J*')}]", RECORD, False),
        (f"[{NAMES.replace('srcaddr', 'srcaddr = %^10[.]0[.][0-9]+[.]7$%')}]", RECORD, True),
        (f"[{NAMES.replace('srcaddr', 'srcaddr != %^10[.]0[.]%')}]", RECORD, False),
        (f"[{NAMES.replace('protocol', 'protocol = %^6$|^17$%')}]", RECORD, True),
        ('[version, ..., action="REJECT", flowlogstatus]', RECORD, True),
        ("[a, ...]", "one", True),
        ("[..., a, b]", "one", False),
        ("[, , third]", "1 2 3", True),
        ("[..., last = 3,]", "1 2 3 4", True),
        ("[level = ERROR || level = WARN, what]", "WARN disk", True),
        ("[level != ERROR && level != WARN, what]", "WARN disk", False),
        ("[(a = 1 || a = 2) && a != 2]", "2", False),
        ("[..., path = %/item/[0-9]+$%, took]", "GET /item/67 12", True),
        ("[..., path = %/item/[0-9]+$%, took]", "GET /item/67/part/1 12", False),
        (r"[a = %^x,y[\]]$%, b]", "x,y] 2", True),
        ("[..., bytes, start, end, action, status]", "too few", False),
        ("[ip, user, date, request = *html*]", 'h u [1 Jan 2026] "GET /a.html HTTP"', True),
        ('{ $.user.name = "b*" }', JSON, True),
        ("{ $.user.ids[1] = 7 && $.size > 12 }", JSON, True),
        ("{ ($.size < 1 || $.ok IS TRUE) && $.gone IS NULL }", JSON, True),
        ("{ $.none NOT EXISTS }", JSON, True),
        ("{ $.none = 1 }", JSON, False),
        ('{ $.user.name != "bob" }', JSON, False),
        ("{ $.size > 1 }", "no JSON", False),
        ("{ $.size = 1.25e1 }", JSON, True),
        ("{ $.size > +12 && $.size < 1e+2 && $.size != 1e-3 }", JSON, True),
        ('{ $.size = "12.50" }', JSON, False),
        ("{ $.size > 12345678901234567890 }", '{"size": 12345678901234567891}', True),
        ("{ $.size > 1 }", '{"size": ' + "9" * 400 + "}", True),
        ("{ $.size > 1 }", '{"size": NaN}', False),
        ("{ $.user.ids = 3 }", JSON, False),
        ("{ $.user.ids != 3 }", JSON, False),
        ("{ $.user = * }", JSON, False),
        ("{ $.user.name = * }", JSON, True),
        ("{ $.user.ids[*] = 7 }", JSON, True),
        ("{ $.user.ids[*] = 8 }", JSON, False),
        ("{ $.user.* = b?b }", JSON, False),
        ("{ $.user.* = %^b.b$% }", JSON, True),
        ("{ $.* IS NULL }", JSON, True),
        ("{ $.user[*] NOT EXISTS }", JSON, True),
        ("{ $.list[*].id = 2 }", '{"list": [{"id": 1}, {"id": 2}, 3]}', True),
        ("{ $.['user.name'] = c }", '{"user.name": "c"}', True),
        ("{ $.a.['b c'][0] = 1 }", '{"a": {"b c": [1]}}', True),
        ('{ $.user.name = %o% && $.user.name != "bo" }', JSON, True),
        ("{ $.user.name != %o% }", JSON, False),
        ("{ $.size = %^12% }", JSON, True),
        ("{ $.none = %.*% }", JSON, False),
        ("{ $.ok IS FALSE }", JSON, False),
        ("{ $.gone NOT EXISTS }", JSON, False),
        ("{ $.none IS NULL }", JSON, False),
        ("{ $.a = 1 || $.a = 2 && $.b = 3 }", '{"a": 1, "b": 4}', True),
        ("{ ($.a = 1 || $.a = 2) && $.b = 3 }", '{"a": 1, "b": 4}', False),
        (r"%ERR.R [45]\d\d%", "an ERROR 404", True),
        ("%^ERROR|^WARN%", "no WARN at the front", False),
    ],
)
def test_a_pattern_matches_as_aws_documents_it(pattern: str, message: str, matches: bool):
    assert compiled(pattern).matches(message) is matches


def test_the_fields_of_a_match_are_taken_out_by_name():
    taken = compiled("[first, ..., last = 3]").extract("1 2 2 3")
    assert taken == {"$first": "1", "$2": "2", "$3": "2", "$last": "3"}


def test_fields_without_a_name_are_taken_out_by_number():
    assert compiled("[, b, , a]").extract('x [y z] "" 4') == {
        "$1": "x",
        "$b": "y z",
        "$3": "",
        "$a": "4",
    }


def test_what_selectors_of_one_value_point_at_is_taken_out():
    taken = compiled("{ $.user.name = b* && $.user.ids[*] = 7 && $.none NOT EXISTS }").extract(JSON)
    assert taken == {"$.user.name": "bob"}


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("10.0.0.1", "Invalid character"),
        ("ERROR %ERR.R%", "stands alone"),
        ("%a% %b%", "not one regular expression"),
        ("%a", "not one regular expression"),
        ("%%", "nothing between"),
        ("%a(b)%", "no parentheses"),
        ("[a = %x!%]", "cannot be read from '!'"),
        ("[a > %1%]", "not a number"),
        ("[a = %1%, b = %2%, c = %3%]", "may have 2 regular expressions, not 3"),
        ("{ $.a[*].* = 1 }", "one wildcard"),
        ("{ $.a.* = 1 || $.* = 1 || $.b[*] = 1 || $.c[*] = 1 }", "may have 3 wildcards, not 4"),
        ("{ $.a IS NOT NULL }", "cannot be read"),
        ("{ $.a EXISTS }", "cannot be read"),
        ("[]", "no fields"),
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


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{ " + "(" * 490 + "$.a = 2" + ")" * 490 + " }", '{"a": 1}'),
        ("{ " + "($.a=2||($.a=3&&" * 55 + "$.a=4" + "))" * 55 + " }", '{"a": 1}'),
        ("[" + "(a=2||(a=3&&" * 70 + "a=4" + "))" * 70 + "]", "1"),
        ("[a = " + "*a" * 400 + "b]", "a" * 100_000),
        ("[a, b]", "[ " * 100_000),
        ("%" + ".*" * 400 + "x%", "a" * 100_000),
    ],
    ids=["parentheses", "JSON in depth", "fields in depth", "stars", "brackets", "regex"],
)
def test_no_pattern_and_no_message_takes_the_process_with_it(pattern: str, message: str):
    assert not compiled(pattern).matches(message)
