"""Random expressions, each as text and as a function of a row."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simple_insights import functions
from simple_insights.cells import Cell, Row, compared, number, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random


@dataclass(frozen=True)
class Expression:
    """Words of the language between guillemets may be written in either case."""

    text: str
    value: Callable[[Row], Cell]
    is_time: bool = False


TEXTS = ["REJECT", "10.0.0.2", "10.0.0", "-", "OK", "5", "a1", "A", "07", "é", " x ", "%", "a.b"]
FIGURES = ["0", "5", "22", "60.5", "1000", "1e3", "007", ".5"]
PARTS = ["10.0", "E", "5", "-", "a", ".", "É", "%"]
PATTERNS = ["^1", "[0-9]+$", "(?i)reject", "a|O", r"\d\.\d", r"^\S+$", r"\.0\.", "(E|C)+T"]
BLOCKS = ["10.0.0.0/8", "10.0.0.0/30", "0.0.0.0/0", "9.9.9.9/32", "2001:db8::/32"]
PERIODS = [(1, "s"), (30, "s"), (1, "m"), (5, "m"), (1, "h"), (1, "d"), (500, "ms")]


def named(name: str) -> Expression:
    return Expression(name, lambda row: row.get(name))


def quoted(word: str) -> Expression:
    return Expression(f'"{word}"', lambda _: word)


def figure(word: str) -> Expression:
    return Expression(word, lambda _: float(word))


def arithmetic(operator: str, left: Expression, right: Expression) -> Expression:
    def value(row: Row) -> Cell:
        a, b = number(left.value(row)), number(right.value(row))
        if a is None or b is None or (operator in "/%" and b == 0):
            return None
        return {
            "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b,
            "%": lambda: math.fmod(a, b),
        }[operator]()  # fmt: skip

    return Expression(f"({left.text} {operator} {right.text})", value)


def power(base: Expression, exponent: int) -> Expression:
    def value(row: Row) -> Cell:
        figure = number(base.value(row))
        return None if figure is None else figure**exponent

    return Expression(f"({base.text} ^ {exponent})", value)


def minus(inner: Expression) -> Expression:
    def value(row: Row) -> Cell:
        figure = number(inner.value(row))
        return None if figure is None else -figure

    return Expression(f"(-{inner.text})", value)


def call(name: str, work: Callable[..., Cell], *args: Expression) -> Expression:
    listed = ", ".join(arg.text for arg in args)
    return Expression(f"«{name}»({listed})", lambda row: work(*(arg.value(row) for arg in args)))


def compare(left: Expression, operator: str, right: Expression) -> Expression:
    return Expression(
        f"{left.text} {operator} {right.text}",
        lambda row: compared(operator, left.value(row), right.value(row)),
    )


def like(left: Expression, part: str, *, negated: bool) -> Expression:
    def value(row: Row) -> Cell:
        word = text(left.value(row))
        return None if word is None else (part in word) != negated

    return Expression(f'{left.text} {"«not» " * negated}«like» "{part}"', value)


def matches(left: Expression, pattern: str, word: str) -> Expression:
    def value(row: Row) -> Cell:
        found = text(left.value(row))
        return None if found is None else bool(_search(pattern, found)) != ("not" in word)

    return Expression(f"{left.text} {word} /{pattern}/", value)


def _search(pattern: str, word: str) -> re.Match[str] | None:
    """RE2's ``$`` is the end of the text, Python's may also stand before a last newline."""
    return re.search(pattern.replace("$", r"\Z"), word, re.ASCII)


def member(left: Expression, items: list[Expression], *, negated: bool) -> Expression:
    def value(row: Row) -> Cell:
        cell = left.value(row)
        if text(cell) is None:
            return None
        return any(compared("=", cell, item.value(row)) for item in items) != negated

    listed = ", ".join(item.text for item in items)
    return Expression(f"{left.text} {'«not» ' * negated}«in» [{listed}]", value)


def logic(word: str, left: Expression, right: Expression) -> Expression:
    def value(row: Row) -> Cell:
        found = [truth(left.value(row)), truth(right.value(row))]
        decisive = word == "or"
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    return Expression(f"({left.text} «{word}» {right.text})", value)


def negation(inner: Expression, word: str) -> Expression:
    def value(row: Row) -> Cell:
        found = truth(inner.value(row))
        return None if found is None else not found

    return Expression(f"{word}({inner.text})", value)


def chosen(condition: Expression, then: Expression, other: Expression) -> Expression:
    return Expression(
        f"«if»({condition.text}, {then.text}, {other.text})",
        lambda row: then.value(row) if truth(condition.value(row)) else other.value(row),
    )


def window(name: str, period: tuple[int, str]) -> Expression:
    written = f"{period[0]}{period[1]}"
    if name == "bin":
        return Expression(
            f"«bin»({written})",
            lambda row: functions.floor(row["@timestamp"], period),
            is_time=True,
        )
    work = functions.floor if name == "datefloor" else functions.ceiling
    return Expression(
        f"«{name}»(@timestamp, {written})",
        lambda row: work(row["@timestamp"], period),
        is_time=True,
    )


def a_value(chance: Random, names: Sequence[str], depth: int = 3) -> Expression:
    """A value made from these columns."""
    if depth == 0 or chance.random() < 0.4:
        kinds = [named(chance.choice(names))] * 3
        return chance.choice([*kinds, quoted(chance.choice(TEXTS)), figure(chance.choice(FIGURES))])

    def inner() -> Expression:
        return a_value(chance, names, depth - 1)

    match chance.randrange(6):
        case 0:
            return arithmetic(chance.choice("+-*/%"), inner(), inner())
        case 1:
            return chance.choice([power(inner(), chance.randint(0, 3)), minus(inner())])
        case 2:
            return chosen(a_condition(chance, names, depth - 1), inner(), inner())
        case _:
            return a_call(chance, inner)


def a_call(chance: Random, inner: Callable[[], Expression]) -> Expression:
    part = quoted(chance.choice([word for word in TEXTS if word.strip()]))
    other = quoted(chance.choice([word for word in TEXTS if word.strip()]))
    index, length = (figure_of(chance.randint(-1, 4)) for _ in range(2))
    one, two, many = (
        chance.choice(sorted(table))
        for table in (functions.OF_ONE, functions.OF_TEXTS, functions.OF_SEVERAL)
    )
    several = [inner() for _ in range(chance.randint(1, 3))]
    work = functions.of_text(str.replace)
    branches = [chance.choice([inner(), part, index]) for _ in range(chance.randint(2, 5))]
    pattern = chance.choice(["[0-9]+", "a", r"\s", "(.)0"])
    return chance.choice([
        *[call(one, functions.OF_ONE[one], inner())] * 3,
        call(two, functions.OF_TEXTS[two], inner(), part),
        call(many, functions.OF_SEVERAL[many], *several),
        call("isIpInSubnet", functions.inside, inner(), quoted(chance.choice(BLOCKS))),
        call("round", functions.rounded, inner(), index),
        call("substr", functions.substr, inner(), index),
        call("substr", functions.substr, inner(), index, length),
        call("replace", work, inner(), part, other),
        call("case", functions.case, *branches),
        call("regexReplace", functions.of_text(functions.sub), inner(), quoted(pattern), other),
        call("jsonArraySize", functions.size, call("split", functions.split, inner(), part)),
    ])  # fmt: skip


def figure_of(number: int) -> Expression:
    return Expression(str(number), lambda _: float(number))


def a_comparison(chance: Random, names: Sequence[str], depth: int) -> Expression:
    """A comparison or search of values."""

    def inner() -> Expression:
        return a_value(chance, names, depth)

    negated = chance.random() < 0.5
    match chance.randrange(6):
        case 0 | 1:
            return compare(inner(), chance.choice(["=", "!=", "<", "<=", ">", ">="]), inner())
        case 2:
            return like(inner(), chance.choice(PARTS), negated=negated)
        case 3:
            word = chance.choice(["«like»", "«not» «like»", "=~"])
            return matches(inner(), chance.choice(PATTERNS), word)
        case 4:
            items = [quoted(chance.choice(TEXTS)), figure(chance.choice(FIGURES)), inner()]
            return member(inner(), chance.sample(items, chance.randint(1, 3)), negated=negated)
        case _:
            return inner()


def a_condition(chance: Random, names: Sequence[str], depth: int = 2) -> Expression:
    """Comparisons of these columns, joined and negated."""
    if depth == 0 or chance.random() < 0.4:
        return a_comparison(chance, names, depth)
    if chance.random() < 0.3:
        return negation(a_condition(chance, names, depth - 1), chance.choice(["«not» ", "!"]))
    left, right = (a_condition(chance, names, depth - 1) for _ in range(2))
    return logic(chance.choice(["and", "or"]), left, right)
