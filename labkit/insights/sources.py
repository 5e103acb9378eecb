"""Queries inside a query, and where a query reads from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.insights import ast, bound
from labkit.insights.errors import (
    NoSuchLogGroup,
    NotSupported,
    QueryError,
    TooLong,
    UnexpectedSymbol,
    UnknownField,
    WrongType,
)
from labkit.insights.left_out import NESTED_QUERY, SEE_FIDELITY, SOURCE_BY_OTHER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.insights.events import LogEvents
    from labkit.insights.scope import Scope

    Bind = Callable[[ast.Query], bound.Bound]

FLOW_SOURCE: Final = "amazon_vpc.flow"
"""Data source of VPC flow logs.  Source: CWL_QuerySyntax-Source."""

_MOST: Final = {"namePrefix": 5, "accountIdentifiers": 20, "class": 2, "dataSource": 10}
"""Most values of each kind.  Source: CWL_QuerySyntax-Source."""


def refuse_unknown_origins(text: str, source: ast.Source) -> None:
    """Refuse what this engine cannot tell about log groups."""
    for origin in source.origins:
        if origin.kind.lower() not in {"loggroups", "datasource"}:
            message = f"SOURCE knows logGroups and dataSource, not {origin.kind}"
            raise UnexpectedSymbol(message, source=text, span=origin.span)
        is_source = origin.kind.lower() == "datasource"
        if origin.named if is_source else origin.values:
            hint = "Write: dataSource(['amazon_vpc.flow']) or logGroups(namePrefix: ['/flow'])"
            message = f"{origin.kind} takes its values in another form"
            raise WrongType(message, source=text, span=origin.span, hint=hint)
        for name, values in (*origin.named, ("dataSource", origin.values)):
            if name not in _MOST:
                message = f"SOURCE by {name} is not supported: {SOURCE_BY_OTHER.why}"
                raise NotSupported(message, source=text, span=origin.span, hint=SEE_FIDELITY)
            if len(values) > _MOST[name]:
                message = f"{name} takes {_MOST[name]} values at most"
                raise TooLong(message, source=text, span=origin.span)


def chosen(
    source: ast.Source, text: str, catalog: Mapping[str, LogEvents]
) -> tuple[LogEvents, ...]:
    """
    Log groups a ``SOURCE`` names, in the order of their names.

    Raises:
        NoSuchLogGroup: There is none such.
    """
    groups = [group for _, group in sorted(catalog.items())]
    if source.group is not None:
        groups = [group for group in groups if source.group in {group.name, group.log}]
    for origin in source.origins:
        groups = [group for group in groups if _fits(group, origin)]
    if not groups:
        raise NoSuchLogGroup(
            "No log group fits this SOURCE",
            source=text,
            span=source.span,
            hint=f"There are: {', '.join(sorted(catalog)) or 'none'}",
        )
    return tuple(groups)


def _fits(group: LogEvents, origin: ast.Origin) -> bool:
    if origin.kind.lower() == "datasource":
        return FLOW_SOURCE in origin.values and group.facts().has_flow
    wanted = dict(origin.named)
    prefixes = wanted.get("namePrefix", ("",))
    accounts = wanted.get("accountIdentifiers", (group.account_id,))
    classes = wanted.get("class", ("STANDARD",))
    return (
        group.name.startswith(prefixes) and group.account_id in accounts and "STANDARD" in classes
    )


def bind_subquery(node: ast.InSubquery, text: str, operand: ast.Expr) -> bound.InRows:
    """
    Membership in another query's column, settled.

    Source:
        CWL_QuerySyntax-Subqueries: one column, no nesting, no reference outward.
    """
    from labkit.insights.binder import bind  # noqa: PLC0415 - binder and queries call each other

    _refuse_nesting(node.query, text)
    inner = bind(node.query)
    if len(inner.columns) != 1:
        raise WrongType(
            f"The inner query gives {len(inner.columns)} columns where one is needed",
            source=text,
            span=node.query.span,
            hint="End it with fields and one name.",
        )
    return bound.InRows(node.span, operand, inner, node.negated)


def _refuse_nesting(query: ast.Query, text: str) -> None:
    waiting: list[ast.Node] = list(query.commands)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.InSubquery | ast.Join):
            message = f"{NESTED_QUERY.name} is not supported: {NESTED_QUERY.why}"
            raise NotSupported(message, source=text, span=node.span)
        waiting.extend(ast.children(node))


def bind_join(command: ast.Join, text: str, scope: Scope, bind: Bind) -> bound.Joined:
    """
    Join, settled; from here on names can be reached by the aliases of the two sides.

    Source:
        CWL_QuerySyntax-Join.
    """

    def error(kind: type[QueryError], message: str, node: ast.Node, hint: str = "") -> QueryError:
        return kind(message, source=text, span=node.span, hint=hint)

    options = {name.name.lower(): value for name, value in command.options}
    for name, _ in command.options:
        if name.name.lower() not in {"type", "left", "right"}:
            raise error(UnexpectedSymbol, f"join has no option {name.name}", name)
    if not {"left", "right"} <= options.keys():
        raise error(WrongType, "join needs left=alias and right=alias", command)
    kind = options["type"].name.lower() if "type" in options else "inner"
    if kind not in {"inner", "left"}:
        raise error(WrongType, "join is of type inner or left", options["type"])
    _refuse_nesting(command.query, text)
    left, right = options["left"].name, options["right"].name
    keys = {name.name.split(".")[0]: name for name in (command.left, command.right)}
    if set(keys) != {left, right}:
        hint = f"Write: where {left}.key = {right}.key"
        raise error(UnknownField, "where compares a key of each side", command.left, hint)
    wanted = scope.join(left, right)
    own = scope.resolve(keys[left].name, keys[left].span)
    return bound.Joined(
        command.span, kind == "left", own, keys[right].name.removeprefix(f"{right}."), right,
        bind(command.query), wanted,
    )  # fmt: skip
