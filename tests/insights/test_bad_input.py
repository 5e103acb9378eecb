"""Anything at all, as a query or as a message: an answer or an error that has a name."""

from __future__ import annotations

import pytest

from labkit.insights.errors import NotComputable, QueryError

MESSAGES = (
    "", "\x00", "\x01", "a\x00b", "\N{SLIGHTLY SMILING FACE}\N{RIGHT-TO-LEFT OVERRIDE}x", "\ud800",
    '{"a": ' + "[" * 2000 + "]" * 2000 + "}", '{"n": ' + "9" * 5000 + "}", '{"n": 1e999}',
    '{"s": "\\u0000"}', '{"s": "\\ud800"}', "{", "null", '{"@timestamp": 5}', "a=" * 500,
    "2 1 e 1 2 3 4 5 6 99999999999999999999 1 2 ACCEPT OK", "x" * 5000,
)  # fmt: skip
NASTY = (
    "fields fromMillis(9e30), fromMillis(-9e30), datefloor(fromMillis(1e15), 1y)",
    "fields dateceil(fromMillis(253402300799999), 100y), formatDate(1e40, '%Y')",
    "stats sum(9e99 * 9e99 * 9e99 * 9e99), stddev(9e99 ^ 3), avg(10 ^ 308) by 1",
    "stats sum(strlen(@message)), variance(strlen(@message) ^ 90)",
    "fields 10 ^ 400, -1 ^ 0.5, (0 - 8) ^ (1 / 3), 5 % 0, 1 / 0, 0 / 0, 1e99 * 1e99 * 1e99 * 1e99",
    "fields toInt(1e99), decToHex(1e99), hexToDec('ffffffffffffffffffff'), round(1e300 * 1e10, 20)",
    "fields substr(@message, 1e99, 1e99), substr(@message, -1e99), substr(@message, 0 / 0)",
    "fields base64decode(@message), urldecode(@message), hexToAscii(@message), jsonParse(@message)",
    "fields jsonArraySize(@message), jsonStringify(jsonParse(@message)), split(@message, '')",
    "fields regexReplace(@message, '(a*)*', '$1\\\\9'), regexReplace(@message, '', @message)",
    "fields replace(@message, '', 'x'), trim(@message, ''), concat(@message, @message)",
    "fields isIpInSubnet(@message, '::/0'), ipv4ToNumber(@message), isPublicIP(@message)",
    "fields parseDate(@message, 'yyyy'), urlencode(@message), md5(@message), sha256(@message)",
    "filter @message like /(a+)+$/ or @message like /(x|xx|xxx)*y/ or @message =~ /^(.*?,){99}P/",
    "filter @message in ['\x00', '\N{SLIGHTLY SMILING FACE}'] or n > 1 or s < 'a'",
    "sort @message | dedup @message | limit 3",
    "fields now() as x | sort x | dedup x", "stats queryEndTime() as x by now() | sort x",
    "stats count(*) by @message, n, s | sort n desc",
    "stats values(@message), countDistinct(@message), sortsFirst(@message), latest(n)",
    "parse @message /(?<a>.*)(?<b>.*)/ multi | stats count(*)",
    "parse @message '**' as a, b | parse @message logfmt as lf | parse @message csv as c, d",
    "fields jsonParse(@message) as j | unnest j.a into e | display e, e.x, e.0.1",
    "pattern @message | sort @pattern",
    "fields `\N{SLIGHTLY SMILING FACE}`, a.b.c.d.e.f.g.h.i, list[99999999999999999999]",
    "stats count(*) by bin(99999999999999999999y) | limit 1",
    "stats count(*) by datefloor(@timestamp, 100000y), bin(99999d)",
    "stats count(*) by bin(1m) offset 99999w",
    "stats pct(n, 1e99)", "stats topk(1e99, n)", "fields round(n, 1e99)", "limit 1e99",
    "filter n in [" + ", ".join(str(n) for n in range(1500)) + "]",
    "filter n in [" + ", ".join(f"f{n}" for n in range(1000)) + "]",
    "filter " + " or ".join(f"a = {n}" for n in range(900)),
    "fields " + " + ".join(["1"] * 3000), "fields " + "-" * 5000 + "1",
    "fields " + ", ".join(f"strlen(f{n}) as g{n}" for n in range(250)),
    "filter " + "(" * 3000 + "a" + ")" * 3000, "filter " + "not " * 2400 + "a",
    "|".join(["filter a = 1"] * 600), "|".join(f"fields a as x{n}" for n in range(500)),
    "fields concat(" + ", ".join(["@message"] * 900) + ")",
    "filter @message like /" + "a?" * 1500 + "/", "filter @message like /a{1000}{1000}/",
    "filter @message like /(?<n>a)\\1(?=b)/", "parse @message /(?<a>x)(?<a>y)/ | limit 1",
    "parse @message '" + "*" * 60 + "' as " + ", ".join(f"p{n}" for n in range(60)),
    "fields '\\", 'fields "', "filter @message like /", "fields `", "\x00", "\ufeff", "\u202e", "#",
    "stats", "| |", "fields ,", "filter ()", "SOURCE", "SOURCE logGroups(", "join", "unnest x into",
)  # fmt: skip


def outcome(ask, query: str) -> list[dict[str, str]] | QueryError:
    try:
        return ask(query, *MESSAGES)
    except QueryError as refused:
        return refused


@pytest.mark.parametrize("query", NASTY, ids=lambda query: repr(query[:50]))
def test_a_nasty_query_gives_an_answer_or_an_error_with_a_name(query: str, ask):
    found = outcome(ask, query)
    if isinstance(found, QueryError):
        assert type(found) is not NotComputable
        assert found.aws_message
        assert str(found)
    else:
        assert all(isinstance(cell, str) for row in found for cell in row.values())
