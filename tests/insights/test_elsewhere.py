"""A query as another engine's SQL, or a clear word on why there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from labkit.errors import LabError, NameNotFound
from labkit.insights.elsewhere.export import DIALECTS, to_sql
from labkit.insights.elsewhere.patterns import NotPortable, portable
from labkit.insights.elsewhere.spark import SPARK
from labkit.insights.elsewhere.table import COLUMNS
from labkit.insights.elsewhere.trino import TRINO
from labkit.insights.errors import NotExportable, QueryError, UnknownField
from labkit.insights.functions import by_name

if TYPE_CHECKING:
    from labkit.insights.elsewhere.translation import Dialect

REFUSED = [
    ("SOURCE '/flows' | limit 1", "athena", "no SQL for SOURCE", "SOURCE '/flows'"),
    ("fields jsonParse(@message) as j", "athena", "no JSON", "jsonParse(@message)"),
    ("limit 3 | fields urldecode(action) as u", "spark", "fails on texts", "urldecode(action)"),
    ("fields bytes | fields concat(bytes / 3) as c", "athena", "may have decimals",
     "fields concat(bytes / 3) as c"),
    ("filter srcAddr like /[[:alpha:]]/", "spark", "[:alpha:]",
     "filter srcAddr like /[[:alpha:]]/"),
    ("filter srcAddr in (SOURCE '/x' | fields a)", "duckdb", "other log groups",
     "srcAddr in (SOURCE '/x' | fields a)"),
    (r"parse @message /(?<n>\d+)/ multi | stats count(*) by n", "athena", "a row for each match",
     r"parse @message /(?<n>\d+)/ multi"),
    ("filter start > queryStartTime()", "duckdb", "no time range", "queryStartTime()"),
    ("parse @message logfmt as pairs", "spark", "pairs of keys and values",
     "parse @message logfmt as pairs"),
    ("fields split(action, srcAddr) as s", "athena", "worked out row by row",
     "fields split(action, srcAddr) as s"),
    ("pattern @message", "athena", "numbered by their place", "pattern @message"),
    ("pattern srcAddr", "spark", "numbered by their place", "pattern srcAddr"),
    ("stats topk(3, srcAddr)", "spark", "approximation", "topk(3, srcAddr)"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "dialect", "why", "where"), REFUSED)
def test_what_has_no_sql_is_refused_with_the_reason_and_the_place(query, dialect, why, where):
    with pytest.raises(NotExportable) as refusal:
        to_sql(query, dialect)

    assert why in refusal.value.message
    assert DIALECTS[dialect].name in refusal.value.message
    assert where == query[slice(*refusal.value.span)].strip()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("query", "name", "hint"),
    [
        ("filter srcaddr = '10.0.0.1'", "srcaddr", "Did you mean srcAddr?"),
        ("sort @logStream", "@logStream", "logStatus"),
        ("fields flowDirection", "flowDirection", "It has: @timestamp"),
        ("filter ispresent(vpcId) | limit 1", "vpcId", "It has"),
    ],
)
def test_a_field_that_no_table_has_is_named_with_the_nearest(query, name, hint, dialect):
    with pytest.raises(UnknownField) as refusal:
        to_sql(query, dialect)

    assert name == query[slice(*refusal.value.span)]
    assert hint in refusal.value.hint


def test_a_malformed_query_is_the_same_error_as_when_it_is_run():
    with pytest.raises(QueryError, match="Equality is written with one ="):
        to_sql("filter a == 1", "athena")


def test_an_unknown_dialect_names_those_there_are():
    with pytest.raises(NameNotFound, match="athena"):
        to_sql("limit 1", "oracle")


def test_a_table_may_stand_in_a_database_and_in_a_catalog():
    assert 'FROM "AwsDataCatalog"."logs"."flows"' in to_sql(
        "stats count(*)", "athena", table_name="AwsDataCatalog.logs.flows"
    )
    assert "FROM `logs`.`flows`" in to_sql("stats count(*)", "spark", table_name="logs.flows")


@pytest.mark.parametrize("name", ["", "a b", "x; drop table y", "a.b.c.d", "(select 1)", "t -- "])
def test_what_is_no_name_of_a_table_is_refused(name):
    with pytest.raises(LabError, match="no name of a table"):
        to_sql("limit 1", "athena", table_name=name)


def test_a_time_range_bounds_the_start_of_records_both_ends_included():
    text = to_sql("stats count(*)", "duckdb", start_ms=1_699_999_999_001, end_ms=1_700_000_000_999)

    assert '"start" >= 1700000000' in text
    assert '"start" <= 1700000000' in text


def test_now_is_when_the_sql_runs():
    text = to_sql("fields now() - 60 as s | display s | limit 1", "duckdb")
    connection = duckdb.connect(":memory:")
    connection.execute("CREATE TABLE vpc_flow_logs AS SELECT 1 AS start, 1 AS version")
    sql = re.sub(r"ORDER BY.*(?=LIMIT)", "", text, flags=re.DOTALL)
    [(earlier,)] = connection.execute(sql).fetchall()
    [(now,)] = connection.execute("SELECT epoch(now())").fetchall()

    assert 59 <= now - earlier <= 65


def test_the_page_about_sql_loads_files_into_duckdb_as_athena_reads_them(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "sql.md").read_text()
    [statement] = re.findall(r"^    CREATE TABLE.*?;$", page, re.MULTILINE | re.DOTALL)
    lines = [
        (
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
            " start end action log-status"
        ),
        "2 012345678901 eni-a 10.0.0.1 10.0.0.2 22 40000 6 4 336 1700000000 1700000060 REJECT OK",
        "2 012345678901 eni-a - - - - - - - 1700000000 1700000060 - NODATA",
    ]
    (tmp_path / "x.log").write_text("\n".join(lines))
    connection = duckdb.connect(":memory:")
    connection.execute(statement.replace("AWSLogs/**/*.log.gz", f"{tmp_path}/x.log"))
    columns = connection.execute("DESCRIBE vpc_flow_logs").fetchall()
    query = to_sql("fields @message, bytes | display @message, bytes | sort bytes", "duckdb")

    assert [name for name, _ in COLUMNS] == [column[0] for column in columns]
    assert [(lines[2], "-"), (lines[1], "336")] == connection.execute(query).fetchall()


@pytest.mark.parametrize("dialect", [TRINO, SPARK], ids=lambda dialect: dialect.name)
def test_only_functions_of_the_language_are_refused_by_name(dialect: Dialect):
    known = {function.names[0] for function in by_name().values()}

    assert set(dialect.refused) <= known


@pytest.mark.parametrize(
    ("pattern", "elsewhere"),
    [
        (r"^10\.\d+$", r"^10\.[0-9]+\z"),
        ("a.c", r"a[^\n]c"),
        ("(?s)a.c", "(?s)a.c"),
        (r"[\w.-]+\s", r"[0-9A-Za-z_\.-]+[\t\n\f\r ]"),
        ("[]a&&b[]", r"[\]a\&\&b\[]"),
        (r"\/x{2,3}{,4}", r"/x{2,3}\{,4\}"),
    ],
)
def test_a_pattern_is_spelled_out_so_that_every_engine_reads_it_alike(pattern, elsewhere):
    assert elsewhere == portable(pattern)


@pytest.mark.parametrize("pattern", [r"\pL", "[[:digit:]]", "(?m)^a$", "a(?s).", r"[\D]", r"\C"])
def test_what_engines_read_differently_is_refused(pattern):
    with pytest.raises(NotPortable):
        portable(pattern)
