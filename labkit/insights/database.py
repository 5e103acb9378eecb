"""The one in-memory database behind all log groups: deterministic, offline, without a file."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import count
from typing import Final

import duckdb

_SETTINGS: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "TimeZone": "UTC",
    "preserve_insertion_order": "false",
    "disabled_optimizers": "late_materialization",
}
"""
No query can reach a file, the network or a Python variable; every order is asked for.

Late materialization saves nothing here, and in DuckDB 2.0 it meets an internal error
where a limit stands before an aggregate of a constant.
"""

_numbers: Final = count(1)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    for name, value in _SETTINGS.items():
        connection.execute(f"SET GLOBAL {name} = '{value}'")
    connection.execute("SET lock_configuration = true")
    return connection


def cursor() -> duckdb.DuckDBPyConnection:
    """A connection of its own to the shared database; cursors may work side by side."""
    return _database().cursor()


def release() -> bool:
    """
    Give back the memory of deleted rows; whether that could be done.

    It cannot while another thread reads or writes; a later call then does it.
    """
    try:
        cursor().execute("CHECKPOINT")
    except duckdb.TransactionException:
        return False
    return True


def fresh_name() -> str:
    """A table name not used before in this process."""
    return f"events_{next(_numbers)}"


@lru_cache(maxsize=512)
def refusal(question: str, *values: str) -> str:
    """
    Why the database will not answer a question with these values; empty if it will.

    It is how a pattern, a date format or a time zone is checked before a query runs.
    """
    try:
        cursor().execute(question, list(values))
    except duckdb.Error as refused:
        return str(refused).splitlines()[0].partition("Error: ")[2]
    return ""
