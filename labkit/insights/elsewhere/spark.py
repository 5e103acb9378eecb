"""
What Spark SQL says instead of DuckDB's functions.

Times are of the type without a time zone, so that no answer depends on the session's.

Source:
    Apache Spark documentation, "Built-in Functions"; all used here are there since 3.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql
from labkit.insights.elsewhere.phrases import (
    group_number,
    index,
    integer_quotient,
    named,
    pattern,
    percent_encoded,
    picked,
    refusal,
    replacement,
    separator,
    text_of,
    transformed,
    trimmed,
)
from labkit.insights.elsewhere.translation import Dialect, NotSaid

if TYPE_CHECKING:
    from labkit.insights.elsewhere.translation import Arguments, Rewrite

_EXACT: Final = 9e15
"""From here on all floating-point numbers are whole, and Spark's own rounding soon overflows."""


def _without_zone(text: str) -> exp.Expr:
    kind = exp.DataType(this=exp.DataType.Type.TIMESTAMPNTZ)
    return exp.Cast(this=sql.string(text), to=kind)


def _timestamp(node: exp.Expr) -> exp.Expr:
    if node.args["to"].is_type("timestamp"):
        node.set("to", exp.DataType(this=exp.DataType.Type.TIMESTAMPNTZ))
    return node


def _seconds(amount: str) -> exp.Expr:
    return exp.Interval(this=sql.string(amount), unit=exp.var("SECOND"))


def _epoch() -> exp.Expr:
    return _without_zone("1970-01-01 00:00:00")


def _moment(args: Arguments) -> exp.Expr:
    since = sql.binary(exp.Mul, _seconds("0.001"), args[0])
    return exp.paren(exp.Add(this=_epoch(), expression=since))


def _milliseconds(args: Arguments) -> exp.Expr:
    return sql.raw("timestampdiff", exp.var("MILLISECOND"), _epoch(), args[0])


def _time_text(args: Arguments) -> exp.Expr:
    """Digits of a time; a microsecond more makes Spark write the ones it would leave out."""
    if text_of(args[1]) != sql.TIME_FORMAT:
        raise NotSaid("a date format: Spark applies it in the time zone of the session")
    written = sql.cast(exp.Add(this=args[0], expression=_seconds("0.000001")), "VARCHAR")
    return sql.raw("substring", written, sql.integer(1), sql.integer(23))


def _whole(rounding: str) -> Rewrite:
    """A number rounded to a whole one, as a floating-point number of any size."""

    def rounded(args: Arguments) -> exp.Expr:
        [number] = args
        small = exp.LT(this=exp.Abs(this=number), expression=sql.double(_EXACT))
        cut = number if rounding == "trunc" else sql.raw(rounding, number)
        whole = sql.cast(sql.cast(cut, "BIGINT"), "DOUBLE")
        return sql.case((small, whole), default=sql.cast(number, "DOUBLE"))

    return rounded


def _extreme(name: str) -> Rewrite:
    return lambda args: args[0] if len(args) == 1 else sql.raw(name, *args)


def _extract(args: Arguments) -> exp.Expr:
    text, regex, *rest = args
    wanted = rest[0] if rest else sql.integer(0)
    if not isinstance(wanted, exp.Array):
        return sql.raw("regexp_extract", text, pattern(regex), wanted)
    numbers = range(1, len(wanted.expressions) + 1)
    groups = (sql.raw("regexp_extract", text, pattern(regex), sql.integer(n)) for n in numbers)
    return sql.raw("array", *groups)


def _extract_all(args: Arguments) -> exp.Expr:
    text, regex, *rest = args
    group = rest[0] if rest else sql.integer(0)
    return sql.raw("regexp_extract_all", text, pattern(regex), group)


def _split(args: Arguments) -> exp.Expr:
    letters = (f"\\{letter}" if not letter.isalnum() else letter for letter in separator(args[1]))
    return sql.raw("split", args[0], sql.string("".join(letters)))


def _slice(args: Arguments) -> exp.Expr:
    return sql.raw("slice", args[0], args[1], sql.raw("array_size", args[0].copy()))


def _place(number: int) -> exp.Expr:
    return sql.integer(number - 1)


def _list(args: Arguments) -> exp.Expr:
    [values] = args
    if not isinstance(values, exp.Distinct):
        raise NotSaid("a list of values that are not told apart")
    return sql.raw("collect_set", *values.expressions)


