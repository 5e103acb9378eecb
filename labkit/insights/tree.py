"""The parser's tree in, our frozen nodes out, bottom up and without recursion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lark import Token
from lark.visitors import Transformer_NonRecursive, v_args

from labkit.insights import ast
from labkit.insights.ast import Span
from labkit.insights.errors import NotSupported, TooLong, WrongType
from labkit.insights.left_out import SEE_FIDELITY, XML

if TYPE_CHECKING:
    from lark.tree import Meta

_LONGEST_NUMBER: Final = 30
_TICKED: Final = re.compile(r"`([^`]*)`")
_DURATION: Final = re.compile(r"([0-9]+)([A-Za-z]+)")
_ESCAPED: Final = re.compile(r"""\\(["'\\])""")


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _words(children: list[Any], *kinds: str) -> list[Token]:
    return [child for child in children if isinstance(child, Token) and child.type in kinds]


def _nodes(children: list[Any], kind: type[ast.Node] = ast.Node) -> list[Any]:
    return [child for child in children if isinstance(child, kind)]


def _name(token: Token) -> ast.Name:
    return ast.Name(_span(token), _TICKED.sub(r"\1", str(token)))


def _text(token: Token) -> ast.Text:
    return ast.Text(_span(token), _ESCAPED.sub(r"\1", str(token)[1:-1]))


def _regex(token: Token) -> ast.Regex:
    return ast.Regex(_span(token), str(token)[1:-1].replace("\\/", "/"))


def _duration(token: Token) -> ast.Duration:
    found = _DURATION.fullmatch(token)
    if found is None:  # the terminal guarantees the form
        raise ValueError(token)
    return ast.Duration(_span(token), int(found[1][:_LONGEST_NUMBER]), found[2].lower())


@v_args(meta=True)
class Builder(Transformer_NonRecursive[Token, Any]):
    """One method for each rule of the grammar, in the grammar's order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._source = text

    def query(self, meta: Meta, children: list[Any]) -> ast.Query:
        return ast.Query(self._at(meta), self._source, tuple(_nodes(children)))

    # --- commands -----------------------------------------------------------------------------

    def fields(self, meta: Meta, children: list[Any]) -> ast.Fields:
        return ast.Fields(self._at(meta), tuple(_nodes(children, ast.Item)))

    def display(self, meta: Meta, children: list[Any]) -> ast.Display:
        return ast.Display(self._at(meta), tuple(_nodes(children, ast.Item)))

    def item(self, meta: Meta, children: list[Any]) -> ast.Item:
        [value] = _nodes(children, ast.Expr)
        if aliases := _words(children, "NAME"):
            alias = _name(aliases[0])
            return ast.Item(self._at(meta), value, alias.name, aliased=True)
        span = self._at(meta)
        written = self._source[span.start : span.end]
        name = value.name if isinstance(value, ast.Name) else written
        return ast.Item(span, value, name, aliased=False)

    def filtering(self, meta: Meta, children: list[Any]) -> ast.Filter:
        return ast.Filter(self._at(meta), _nodes(children, ast.Expr)[0])

    filter_index = filtering

    def parse_glob(self, meta: Meta, children: list[Any]) -> ast.ParseGlob:
        [glob] = _words(children, "STRING")
        [names] = [child for child in children if isinstance(child, tuple)]
        return ast.ParseGlob(self._at(meta), self._field(children), _text(glob), names)

    def parse_regex(self, meta: Meta, children: list[Any]) -> ast.ParseRegex:
        [regex] = _words(children, "REGEX")
        multi = bool(_words(children, "MULTI"))
        return ast.ParseRegex(self._at(meta), self._field(children), _regex(regex), multi)

    def parse_logfmt(self, meta: Meta, children: list[Any]) -> ast.ParseLogfmt:
        *field, name = _words(children, "NAME")
        return ast.ParseLogfmt(self._at(meta), self._field(field), _name(name))

    def parse_csv(self, meta: Meta, children: list[Any]) -> ast.ParseCsv:
        [names] = [child for child in children if isinstance(child, tuple)]
        return ast.ParseCsv(self._at(meta), self._field(children), names)

    def parse_xml(self, _meta: Meta, children: list[Any]) -> ast.Command:
        [word] = _words(children, "XML")
        message = f"{XML.name} is not supported: {XML.why}"
        raise NotSupported(message, source=self._source, span=_span(word), hint=SEE_FIDELITY)

    def names(self, _meta: Meta, children: list[Any]) -> tuple[ast.Name, ...]:
        return tuple(_name(token) for token in _words(children, "NAME"))

    def stats(self, meta: Meta, children: list[Any]) -> ast.Stats:
        groups = [child for child in children if isinstance(child, tuple)]
        keys = groups[1] if len(groups) > 1 else ()
        offset = next((_duration(word) for word in _words(children, "DURATION")), None)
        return ast.Stats(self._at(meta), groups[0], keys, offset)

    def aggregates(self, _meta: Meta, children: list[Any]) -> tuple[ast.Item, ...]:
        return tuple(_nodes(children, ast.Item))

    keys = aggregates

    def sort(self, meta: Meta, children: list[Any]) -> ast.Sort:
        return ast.Sort(self._at(meta), tuple(_nodes(children, ast.SortKey)))

    def sort_key(self, meta: Meta, children: list[Any]) -> ast.SortKey:
        [name] = _words(children, "NAME")
        direction = {"ASC": False, "DESC": True}
        chosen = [direction[word.type] for word in _words(children, *direction)]
        return ast.SortKey(self._at(meta), _name(name), chosen[0] if chosen else None)

    def limit(self, meta: Meta, children: list[Any]) -> ast.Limit:
        [number] = _words(children, "NUMBER")
        if not str(number).isdigit():
            raise WrongType("limit takes a whole number", source=self._source, span=_span(number))
        if len(number) > _LONGEST_NUMBER:
            raise TooLong("limit is too large", source=self._source, span=_span(number))
        return ast.Limit(self._at(meta), int(number), bool(_words(children, "ANY")))

    def dedup(self, meta: Meta, children: list[Any]) -> ast.Dedup:
        return ast.Dedup(self._at(meta), self.names(meta, children))

    def pattern(self, meta: Meta, children: list[Any]) -> ast.Pattern:
        return ast.Pattern(self._at(meta), _nodes(children)[0])

    def diff(self, meta: Meta, children: list[Any]) -> ast.Diff:
        period = next((str(word).lower() for word in _words(children, "PREVIOUS")), "")
        return ast.Diff(self._at(meta), period)

    def unmask(self, meta: Meta, children: list[Any]) -> ast.Unmask:
        return ast.Unmask(self._at(meta), self._field(children))

    def unnest(self, meta: Meta, children: list[Any]) -> ast.Unnest:
        field, into = _words(children, "NAME")
        return ast.Unnest(self._at(meta), _name(field), _name(into))

    def source(self, meta: Meta, children: list[Any]) -> ast.Source:
        group = next((_text(word).value for word in _words(children, "STRING")), None)
        return ast.Source(self._at(meta), group, tuple(_nodes(children, ast.Origin)))

    def origin(self, meta: Meta, children: list[Any]) -> ast.Origin:
        [kind] = _words(children, "NAME")
        lists = _nodes(children, ast.ListOf)
        values = tuple(value for each in lists for value in self._strings(each))
        named = tuple(child for child in children if isinstance(child, tuple))
        return ast.Origin(self._at(meta), str(kind), values, named)

    def origin_named(self, _meta: Meta, children: list[Any]) -> tuple[str, tuple[str, ...]]:
        name, values = children
        return str(name), self._strings(values)

    def join(self, meta: Meta, children: list[Any]) -> ast.Join:
        options = tuple(child for child in children if isinstance(child, tuple))
        left, right = (_name(word) for word in _words(children, "NAME"))
        [query] = _nodes(children, ast.Query)
        return ast.Join(self._at(meta), options, left, right, query)

    def join_option(self, meta: Meta, children: list[Any]) -> tuple[ast.Name, ...]:
        return self.names(meta, children)

    def subquery(self, _meta: Meta, children: list[Any]) -> ast.Query:
        [query] = _nodes(children, ast.Query)
        return ast.Query(query.span, self._source, query.commands)

    # --- expressions --------------------------------------------------------------------------

    def or_expr(self, meta: Meta, children: list[Any]) -> ast.Logic:
        return ast.Logic(self._at(meta), "or", tuple(_nodes(children)))

    def and_expr(self, meta: Meta, children: list[Any]) -> ast.Logic:
        return ast.Logic(self._at(meta), "and", tuple(_nodes(children)))

    def negation(self, meta: Meta, children: list[Any]) -> ast.Negation:
        return ast.Negation(self._at(meta), _nodes(children)[0])

    def compare(self, meta: Meta, children: list[Any]) -> ast.Compare:
        left, operator, right = children
        return ast.Compare(self._at(meta), str(operator), left, right)

    def like(self, meta: Meta, children: list[Any]) -> ast.Like:
        operand, pattern = _nodes(children)
        return ast.Like(self._at(meta), operand, pattern, bool(_words(children, "NOT")))

    def in_list(self, meta: Meta, children: list[Any]) -> ast.InList:
        operand, items = _nodes(children)
        negated = bool(_words(children, "NOT"))
        return ast.InList(self._at(meta), operand, items.items, negated)

    def in_subquery(self, meta: Meta, children: list[Any]) -> ast.InSubquery:
        operand, query = _nodes(children)
        return ast.InSubquery(self._at(meta), operand, query, bool(_words(children, "NOT")))

    def regex(self, _meta: Meta, children: list[Any]) -> ast.Regex:
        return _regex(children[0])

    def arithmetic(self, meta: Meta, children: list[Any]) -> ast.Arithmetic:
        first, *rest = children
        pairs = zip(map(str, rest[::2]), rest[1::2], strict=True)
        return ast.Arithmetic(self._at(meta), first, tuple(pairs))

    def minus(self, meta: Meta, children: list[Any]) -> ast.Minus:
        return ast.Minus(self._at(meta), _nodes(children)[0])

    def name(self, _meta: Meta, children: list[Any]) -> ast.Name:
        return _name(children[0])

    def number(self, _meta: Meta, children: list[Any]) -> ast.Number:
        return ast.Number(_span(children[0]), str(children[0]))

    def text(self, _meta: Meta, children: list[Any]) -> ast.Text:
        return _text(children[0])

    def duration(self, _meta: Meta, children: list[Any]) -> ast.Duration:
        return _duration(children[0])

    def call_bare(self, meta: Meta, children: list[Any]) -> ast.Call:
        star = bool(_words(children, "STAR"))
        return ast.Call(self._at(meta), str(children[0]), (), star)

    def call(self, meta: Meta, children: list[Any]) -> ast.Call:
        return ast.Call(self._at(meta), str(children[0]), tuple(_nodes(children)), star=False)

    def group(self, _meta: Meta, children: list[Any]) -> ast.Expr:
        [inner] = _nodes(children)
        return inner if isinstance(inner, ast.Expr) else self._impossible(inner)

    def list_of(self, meta: Meta, children: list[Any]) -> ast.ListOf:
        return ast.ListOf(self._at(meta), tuple(_nodes(children)))

    # --- shared -------------------------------------------------------------------------------

    def _at(self, meta: Meta) -> Span:
        return Span(0, 0) if meta.empty else Span(meta.start_pos, meta.end_pos)

    def _field(self, children: list[Any]) -> ast.Name:
        """The field a command works on: the name written, else ``@message``."""
        names = _words(children, "NAME")
        return _name(names[0]) if names else ast.Name(Span(0, 0), "@message")

    def _strings(self, values: ast.ListOf) -> tuple[str, ...]:
        for value in values.items:
            if not isinstance(value, ast.Text):
                raise WrongType("SOURCE takes quoted names", source=self._source, span=value.span)
        return tuple(value.value for value in values.items if isinstance(value, ast.Text))

    def _impossible(self, node: object) -> ast.Expr:
        raise TypeError(type(node))
