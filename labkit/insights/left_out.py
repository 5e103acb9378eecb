"""What AWS's language has and this engine does not: refused by name, each with the reason."""

from __future__ import annotations

from typing import Final, NamedTuple

SEE_FIDELITY: Final = "The fidelity page lists what this engine leaves out."

COMMANDS: Final = {
    "accum": "it adds running totals",
    "addtotals": "it adds a row of totals",
    "anomaly": "it needs AWS's trained model",
    "appendcols": "it sets the columns of a second query beside the first",
    "autoregress": "it copies values of earlier rows",
    "cidrlookup": "it reads a lookup table kept in AWS",
    "countFrequent": "it counts approximately; use stats count(*) as n by ... | sort n desc",
    "estimate": "it predicts the size of AWS's own scan",
    "expand": "it turns a list into rows; use unnest",
    "filldown": "it repeats the last value in empty cells",
    "fillmissing": "it adds the windows in which nothing happened",
    "json": "as a command it reads nested values; use fields jsonParse(...) as ...",
    "logcompare": "it compares with an earlier time range",
    "lookup": "it reads a lookup table kept in AWS",
    "outlier": "it drops or marks rows by their quartiles; its page does not say how",
    "relevantfields": "it ranks fields by a model of AWS's",
    "sessionize": "it groups rows into sessions",
}
"""
Commands, with what each does.

Source:
    CloudWatch Logs User Guide, "Logs Insights query language syntax", 2026.
"""

FUNCTIONS: Final = {
    "cidrlookup": "it reads a lookup table kept in AWS",
    "rate": "its page does not say what is divided by what, and measured values fit no reading",
}
"""Functions, with the reason."""


class Form(NamedTuple):
    """A way to write a command: its name, a query that uses it, and why it is left out."""

    name: str
    example: str
    why: str


DIFF: Final = Form(
    "diff", "pattern @message | diff previousDay", "AWS's pages do not name the columns it gives"
)
XML: Final = Form(
    "parse ... xml",
    "parse @message xml '/note/to' as recipient",
    "log messages here are lines of text or JSON",
)
SOURCE_BY_OTHER: Final = Form(
    "SOURCE by tags",
    "SOURCE logGroups(tags: ['team']) | limit 1",
    "it chooses groups by what this engine does not know of them",
)
NESTED_QUERY: Final = Form(
    "a query in a query in a query",
    "filter a in (filter b in (fields c) | fields a)",
    "AWS does not nest them either",
)

FORMS: Final = (DIFF, XML, SOURCE_BY_OTHER, NESTED_QUERY)
"""Forms of commands that are otherwise there."""


def command(name: str) -> str:
    """Why a command is left out; empty if AWS has none of this name, or it is not left out."""
    return next((why for each, why in COMMANDS.items() if each.lower() == name.lower()), "")
