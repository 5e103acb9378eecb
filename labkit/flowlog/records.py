"""One flow record: the value and its line of text, exact inverses of each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from labkit.errors import RecordFormatError
from labkit.flowlog.fields import FIELDS, Columns, Field, FieldType, field_named
from labkit.flowlog.formats import DEFAULT_FORMAT, LogFormat

NO_VALUE: Final = "-"
Value: TypeAlias = int | str | None

_WHOLE_NUMBER: Final = re.compile(r"0|[1-9][0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FlowRecord(Columns):
    """
    One line of a flow log, as a value with an attribute for every field.

    Attributes carry AWS's names with underscores for hyphens: ``record.srcaddr``,
    ``record.log_status``; ``record["log-status"]`` takes AWS's own spelling.

    >>> line = "2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA"
    >>> record = FlowRecord.from_line(line)
    >>> record.log_status, record.packets, record.end - record.start
    ('NODATA', None, 58)
    >>> record.to_line() == line
    True
    """

    def __getitem__(self, name: str) -> Value:
        return _value(self, field_named(name))

    def __repr__(self) -> str:
        given = (
            f"{each.attribute}={value!r}"
            for each in FIELDS
            if (value := _value(self, each)) is not None
        )
        return f"FlowRecord({', '.join(given)})"

    def to_line(self, log_format: LogFormat = DEFAULT_FORMAT) -> str:
        """
        The record as a flow log of this format prints it; no line end.

        Raises:
            RecordFormatError: A value would not read back as itself: blank or
                dashed text, or a number below zero.
        """
        return " ".join(_cell(each, _value(self, each)) for each in log_format.fields)

    @classmethod
    def from_line(cls, line: str, log_format: LogFormat = DEFAULT_FORMAT) -> FlowRecord:
        """
        The record a line of this format holds; fields outside the format are None.

        Raises:
            RecordFormatError: Too few or too many columns, or a number that is none.
        """
        cells = line.split()
        _check_width(cells, line, log_format)
        values = {
            each.attribute: _parsed(each, cell, line)
            for each, cell in zip(log_format.fields, cells, strict=True)
        }
        return cls(**values)  # type: ignore[arg-type]  # the table gives each value its type

    def in_format(self, log_format: LogFormat) -> FlowRecord:
        """The same record as a flow log of this format keeps it: its fields, its version."""
        kept = {each.attribute: _value(self, each) for each in log_format.fields}
        if "version" in kept:
            kept["version"] = log_format.version
        return FlowRecord(**kept)  # type: ignore[arg-type]  # values of a record are well typed

    def to_dict(self, log_format: LogFormat = DEFAULT_FORMAT) -> dict[str, Value]:
        """The values by AWS's field names, in the order of the format."""
        return {each.name: _value(self, each) for each in log_format.fields}


def _value(record: Columns, each: Field) -> Value:
    value: Value = getattr(record, each.attribute)
    return value


def _cell(each: Field, value: Value) -> str:
    if value is None:
        return NO_VALUE
    text = str(value)
    if each.type is FieldType.INTEGER:
        readable = _WHOLE_NUMBER.fullmatch(text) is not None
    else:
        readable = text != NO_VALUE and text.split() == [text]
    if not readable:
        raise RecordFormatError(
            f"Field {each.name} cannot be printed: {value!r} would not read back as {each.type}"
        )
    return text


def _parsed(each: Field, cell: str, line: str) -> Value:
    if cell == NO_VALUE:
        return None
    if each.type is FieldType.TEXT:
        return cell
    if _WHOLE_NUMBER.fullmatch(cell) is None:
        raise RecordFormatError(
            f"Field {each.name} must be a whole number or '-', not {cell!r}, in: {line.strip()}"
        )
    return int(cell)


def _check_width(cells: list[str], line: str, log_format: LogFormat) -> None:
    expected = len(log_format.fields)
    if len(cells) == expected:
        return
    if len(cells) < expected:
        detail = f"nothing for field {log_format.fields[len(cells)].name}"
    else:
        detail = f"{cells[expected]!r} follows the last field, {log_format.fields[-1].name}"
    raise RecordFormatError(
        f"Expected {expected} columns, found {len(cells)} ({detail}), in: {line.strip()}"
    )
