"""Wrong queries and what to write instead; hints, tests and the gallery are made from it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

SEE_FIDELITY: Final = "The fidelity page lists what this engine leaves out."


class Mistake(NamedTuple):
    """A wrong query, the name of its error, what is wrong, and what to write instead."""

    wrong: str
    error: str
    message: str
    hint: str
    right: str


SYNTAX: Final = (
    Mistake(
        "sort bin(5m)",
        "UnexpectedSymbol",
        "sort takes names, not function calls",
        "Name it in stats (bin(5m) as window), then: sort window",
        "stats count(*) by bin(5m) as window | sort window",
    ),
    Mistake(
        "filter a = 1 and",
        "UnexpectedSymbol",
        "A condition is missing after the last word",
        "Finish the comparison, or drop the word that waits for it.",
        "filter a = 1 and b = 2",
    ),
    Mistake(
        "filter action == 'REJECT'",
        "UnexpectedSymbol",
        "Equality is written with one =",
        "Write: action = 'REJECT'",
        "filter action = 'REJECT'",
    ),
    Mistake(
        "filter bytes <> 0",
        "UnexpectedSymbol",
        "Inequality is written !=",
        "Write: bytes != 0",
        "filter bytes != 0",
    ),
    Mistake(
        "filter @message like /reject/i",
        "UnexpectedSymbol",
        "A pattern takes no flags after its last slash",
        "Ignore case inside the pattern: /(?i)reject/",
        "filter @message like /(?i)reject/",
    ),
    Mistake(
        "stats by srcAddr",
        "UnexpectedSymbol",
        "stats needs an aggregate before by",
        "Say what to work out: stats count(*) by srcAddr",
        "stats count(*) by srcAddr",
    ),
    Mistake(
        "stats count(*) group by srcAddr",
        "UnexpectedSymbol",
        "The keys of stats follow by alone",
        "Write: stats count(*) by srcAddr",
        "stats count(*) by srcAddr",
    ),
    Mistake(
        "limit ten",
        "UnexpectedSymbol",
        "limit takes a number",
        "Write: limit 10",
        "limit 10",
    ),
    Mistake(
        "parse @message '* *' src, dst",
        "UnexpectedSymbol",
        "The names of a glob's stars follow as",
        "Write: parse @message '* *' as src, dst",
        "parse @message '* *' as src, dst",
    ),
    Mistake(
        "filter srcAddr in ('10.0.0.1')",
        "UnexpectedSymbol",
        "The values of in stand between square brackets",
        "Write: srcAddr in ['10.0.0.1']",
        "filter srcAddr in ['10.0.0.1']",
    ),
)
"""One sentence for each place in the grammar that gets a message of its own."""

MEANING: Final = (
    Mistake(
        "stats count(*) as n by srcAddr | sort dstAddr",
        "UnknownField",
        "stats did not pass on dstAddr",
        "Did you mean srcAddr?",
        "stats count(*) as n by srcAddr | sort srcAddr",
    ),
    Mistake(
        "stats sum(bytes) by bin(5m) | sort @timestamp",
        "UnknownField",
        "stats did not pass on @timestamp",
        "After stats there are only: `bin(5m)`, `sum(bytes)`",
        "stats sum(bytes) by bin(5m) as window | sort window",
    ),
    Mistake(
        "dedup srcAddr | sort srcAddr",
        "WrongOrder",
        "Only limit may follow dedup",
        "Put this command before dedup.",
        "sort srcAddr | dedup srcAddr",
    ),
    Mistake(
        "filter sum(bytes) > 1000",
        "WrongOrder",
        "sum works on many rows, so it belongs in stats",
        "Write: stats sum(any value)",
        "stats sum(bytes) as total by srcAddr | filter total > 1000",
    ),
    Mistake(
        "stats count(*) by srcAddr | sort srcAddr | stats count(*)",
        "WrongOrder",
        "With several stats, sort and limit come after the last",
        "Move sort and limit to the end.",
        "stats count(*) by srcAddr | stats count(*) as n | sort n",
    ),
    Mistake(
        "parse @message '* *' as src, dst, port",
        "WrongPattern",
        "The glob has 2 stars for 3 names",
        "Give each * one name after as.",
        "parse @message '* * *' as src, dst, port",
    ),
    Mistake(
        "parse @message /eni-\\w+/",
        "WrongPattern",
        "The pattern names no groups",
        "Name what it should cut out: (?<user>\\w+)",
        "parse @message /(?<eni>eni-\\w+)/",
    ),
    Mistake(
        "parse @message '* *' as src, dst | fields src",
        "AlreadyDefined",
        "parse has already made the column src",
        "Use display to choose columns.",
        "parse @message '* *' as src, dst | display src",
    ),
    Mistake(
        "filter isIpv4InSubnet(srcAddr, '10.0.0.0/33')",
        "WrongType",
        "'10.0.0.0/33' is not a CIDR block",
        'Write one such as "10.0.0.0/16".',
        "filter isIpv4InSubnet(srcAddr, '10.0.0.0/8')",
    ),
    Mistake(
        "stats count(*) by bin(5)",
        "WrongType",
        "A duration is needed here",
        "Write one such as 5m or 1h.",
        "stats count(*) by bin(5m)",
    ),
    Mistake(
        "fields strlen()",
        "WrongArguments",
        "strlen does not take 0 arguments",
        "Write: strlen(text)",
        "fields strlen(@message)",
    ),
    Mistake(
        "filter isPrivat(srcAddr)",
        "UnknownFunction",
        "There is no function isPrivat",
        "Did you mean isPrivateIP?",
        "filter isPrivateIP(srcAddr)",
    ),
    Mistake(
        "fielter action = 'REJECT'",
        "UnknownCommand",
        "There is no command fielter",
        "Did you mean filter?",
        "filter action = 'REJECT'",
    ),
)
"""Sentences that can be read but mean nothing, one for each kind of error."""

ALL: Final = SYNTAX + MEANING

COMMANDS: Final = (
    "dedup", "diff", "display", "fields", "filter", "filterIndex", "head", "join", "limit",
    "parse", "pattern", "sort", "source", "stats", "tail", "unmask", "unnest", "where",
)  # fmt: skip

UNSUPPORTED_COMMANDS: Final = {
    "accum": "it adds running totals",
    "addtotals": "it adds a row of totals",
    "anomaly": "it needs AWS's trained model",
    "appendcols": "it sets the columns of a second query beside the first",
    "autoregress": "it copies values of earlier rows",
    "cidrlookup": "it reads a lookup table kept in AWS",
    "countfrequent": "it counts frequent values approximately",
    "estimate": "it predicts the size of AWS's scan",
    "expand": "it turns a list into rows; use unnest",
    "filldown": "it repeats the last value in empty cells",
    "fillmissing": "it adds the windows in which nothing happened",
    "json": "as a command it reads nested values; use fields jsonParse(...) as ...",
    "logcompare": "it compares with an earlier time range",
    "lookup": "it reads a lookup table kept in AWS",
    "outlier": "it needs AWS's trained model",
    "relevantfields": "it ranks fields by a model of AWS's",
    "sessionize": "it groups rows into sessions",
}
"""
Commands AWS has and this engine refuses by name, with what each does.

