"""SQL of ``parse`` and of the commands that look inside messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from labkit.insights.frame import Frame
    from labkit.insights.patterns import Cut

_CELL: Final = r'("(?:[^"]|"")*"|[^,]*),'
_PAIR_VALUE: Final = r'(?:"((?:[^"\\]|\\.)*)"|([^\s"][^\s]*)?)'

_MARK: Final = "\x01"
_VARIABLE: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?",
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
    r"[^\s,;:=()\[\]{}\"'|\x01]*[0-9][^\s,;:=()\[\]{}\"'|\x01]*",
    r"\x01(?:[ ,:]\x01)+",
)
"""What varies between messages of one shape: times, identifiers, words with a digit in them."""

_SEVERITIES: Final = (
    ("ERROR", r"(?i)\b(error|fatal|critical|severe|exception|fail(ed|ure)?)\b"),
    ("WARN", r"(?i)\bwarn(ing)?\b"),
    ("INFO", r"(?i)\binfo\b"),
    ("DEBUG", r"(?i)\b(debug|trace)\b"),
)


def parts(frame: Frame, text: exp.Expr, cut: Cut, *, one_line: bool = False) -> list[Value]:
    """
    Values of the groups of a pattern; absent in rows where it does not match.

    *one_line* promises that no text has more than one line.
    """
    text = frame.once(text)
    stars = len(cut.groups)
    if one_line and cut.pattern == _star_pattern(stars):
        return _words(frame, text, stars)
    pattern = sql.string(cut.pattern)
    names = [sql.string(f"g{n}") for n in range(1, max(cut.groups, default=0) + 1)]
    found = sql.raw("regexp_matches", text, pattern)
    read = sql.raw("regexp_extract", text, pattern, exp.Array(expressions=names))
    if cut.pattern == _star_pattern(len(names)):
        return _words_or_match(frame, text, found, read, len(names))
    found, read = frame.once(found), frame.once(read)
    members = [sql.case((found, _member(read, group))) for group in cut.groups]
    return [Value(Kind.TEXT, frame.once(member)) for member in members]


def _star_pattern(stars: int) -> str:
    return "(.*?) " * (stars - 1) + "(.*)"


def _words(frame: Frame, text: exp.Expr, count: int) -> list[Value]:
    """Parts of a glob of stars with single spaces between, by splitting."""
    enough, words = _split(frame, text, count)
    return [Value(Kind.TEXT, frame.once(sql.case((enough, word)))) for word in words]


def _split(frame: Frame, text: exp.Expr, count: int) -> tuple[exp.Expr, list[exp.Expr]]:
    """Whether a text has so many words, and the words, all that is left in the last."""
    words = frame.once(sql.raw("string_split", text, sql.string(" ")))
    enough = exp.GTE(this=sql.raw("len", words), expression=sql.integer(count))
    rest = sql.raw("list_slice", words, sql.integer(count), sql.integer(-1))
    split = [sql.raw("list_extract", words, sql.integer(n)) for n in range(1, count)]
    return enough, [*split, sql.raw("array_to_string", rest, sql.string(" "))]


def _words_or_match(
    frame: Frame, text: exp.Expr, found: exp.Expr, read: exp.Expr, count: int
) -> list[Value]:
    """
    The same where texts may have several lines: splitting is ten times faster than the pattern.

    A star does not go beyond a line's end, so texts of several lines take the pattern.
    """
    lines = frame.once(sql.found_in(text, sql.string("\n")))
    read = frame.once(sql.case((lines, read)))
    enough, split = _split(frame, text, count)
    found = frame.once(sql.case((lines, found), default=enough))
    return [
        Value(Kind.TEXT, frame.once(sql.case(
            (sql.both(found, lines), _member(read, n)), (found, word))))
        for n, word in enumerate(split, start=1)
    ]  # fmt: skip


def _member(struct: exp.Expr, group: int) -> exp.Expr:
    return sql.raw("struct_extract", struct, sql.string(f"g{group}"))


def cells(frame: Frame, text: exp.Expr, count: int) -> list[Value]:
    """Values of comma-separated cells, quotes taken off; absent where there are too few."""
    ended = sql.raw("concat", frame.once(text), sql.string(","))
    read = sql.raw("regexp_extract_all", ended, sql.string(_CELL), sql.integer(1))
    found = frame.once(sql.case((sql.not_null(frame.once(text)), read)))
    inner = []
    for n in range(1, count + 1):
        cell = frame.once(sql.raw("list_extract", found, sql.integer(n)))
        bare = sql.raw("substring", cell, sql.integer(2), sql.binary(
            exp.Sub, sql.raw("length", cell), sql.integer(2)))  # fmt: skip
        plain = sql.raw("replace", bare, sql.string('""'), sql.string('"'))
        unquoted = sql.case((sql.matches(cell, '^".*"$'), plain), default=cell)
        inner.append(Value(Kind.TEXT, frame.once(unquoted)))
    return inner


def pair(text: exp.Expr, key: str) -> Value:
    """Value of a key in a text of ``key=value`` pairs."""
    safe = "".join(letter if letter.isalnum() or letter == "_" else f"\\{letter}" for letter in key)
    pattern = rf"(?:^|\s){safe}={_PAIR_VALUE}"
    quoted, bare = (
        sql.raw("regexp_extract", text, sql.string(pattern), sql.integer(n)) for n in (1, 2)
    )
    return Value(Kind.TEXT, sql.case((sql.matches(text, pattern), sql.raw("concat", quoted, bare))))


def matches_of(frame: Frame, text: exp.Expr, cut: Cut) -> list[exp.Expr]:
    """For each group of a pattern, a list of what it held in each match; one null for none."""
    text = frame.once(text)
    lists = [
        frame.once(sql.raw("regexp_extract_all", text, sql.string(cut.pattern), sql.integer(group)))
        for group in cut.groups
    ]
    nothing = sql.raw("list_value", sql.null("VARCHAR"))
    return [
        sql.case((exp.GT(this=sql.raw("len", each), expression=sql.integer(0)), each),
                 default=nothing)
        for each in lists
    ]  # fmt: skip


def shape(text: exp.Expr) -> exp.Expr:
    """Text with a mark in place of each part that varies."""
    for pattern in _VARIABLE:
        mark, everywhere = sql.string(_MARK), sql.string("g")
        text = sql.raw("regexp_replace", text, sql.string(pattern), mark, everywhere)
    return text


def numbered(shaped: exp.Expr) -> exp.Expr:
    """
    A shape as it is shown, its tokens numbered: ``took <Token-1> ms``.

    Source:
        CWL_QuerySyntax-Pattern (tokens of a type that cannot be told).
    """
    piece, place = exp.column("piece"), exp.column("place")
    number = sql.cast(sql.binary(exp.Sub, place, sql.integer(1)), "VARCHAR")
    token = sql.raw("concat", sql.string("<Token-"), number, sql.string(">"), piece)
    is_first = sql.binary(exp.EQ, place, sql.integer(1))
    numbering = exp.Lambda(
        this=sql.case((is_first, piece.copy()), default=token),
        expressions=[exp.to_identifier("piece"), exp.to_identifier("place")],
    )
    pieces = sql.raw("string_split", shaped, sql.string(_MARK))
    return sql.raw("array_to_string", sql.raw("list_transform", pieces, numbering), sql.string(""))


def severity(text: exp.Expr) -> exp.Expr:
    """Label for the gravest word in a text; null without any."""
    return sql.case(*((sql.matches(text, word), sql.string(name)) for name, word in _SEVERITIES))
