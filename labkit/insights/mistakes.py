"""Wrong queries and what to write instead; hints, tests and the gallery are made from it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    Mistake(
        "filter srcAddr = 10.0.0.1",
        "UnexpectedSymbol",
        "An address is a text",
        "Put it in quotes: srcAddr = '10.0.0.1'",
        "filter srcAddr = '10.0.0.1'",
    ),
    Mistake(
        "filter bytes between 1 and 100",
        "UnexpectedSymbol",
        "A range takes two comparisons",
        "Write: bytes >= 1 and bytes <= 100",
        "filter bytes >= 1 and bytes <= 100",
    ),
    Mistake(
        "filter action is not null",
        "UnexpectedSymbol",
        "Whether a field is there is asked by a function",
        "Write: ispresent(action)",
        "filter ispresent(action)",
    ),
    Mistake(
        "filter @message contains 'REJECT'",
        "UnexpectedSymbol",
        "A part of a text is looked for with like",
        "Write: @message like 'REJECT'",
        "filter @message like 'REJECT'",
    ),
    Mistake(
        "fields srcAddr dstAddr",
        "UnexpectedSymbol",
        "Something is missing between two names",
        "A comma, an operator such as = or like, or a | before the next command.",
        "fields srcAddr, dstAddr",
    ),
    Mistake(
        "fields *",
        "UnexpectedSymbol",
        "fields takes names, not *",
        "Leave fields out to see whole messages, or name what to show.",
        "fields @timestamp, @message",
    ),
    Mistake(
        "stats count(distinct srcAddr)",
        "UnexpectedSymbol",
        "The arguments of a function are separated by commas",
        "To count different values: countDistinct(srcAddr)",
        "stats countDistinct(srcAddr)",
    ),
    Mistake(
        "sort desc bytes",
        "UnexpectedSymbol",
        "The direction follows the name",
        "Write: sort bytes desc",
        "sort bytes desc",
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

WORDING: Final = (
    Mistake(
        "filter action = 'REJECT' |",
        "UnexpectedSymbol",
        "A command is missing after the last |",
        "Drop the | or write the command.",
        "filter action = 'REJECT' | limit 10",
    ),
    Mistake(
        "filter action = 'REJECT' stats count(*)",
        "UnexpectedSymbol",
        "Commands are separated by |",
        "Write: | stats",
        "filter action = 'REJECT' | stats count(*)",
    ),
    Mistake(
        "filter action = \N{LEFT DOUBLE QUOTATION MARK}REJECT\N{RIGHT DOUBLE QUOTATION MARK}",
        "UnreadableCharacter",
        "'\N{LEFT DOUBLE QUOTATION MARK}' begins no word of the language",
        "Use straight quotes.",
        'filter action = "REJECT"',
    ),
    Mistake(
        "filter action = 'REJECT",
        "UnreadableCharacter",
        '"\'" begins no word of the language',
        "The quote that opens here is never closed.",
        "filter action = 'REJECT'",
    ),
    Mistake(
        "filter a = 1 && b = 2",
        "UnreadableCharacter",
        "'&' begins no word of the language",
        "Write: and",
        "filter a = 1 and b = 2",
    ),
    Mistake(
        "filter instance = 5a",
        "UnreadableCharacter",
        "5a is neither a number nor a name",
        "A text stands in quotes, a name with such letters in `backticks`.",
        "filter instance = '5a'",
    ),
    Mistake(
        "select srcAddr from flows",
        "UnknownCommand",
        "There is no command select",
        "This is not SQL. Write: fields a, b | filter a = 1",
        "fields srcAddr",
    ),
)
"""Sentences whose mistake shows in a word, wherever it stands."""

ALL: Final = SYNTAX + WORDING + MEANING

TELLING: Final = frozenset({"by", "distinct", "between", "is", "contains"})
"""Words that tell mistakes apart which stand at the same place in the grammar."""

QUOTE_IT: Final = "A text stands in quotes, a name with such letters in `backticks`."

CHARACTERS: Final = {
    **dict.fromkeys("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
                    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}",
                    "Use straight quotes."),
    **dict.fromkeys("\"'`", "The quote that opens here is never closed."),
    "&": "Write: and",
    "/": "The pattern that opens here is never closed.",
    ";": "A query ends without one; commands are separated by |",
    "$": "Saved queries cannot be called here; write their text.",
    "{": "Placeholders must be filled in before a query is run.",
    "\\": "A backslash belongs into quotes or a /pattern/.",
    "?": "It is no wildcard; use like.",
}  # fmt: skip
"""Characters that begin no word of the language, and what their writer may have meant."""

COMMANDS_ELSEWHERE: Final = {
    "select": "This is not SQL. Write: fields a, b | filter a = 1",
    "from": "This is not SQL; log groups are chosen beside the query.",
    "group": "Write: stats count(*) by a",
    "order": "Write: sort a",
    "having": "Write filter after stats.",
    "distinct": "Write: dedup a",
    "uniq": "Write: dedup a",
    "top": "Write: stats count(*) as n by a | sort n desc | limit 10",
    "take": "Write: limit 10",
    "search": "Write: filter @message like /word/",
    "grep": "Write: filter @message like /word/",
    "eval": "Write: fields a + b as c",
    "rename": "Write: fields a as b",
    "show": "Write: fields a, b",
    "project": "Write: display a, b",
    "count": "Write: stats count(*)",
}
"""Commands of other languages, and what serves here."""

COMMANDS: Final = (
    "dedup", "diff", "display", "fields", "filter", "filterIndex", "head", "join", "limit",
    "parse", "pattern", "sort", "source", "stats", "tail", "unmask", "unnest", "where",
)  # fmt: skip

COMMANDS_FOLDED: Final = frozenset(command.lower() for command in COMMANDS)

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
    "XML": "xml (left out)",
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
