"""Parts that the tables of dialects are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from labkit.insights import sql
from labkit.insights.elsewhere.patterns import NotPortable, portable
from labkit.insights.elsewhere.translation import NotSaid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.insights.elsewhere.translation import Arguments, Rewrite


def named(name: str) -> Rewrite:
    """The same arguments to a function of this name."""
    return lambda args: sql.raw(name, *args)


def refusal(reason: str) -> Rewrite:
    """No way to say it, for a reason."""

    def refuse(_args: Arguments) -> exp.Expr:
        raise NotSaid(reason)

    return refuse


def text_of(node: exp.Expr) -> str | None:
    """The text of a quoted literal; None for anything else."""
    return str(node.this) if isinstance(node, exp.Literal) and node.is_string else None


def written(node: exp.Expr, what: str) -> str:
    """The text of a quoted literal, which must be one."""
    text = text_of(node)
    if text is None:
        raise NotSaid(f"{what} that is worked out row by row")
    return text


def pattern(node: exp.Expr, *, whole: bool = False) -> exp.Expr:
    """A literal pattern in the notation of Java and Trino; *whole* matches whole texts only."""
    try:
        read = portable(written(node, "a pattern"))
    except NotPortable as part:
        raise NotSaid(f"the pattern part {part}, which other engines read differently") from None
    return sql.string(rf"\A(?:{read})\z" if whole else read)


def replacement(node: exp.Expr) -> exp.Expr:
    r"""What to put for a match, with ``\1`` as ``$1`` and a plain ``$`` marked as such."""
    text = written(node, "a replacement")
    out, position = [], 0
    while position < len(text):
        letter, after = text[position], text[position + 1 : position + 2]
        if letter == "\\" and after:
            out.append(f"${after}" if after.isdigit() else f"\\{after}")
            position += 1
        else:
            out.append("\\" + letter if letter in "\\$" else letter)
        position += 1
    return sql.string("".join(out))


def group_number(struct_member: exp.Expr) -> int:
    """Number of a group from the name the compiler gave it, such as ``g3``."""
    return int(written(struct_member, "a member").removeprefix("g"))


def index(node: exp.Expr) -> int:
    """A number that is written out."""
    if not isinstance(node, exp.Literal) or node.is_string:
        raise NotSaid("a place in a list that is worked out row by row")
    return int(str(node.this))


def percent_encoded(by_form_rules: exp.Expr) -> exp.Expr:
    """Percent-encoding of RFC 3986 from that of HTML forms, which both Java engines write."""
    for form, standard in (("+", "%20"), ("*", "%2A"), ("%7E", "~")):
        by_form_rules = sql.raw("replace", by_form_rules, sql.string(form), sql.string(standard))
    return by_form_rules


def integer_quotient(node: exp.Expr) -> exp.Expr:
    """Whole division of numbers that are not negative."""
    share = exp.Div(this=sql.cast(node.this, "DOUBLE"), expression=node.expression)
    return sql.cast(sql.raw("floor", share), "BIGINT")


def equals(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.paren(exp.EQ(this=left, expression=right))


def each(name: str, body: exp.Expr) -> exp.Expr:
    """A function of one element, for use on lists."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name)])


def present(name: str) -> exp.Expr:
    """A function that tells whether an element is there."""
    return each(name, sql.not_null(exp.column(name)))


def picked(name: str) -> Rewrite:
    """A value beside the largest or smallest of another, among rows that have the value."""

    def pick(args: Arguments) -> exp.Expr:
        here = exp.Where(this=sql.not_null(args[0].copy()))
        return exp.Filter(this=sql.raw(name, *args), expression=here)

    return pick


def trimmed(position: str) -> Rewrite:
    """Characters taken off an end; blanks unless others are named."""

    def trim(args: Arguments) -> exp.Expr:
        marks = args[1] if len(args) > 1 else sql.string(" ")
        return exp.Trim(this=args[0], expression=marks, position=position)

    return trim


def transformed(args: Arguments) -> exp.Expr:
    """A list with each element changed; where an element stands is counted unlike elsewhere."""
    if len(args[1].expressions) != 1:
        raise NotSaid("shapes of messages, whose parts are numbered by their place")
    return sql.raw("transform", *args)


def separator(node: exp.Expr) -> str:
    text = written(node, "a separator")
    if not text:
        raise NotSaid("a split at every letter")
    return text


def time_form(node: exp.Expr, letters: Mapping[str, str]) -> str:
    """A strftime format in the letters of another notation."""
    form, out, position = written(node, "a date format"), [], 0
    while position < len(form):
        letter = form[position : position + (2 if form[position] == "%" else 1)]
        if letter.startswith("%") and letter not in letters:
            raise NotSaid(f"{letter} in a date format")
        out.append(letters.get(letter, letter))
        position += len(letter)
    return "".join(out)
