"""
Every function of the language, in one table: names, arguments, result, SQL and source.

The binder checks calls against it, the compiler builds from it, the completion of
the query console and the documentation list it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import address_functions as ip
from labkit.insights import aggregate_functions as agg
from labkit.insights import sql, text_functions
from labkit.insights import time_functions as time
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.insights.frame import Frame

    Built = exp.Expr | Value


class Param(Enum):
    """What an argument must be, and so in which form a builder gets it."""

    VALUE = "any value"
    NUMBER = "number"
    TEXT = "text"
    TIME = "timestamp"
    CONDITION = "condition"
    PERIOD = "duration such as 5m"
    PATTERN = "quoted pattern"
    NETWORK = "quoted CIDR block"
    FIGURE = "written number"
    DATE_PATTERN = "Java date pattern"
    DATE_FORMAT = "strftime format"
    ZONE = "time zone"


@dataclass(frozen=True)
class Function:
    """
    One function of the language.

    Attributes:
        names: As documented, newest spelling first; case does not matter in a query.
        params: What each argument must be.
        required: How many must be given.
        repeats: The last parameter may be given any number of times.
        result: Kind of the result; None when it depends on the arguments.
        build: Frame and arguments to SQL, or to a whole value.
        summary: One line for the documentation.
        source: Where AWS documents it, or who measured it.
        aggregate: Belongs in stats only.
    """

    names: tuple[str, ...]
    params: tuple[Param, ...]
    result: Kind | None
    build: Callable[..., Built]
    summary: str
    source: str
    required: int = -1
    repeats: bool = False
    aggregate: bool = False

    @property
    def least(self) -> int:
        return len(self.params) if self.required < 0 else self.required

    @property
    def most(self) -> int | None:
        return None if self.repeats else len(self.params)

    @property
    def signature(self) -> str:
        """The call as documentation shows it."""
        shown = [param.value for param in self.params]
        marked = [word if n < self.least else f"[{word}]" for n, word in enumerate(shown)]
        return f"{self.names[0]}({', '.join(marked)}{', ...' if self.repeats else ''})"


_OPS: Final = "CWL_QuerySyntax-operations-functions"
_STATS: Final = "CWL_QuerySyntax-Stats"
_SERIES: Final = "CWL_QuerySyntax-timeseries (2026)"
_NEW: Final = "CWL_QuerySyntax-operations-functions (2026)"

_V, _N, _T = Param.VALUE, Param.NUMBER, Param.TEXT


BOUNDS: Final = {
    "pct": (0, 100),
    "topk": (1, 10_000),
    "round": (-20, 20),
    "histogram": (1e-9, 1e12),
}
"""Least and most that a function's written number may be.  Source: CWL_QuerySyntax-Stats (topk)."""

MAX_BRANCHES: Final = 10
"""Most conditions of ``case``.  Source: CWL_QuerySyntax-operations-functions (2026)."""


def _ln(frame: Frame, x: exp.Expr) -> exp.Expr:
    x = frame.once(x)
    return sql.case((exp.GT(this=x, expression=sql.integer(0)), exp.Ln(this=x)))


def _sqrt(frame: Frame, x: exp.Expr) -> exp.Expr:
    x = frame.once(x)
    return sql.case((exp.GTE(this=x, expression=sql.integer(0)), exp.Sqrt(this=x)))


def _round(_frame: Frame, x: exp.Expr, digits: float = 0.0) -> exp.Expr:
    return exp.Round(this=x, decimals=sql.integer(int(digits)))


def _haversine(frame: Frame, *degrees: exp.Expr) -> exp.Expr:
    lat1, lon1, lat2, lon2 = (frame.once(sql.raw("radians", each)) for each in degrees)

    def half_sine_squared(a: exp.Expr, b: exp.Expr) -> exp.Expr:
        half = sql.binary(exp.Div, sql.binary(exp.Sub, b, a), sql.double(2.0))
        return sql.raw("pow", sql.raw("sin", half), sql.double(2.0))

    across = sql.binary(
        exp.Mul,
        sql.binary(exp.Mul, sql.raw("cos", lat1), sql.raw("cos", lat2)),
        half_sine_squared(lon1, lon2),
    )
    share = frame.once(sql.binary(exp.Add, half_sine_squared(lat1, lat2), across))
    bounded = sql.raw("least", sql.double(1.0), share)
    return sql.binary(exp.Mul, sql.double(2 * 6371.0), sql.raw("asin", _sqrt(frame, bounded)))


