"""SQL that reaches into JSON documents: a document and a flattened name in, a value out."""

from __future__ import annotations

from itertools import product
from typing import Final

from sqlglot import exp

from labkit.insights import sql
from labkit.insights.values import Kind, Value

_MOST_SPLITS: Final = 5
_NESTED: Final = ("OBJECT", "ARRAY")


def leaf(document: exp.Expr, name: str) -> exp.Expr:
    """
    Text of the value a flattened name reaches; null for objects and lists.

    ``a.b`` reaches ``{"a": {"b": 1}}`` and ``{"a.b": 1}`` alike; ``list.0`` and
    ``list[0]`` reach the first element.
    """
    return sql.first_of(*(_leaf(document, sql.string(pointer)) for pointer in pointers(name)))


def member(document: exp.Expr, name: str) -> Value:
    """What a name reaches: a text, or the JSON text of a list or map."""
    branches = [_branch(document, sql.string(pointer)) for pointer in pointers(name)]
    return Value(Kind.TEXT, leaf(document, name), inside=sql.first_of(*branches))


def pointers(name: str) -> list[str]:
    """
    JSON pointers a flattened name may stand for, the most nested first.

    >>> pointers("a.b")
    ['/a/b', '/a.b']
    """
    words = [word.replace("~", "~0").replace("/", "~1") for word in _words(name)]
    if len(words) > _MOST_SPLITS:
        return ["/" + "/".join(words), "/" + ".".join(words)]
    joints = product("/.", repeat=len(words) - 1)
    return [
        "/" + "".join(a + b for a, b in zip(words, (*marks, ""), strict=True)) for marks in joints
    ]


def elements(document: exp.Expr, text: exp.Expr | None) -> exp.Expr:
    """
    SQL list of the elements of a JSON list, each as JSON text.

    A map is a list of one, and so is *text*, the value where there is no
    document; an absent value has no elements.

    Source:
        CWL_QuerySyntax-Unnest.
    """
    is_list = _is(sql.raw("json_type", document), "ARRAY")
    inner = sql.cast(sql.raw("json_extract", document, sql.string("$[*]")), "VARCHAR[]")
    branches = [(is_list, inner), (sql.not_null(document), sql.raw("list_value", document))]
    if text is not None:
        one = sql.cast(sql.raw("to_json", text), "VARCHAR")
        branches.append((sql.not_null(text), sql.raw("list_value", one)))
    return sql.case(*branches)


def element(document: exp.Expr) -> Value:
    """Value of a whole JSON document: its text, or itself if it is a list or map."""
    root = sql.string("$")
    return Value(Kind.TEXT, _leaf(document, root), inside=_branch(document, root))


def _words(name: str) -> list[str]:
    return name.replace("[", ".").replace("]", "").split(".")


def _is(kind: exp.Expr, name: str) -> exp.Expr:
    return sql.binary(exp.EQ, kind, sql.string(name))


def _leaf(document: exp.Expr, path: exp.Expr) -> exp.Expr:
    text = sql.raw("json_extract_string", document, path)
    truth = sql.case((_is(text, "true"), sql.string("1")), default=sql.string("0"))
    nested = [exp.If(this=sql.string(kind), true=exp.null()) for kind in _NESTED]
    return exp.Case(
        this=sql.raw("json_type", document, path),
        ifs=[exp.If(this=sql.string("BOOLEAN"), true=truth), *nested],
        default=text,
    )


def _branch(document: exp.Expr, path: exp.Expr) -> exp.Expr:
    kind = sql.raw("json_type", document, path)
    inner = sql.cast(sql.raw("json_extract", document, path), "VARCHAR")
    return sql.case((sql.one_of(kind, [sql.string(name) for name in _NESTED]), inner))