Source:
    CloudWatch Logs User Guide, "Supported operations and functions", 2026.
"""

TERMINALS: Final = {
    "ANY": "any", "AND": "and", "AS": "as", "ASC": "asc", "BANG": "!", "BY": "by",
    "CARET": "^", "COLON": ":", "COMMA": ",", "COMPARE": "a comparison", "CSV": "csv",
    "DEDUP": "dedup", "DESC": "desc", "DIFF": "diff", "DISPLAY": "display",
    "DURATION": "a duration such as 5m", "EQUALS": "=", "FIELDS": "fields", "FILTER": "filter",
    "FILTERINDEX": "filterIndex", "HEAD": "head", "IN": "in", "INTO": "into", "JOIN": "join",
    "LIKE": "like", "LIMIT": "limit", "LOGFMT": "logfmt", "LPAR": "(", "LSQB": "[",
    "MATCHES": "=~", "MINUS": "-", "MULTI": "multi", "NAME": "a name", "NOT": "not",
    "NUMBER": "a number", "OFFSET": "offset", "OR": "or", "PARSE": "parse",
    "PATTERN": "pattern", "PERCENT": "%", "PLUS": "+", "PREVIOUS": "previousDay",
    "REGEX": "a /pattern/", "RPAR": ")", "RSQB": "]", "SLASH": "/", "SORT": "sort",
    "SOURCE": "SOURCE", "STAR": "*", "STATS": "stats", "STRING": "a quoted text",
    "TAIL": "tail", "UNMASK": "unmask", "UNNEST": "unnest", "VBAR": "|", "WHERE": "where",
    "$END": "the end of the query",
}  # fmt: skip
"""How each terminal of the grammar is called in a message."""

IMPLIED: Final = frozenset(
    {"BANG", "CARET", "COMMENT", "COMPARE", "EQUALS", "IN", "LIKE", "LSQB", "MATCHES", "MINUS"}
    | {"NOT", "PERCENT", "PLUS", "SLASH", "STAR", "WHITESPACE", "DURATION", "XML"}
)
"""Terminals left out of "expected here": they would bury the ones that help."""


def nearest(name: str, known: Iterable[str]) -> str:
    """
    A "did you mean" sentence, or nothing when no known name is close.

    >>> nearest("stat", COMMANDS)
    'Did you mean stats?'
    """
    by_folded = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_folded, n=1)
    return f"Did you mean {by_folded[near[0]]}?" if near else ""