def _base64(args: Arguments) -> exp.Expr:
    """Some versions break the line after 76 letters."""
    encoded = sql.raw("base64", args[0])
    return sql.raw("replace", encoded, sql.string("\r\n"), sql.string(""))


FUNCTIONS: Final[dict[str, Rewrite]] = {
    # --- numbers ------------------------------------------------------------------------------
    **{name: named(name) for name in ("pow", "radians", "sin", "cos", "asin", "round", "isnan")},
    "ceil": _whole("ceil"),
    "floor": _whole("floor"),
    "trunc": _whole("trunc"),
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
    "isfinite": lambda args: exp.paren(
        exp.LT(this=exp.Abs(this=args[0]), expression=sql.cast(sql.string("Infinity"), "DOUBLE"))
    ),
    "quantile_cont": named("percentile"),
    "format": refusal("the text of a number that may have decimals"),
    # --- texts --------------------------------------------------------------------------------
    **{name: named(name) for name in ("length", "lower", "lpad", "chr", "concat", "replace",
                                      "split_part", "contains", "md5")},
    "strlen": named("octet_length"),
    "substring": lambda args: sql.raw(
        "substring", args[0], *(sql.cast(number, "INT") for number in args[1:])
    ),
    "starts_with": named("startswith"),
    "ends_with": named("endswith"),
    "trim": trimmed("BOTH"),
    "ltrim": trimmed("LEADING"),
    "rtrim": trimmed("TRAILING"),
    "sha256": lambda args: sql.raw("sha2", args[0], sql.integer(256)),
    "encode": lambda args: sql.raw("encode", args[0], sql.string("UTF-8")),
    "to_base64": _base64,
    "to_hex": named("hex"),
    "url_encode": lambda args: percent_encoded(sql.raw("url_encode", *args)),
    # --- patterns -----------------------------------------------------------------------------
    "regexp_matches": lambda args: sql.raw("regexp_like", args[0], pattern(args[1])),
    "regexp_full_match": lambda args: sql.raw(
        "regexp_like", args[0], pattern(args[1], whole=True)
    ),
    "regexp_extract": _extract,
    "regexp_extract_all": _extract_all,
    "regexp_replace": lambda args: sql.raw(
        "regexp_replace", args[0], pattern(args[1]), replacement(args[2])
    ),
    "struct_extract": lambda args: sql.raw("get", args[0], _place(group_number(args[1]))),
    # --- lists --------------------------------------------------------------------------------
    "len": named("array_size"),
    "string_split": _split,
    "array_to_string": named("array_join"),
    "list": _list,
    "list_extract": lambda args: sql.raw("get", args[0], _place(index(args[1]))),
    "list_filter": named("filter"),
    "list_slice": _slice,
    "list_sort": named("sort_array"),
    "list_transform": transformed,
    "row": named("struct"),
    "to_json": named("to_json"),
    "arg_min": picked("min_by"),
    "arg_max": picked("max_by"),
    # --- times --------------------------------------------------------------------------------
    "now": lambda _args: exp.CurrentTimestamp(),
    "epoch": lambda args: sql.cast(args[0], "DOUBLE"),
    "make_timestamp_ms": _moment,
    "epoch_ms": _milliseconds,
    "year": named("year"),
    "month": named("month"),
    "to_months": lambda args: sql.raw(
        "make_ym_interval", sql.integer(0), sql.cast(args[0], "INT")
    ),
    "strftime": _time_text,
}  # fmt: skip

REFUSED: Final = {
    "base64decode": "Spark puts marks where bytes are no text, where AWS gives nothing",
    "hexToAscii": "Spark puts marks where bytes are no text, where AWS gives nothing",
    "hexToDec": "there is no function for it that fails softly",
    "jsonArrayContains": "records in a table are no JSON",
    "jsonArraySize": "records in a table are no JSON",
    "jsonParse": "records in a table are no JSON",
    "jsonStringify": "Spark writes lists and maps as JSON, but no texts",
    "parseDate": "it reads dates by other rules",
    "topk": "it has an approximation without an order only",
    "urldecode": "Spark fails on texts that are not percent-encoded",
}

SPARK: Final = Dialect(
    name="Spark",
    writer="spark",
    functions=FUNCTIONS,
    nodes={exp.IntDiv: integer_quotient, exp.Cast: _timestamp},
    refused=REFUSED,
)
