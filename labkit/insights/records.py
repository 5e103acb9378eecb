"""What the engine knows of a default-format flow record, and the SQL that takes one apart."""

from __future__ import annotations

from typing import Final, NamedTuple

FORM_TEXT: Final = 0
FORM_FLOW: Final = 1
FORM_JSON: Final = 2


class Part(NamedTuple):
    """One word of a default-format line: its column, SQL type, names, and whether '-' may stand."""

    column: str
    sql_type: str
    names: tuple[str, ...]
    may_be_dash: bool


PARTS: Final = (
    Part("version", "UTINYINT", ("version",), may_be_dash=False),
    Part("account_id", "VARCHAR", ("accountId",), may_be_dash=False),
    Part("interface_id", "VARCHAR", ("interfaceId",), may_be_dash=False),
    Part("src_addr", "VARCHAR", ("srcAddr",), may_be_dash=False),
    Part("dst_addr", "VARCHAR", ("dstAddr",), may_be_dash=False),
    Part("src_port", "INTEGER", ("srcPort",), may_be_dash=True),
    Part("dst_port", "INTEGER", ("dstPort",), may_be_dash=True),
    Part("protocol", "INTEGER", ("protocol",), may_be_dash=True),
    Part("packets", "BIGINT", ("packets",), may_be_dash=True),
    Part("bytes", "BIGINT", ("bytes",), may_be_dash=True),
    Part("start_s", "BIGINT", ("start", "startTime"), may_be_dash=False),
    Part("end_s", "BIGINT", ("end", "endTime"), may_be_dash=False),
    Part("action", "VARCHAR", ("action",), may_be_dash=False),
    Part("log_status", "VARCHAR", ("logStatus",), may_be_dash=False),
)
"""
The 14 words of a version 2 record, in order, under the names Logs Insights gives them.

Source:
    CloudWatch Logs User Guide, "Supported logs and discovered fields" (Amazon VPC flow logs);
    for ``start`` and ``end`` the output of parseVPC.
"""

BY_NAME: Final = {name: part for part in PARTS for name in part.names}

VERSION: Final = 2
"""Version of the default format: the only one discovered."""

EVENT_COLUMNS: Final = (
    "event BIGINT", "at_ms BIGINT", "ingested_ms BIGINT", "stream VARCHAR", "size INTEGER",
    "form UTINYINT", "message VARCHAR",
)  # fmt: skip


def table_columns() -> str:
    """Columns of the table that holds one log group."""
    return ", ".join([*EVENT_COLUMNS, *(f"{part.column} {part.sql_type}" for part in PARTS)])


def take_apart(batch: str) -> str:
    """
    SELECT that turns a batch of events into rows of the table.

    A line is a default-format record if all its words are such as one has; a
    number must be written as numbers are, so that the word can be given back.
    *batch* names rows of ``event, at_ms, ingested_ms, stream, message``.
    """
    numbers = {n: part for n, part in _places() if part.sql_type != "VARCHAR"}
    read = ", ".join(f"TRY_CAST(w[{n}] AS {part.sql_type}) AS n{n}" for n, part in numbers.items())
    kept = ", ".join(
        f"CASE WHEN flow THEN {f'n{n}' if n in numbers else f'w[{n}]'} END AS {part.column}"
        for n, part in _places()
    )
    return f"""
        SELECT event, at_ms, ingested_ms, stream, strlen(message)::INTEGER AS size,
            CASE WHEN flow THEN {FORM_FLOW}
                 WHEN starts_with(message, '{{') AND json_valid(message) THEN {FORM_JSON}
                 ELSE {FORM_TEXT} END AS form,
            message, CASE WHEN flow THEN {VERSION} END AS version, {kept}
        FROM (SELECT *, coalesce({_is_record(numbers)}, false) AS flow
              FROM (SELECT *, {read}
                    FROM (SELECT *, CASE WHEN starts_with(message, '{VERSION} ')
                                         THEN string_split(message, ' ') END AS w
                          FROM {batch})))
    """  # noqa: S608 - every part comes from the tables above


def _places() -> list[tuple[int, Part]]:
    """The parts after the version, which all records share, by their place in a line."""
    return list(enumerate(PARTS, start=1))[1:]


def _is_record(numbers: dict[int, Part]) -> str:
    checks = [f"len(w) = {len(PARTS)}", "w[13] IN ('ACCEPT', 'REJECT', '-')"]
    checks += ["w[14] IN ('OK', 'NODATA', 'SKIPDATA')"]
    checks += [f"w[{n}] <> ''" for n in (2, 3, 4, 5)]
    for n, part in numbers.items():
        written = f"n{n}::VARCHAR"
        written = f"coalesce({written}, '-')" if part.may_be_dash else written
        checks.append(f"{written} = w[{n}]")
    return " AND ".join(checks)
