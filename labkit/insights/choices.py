"""
One choice for each point AWS leaves open, in one place, so that it can be read, tested and changed.

AWS's pages are silent on these points, or contradict each other.  Each choice
has a name, what the engine does, and why that reading is the best supported.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Choice(NamedTuple):
    """A point AWS leaves open: its name, what the engine does, and why."""

    name: str
    value: str
    reason: str


CHOICES: Final = (
    Choice(
        "sort without a direction",
        "ascending",
        "AWS's own samples (sort t after a bin) only read well that way.",
    ),
    Choice(
        "order of equal rows",
        "as they stood before; at first newest first, then as they arrived; after stats by key",
        "A stable sort surprises nobody and repeats.",
    ),
    Choice(
        "place of absent values in a sort",
        "first when ascending, last when descending",
        "Descending is documented as the exact reverse, and absent is the least of values.",
    ),
    Choice(
        "comparison with an absent value",
        "not true, and its negation is not true either; only ispresent and its like see absence",
        "AWS's join sample adds `or !ispresent(x)` to `x != ...`, which would else be redundant.",
    ),
    Choice(
        "= between a number and a text",
        "false, and != is true",
        "The values differ, whichever way they are read.",
    ),
    Choice(
        "< and > between a number and a text",
        "not true",
        "No order is documented; a '-' in a numeric field should not pass for a small number.",
    ),
    Choice(
        "< and > between two texts",
        "by Unicode code point",
        "It is how the sort page orders the parts of texts that are not digits.",
    ),
    Choice(
        "ispresent of an expression",
        "1 where it can be worked out, whatever comes of it",
        "A value is there, even if it is 0 or false.",
    ),
    Choice(
        "what reads as a number",
        "an optional minus, digits with an optional fraction, an optional exponent of at most"
        " two digits; whole numbers from 2^53 on are equal only when written alike",
        "JSON numbers look so, and long identifiers that differ must not compare equal.",
    ),
    Choice(
        "'-' in a discovered flow-log field",
        "the text '-', which no calculation and no numeric comparison takes in",
        "It is what the line says; NODATA and SKIPDATA lines stay countable by logStatus.",
    ),
    Choice(
        "start, end, startTime, endTime of default flow logs",
        "both spellings, same values",
        "AWS's table has startTime and endTime; its parser and tested tools use start and end.",
    ),
    Choice(
        "which lines are default flow records",
        "14 words split by single spaces, version 2, whole numbers or '-' where numbers belong,"
        " ACCEPT, REJECT or '-', and OK, NODATA or SKIPDATA",
        "Only the default format is documented as discovered; all others need parse.",
    ),
    Choice(
        "JSON true and false",
        "1 and 0",
        "Boolean results of the language print as 1 and 0.",
    ),
    Choice(
        "JSON numbers as texts",
        "whole ones as they are written, others in the shortest form: 1e+22 is 1e22",
        "It matters to functions on texts only.",
    ),
    Choice(
        "names of nested JSON values",
        "only values at the ends of the tree are fields; an object or a list by itself is absent",
        "Discovery is documented as flattening, and maps and lists count as null to functions.",
    ),
    Choice(
        "case of names",
        "matters in fields, not in commands and functions",
        "AWS mixes FIELDS and fields, ispresent and isPresent; of fields it says nothing.",
    ),
    Choice(
        "fields of Lambda, Route 53 and other logs",
        "not discovered; use parse",
        "Only flow logs and JSON are, here.",
    ),
    Choice(
        "@entity, @aws.region, @aws.tag and @data_format",
        "absent",
        "There is nothing they could be read from.",
    ),
    Choice(
        "precedence",
        "^, then * / %, then + -, then comparisons, then not, then and, then or; left to right",
        "The order of the one published grammar; AWS's samples put every mix in parentheses.",
    ),
    Choice(
        "escapes in quoted text",
        "a backslash escapes a quote or a backslash and is itself otherwise",
        "Published queries write both forms.",
    ),
    Choice(
        "division and remainder by zero, results beyond all numbers",
        "absent",
        "Conversions that fail are documented to give null.",
    ),
    Choice(
        "pct",
        "linear interpolation between the two nearest values",
        "The usual definition; AWS's may be an approximation on large data.",
    ),
    Choice(
        "stddev",
        "of the population",
        "variance, its companion, is documented so.",
    ),
    Choice(
        "count_distinct",
        "exact",
        "AWS approximates at very high counts only.",
    ),
    Choice(
        "min and max of values that are not all numbers",
        "over the numbers if there are any, else over the texts",
        "Numbers are what the functions are used for.",
    ),
    Choice(
        "min(@timestamp) and max(@timestamp)",
        "printed as timestamps",
        "Their argument is one, and AWS's sample feeds the result to dateceil.",
    ),
    Choice(
        "earliest and latest where an event lacks the field",
        "the first or last event that has it",
        "An empty answer would say less.",
    ),
    Choice(
        "values and topk",
        "texts; values by code point, topk by count and then by code point",
        "The pages show no order; ours repeats.",
    ),
    Choice(
        "what stats, dedup and countDistinct take for one value",
        "what is written alike: 7 and 7.0 are two",
        "Identifiers with leading zeros stay apart.",
    ),
    Choice(
        "order of stats rows without sort",
        "bins newest first, then by key",
        "A lone bin was seen newest first; the rest is unspecified.",
    ),
    Choice(
        "names of results without as",
        "the expression as written",
        "Seen for simple calls; taken for compound expressions too.",
    ),
    Choice(
        "fields after stats",
        "adds columns to those of stats; display chooses",
        "It is what fields does before stats.",
    ),
    Choice(
        "halves at the fourth decimal",
        "rounded away from zero, by the digits as written",
        "It is what rounding by hand gives.",
    ),
    Choice(
        "columns listed twice",
        "shown once, where they stood first",
        "A row cannot name two values alike.",
    ),
    Choice(
        "limit in the request and in the query",
        "the smaller counts",
        "AWS was seen to add the request's limit at the end of the query.",
    ),
    Choice(
        "bin over its cap",
        "as the cap: bin(300s) is bin(60s), bin(90m) is bin(60m)",
        "The caps are documented, what lies beyond is not.",
    ),
    Choice(
        "weeks, months, quarters and years in bin",
        "weeks begin on Monday, the others on their first day, several from year 1 on, all in UTC",
        "ISO 8601.",
    ),
    Choice(
        "windows that do not divide a day",
        "count from 1970-01-01 00:00",
        "Windows are said to be aligned to 00:00 UTC.",
    ),
    Choice(
        "CIDR blocks with host bits set",
        "taken as the block they lie in",
        "The pages ask for the start of a block but name no error.",
    ),
    Choice(
        "absent parts of concat",
        "left out",
        "A message with a gap helps more than no message.",
    ),
    Choice(
        "absent values in greatest and least",
        "left out",
        "The same as in sums.",
    ),
    Choice(
        "strcontains, startsWith and endsWith of an absent value",
        "0",
        "Their pages say 1 if so, and 0 otherwise.",
    ),
    Choice(
        "isPrivateIP, isReservedIP and isPublicIP",
        "IPv4 only; 0 for anything else",
        "RFC 1918 is about IPv4.",
    ),
    Choice(
        "a space in urlencode",
        "%20",
        "It is right in every part of an address.",
    ),
    Choice(
        "$1 in the replacement of regexReplace",
        "the first group, if the pattern has one",
        "Common to most languages.",
    ),
    Choice(
        "radius of the Earth in haversine",
        "6371 km",
        "The mean radius.",
    ),
    Choice(
        "third argument of strcontains",
        "without effect",
        "That is what was measured on AWS, against its page.",
    ),
    Choice(
        "unnest of an absent value",
        "no row",
        "It holds no item to make a row of.",
    ),
    Choice(
        "tokens of pattern",
        "<Token-n> for what has a digit in it",
        "AWS names types of tokens by a model; this is its name for an unknown one.",
    ),
    Choice(
        "@severityLabel",
        "ERROR, WARN, INFO or DEBUG by the gravest word in the message, else absent",
        "Seen in capitals; the page does not list the words.",
    ),
    Choice(
        "filterIndex",
        "the same as filter, on any field",
        "There is no index that could be missing.",
    ),
    Choice(
        "limits of join and of queries in queries",
        "none",
        "AWS stops at 50,000 keys and at 30 seconds.",
    ),
    Choice(
        "fields that JSON logs may have",
        "no limit",
        "AWS stops at 200 (1,000 in older pages) without saying which are kept.",
    ),
)
"""All choices, in the order a reader of results meets them."""