def _histogram(frame: Frame, x: exp.Expr, width: float) -> exp.Expr:
    step = sql.double(width)
    steps = _rounded("floor")(frame, sql.binary(exp.Div, x, step))
    return sql.binary(exp.Mul, steps, step)


def _now(frame: Frame) -> exp.Expr:
    if frame.setting.now_ms is not None:
        return _unplaced(frame.setting.now_ms // 1000)
    return sql.cast(sql.raw("floor", sql.raw("epoch", sql.raw("now"))), "BIGINT")


def _constant(milliseconds: Callable[[Frame], int]) -> Callable[[Frame], exp.Expr]:
    return lambda frame: _unplaced(milliseconds(frame))


def _unplaced(number: int) -> exp.Expr:
    """A number that ORDER BY and GROUP BY do not take for a column's place, as they would bare."""
    return sql.cast(sql.integer(number), "BIGINT")


def _simple(kind: type[exp.Expr]) -> Callable[[Frame, exp.Expr], exp.Expr]:
    return lambda _frame, x: kind(this=x)


def _rounded(name: str) -> Callable[[Frame, exp.Expr], exp.Expr]:
    """Builder for a way to round; the number is held, for dialects that must look at it twice."""
    return lambda frame, x: sql.raw(name, frame.once(x))


def _plain(name: str) -> Callable[..., exp.Expr]:
    """Builder for a function DuckDB has under this name, with the same meaning."""
    return lambda _frame, *args: sql.raw(name, *args)


_f = Function


TABLE: Final = (
    # --- numbers ------------------------------------------------------------------------------
    _f(("abs",), (_N,), Kind.NUMBER, _simple(exp.Abs), "Absolute value.", _OPS),
    _f(("ceil",), (_N,), Kind.NUMBER, _rounded("ceil"), "Smallest whole number not below.", _OPS),
    _f(("floor",), (_N,), Kind.NUMBER, _rounded("floor"), "Largest whole number not above.", _OPS),
    _f(("log",), (_N,), Kind.NUMBER, _ln, "Natural logarithm.", _OPS),
    _f(("sqrt",), (_N,), Kind.NUMBER, _sqrt, "Square root.", _OPS),
    _f(("greatest",), (_N,), Kind.NUMBER, _plain("greatest"), "Largest.", _OPS, repeats=True),
    _f(("least",), (_N,), Kind.NUMBER, _plain("least"), "Smallest.", _OPS, repeats=True),
    _f(("round",), (_N, Param.FIGURE), Kind.NUMBER, _round, "Rounded to so many digits.", _NEW,
       required=1),
    _f(("haversine",), (_N, _N, _N, _N), Kind.NUMBER, _haversine,
       "Distance [km] between two places given as latitude, longitude.", _NEW),
    _f(("toNumber", "toDouble"), (_N,), Kind.NUMBER, lambda _frame, x: x, "As a number.", _NEW),
    _f(("toInt", "toLong"), (_N,), Kind.NUMBER, _rounded("trunc"),
       "As a whole number, decimals cut off.", _NEW),
    # --- date and time ------------------------------------------------------------------------
    _f(("bin",), (Param.PERIOD,), Kind.TIME, text_functions.bin_of_moment,
       "@timestamp rounded down to the period.", _OPS),
    _f(("datefloor",), (Param.TIME, Param.PERIOD), Kind.TIME,
       lambda _frame, x, period: time.floor(x, period), "Timestamp rounded down.", _OPS),
    _f(("dateceil",), (Param.TIME, Param.PERIOD), Kind.TIME, time.ceiling,
       "Timestamp rounded up.", _OPS),
    _f(("fromMillis",), (Param.TIME,), Kind.TIME, lambda _frame, x: x,
       "Timestamp for milliseconds since 1970.", _OPS),
    _f(("toMillis",), (Param.TIME,), Kind.WHOLE, lambda _frame, x: x,
       "Milliseconds since 1970 of a timestamp.", _OPS),
    _f(("now",), (), Kind.WHOLE, _now, "When the query started, seconds since 1970.", _OPS),
    _f(("queryStartTime",), (), Kind.WHOLE, _constant(lambda frame: frame.setting.start_ms),
       "Start of the time range, milliseconds since 1970.", _NEW),
    _f(("queryEndTime",), (), Kind.WHOLE, _constant(lambda frame: frame.setting.end_ms),
       "End of the time range, milliseconds since 1970.", _NEW),
    _f(("queryTimeRange",), (), Kind.WHOLE,
       _constant(lambda frame: frame.setting.end_ms - frame.setting.start_ms),
       "Length of the time range [ms].", _NEW),
    _f(("parseDate",), (_T, Param.DATE_PATTERN, Param.ZONE), Kind.WHOLE, time.parse_date,
       "Milliseconds since 1970 of a date; UTC unless a time zone is given.", _NEW, required=2),
    _f(("formatDate", "strftime"), (Param.TIME, Param.DATE_FORMAT, Param.ZONE), Kind.TEXT,
       time.format_date, "Timestamp as text; UTC unless a time zone is given.", _NEW, required=2),
    # --- general ------------------------------------------------------------------------------
    _f(("ispresent",), (_V,), Kind.BOOL, lambda frame, x: frame.present(x),
       "Whether the field is there.", _OPS),
    _f(("coalesce",), (_V,), None, text_functions.coalesce, "First value that is there.", _OPS,
       repeats=True),
    _f(("if",), (Param.CONDITION, _V, _V), None, text_functions.choose,
       "One value if the condition is true, else the other.", _NEW),
    _f(("case",), (Param.CONDITION, _V), None, text_functions.cases,
       "Value after the first true condition; a last value alone is the default.", _NEW,
       repeats=True),
    _f(("isNumeric",), (_V,), Kind.BOOL, text_functions.is_numeric,
       "Whether the value reads as a number.", _NEW),
    _f(("messageSize",), (_T,), Kind.WHOLE, lambda _frame, x: sql.raw("strlen", x),
       "Bytes of the text in UTF-8.", _NEW),
    _f(("unmask",), (_V,), None, lambda _frame, x: x,
       "The value without data-protection masks; there are none here.",
       "CWL_QuerySyntax-Unmask"),
    # --- JSON ---------------------------------------------------------------------------------
    _f(("jsonParse",), (_T,), Kind.NESTED, text_functions.json_parse,
       "List or map that a JSON text holds.", _OPS),
    _f(("jsonStringify",), (_V,), Kind.TEXT, text_functions.json_stringify,
       "JSON text of a value.", _OPS),
    _f(("jsonArraySize",), (_V,), Kind.WHOLE, text_functions.json_array_size,
       "How many elements a list has.", _NEW),
    _f(("jsonArrayContains",), (_V, _T), Kind.BOOL, text_functions.json_array_contains,
       "Whether a list has this element.", _NEW),
    # --- addresses ----------------------------------------------------------------------------
    _f(("isValidIp",), (_T,), Kind.BOOL, ip.is_any,
       "Whether it is an IPv4 or IPv6 address.", _OPS),
    _f(("isValidIpV4",), (_T,), Kind.BOOL, lambda _frame, x: ip.is_v4(x),
       "Whether it is an IPv4 address.", _OPS),
    _f(("isValidIpV6",), (_T,), Kind.BOOL, lambda _frame, x: ip.is_v6(x),
       "Whether it is an IPv6 address.", _OPS),
    _f(("isIpInSubnet",), (_T, Param.NETWORK), Kind.BOOL, ip.inside,
       "Whether an address lies in the block, IPv4 or IPv6.", _OPS),
    _f(("isIpv4InSubnet",), (_T, Param.NETWORK), Kind.BOOL, ip.inside,
       "Whether an IPv4 address lies in the block.", _OPS),
    _f(("isIpv6InSubnet",), (_T, Param.NETWORK), Kind.BOOL, ip.inside,
       "Whether an IPv6 address lies in the block.", _OPS),
    _f(("ipv4ToNumber",), (_T,), Kind.WHOLE, ip.v4_number, "The 32 bits of an address.", _NEW),
    _f(("isPrivateIP",), (_T,), Kind.BOOL,
       lambda frame, x: ip.inside_any(frame, x, ip.PRIVATE),
       "Whether an IPv4 address is private (RFC 1918).", _NEW),
    _f(("isReservedIP",), (_T,), Kind.BOOL,
       lambda frame, x: ip.inside_any(frame, x, ip.RESERVED),
       "Whether an IPv4 address is set aside for a special purpose.", _NEW),
    _f(("isPublicIP",), (_T,), Kind.BOOL, ip.is_public,
       "Whether an IPv4 address is neither private nor reserved.", _NEW),
    # --- text ---------------------------------------------------------------------------------
    _f(("isempty",), (_T,), Kind.BOOL, text_functions.is_empty, "Whether absent or ''.", _OPS),
    _f(("isblank",), (_T,), Kind.BOOL, text_functions.is_blank,
       "Whether absent, '' or only white space.", _OPS),
    _f(("concat",), (_T,), Kind.TEXT, text_functions.concat, "Texts joined.", _OPS, repeats=True),
    _f(("ltrim",), (_T, _T), Kind.TEXT, text_functions.trimmed("ltrim"),
       "Without white space, or these characters, at the start.", _OPS, required=1),
    _f(("rtrim",), (_T, _T), Kind.TEXT, text_functions.trimmed("rtrim"),
       "Without white space, or these characters, at the end.", _OPS, required=1),
    _f(("trim",), (_T, _T), Kind.TEXT, text_functions.trimmed("trim"),
       "Without white space, or these characters, at both ends.", _OPS, required=1),
    _f(("strlen",), (_T,), Kind.WHOLE, _plain("length"), "Number of code points.", _OPS),
    _f(("toupper",), (_T,), Kind.TEXT, _simple(exp.Upper), "In capitals.", _OPS),
    _f(("tolower",), (_T,), Kind.TEXT, _simple(exp.Lower), "In small letters.", _OPS),
    _f(("substr",), (_T, _N, _N), Kind.TEXT, text_functions.substring,
       "Part from an index, counted from 0, of some length.", _OPS, required=2),
    _f(("replace",), (_T, _T, _T), Kind.TEXT, _plain("replace"),
       "Every occurrence of a text replaced.", _OPS),
    _f(("strcontains",), (_T, _T, _V), Kind.BOOL,
       lambda frame, x, part, _ignored=None: text_functions.surely("contains")(frame, x, part),
       "Whether it contains a text.", _OPS, required=2),
    _f(("regexReplace", "regex_replace"), (_T, Param.PATTERN, _T), Kind.TEXT,
       text_functions.regex_replace, "Every match of a pattern replaced.", _NEW),
    _f(("startsWith",), (_T, _T), Kind.BOOL, text_functions.surely("starts_with"),
       "Whether it begins so.", _NEW),
    _f(("endsWith",), (_T, _T), Kind.BOOL, text_functions.surely("ends_with"),
       "Whether it ends so.", _NEW),
    _f(("urlencode",), (_T,), Kind.TEXT, _plain("url_encode"), "Percent-encoded.", _NEW),
    _f(("urldecode",), (_T,), Kind.TEXT, text_functions.attempt("url_decode"),
       "Percent-encoding undone.", _NEW),
    _f(("base64encode",), (_T,), Kind.TEXT, text_functions.base64_encode, "In Base64.", _NEW),
    _f(("base64decode",), (_T,), Kind.TEXT, text_functions.base64_decode, "Base64 undone.", _NEW),
    _f(("split",), (_T, _T), Kind.NESTED, text_functions.split, "List of the parts.", _NEW),
    _f(("hexToAscii",), (_T,), Kind.TEXT, text_functions.hex_to_ascii,
       "Characters that hexadecimal digits stand for.", _NEW),
    _f(("hexToDec",), (_T,), Kind.WHOLE, text_functions.hex_to_dec,
       "Number that hexadecimal digits stand for.", _NEW),
    _f(("decToHex",), (_N,), Kind.TEXT, text_functions.dec_to_hex,
       "Whole number as 0x and hexadecimal digits.", _NEW),
    _f(("md5",), (_T,), Kind.TEXT, _plain("md5"), "MD5 digest.", _NEW),
    _f(("sha256",), (_T,), Kind.TEXT, _plain("sha256"), "SHA-256 digest.", _NEW),
    # --- aggregates ---------------------------------------------------------------------------
    _f(("count", "countOverTime", "count_over_time"), (_V,), Kind.WHOLE, agg.count,
       "Rows, or rows that have the field.", _STATS, required=0, aggregate=True),
    _f(("sum", "sumOverTime", "sum_over_time"), (_V,), None, agg.total, "Sum.", _STATS,
       aggregate=True),
    _f(("avg",), (_V,), Kind.NUMBER, agg.average, "Mean.", _STATS, aggregate=True),
    _f(("min",), (_V,), None, agg.minimum, "Smallest value.", _STATS, aggregate=True),
    _f(("max",), (_V,), None, agg.maximum, "Largest value.", _STATS, aggregate=True),
    _f(("countDistinct", "count_distinct"), (_V,), Kind.WHOLE, agg.count_distinct,
       "Number of different values.", _STATS, aggregate=True),
    _f(("pct",), (_V, Param.FIGURE), Kind.NUMBER, agg.percentile, "Percentile.", _STATS,
       aggregate=True),
    _f(("stddev",), (_V,), Kind.NUMBER, agg.deviation, "Standard deviation.", _STATS,
       aggregate=True),
    _f(("variance",), (_V,), Kind.NUMBER, agg.variance, "Variance of the population.", _NEW,
       aggregate=True),
    _f(("values", "collect_values"), (_V,), Kind.NESTED, agg.distinct_values,
       "List of the different values.", _STATS, aggregate=True),
    _f(("topk",), (Param.FIGURE, _V), Kind.NESTED, agg.most_frequent,
       "List of the most frequent values, alone in its stats.", _STATS, aggregate=True),
    _f(("earliest",), (_V,), None, agg.earliest, "Value of the first row in time.", _STATS,
       aggregate=True),
    _f(("latest",), (_V,), None, agg.latest, "Value of the last row in time.", _STATS,
       aggregate=True),
    _f(("sortsFirst",), (_V,), None, agg.sorts_first, "Value that sort puts first.", _STATS,
       aggregate=True),
    _f(("sortsLast",), (_V,), None, agg.sorts_last, "Value that sort puts last.", _STATS,
       aggregate=True),
    _f(("histogram",), (_N, Param.FIGURE), Kind.NUMBER, _histogram,
       "Number rounded down to a multiple of the width; a key of stats.", _SERIES),
)  # fmt: skip
"""The functions, in the order of AWS's page."""

ELSEWHERE: Final = {
    "cardinality": "countDistinct", "contains": "strcontains", "date_trunc": "datefloor",
    "distinct": "countDistinct", "from_unixtime": "fromMillis", "ifnull": "coalesce",
    "isnotnull": "ispresent", "isnull": "ispresent", "len": "strlen", "length": "strlen",
    "lower": "tolower", "mean": "avg", "median": "pct(field, 50)", "nvl": "coalesce",
    "percentile": "pct", "pow": "^", "power": "^", "std": "stddev", "substring": "substr",
    "to_timestamp": "fromMillis", "ucase": "toupper", "unique": "countDistinct",
    "upper": "toupper", "var": "variance",
}  # fmt: skip
"""Functions of other languages, and what serves here."""


@cache
def by_name() -> dict[str, Function]:
    """
    Functions by lower-case name, every spelling.

    >>> by_name()["count_distinct"].names[0]
    'countDistinct'
    """
    return {name.lower(): function for function in TABLE for name in function.names}
