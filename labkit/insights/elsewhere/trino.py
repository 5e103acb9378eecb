"""
What Athena says instead of DuckDB's functions.

Source:
    Amazon Athena User Guide, "Athena engine version 3", which follows Trino; Trino
    documentation, "Functions and operators".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql
from labkit.insights.elsewhere.phrases import (
    each,
    equals,
    group_number,
    integer_quotient,
    named,
    pattern,
    percent_encoded,
    picked,
    present,
    refusal,
    replacement,
    separator,
    text_of,
    time_form,
    transformed,
    trimmed,
)
from labkit.insights.elsewhere.translation import Dialect

if TYPE_CHECKING:
    from labkit.insights.elsewhere.translation import Arguments, Rewrite

_DATE_FORMAT: Final = {
    "%Y": "%Y", "%m": "%m", "%d": "%d", "%H": "%H", "%M": "%i", "%S": "%s", "%y": "%y",
    "%b": "%b", "%B": "%M", "%A": "%W", "%a": "%a", "%I": "%h", "%p": "%p", "%j": "%j",
    "%f": "%f", "%%": "%%",
}  # fmt: skip
"""Letters of strftime and what ``date_format``, which follows MySQL, calls them."""


def _epoch() -> exp.Expr:
    return sql.cast(sql.string("1970-01-01 00:00:00.000"), "TIMESTAMP")


def _in_unit(args: Arguments, name: str) -> exp.Expr:
    return sql.raw(name, sql.string("millisecond"), *args)


def _array(*items: exp.Expr) -> exp.Expr:
    return exp.Array(expressions=list(items))


def _digest(name: str) -> Rewrite:
    def digest(args: Arguments) -> exp.Expr:
        return sql.raw("lower", sql.raw("to_hex", sql.raw(name, sql.raw("to_utf8", args[0]))))

    return digest


def _extreme(name: str) -> Rewrite:
    """Trino's own greatest and least are null as soon as one argument is."""
    return lambda args: sql.raw(name, sql.raw("filter", _array(*args), present("v")))


def _replace(args: Arguments) -> exp.Expr:
    """Trino puts the new text between all letters if the old one is empty."""
    replaced = sql.raw("replace", *args)
    if text_of(args[1]):
        return replaced
    text, old = args[0].copy(), args[1].copy()
    return sql.case((equals(old, sql.string("")), text), default=replaced)


def _extract(args: Arguments) -> exp.Expr:
    """One group of a pattern, or a list of all of them; '' for a group without a match."""
    text, regex, *rest = args
    wanted = rest[0] if rest else sql.integer(0)
    if not isinstance(wanted, exp.Array):
        return _group(text, regex, wanted)
    numbers = range(1, len(wanted.expressions) + 1)
    return _array(*(_group(text.copy(), regex, sql.integer(n)) for n in numbers))


def _group(text: exp.Expr, regex: exp.Expr, number: exp.Expr) -> exp.Expr:
    found = sql.raw("regexp_extract", text, pattern(regex), number)
    return sql.first_of(found, sql.string(""))


def _extract_all(args: Arguments) -> exp.Expr:
    text, regex, *group = args
    found = sql.raw("regexp_extract_all", text, pattern(regex), *group)
    filled = sql.first_of(exp.column("v"), sql.string(""))
    return sql.raw("transform", found, each("v", filled)) if group else found


def _slice(args: Arguments) -> exp.Expr:
    return sql.raw("slice", args[0], args[1], sql.raw("cardinality", args[0].copy()))


def _quantile(args: Arguments) -> exp.Expr:
    """Linear interpolation in the sorted values; Trino's own percentile is an approximation."""
    value, share = args
    here = exp.Where(this=sql.not_null(value.copy()))
    gathered = exp.Filter(this=sql.raw("array_agg", value), expression=here)
    a = exp.column("a")
    last = sql.binary(exp.Sub, sql.raw("cardinality", a), sql.integer(1))
    place = sql.binary(exp.Mul, share, last)
    below, above = (
        sql.raw("element_at", a, sql.binary(exp.Add, sql.cast(end, "BIGINT"), sql.integer(1)))
        for end in (sql.raw("floor", place), sql.raw("ceil", place))
    )
    part = sql.binary(exp.Sub, place, sql.raw("floor", place))
    step = sql.binary(exp.Mul, sql.binary(exp.Sub, above, below), part)
    between = each("a", sql.binary(exp.Add, below, step))
    only = sql.raw("transform", _array(sql.raw("array_sort", gathered)), between)
    return sql.raw("element_at", only, sql.integer(1))


