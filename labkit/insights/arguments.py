"""Arguments that must be written out: a node of the syntax tree in, what a builder takes out."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Final, Protocol

from labkit.insights import ast, database, functions, patterns, periods, time_functions
from labkit.insights.errors import QueryError, UnexpectedSymbol, WrongPattern, WrongType
from labkit.insights.functions import Function, Param

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.insights.address_functions import Network


class Refuse(Protocol):
    """Makes the error for a node: what is wrong with it, and what to write instead."""

    def __call__(
        self, node: ast.Node, message: str, hint: str = "", *, kind: type[QueryError] = WrongType
    ) -> QueryError: ...


_FORMAT_WORKS: Final = "SELECT strftime(TIMESTAMP '2000-01-01', ?)"
_PATTERN_WORKS: Final = "SELECT try_strptime('', ?)"
_ZONE_WORKS: Final = "SELECT timezone(?, TIMESTAMP '2000-01-01')"

_A_FORMAT: Final = 'Write one such as "%Y-%m-%d".'
_A_PATTERN: Final = "Write one such as \"yyyy-MM-dd'T'HH:mm:ss\"."
_A_ZONE: Final = 'Write one such as "UTC" or "Europe/Berlin".'


def pattern(node: ast.Regex, refuse: Refuse) -> patterns.Cut:
    """Pattern in the engine's notation."""
    try:
        return patterns.readable(node.pattern)
    except patterns.BadPattern as bad:
        message = f"The pattern cannot be used: {bad}"
        raise refuse(node, message, kind=WrongPattern) from None


def _quoted_pattern(node: ast.Expr, _function: Function, refuse: Refuse) -> patterns.Cut:
    hint = 'Write one such as "[0-9]+".'
    if not isinstance(node, ast.Text):
        raise refuse(node, "A quoted pattern is needed here", hint, kind=UnexpectedSymbol)
    return pattern(ast.Regex(node.span, node.value), refuse)


def _period(node: ast.Expr, _function: Function, refuse: Refuse) -> periods.Period:
    if not isinstance(node, ast.Duration):
        raise refuse(node, "A duration is needed here", "Write one such as 5m or 1h.")
    window = periods.period(node, capped=True)
    if window is None:
        raise refuse(node, "This duration cannot be a window", "Write one such as 5m.")
    return window


def _network(node: ast.Expr, _function: Function, refuse: Refuse) -> Network:
    hint = 'Write one such as "10.0.0.0/16".'
    if not isinstance(node, ast.Text):
        raise refuse(node, "A quoted CIDR block is needed here", hint)
    try:
        network: IPv4Network | IPv6Network = ip_network(node.value, strict=False)
    except ValueError:
        raise refuse(node, f"{node.value!r} is not a CIDR block", hint) from None
    return network


def _figure(node: ast.Expr, function: Function, refuse: Refuse) -> float:
    sign, written = (-1, node.operand) if isinstance(node, ast.Minus) else (1, node)
    if not isinstance(written, ast.Number):
        raise refuse(node, "A number, written out, is needed here")
    figure = sign * float(written.text)
    name = function.names[0]
    least, most = functions.BOUNDS[name]
    if not least <= figure <= most:
        raise refuse(node, f"{name} takes a number from {least:g} to {most:g} here")
    return figure


def _date_format(node: ast.Expr, _function: Function, refuse: Refuse) -> str:
    return _known(_quoted(node, refuse, _A_FORMAT), _FORMAT_WORKS, refuse, _A_FORMAT).value


def _date_pattern(node: ast.Expr, _function: Function, refuse: Refuse) -> str:
    written = _quoted(node, refuse, _A_PATTERN)
    try:
        translated = time_functions.strftime_of(written.value)
    except ValueError as unknown:
        message = f"No date has a part written {unknown}"
        raise refuse(node, message, _A_PATTERN) from None
    return _known(ast.Text(node.span, translated), _PATTERN_WORKS, refuse, _A_PATTERN).value


def _zone(node: ast.Expr, _function: Function, refuse: Refuse) -> str:
    return _known(_quoted(node, refuse, _A_ZONE), _ZONE_WORKS, refuse, _A_ZONE).value


def _quoted(node: ast.Expr, refuse: Refuse, hint: str) -> ast.Text:
    if not isinstance(node, ast.Text):
        raise refuse(node, "A quoted text is needed here", hint)
    return node


def _known(node: ast.Text, question: str, refuse: Refuse, hint: str) -> ast.Text:
    if database.refusal(question, node.value):
        raise refuse(node, f"{node.value!r} cannot be used here", hint)
    return node


WRITTEN: Final[dict[Param, Callable[[ast.Expr, Function, Refuse], object]]] = {
    Param.PERIOD: _period,
    Param.PATTERN: _quoted_pattern,
    Param.NETWORK: _network,
    Param.FIGURE: _figure,
    Param.DATE_FORMAT: _date_format,
    Param.DATE_PATTERN: _date_pattern,
    Param.ZONE: _zone,
}
"""How an argument of each kind that must be written out is read."""
