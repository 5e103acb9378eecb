"""Where the fields of events are found: field name in, compiled value out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from sqlglot import exp

from labkit.insights import documents, records, sql, values
from labkit.insights.values import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.insights.events import LogEvents


class Layout(Protocol):
    """
    Rows of events and where their fields are.

    Attributes:
        one_line: No field holds a line end.
    """

    one_line: ClassVar[bool]

    def rows(self, start_ms: int, end_ms: int) -> exp.Expr:
        """Events of a time range, both ends included."""

    def field(self, name: str) -> Value:
        """Value of a field; absent if no event has it."""

    def moment(self) -> exp.Expr:
        """Time of an event, milliseconds since 1970."""

    def arrival(self) -> Sequence[exp.Expr]:
        """What tells events of the same time apart, in the order they arrived."""


_COLUMNS: Final = {
    "@timestamp": Value(Kind.TIME, sql.column("at_ms")),
    "@ingestionTime": Value(Kind.TIME, sql.column("ingested_ms")),
    "@message": Value(Kind.TEXT, sql.column("message")),
    "@logStream": Value(Kind.TEXT, sql.column("stream")),
}
"""Source: CloudWatch Logs User Guide, "Supported logs and discovered fields" (system fields)."""

_FLOW_SOURCE: Final = {"@data_source_name": "amazon_vpc", "@data_source_type": "flow"}
"""Source: CloudWatch Logs User Guide, "Field indexes" (data source amazon_vpc.flow)."""


@dataclass(frozen=True)
class GroupLayout:
    """Events of one or more log groups of this engine."""

    groups: tuple[LogEvents, ...]
    one_line: ClassVar[bool] = False

    def rows(self, start_ms: int, end_ms: int) -> exp.Expr:
        tables = [self._rows_of(group, start_ms, end_ms) for group in self.groups]
        if len(tables) == 1 and isinstance(tables[0], exp.Table):
            return tables[0]
        several = exp.union(*tables, distinct=False) if len(tables) > 1 else tables[0]
        return exp.Subquery(this=several, alias=exp.TableAlias(this=exp.to_identifier("e")))

    def _rows_of(self, group: LogEvents, start_ms: int, end_ms: int) -> exp.Expr:
        facts = group.facts()
        table = exp.to_table(group.table)
        bounds = []
        if start_ms > facts.first_ms:
            bounds.append(sql.binary(exp.GTE, self.moment(), sql.integer(start_ms)))
        if end_ms < facts.last_ms:
            bounds.append(sql.binary(exp.LTE, self.moment(), sql.integer(end_ms)))
        if len(self.groups) == 1 and not bounds:
            return table
        select = exp.select("*").from_(table)
        if len(self.groups) > 1:
            number = sql.integer(self.groups.index(group))
            select = select.select(exp.alias_(number, "group_number"))
        return select.where(*bounds) if bounds else select

    def field(self, name: str) -> Value:
        if name.startswith("@") and not name.startswith("@@"):
            return self._system(name)
        if name.startswith("@@"):
            return self._json(name[1:])
        flow, found = self._flow(name), self._json(name)
        if found.kind is Kind.ABSENT or flow.kind is Kind.ABSENT:
            return found if flow.kind is Kind.ABSENT else flow
        return self._either(flow, found)

    def _system(self, name: str) -> Value:
        """A field that the service adds to every event."""
        if name == "@log":
            return Value(Kind.TEXT, self._of_group([group.log for group in self.groups]))
        if name == "@aws.account":
            return Value(Kind.TEXT, self._of_group([group.account_id for group in self.groups]))
        if name == "@ptr":
            return self._pointer()
        if name in _FLOW_SOURCE:
            word = sql.string(_FLOW_SOURCE[name])
            return Value(Kind.TEXT, sql.case((self._form(records.FORM_FLOW), word)))
        return _COLUMNS.get(name, values.absent())

    def moment(self) -> exp.Expr:
        return sql.column("at_ms")

    def arrival(self) -> Sequence[exp.Expr]:
        event = sql.column("event")
        return [event] if len(self.groups) == 1 else [sql.column("group_number"), event]

    def _flow(self, name: str) -> Value:
        part = records.BY_NAME.get(name)
        if part is None or not any(group.facts().has_flow for group in self.groups):
            return values.absent()
        column = sql.column(part.column)
        if part.sql_type == "VARCHAR":
            return Value(Kind.TEXT, column)
        if not any(part.column in group.facts().dashed for group in self.groups):
            return Value(Kind.WHOLE, column)
        is_dash = sql.both(self._form(records.FORM_FLOW), sql.is_null(column))
        return Value(Kind.MIXED, column, sql.case((is_dash, sql.string("-"))), whole=True)

    def _form(self, form: int) -> exp.Expr:
        return sql.binary(exp.EQ, sql.column("form"), sql.integer(form))

    def _either(self, flow: Value, found: Value) -> Value:
        def once(expression: exp.Expr) -> exp.Expr:
            return expression

        return Value(Kind.TEXT, sql.first_of(values.text(flow, once), found.sql))

    def _json(self, name: str) -> Value:
        if not any(group.facts().has_json for group in self.groups):
            return values.absent()
        leaf = documents.leaf(sql.column("message"), name)
        return Value(Kind.TEXT, sql.case((self._form(records.FORM_JSON), leaf)))

    def _of_group(self, words: Sequence[str]) -> exp.Expr:
        """What is the same for all events of a group."""
        if len(words) == 1:
            return sql.cast(sql.string(words[0]), "VARCHAR")
        return self._by_group([sql.string(word) for word in words])

    def _pointer(self) -> Value:
        """The 16 bytes of ``@ptr`` in Base64: 8 of the group, 8 of the event."""
        tag = self._of_group([group.tag.hex() for group in self.groups])
        event = sql.raw("printf", sql.string("%016x"), sql.column("event"))
        raw = sql.raw("unhex", sql.raw("concat", tag, event))
        return Value(Kind.TEXT, sql.raw("to_base64", raw))

    def _by_group(self, options: Sequence[exp.Expr]) -> exp.Expr:
        number = sql.column("group_number")
        return sql.case(
            *((sql.binary(exp.EQ, number, sql.integer(n)), each) for n, each in enumerate(options))
        )