def _time_text(args: Arguments) -> exp.Expr:
    if text_of(args[1]) == sql.TIME_FORMAT:
        return sql.cast(args[0], "VARCHAR")
    return sql.raw("date_format", args[0], sql.string(time_form(args[1], _DATE_FORMAT)))


def _hexadecimal(args: Arguments) -> exp.Expr:
    digits = sql.raw("to_hex", sql.raw("to_big_endian_64", args[0]))
    return sql.raw("regexp_replace", digits, sql.string("^0{1,15}"), sql.string(""))


def _found(text: exp.Expr, part: exp.Expr) -> exp.Expr:
    return sql.raw("strpos", text, part)


def _reversed(args: Arguments) -> list[exp.Expr]:
    return [sql.raw("reverse", each) for each in args]


def _url_decoded(args: Arguments) -> exp.Expr:
    return sql.raw("url_decode", sql.raw("replace", args[0], sql.string("+"), sql.string("%2B")))


FUNCTIONS: Final[dict[str, Rewrite]] = {
    # --- numbers ------------------------------------------------------------------------------
    **{name: named(name) for name in ("ceil", "floor", "pow", "radians", "sin", "cos", "asin",
                                      "round")},
    "trunc": named("truncate"),
    "greatest": _extreme("array_max"),
    "least": _extreme("array_min"),
    "isnan": named("is_nan"),
    "isfinite": named("is_finite"),
    "quantile_cont": _quantile,
    "format": refusal("the text of a number that may have decimals"),
    # --- texts --------------------------------------------------------------------------------
    **{name: named(name) for name in ("length", "lower", "lpad", "chr", "concat")},
    "concat": lambda args: args[0] if len(args) == 1 else sql.raw("concat", *args),
    "strlen": lambda args: sql.raw("length", sql.raw("to_utf8", args[0])),
    "substring": named("substr"),
    "contains": lambda args: exp.paren(exp.GT(this=_found(*args), expression=sql.integer(0))),
    "starts_with": lambda args: equals(_found(*args), sql.integer(1)),
    "ends_with": lambda args: equals(_found(*_reversed(args)), sql.integer(1)),
    "trim": trimmed("BOTH"),
    "ltrim": trimmed("LEADING"),
    "rtrim": trimmed("TRAILING"),
    "replace": _replace,
    "split_part": lambda args: sql.first_of(sql.raw("split_part", *args), sql.string("")),
    "md5": _digest("md5"),
    "sha256": _digest("sha256"),
    "encode": named("to_utf8"),
    "to_base64": named("to_base64"),
    "to_hex": _hexadecimal,
    "url_encode": lambda args: percent_encoded(sql.raw("url_encode", *args)),
    "url_decode": _url_decoded,
    "try": named("try"),
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
    "struct_extract": lambda args: sql.raw(
        "element_at", args[0], sql.integer(group_number(args[1]))
    ),
    # --- lists --------------------------------------------------------------------------------
    "len": named("cardinality"),
    "string_split": lambda args: sql.raw("split", args[0], sql.string(separator(args[1]))),
    "array_to_string": named("array_join"),
    "list": named("array_agg"),
    "list_extract": named("element_at"),
    "list_filter": named("filter"),
    "list_slice": _slice,
    "list_sort": named("array_sort"),
    "list_transform": transformed,
    "row": named("row"),
    "to_json": lambda args: sql.raw("json_format", sql.cast(args[0], "JSON")),
    "arg_min": picked("min_by"),
    "arg_max": picked("max_by"),
    # --- times --------------------------------------------------------------------------------
    "now": lambda _args: exp.CurrentTimestamp(),
    "epoch": named("to_unixtime"),
    "make_timestamp_ms": lambda args: _in_unit([args[0], _epoch()], "date_add"),
    "epoch_ms": lambda args: _in_unit([_epoch(), args[0]], "date_diff"),
    "year": named("year"),
    "month": named("month"),
    "to_months": lambda args: sql.binary(
        exp.Mul, args[0], exp.Interval(this=sql.string("1"), unit=exp.var("MONTH"))
    ),
    "strftime": _time_text,
}  # fmt: skip

REFUSED: Final = {
    "base64decode": "Trino puts marks where bytes are no text, where AWS gives nothing",
    "hexToAscii": "Trino puts marks where bytes are no text, where AWS gives nothing",
    "hexToDec": "there is no function for it",
    "jsonArrayContains": "records in a table are no JSON",
    "jsonArraySize": "records in a table are no JSON",
    "jsonParse": "records in a table are no JSON",
    "parseDate": "it reads dates by other rules",
    "topk": "Trino only has an approximation without an order",
}

TRINO: Final = Dialect(
    name="Athena",
    writer="athena",
    functions=FUNCTIONS,
    nodes={exp.IntDiv: integer_quotient},
    refused=REFUSED,
)
